"""E-mails and texts on Marketing, on their own page and in the API, against a book that is reckoned on paper.

==================  =======  ====  =========  ======  =======  ============  ======  ======================  =============
 campaign            kind     sent  delivered  opened  clicked  unsubscribed  cost    claims                  orders
==================  =======  ====  =========  ======  =======  ============  ======  ======================  =============
 k:1 Spring letter   e-mail   1000  980        392     98       5             untold  12 orders, 1,200        a:1 (100), a:2 (80)
 k:2 Parcel texts    SMS      200   190        -       19       1             14      2 orders, 90            none
 none                Klaviyo  -     -          -       -        -             -       -                       a:3 (60)
==================  =======  ====  =========  ======  =======  ============  ======  ======================  =============

Open rate 392 ÷ 980 = 40 %; click rate (98 + 19) ÷ (980 + 190) = 10 %; unsubscribed 6 ÷ 1,170 = 0.5 %. Orders of messages 3,
their net sales 240, so 0.20 a recipient of 1,200; claimed 1,290, 1,050 beyond. Their orders left 90 and 10 before marketing, so 86 once
the 14 that are told are paid; what Spring letter earned nobody knows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.marketing_book import marts
from tests.server.pages.test_profit import words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31&compare=none"
Row = dict[str, Any]
_LETTERS: tuple[Row, ...] = (
    {"campaign_id": "k:1", "name": "Spring letter", "campaign_type": "email", "status": "ended"},
    {"campaign_id": "k:2", "name": "Parcel texts", "campaign_type": "sms", "status": "active"},
)


def _day(campaign_id: str | None, **figures: Any) -> Row:
    own = next((each for each in _LETTERS if each["campaign_id"] == campaign_id), {})
    return {
        "message_date": "2026-03-02", "platform": "klaviyo", "campaign_id": campaign_id, "currency": "EUR",
        "campaign_name": own.get("name"), "message_type": own.get("campaign_type"), "connection_id": "k" if campaign_id else None,
        **figures,
    }  # fmt: skip


def letter_marts() -> dict[str, list[Row]]:
    """The book of advertising, whose first orders came from messages instead."""
    book = marts()
    came = {"a:1": ("k:1", "name"), "a:2": ("k:1", "id"), "a:3": (None, "source")}
    book["order_campaigns"] = [
        {
            "order_id": order,
            "platform": "klaviyo",
            "role": "messages",
            "campaign_id": campaign,
            "matched_by": how,
        }
        for order, (campaign, how) in came.items()
    ]
    book["campaigns_daily"] = []
    book["campaigns"] = [
        {**each, "platform": "klaviyo", "role": "messages", "connection_id": "k", "account_name": "Letters",
         "source_campaign_id": each["campaign_id"][2:], "created_at": "2026-02-15 08:00:00"}
        for each in _LETTERS
    ]  # fmt: skip
    book["connections"] = [*book["connections"], {
        "connection_id": "k", "name": "Letters", "currency": "EUR", "reporting_currency": "EUR", "role": "messages",
    }]  # fmt: skip
    book["messages_daily"] = [
        _day("k:1", sent=1000, delivered=980, opened=392, clicked=98, bounced=20, unsubscribed=5, openable=980, openable_clicked=98,
             unpriced=1000, claimed_conversions=12, claimed_revenue=1200, attributed_orders=2, attributed_new_customers=1,
             attributed_revenue=180, attributed_contribution_margin_2=90),
        _day("k:2", sent=200, delivered=190, clicked=19, bounced=10, unsubscribed=1, claimed_conversions=2, claimed_revenue=90,
             message_cost=14),
        _day(None, attributed_orders=1, attributed_new_customers=1, attributed_revenue=60, attributed_contribution_margin_2=10),
    ]  # fmt: skip
    book["customers"] = [{"person_id": "p1", "email": "ann@x.example", "first_name": "Ann", "orders": 1}]
    book["customer_messages"] = [
        {"person_id": "p1", "message_event_id": f"k:{kind}", "happened_at": f"2026-03-02 {hour}:00:00", "kind": kind,
         "channel": "email", "platform": "klaviyo", "campaign_id": "k:1", "campaign_name": "Spring letter"}
        for kind, hour in (("received", "08"), ("opened", "09"))
    ]  # fmt: skip
    return book


@pytest.fixture(scope="module")
def book(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("letters")), clock=Watch()) as project:
        publish(project, **letter_marts())  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(book: Project) -> Iterator[TestClient]:
    with TestClient(create_app(book), follow_redirects=False) as client:
        yield with_session(client, book)


def test_without_advertising_the_page_is_of_messages_alone(reader: TestClient) -> None:
    page = reader.get(f"/marketing?{MARCH}").text
    assert 'id="panel-messages"' in page
    assert 'id="panel-spend"' not in page
    assert "No ad account is connected" not in page


def test_what_was_sent_stands_beside_what_became_of_it_and_what_it_brought(reader: TestClient) -> None:
    text = words(reader.get(f"/marketing/messages?{MARCH}").text)
    assert "Messages sent 1,200 Click rate 10.0%" in text
    assert "Profit €86 .00 cost €14.00" in text
    assert "gap €1,050.00" in text
    assert "Spring letter Klaviyo · E-mail Ended 1,000 40.0% 10.0% 2 12 €180.00 – – –" in text
    assert "Parcel texts Klaviyo · SMS Active 200 – 10.0% 0 2 €0.00 €14.00 −€14.00 0 " in text
    assert "No campaign told Klaviyo 0 – – 1 0 €60.00 €0.00 €10.00 –" in text
    assert (
        "Of 1,000 messages neither the platform nor the cost sheet tells a cost, which is not nought" in text
    )


def test_beside_another_period_stands_what_changed(reader: TestClient) -> None:
    compared = "from=2026-03-01&to=2026-03-31&compare=previous_period"
    for path in ("messages", "campaigns/k:1"):
        answer = reader.get(f"/marketing/{path}?{compared}")
        assert answer.status_code == 200
        assert 'class="was"' in answer.text


def test_the_file_holds_all_figures(reader: TestClient) -> None:
    rows = list(csv.DictReader(reader.get(f"/marketing/messages.csv?{MARCH}").text.splitlines()))
    assert [(row["campaign"], row["messages_opened"], row["message_orders"]) for row in rows] == [
        ("Spring letter", "392", "2"), ("Parcel texts", "0", "0"), ("", "0", "1"),
    ]  # fmt: skip


def test_one_message_has_a_page_with_its_orders_and_what_they_left(reader: TestClient) -> None:
    text = words(reader.get(f"/marketing/campaigns/k:1?{MARCH}").text)
    assert "Spring letter Klaviyo · Letters · E-mail · number 1 · made" in text
    assert "Cost of messages – Profit of messages – ROAS of messages –" in text
    assert "Neither the platform nor the cost sheet tells what all of these messages cost" in text
    assert "#1001" in text
    assert "#1002" in text
    assert "#1003" not in text
    assert "Click-to-open rate 25.0%" in text
    assert "CM2 from messages €90.00" in text


def test_a_campaign_whose_cost_is_told_has_a_profit_and_pays_back_or_not(reader: TestClient) -> None:
    text = words(reader.get(f"/marketing/campaigns/k:2?{MARCH}").text)
    assert "Cost of messages €14.00 Profit of messages −€14.00 ROAS of messages 0 " in text
    assert "It won no new customer in this period." in text


def test_a_customers_page_tells_what_they_got_and_what_they_did_with_it(reader: TestClient) -> None:
    text = words(reader.get("/customers/p1").text)
    assert "Messages" in text
    assert "Opened Spring letter E-mail" in text
    assert text.index("Opened Spring letter") < text.index("Received Spring letter")


def test_an_order_says_which_message_led_to_it(reader: TestClient) -> None:
    text = words(reader.get("/orders/a:1").text)
    assert "Platform Klaviyo Campaign Spring letter Known by its name in utm_campaign" in text
    assert "A message led to it." in text


def test_the_interface_tells_messages_where_they_are_asked_for(book: Project) -> None:
    _, secret = book.control.tokens.create(book.tenant, "test")
    with TestClient(create_app(book), headers={"Authorization": f"Bearer {secret}"}) as client:
        asked = "/api/v1/campaigns?from=2026-03-01&to=2026-03-31"
        assert client.get(asked).json()["rows"] == []
        rows = client.get(f"{asked}&role=messages").json()["rows"]
        assert [(row["name"], row["figures"]["message_cost"]) for row in rows] == [
            ("Spring letter", None), ("Parcel texts", "14.000000"), (None, "0.000000"),
        ]  # fmt: skip
        assert [row["figures"]["message_profit"] for row in rows] == [None, "-14.000000", "10.000000"]
        assert [row["figures"]["profit_on_messages"] is None for row in rows] == [True, False, True]
        assert rows[0]["figures"]["revenue_per_recipient"].startswith("0.18")
        assert client.get(f"{asked}&role=pigeons").status_code == 422
