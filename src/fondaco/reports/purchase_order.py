"""A purchase order to hand over: as a CSV file, as a PDF on A4, and as a mail that has both."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fondaco.control import StockOrder
from fondaco.numbers import NOTHING, Numbers
from fondaco.reports.fonts import typefaces
from fondaco.reports.mail import Attachment, Letter
from fondaco.reports.pdf import SOFT, Setter

COLUMNS = ("order", "sku", "supplier_sku", "article", "quantity", "unit_cost", "cost", "currency", "location")
_TEMPLATES = Path(__file__).parent / "templates"
_MARGIN, _WIDTH, _HEIGHT = 48.0, 595.28, 841.89
_INNER = _WIDTH - 2 * _MARGIN
_WIDTHS = (86.0, 86.0, _INNER - 86 - 86 - 44 - 70 - 74, 44.0, 70.0, 74.0)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An order with what stands on it beside its lines.

    Attributes
    ----------
    merchant
        Who orders.
    written_at
        The day that stands on it.
    """

    order: StockOrder
    merchant: str
    written_at: datetime
    numbers: Numbers

    @property
    def title(self) -> str:
        what = "Purchase order" if self.order.kind == "purchase" else "Transfer"
        return f"{what} {self.order.number}"

    @property
    def from_whom(self) -> str:
        """The supplier, or the location that goods leave."""
        order = self.order
        if order.kind == "transfer":
            return order.from_location_name or NOTHING
        return order.supplier_name or order.supplier_id or NOTHING

    @property
    def day(self) -> str:
        return self.numbers.day(
            (self.order.sent_at or self.written_at).astimezone(self.numbers.time_zone).date()
        )

    @property
    def total(self) -> str | None:
        """What the goods cost; None where the cost of one is not known."""
        return (
            None
            if self.order.value is None or not self.order.currency
            else self.numbers.money(self.order.value)
        )

    @property
    def file(self) -> str:
        return f"{self.order.number.lower()}"


def order_csv(sheet: Sheet) -> str:
    """The lines of an order, by ``COLUMNS``; what is unknown is an empty field, and no field can start a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    order = sheet.order
    for line in order.lines:
        row = (order.number, line.sku, line.supplier_sku, line.title, line.quantity, line.unit_cost, line.cost, order.currency, order.location_name)  # fmt: skip
        writer.writerow([_field(value) for value in row])
    return text.getvalue()


def _field(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def order_pdf(sheet: Sheet, fonts: Path) -> bytes:
    """The order as bytes of a PDF.

    Parameters
    ----------
    fonts
        The folder with Inter's files; see ``fondaco.reports.fonts``.

    Raises
    ------
    ConfigError
        If the packages that make PDFs are not installed, or the fonts are not there.
    """
    setter = Setter(*typefaces(fonts))
    _, pages = _bound(sheet, setter, 0)
    return _bound(sheet, setter, pages)[0]


def order_letter(sheet: Sheet, attachments: Sequence[Attachment]) -> Letter:
    """The order as a mail to its supplier."""
    words = {"sheet": sheet, "order": sheet.order, "numbers": sheet.numbers}
    return Letter(
        subject=f"{sheet.title}, {sheet.merchant}",
        html=_environment(True).get_template("purchase_order.html").render(words),
        plain=_environment(False).get_template("purchase_order.txt").render(words),
        written_at=sheet.written_at,
        attachments=tuple(attachments),
    )


@cache
def _environment(escapes: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _bound(sheet: Sheet, setter: Setter, pages: int) -> tuple[bytes, int]:
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    file = BytesIO()
    document = BaseDocTemplate(
        file, title=f"{sheet.title}, {sheet.merchant}", author=sheet.merchant, creator="Fondaco", lang="en-GB"
    )
    frame = Frame(_MARGIN, 50, _INNER, _HEIGHT - 50 - 42, 0, 0, 0, 0)
    foot = partial(setter.foot, f"{sheet.merchant} · {sheet.title}", pages)
    document.addPageTemplates(PageTemplate(frames=[frame], pagesize=(_WIDTH, _HEIGHT), onPage=foot))
    document.build(_story(sheet, setter))
    return file.getvalue(), document.page


def _story(sheet: Sheet, setter: Setter) -> list[Any]:
    from reportlab.platypus import Spacer, Table

    order, numbers = sheet.order, sheet.numbers
    plain = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    is_purchase = order.kind == "purchase"
    facts = [
        ("To" if is_purchase else "From", sheet.from_whom),
        ("Deliver to", order.location_name),
        ("Date", sheet.day),
        ("Expected", numbers.day(order.expected_on) if order.expected_on else NOTHING),
    ]
    told = Table(
        [[setter.text(name, colour=SOFT), setter.text(value, bold=True)] for name, value in facts],
        [70, _INNER - 70], style=plain,
    )  # fmt: skip
    head = ("Article no.", "Your no.", "Article", "Pieces", "Unit cost", "Cost")
    rows: list[list[Any]] = [
        [setter.text(one, 8, colour=SOFT, right=place > 2) for place, one in enumerate(head)]
    ]
    rows += [
        [
            setter.text(line.sku or NOTHING),
            setter.text(line.supplier_sku or NOTHING),
            setter.text(line.title),
            setter.text(numbers.count(line.quantity), right=True),
            setter.text(numbers.money(line.unit_cost) if order.currency else NOTHING, right=True),
            setter.text(numbers.money(line.cost) if order.currency else NOTHING, right=True),
        ]
        for line in order.lines
    ]
    total = [setter.text("Total", bold=True), "", "", setter.text(numbers.count(order.units), bold=True, right=True), "",
             setter.text(sheet.total or NOTHING, bold=True, right=True)]  # fmt: skip
    return [
        setter.text(sheet.merchant, 9.5, bold=True),
        setter.text(sheet.title, 20, bold=True),
        Spacer(0, 10),
        told,
        Spacer(0, 14),
        setter.table([*rows, total], _WIDTHS, sums=[len(rows)]),
    ]
