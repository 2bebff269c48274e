"""What messages cost, by hand on each engine.

Klaviyo's e-mail plan is 28 euros a month below three contacts, 31 from three on, since February. Two contacts are there in
February; one more comes in March, and one who unsubscribed is not paid for.

- **February** has no message: its 28 euros stay with the account, 1 a day.
- **March**: Spring sends 3,000 e-mails on the 10th, Welcome 1,000 on the 20th: of the 31 euros 23.25 and 7.75.
- Spring's 50 texts of the 10th cost 3.43, as Klaviyo tells: the plan is not theirs, nor is the price of a text in the sheet.
- Spring's 200 pushes of the 12th cost 0.01 each by the sheet: 2 euros. Of Welcome's 5 messages of the 21st nobody tells anything.
- Postscript billed 1,000 texts to the US from 1 to 30 March at 0.015 dollars: 15 dollars, which are 12 euros at 0.80, 0.40 a day.

Orders, by value. 10 March: A 30, by Spring; B 70, nobody's. A bears 23.25 + 3.43; A and B share Postscript's 0.40 by 30 and 70.
12 March: E 10, by Postscript; F 90, nobody's. Of a platform one order is too few to bear what it cost: E and F share the 2 euros
and Postscript's 0.40 by 10 and 90. 20 March: C 50, by Klaviyo and nothing that is known; D 50, nobody's: both share Welcome's 7.75, and 0.40.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

D = Decimal
pytestmark = pytest.mark.slow
ENGINES = [
    pytest.param("duckdb", marks=pytest.mark.xdist_group("message_costs_duckdb")),
    pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("message_costs_postgres")]),
]
ORDERS = {
    "A": ("2026-03-10", "30", {"utm_source": "Klaviyo", "utm_medium": "email", "utm_campaign": "Spring"}),
    "B": ("2026-03-10", "70", {}),
    "E": ("2026-03-12", "10", {"utm_source": "postscript", "utm_medium": "sms"}),
    "F": ("2026-03-12", "90", {}),
    "C": ("2026-03-20", "50", {"utm_source": "Klaviyo", "utm_medium": "email"}),
    "D": ("2026-03-20", "50", {}),
}
BORNE = {
    "A": D("23.25") + D("3.43") + D("0.12"),
    "B": D("0.28"),
    "C": D("3.875") + D("0.2"),
    "D": D("3.875") + D("0.2"),
    "E": D("0.2") + D("0.04"),
    "F": D("1.8") + D("0.36"),
}
SPENT = D(28) + D(31) + D("3.43") + D(2) + D(12)


def write_costs(shop: Any) -> None:
    shop.message_account("letters", "EUR")
    shop.message_account("texts", "USD", source="postscript")
    for day in range(1, 32):
        shop.rate(f"2026-03-{day:02}", "USD", "1.25")
    spring = shop.letter("letters", "01JAB", "Spring")
    welcome = shop.letter("letters", "F1", "Welcome", campaign_type="flow")
    shop.sent(spring, "2026-03-10", sent=3000)
    shop.sent(spring, "2026-03-10", channel="sms", sent=50, cost="3.43")
    shop.sent(spring, "2026-03-12", channel="push", sent=200)
    shop.sent(welcome, "2026-03-20", sent=1000)
    shop.sent(welcome, "2026-03-21", channel="other", sent=5)
    for number, joined, consent in (
        ("1", "2025-01-01", "subscribed"), ("2", "2026-02-28", "never_subscribed"), ("3", "2026-03-31", "subscribed"),
        ("4", "2025-01-01", "unsubscribed"),
    ):  # fmt: skip
        shop.contact(
            "letters",
            number,
            email=f"{number}@x.example",
            email_consent=consent,
            billed_contacts=int(consent != "unsubscribed"),
            created_at=f"{joined} 10:00:00",
        )
    plan = {"item": "klaviyo email", "currency": "EUR", "valid_from": "2026-02-01"}
    shop.cost("message_plan", **plan, amount="28", tier_to=3)
    shop.cost("message_plan", **plan, amount="31", tier_from=3)
    shop.cost("message_price", item="klaviyo push", amount="0.01", currency="EUR")
    shop.cost("message_price", item="klaviyo sms", amount="9", currency="EUR")
    shop.cost(
        "message_price", item="postscript sms", country="US", messages=1000, amount="0.015", currency="USD",
        valid_from="2026-03-01", valid_to="2026-03-30",
    )  # fmt: skip
    for name, (day, value, visit) in ORDERS.items():
        order = shop.sale(name, f"{day} 10:00:00", value, email=f"{name}@x.example".lower())
        if visit:
            shop.visit(order, **visit)


@pytest.fixture(scope="module", params=ENGINES)
def letters(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    shop = shop_type(open_books(request.param), "cost-shop")
    write_costs(shop)
    shop.write().books.build()
    return shop


def test_what_messages_cost_is_borne_by_what_they_brought_else_by_the_days_orders(
    letters: Any,
) -> None:
    found = letters.select("order_number, marketing_costs", "marts.order_profit", "1")
    assert dict(found) == BORNE


def test_orders_and_days_bear_all_that_messages_cost(letters: Any) -> None:
    assert letters.select("sum(marketing_costs) as spent", "marts.profit_ledger", "1") == [(SPENT,)]
    assert letters.select("sum(message_cost) as spent", "marts.messages_daily", "1") == [(SPENT,)]


def test_a_campaign_stands_beside_what_its_messages_cost_and_a_month_without_any_stays_with_the_account(
    letters: Any,
) -> None:
    sums = "sum(message_cost) as cost, sum(unpriced) as unpriced, sum(attributed_orders) as orders"
    found = letters.select(
        f"platform, campaign_name, {sums}", "marts.messages_daily", "1, 2", group="platform, campaign_name"
    )
    assert found == [
        ("klaviyo", "Spring", D("23.25") + D("3.43") + D(2), 0, 1),
        ("klaviyo", "Welcome", D("7.75"), 5, 0),
        ("klaviyo", None, 28, 0, 1),
        ("postscript", None, 12, 0, 1),
    ]
    [february] = letters.select(
        "count(*) as days, min(amount) as least, max(amount) as most, min(name) as name", "core.cost_days", "1",
        where="platform = 'klaviyo' and campaign_id is null",
    )  # fmt: skip
    assert february == (28, 1, 1, "Letters")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_month_that_is_not_over_costs_its_days_and_an_accounts_own_plan_goes_before_its_platforms(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    """On the tenth of March ten days of thirty-one are paid for: of the 31 euros of fewer than 1,000 e-mails 10, shared by 500 and 400.

    The other account pays 93 by its own plan, and sent nothing: 3 euros a day stay with it. The third one's plan changes from 31 to
    62 on the fifth: 4 euros are shared by its e-mails until then, of which there are none, and 12 by those since.
    """
    shop = shop_type(open_books(engine), "under-way")
    for account in ("one", "two", "three"):
        shop.message_account(account, "EUR", source="mailchimp")
    first, third = (
        shop.campaign(account, "1", "Weekly", source="mailchimp", role="messages")
        for account in ("one", "three")
    )
    for campaign, day, sent in ((first, 5, 500), (first, 9, 400), (third, 5, 1), (third, 6, 2)):
        shop.sent(campaign, f"2026-03-{day:02}", sent=sent, source="mailchimp")
    shop.sale("S", "2026-02-01 10:00:00", "10")
    plan = {"item": "mailchimp", "currency": "EUR", "valid_from": "2026-03-01"}
    shop.cost("message_plan_sends", **plan, amount="31", tier_to=1000)
    shop.cost("message_plan_sends", **plan, amount="62", tier_from=1000)
    shop.cost("message_plan_sends", **plan, amount="93", connection_id="two")
    shop.cost("message_plan_sends", **plan, amount="31", connection_id="three")
    shop.cost(
        "message_plan_sends", **{**plan, "valid_from": "2026-03-05"}, amount="62", connection_id="three"
    )
    shop.write().books.build(now="2026-03-10 12:00:00")
    found = shop.select(
        "connection_id, cast(cost_date as varchar) as day, amount", "core.message_costs", "1, 2",
        where="connection_id <> 'two'",
    )  # fmt: skip
    assert found == [
        ("one", "2026-03-05", D("5.555556")),
        ("one", "2026-03-09", D("4.444444")),
        ("three", "2026-03-01", 1), ("three", "2026-03-02", 1), ("three", "2026-03-03", 1), ("three", "2026-03-04", 1),
        ("three", "2026-03-05", 4),
        ("three", "2026-03-06", 8),
    ]  # fmt: skip
    stays = "count(*) as days, sum(amount) as amount, min(cast(campaign_id as varchar)) as campaign"
    assert shop.select(stays, "core.message_costs", "1", where="connection_id = 'two'") == [(10, 30, None)]
