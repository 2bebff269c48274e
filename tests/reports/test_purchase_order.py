"""An order on paper says what is ordered, of whom, and what it costs."""

from __future__ import annotations

import email
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import default
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from tests.reports.conftest import StartServer
from tests.reports.test_pdf import FONTS, built_fonts, drawn_in

from fondaco.control import StockOrder, StockOrderLine
from fondaco.numbers import Numbers
from fondaco.reports.mail import Attachment, Postbox
from fondaco.reports.purchase_order import Sheet, order_letter, order_pdf

__all__ = ["built_fonts"]
pytestmark = pytest.mark.slow
NUMBERS = Numbers("en_GB", "EUR", ZoneInfo("Europe/Berlin"))


def order(lines: int = 2, *, cost: Decimal | None = Decimal("4.20")) -> StockOrder:
    return StockOrder(
        number="FO-7", kind="purchase", supplier_id="acme", supplier_name="Jörg & Sons", from_location_id=None, from_location_name=None,
        location_id="main", location_name="Main", currency="EUR", state="sent", lead_time_days=10, sent_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        expected_on=date(2026, 3, 12),
        lines=[
            StockOrderLine(variant_id=f"v{n}", sku=f"MUG-{n}", supplier_sku=None, title="Mug", quantity=12, unit_cost=cost, subject="")
            for n in range(lines)
        ],
    )  # fmt: skip


def sheet(one: StockOrder) -> Sheet:
    return Sheet(one, "Maison", datetime(2026, 3, 2, 7, tzinfo=UTC), NUMBERS)


def test_the_pdf_is_whole_and_as_long_as_the_order() -> None:
    data = order_pdf(sheet(order()), FONTS)
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF") and len(data) < 200_000
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert drawn_in(data)
    assert len(re.findall(rb"/Type /Page\b", order_pdf(sheet(order(120)), FONTS))) in (3, 4)


def test_the_day_is_the_merchants_and_the_total_is_exact() -> None:
    assert sheet(order()).total == "€100.80"
    assert sheet(order(cost=None)).total is None
    assert sheet(order()).day == "2 Mar 2026"


def test_the_mail_has_the_order_in_words_and_its_files(smtp: StartServer) -> None:
    server = smtp()
    letter = order_letter(sheet(order()), [Attachment("fo-7.csv", "text/csv", b"order\r\nFO-7\r\n")])
    Postbox(server.settings).send(letter, "orders@acme.example")
    (envelope,) = server.inbox.taken
    message = cast(EmailMessage, email.message_from_bytes(cast(bytes, envelope.content), policy=default))
    assert message["Subject"] == "Purchase order FO-7, Maison"
    body = message.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert (
        "To: Jörg & Sons" in said
        and "12 x Mug (MUG-0), €4.20 each" in said
        and "24 pieces, €100.80 in all." in said
    )
    html = message.get_body(("html",))
    assert html is not None and "Jörg &amp; Sons" in html.get_content()
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("fo-7.csv", "text/csv")
    assert file.get_content().splitlines() == ["order", "FO-7"]
