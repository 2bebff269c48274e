"""Random customers and random definitions, from so few values that they often meet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.activation.conftest import TODAY, line, order, person

from fondaco.activation.attributes import ATTRIBUTES, Attribute
from fondaco.activation.definition import TEXTS, Definition, parse_definition
from fondaco.activation.operators import OPERATORS

COUNTRIES, CITIES = ("DE", "AT", "FR"), ("Berlin", "BERN", "Graz", "Élancourt", "x_y%")
SHOPS, CHANNELS, CODES = ("aurora", "brick"), ("web", "pos"), ("WELCOME", "VIP")
TITLES, SKUS = ("Blue scarf", "Scarf, red", "100% wool_rug"), ("S1", "S2")
EMAILS = ("Ada@Example.com", "berta@mail.example.com", "no address")
PHONES = ("+49 30 1234", "0049 (0)30/1234", "030 1234", "(+43) 1-99", "+33 1")
DIALLED = ("+49", "0049 30", "030 1234", "+43", "0")
PEOPLE = ("a", "b", "c", "d", "e")

money = st.integers(-3, 12).map(lambda tens: Decimal(tens) * 10 + Decimal("0.5"))
day = st.integers(-2, 70).map(lambda ago: TODAY - timedelta(days=ago))
small = st.integers(0, 4)
share = st.sampled_from([0.0, 0.25, 0.5, 0.6, 1.0])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def _happenings(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Orders, their lines and discounts."""
    where = {
        "connection_id": st.sampled_from(SHOPS),
        "channel": st.sampled_from(CHANNELS),
        "country": maybe(st.sampled_from(COUNTRIES)),
    }
    orders, lines, discounts = [], [], []
    for number in range(draw(st.integers(0, 6))):
        buyer, when = draw(st.sampled_from(PEOPLE)), draw(day)
        place = {name: draw(values) for name, values in where.items()}
        orders.append(
            order(
                f"o{number}",
                buyer,
                when,
                net_sales=draw(money),
                order_sequence=draw(maybe(st.just(1))),
                **place,
            )
        )
        for _ in range(draw(st.integers(0, 2))):
            sold, back = draw(st.integers(-1, 2)), draw(st.integers(0, 1))
            what = {
                "line_title": draw(maybe(st.sampled_from(TITLES))),
                "sku": draw(maybe(st.sampled_from(SKUS))),
            }
            kind = draw(st.sampled_from(["product", "product", "tip"]))
            lines.append(
                line(f"o{number}", buyer, when, **place, **what, units_sold=sold, units_returned=back,
                     event_date=draw(day), net_sales=draw(money), returns=draw(money), line_type=kind)
            )  # fmt: skip
        if draw(st.booleans()):
            code = draw(maybe(st.sampled_from(CODES)))
            discounts.append(
                {"order_id": f"o{number}", "code": code, "amount": draw(money), "order_date": when}
            )
    return {"orders": orders, "sales_ledger": lines, "order_discounts": discounts}


@st.composite
def some_rows(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Five customers and what they did; scores for some of them."""
    people = [
        person(
            name,
            country=draw(maybe(st.sampled_from(COUNTRIES))), city=draw(maybe(st.sampled_from(CITIES))),
            email=draw(maybe(st.sampled_from(EMAILS))), phone=draw(maybe(st.sampled_from(PHONES))),
            first_name=draw(maybe(st.sampled_from(("Ada", "Berta")))), last_name=draw(maybe(st.just("van Eyck"))),
            accepts_marketing=draw(maybe(st.booleans())),
            orders=draw(small), net_sales=draw(money), first_order_date=draw(maybe(day)),
            last_order_date=draw(maybe(day)), first_channel=draw(maybe(st.sampled_from(CHANNELS))),
            first_connection_id=draw(maybe(st.sampled_from(SHOPS))),
        )
        for name in PEOPLE
    ]  # fmt: skip
    scores = [
        {
            "person_id": name, "segment": draw(st.sampled_from(["Champions", "At Risk"])), "recency_score": draw(small),
            "churn_probability": draw(maybe(share)), "expected_value": draw(maybe(money)),
        }
        for name in draw(st.sets(st.sampled_from(PEOPLE)))
    ]  # fmt: skip
    return {"customers": people, "customer_scores": scores, **draw(_happenings())}


def _values(about: Attribute, takes: str) -> st.SearchStrategy[list[Any]]:
    if takes == "nothing":
        return st.just([])
    if takes == "days":
        return st.integers(1, 70).map(lambda days: [days])
    one: st.SearchStrategy[Any] = {"money": money, "share": share, "date": day.map(str)}.get(
        about.kind, small
    )
    if about.kind == "phone":
        return st.lists(st.sampled_from(DIALLED), min_size=1, max_size=2)
    if about.kind in TEXTS:
        words = (
            *COUNTRIES,
            *CITIES,
            *CHANNELS,
            *SHOPS,
            "Champions",
            "er",
            "b",
            "É",
            "%",
            "_",
            "ADA",
            "Example.com",
        )
        return st.lists(st.sampled_from(words), min_size=1, max_size=3)
    count = 2 if takes == "two" else 1
    return st.lists(one, min_size=count, max_size=count).map(sorted)


@st.composite
def comparison(draw: st.DrawFn) -> dict[str, Any]:
    about = draw(st.sampled_from(ATTRIBUTES))
    how = draw(st.sampled_from(OPERATORS[about.kind]))
    values = draw(_values(about, how.takes))
    return {
        "kind": "attribute",
        "attribute": about.name,
        "operator": how.name,
        "values": values,
        "not": draw(st.booleans()),
    }


@st.composite
def happening(draw: st.DrawFn) -> dict[str, Any]:
    event = draw(st.sampled_from(["ordered", "bought", "returned", "used_discount"]))
    measure = draw(st.sampled_from(["times", "amount"]))
    operators = ["at_least", "at_most", "exactly", *(["never"] if measure == "times" else [])]
    rule = {
        "kind": "event", "event": event, "measure": measure, "operator": draw(st.sampled_from(operators)),
        "value": draw(small if measure == "times" else money), "not": draw(st.booleans()),
        "shops": draw(st.lists(st.sampled_from(SHOPS), max_size=1)),
        "channels": draw(st.lists(st.sampled_from(CHANNELS), max_size=1)),
        "countries": draw(st.lists(st.sampled_from(COUNTRIES), max_size=2)),
    }  # fmt: skip
    first, last = sorted((draw(day), draw(day)))
    periods: list[dict[str, Any]] = [
        {"kind": "ever"},
        {"kind": "last_days", "days": draw(st.integers(1, 70))},
        {"kind": "between", "first": str(first), "last": str(last)},
    ]
    rule["period"] = draw(st.sampled_from(periods))
    if event == "used_discount":
        rule["code"] = draw(maybe(st.sampled_from(["vip", "WELCOME"])))
    if event in ("bought", "returned"):
        products = [
            {"by": "title", "value": "SCARF"},
            {"by": "title", "value": "l_r"},
            {"by": "sku", "value": "S1"},
        ]
        rule["product"] = draw(maybe(st.sampled_from(products)))
    return rule


def _groups(rules: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "kind": st.just("group"),
            "match": st.sampled_from(["all", "any"]),
            "not": st.booleans(),
            "rules": st.lists(rules, max_size=3),
        }
    )


rule = comparison() | happening()
root = _groups(st.recursive(rule, _groups, max_leaves=5))
definitions: st.SearchStrategy[Definition] = root.map(lambda each: parse_definition({"root": each}))
