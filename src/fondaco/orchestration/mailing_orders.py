"""Orders on paper and by mail: what is sent to a supplier, and to which address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.clock import zone
from fondaco.control import StockOrder
from fondaco.errors import ConfigError, FondacoError
from fondaco.numbers import USUAL_LOCALE, Numbers
from fondaco.orchestration.ordering import StockDesk
from fondaco.reports.mail import Attachment, Letter, UnsureError
from fondaco.reports.purchase_order import Sheet, order_csv, order_letter, order_pdf

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

Send = Callable[[Letter, str], None]
_ADDRESSES = "stock/supplier-addresses"


def sheet_of(project: Project, order: StockOrder) -> Sheet:
    """The order with what stands on it beside its lines."""
    own = project.settings.project
    numbers = Numbers(USUAL_LOCALE, order.currency or own.currency, zone(own.timezone))
    return Sheet(order, own.name, project.clock(), numbers)


def attachments_of(sheet: Sheet, fonts: Path) -> list[Attachment]:
    """The order as CSV, and as PDF where the packages and fonts for it are there."""
    found = [Attachment(f"{sheet.file}.csv", "text/csv", order_csv(sheet).encode())]
    if find_spec("reportlab") is not None and (fonts / "inter-latin.woff2").is_file():
        found.append(Attachment(f"{sheet.file}.pdf", "application/pdf", order_pdf(sheet, fonts)))
    return found


def address_of(project: Project, supplier_id: str | None) -> str | None:
    """Where the last order to a supplier was mailed to."""
    kept = project.control.saved.get(project.tenant, _ADDRESSES) or {}
    found = kept.get(supplier_id or "")
    return str(found) if found else None


def mail_order(
    project: Project,
    desk: StockDesk,
    number: str,
    send: Send,
    *,
    fonts: Path,
    to: str | None = None,
    expected_on: date | None = None,
) -> StockOrder:
    """Mail a draft to its supplier; then it is sent, and the address is remembered for the next order.

    Of two who do it at once one does. Where the mail does not go out, the order stays a draft.

    Parameters
    ----------
    send
        Such as ``Postbox(…).send``.
    to
        An address; without it that of the last order to the supplier.

    Raises
    ------
    ConfigError
        If no address is known, the order is no draft or has no lines, or the mail server refuses.
    RetryableError
        If the mail server cannot be reached.
    UnsureError
        If it is not known whether the mail went out: the order counts as sent.
    """
    order = desk.order(number)
    receiver = to or address_of(project, order.supplier_id)
    if receiver is None:
        raise ConfigError(
            f"No address of {order.supplier_name or 'the supplier'} is known.",
            f"Name it once: `fondaco stock send {order.number} --to orders@example.com`.",
        )
    sent = desk.send(order.number, expected_on=expected_on, by="e-mail")
    try:
        sheet = sheet_of(project, sent)
        send(order_letter(sheet, attachments_of(sheet, fonts)), receiver)
    except UnsureError:
        raise
    except FondacoError:
        desk.reopen(order.number)
        raise
    kept = project.control.saved.get(project.tenant, _ADDRESSES) or {}
    project.control.saved.put(project.tenant, _ADDRESSES, {**kept, order.supplier_id or "": receiver})
    return sent
