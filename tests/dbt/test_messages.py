"""Which person a contact is, and which message an order came from, by hand on each engine.

Anna has an account with two spellings of one mailbox, Gus ordered as a guest, Lea never bought, Tom is known by telephone alone.
Spring is a letter and an ad campaign; Welcome is a flow, whose links carry the number and the name of its message.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

D = Decimal
pytestmark = pytest.mark.slow
ACCOUNT = "letters"
VISITS: dict[str, dict[str, str]] = {
    "number behind the name": {
        "utm_source": "Klaviyo",
        "utm_medium": "email",
        "utm_campaign": "Old name (01JAB)",
    },
    "name": {"utm_source": "klaviyo", "utm_medium": "email", "utm_campaign": "SPRING"},
    "number of the message": {"utm_source": "klaviyo", "utm_medium": "sms", "utm_campaign": "Hello (M7)"},
    "name of the message": {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "hello"},
    "platform alone": {"utm_source": "Klaviyo", "utm_medium": "email", "utm_campaign": "unheard of"},
    "advertisement": {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Spring"},
    "another newsletter": {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "weekly"},
}


def write_letters(shop: Any) -> None:
    shop.ad_account("ads", "EUR")
    shop.campaign("ads", "11", "Spring")
    shop.message_account(ACCOUNT, "EUR")
    spring = shop.letter(ACCOUNT, "01JAB", "Spring")
    welcome = shop.letter(ACCOUNT, "F1", "Welcome series", campaign_type="flow")
    shop.mark(welcome, "M7", "id")
    shop.mark(welcome, "Hello", "name")
    shop.sent(
        spring,
        "2026-03-10",
        sent=100,
        delivered=98,
        opened=40,
        clicked=9,
        claimed_conversions="5",
        claimed_revenue="250",
    )
    shop.sent(spring, "2026-03-10", channel="sms", sent=50, delivered=49, opened=None, cost="3.43")
    for name, visit in VISITS.items():
        shop.visit(shop.sale(name, "2026-03-10 12:00:00", "30", email="anna.smith+x@gmail.com"), **visit)
    shop.sale("guest", "2026-03-10 13:00:00", "20", email="Gus@x.example")
    shop.sale("telephone", "2026-03-10 14:00:00", "20", phone="+49 30 1234567")
    shop.contact(ACCOUNT, "A", email="AnnaSmith@googlemail.com", email_consent="subscribed")
    shop.contact(ACCOUNT, "G", email="gus@x.example", phone="+49 30 1234567", sms_consent="unsubscribed")
    shop.contact(ACCOUNT, "L", email="lea@x.example", email_consent="subscribed")
    shop.contact(ACCOUNT, "T", phone="0049301234567")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("messages_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("messages_postgres")]),
    ],
)
def letters(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    shop = shop_type(open_books(request.param), "letters-shop")
    write_letters(shop)
    shop.write().books.build()
    return shop


def test_a_contact_is_the_person_whose_address_it_has_and_makes_none(letters: Any) -> None:
    people = dict(letters.select("order_number, person_id", "marts.orders", "1"))
    found = dict(letters.select("source_contact_id, person_id", "core.contacts", "1"))
    assert found == {"A": people["name"], "G": people["guest"], "L": None, "T": people["telephone"]}
    assert letters.select("count(*) as people", "marts.customers", "1") == [(3,)]


def test_an_order_came_from_the_message_that_its_visit_names_by_number_or_name(letters: Any) -> None:
    found = letters.select(
        "order_number, origins.platform, origins.role, origins.campaign_id, origins.matched_by",
        "marts.order_campaigns as origins inner join marts.orders using (tenant_id, order_id)",
        "1",
    )
    assert {number: tuple(rest) for number, *rest in found} == {
        "number behind the name": ("klaviyo", "messages", "letters:01JAB", "id"),
        "name": ("klaviyo", "messages", "letters:01JAB", "name"),
        "number of the message": ("klaviyo", "messages", "letters:F1", "id"),
        "name of the message": ("klaviyo", "messages", "letters:F1", "name"),
        "platform alone": ("klaviyo", "messages", None, "source"),
        "advertisement": ("google_ads", "ads", "ads:11", "name"),
    }


def test_what_messages_brought_is_no_figure_of_advertising(letters: Any) -> None:
    found = letters.select("platform, campaign_name, attributed_orders", "marts.campaigns_daily", "1")
    assert found == [("google_ads", "Spring", 1)]


def test_letters_stand_beside_what_became_of_them_what_they_brought_and_what_their_platform_claims(
    letters: Any,
) -> None:
    figures = "sent, delivered, opened, openable, clicked, unpriced, claimed_conversions, claimed_revenue, message_cost"
    found = letters.select(
        f"campaign_name, message_type, attributed_orders, attributed_revenue, {figures}",
        "marts.messages_daily",
        "coalesce(campaign_name, '~')",
    )
    assert found == [
        ("Spring", "email", 2, 60, 150, 147, 40, 98, 9, 100, 5, 250, D("3.43")),
        ("Welcome series", "flow", 2, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        (None, None, 1, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]


def test_what_texts_cost_is_borne_by_the_orders_that_they_brought(letters: Any) -> None:
    borne = dict(letters.select("order_number, marketing_costs", "marts.order_profit", "1"))
    assert {number for number, amount in borne.items() if amount} == {"number behind the name", "name"}
    assert sum(borne.values()) == D("3.43")
