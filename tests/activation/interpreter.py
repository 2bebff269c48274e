"""A segment's definition read in plain Python over rows: what the SQL is held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fondaco.activation.definition import Comparison, Definition, Group, Happening, Node

Row = Mapping[str, Any]


def members(definition: Definition, rows: Mapping[str, Sequence[Row]], today: date) -> set[str]:
    """Ids of the customers in the segment."""
    return {row["person_id"] for row in rows["customers"] if _takes(definition.root, row, rows, today)}


def _takes(node: Node, person: Row, rows: Mapping[str, Sequence[Row]], today: date) -> bool:
    if isinstance(node, Group):
        taken = [_takes(rule, person, rows, today) for rule in node.rules]
        found = all(taken) if node.match == "all" else any(taken)
    elif isinstance(node, Comparison):
        found = _compares(node, _value(node.attribute, person, rows, today), today)
    else:
        found = _happened(node, person, rows, today)
    return found != node.negated


def _value(name: str, person: Row, rows: Mapping[str, Sequence[Row]], today: date) -> Any:
    if name in ("has_email", "has_phone"):
        return person.get(name.removeprefix("has_")) is not None
    if name == "email_domain":
        box, sign, domain = (person.get("email") or "").rpartition("@")
        return domain.lower() if box and sign and domain else None
    if name == "days_since_last_order":
        last = person.get("last_order_date")
        return None if last is None else max((today - last).days, 0)
    if name == "average_order_value":
        return person["net_sales"] / person["orders"] if person["orders"] else None
    if name in person:
        return person[name]
    scores = [row for row in rows.get("customer_scores", ()) if row["person_id"] == person["person_id"]]
    if name == "value_at_risk" and scores:
        value, share = scores[0].get("expected_value"), scores[0].get("churn_probability")
        return None if value is None or share is None else Decimal(str(round(float(value) * share, 6)))
    return scores[0].get(name) if scores else None


def _compares(rule: Comparison, value: Any, today: date) -> bool:
    asked, how = rule.values, rule.operator
    if value is None:
        return False
    if how == "known":
        return True
    if how in ("is_true", "is_false"):
        return bool(value == (how == "is_true"))
    if rule.about.kind == "choice":
        return value in asked
    if rule.about.kind == "phone":
        dialled = _dialled(value)
        return any(dialled == str(each) if how == "is" else dialled.startswith(str(each)) for each in asked)
    if rule.about.kind in ("text", "domain"):
        low = value.lower()
        tests = {
            "is": low.__eq__,
            "contains": low.__contains__,
            "starts_with": low.startswith,
            "ends_with": low.endswith,
        }
        return any(tests[how](str(each).lower()) for each in asked)
    if rule.about.kind == "date":
        if how in ("in_last_days", "before_last_days"):
            first = today - timedelta(days=int(asked[0]) - 1)  # type: ignore[arg-type]
            return first <= value <= today + timedelta(1) if how == "in_last_days" else value < first
        if how == "between":
            return bool(asked[0] <= value <= asked[1])
        return bool(value >= asked[0]) if how == "on_or_after" else bool(value <= asked[0])
    return _number(how, Decimal(str(value)), [Decimal(str(each)) for each in asked])


def _dialled(phone: str) -> str:
    """Digits, with a plus before them where a country is said."""
    text = phone.replace("(0)", "").strip().lstrip("(")
    digits = "".join(letter for letter in text if letter.isdigit())
    if text.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else "".join(filter(str.isdigit, phone))


def _number(how: str, value: Decimal, asked: Sequence[Decimal]) -> bool:
    if how == "between":
        return asked[0] <= value <= asked[1]
    return {
        "at_least": value >= asked[0],
        "at_most": value <= asked[0],
        "more_than": value > asked[0],
        "less_than": value < asked[0],
    }.get(how, value == asked[0])


def _happened(rule: Happening, person: Row, rows: Mapping[str, Sequence[Row]], today: date) -> bool:
    orders: dict[str, list[Row]] = defaultdict(list)
    for row in _happenings(rule, rows):
        if row["person_id"] == person["person_id"] and _asked_for(rule, row, today):
            orders[row["order_id"]].append(row)
    units = {"bought": "units_sold", "returned": "units_returned"}.get(rule.event)
    counted = [each for each in orders.values() if units is None or sum(row[units] for row in each) > 0]
    money = {"returned": "returns", "used_discount": "amount"}.get(rule.event, "net_sales")
    amount = sum((Decimal(row[money]) for each in counted for row in each), Decimal(0))
    measured = Decimal(len(counted)) if rule.measure == "times" else amount
    return measured == 0 if rule.operator == "never" else _number(rule.operator, measured, [rule.value])


def _happenings(rule: Happening, rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    if rule.event == "ordered":
        return [row for row in rows.get("orders", ()) if row.get("order_sequence") is not None]
    if rule.event == "used_discount":
        orders = {row["order_id"]: row for row in rows.get("orders", ())}
        return [
            {**orders[row["order_id"]], **row} for row in rows.get("order_discounts", ()) if row.get("code")
        ]
    return [row for row in rows.get("sales_ledger", ()) if row["line_type"] == "product"]


def _asked_for(rule: Happening, row: Row, today: date) -> bool:
    day = row["event_date"] if rule.event == "returned" else row["order_date"]
    first, last = rule.period.first, rule.period.last
    if rule.period.days is not None:
        first, last = today - timedelta(days=rule.period.days - 1), today + timedelta(1)
    if first is not None and last is not None and not first <= day <= last:
        return False
    filters = ((rule.shops, "connection_id"), (rule.channels, "channel"), (rule.countries, "country"))
    if any(values and row[name] not in values for values, name in filters):
        return False
    if rule.code is not None and row["code"] != rule.code.upper():
        return False
    if rule.product is None:
        return True
    if rule.product.by == "title":
        return rule.product.value.lower() in (row["line_title"] or "").lower()
    return bool(row[rule.product.by] == rule.product.value)
