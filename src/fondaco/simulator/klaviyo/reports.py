"""Reports at a moment. Figures belong to the day of the send; rates are not served, because nobody should add them up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fondaco.simulator.klaviyo.access import RefusalError
from fondaco.simulator.klaviyo.things import ORDERS_METRIC, Row, WorldStore
from fondaco.simulator.world.message_accounts import shown_id

_OF_THE_WORLD = {
    "recipients": "sent", "delivered": "delivered", "bounced_or_failed": "bounced", "opens": "openings",
    "opens_unique": "opened", "clicks": "clicks", "clicks_unique": "clicked", "unsubscribe_uniques": "unsubscribed",
    "spam_complaints": "marked_spam", "conversions": "claimed_orders",
}  # fmt: skip
_MONEY = {"conversion_value": "claimed_value", "text_message_spend": "cost"}
_LONGEST = {"campaign-values-report": 366, "flow-series-report": 60}


def answer(store: WorldStore, kind: str, attributes: Row) -> Row:
    """The ``data`` of a report.

    Raises
    ------
    RefusalError
        Where the question is too long, or names no conversion metric.
    """
    first, last = _days(attributes)
    if (last - first).days + 1 > _LONGEST[kind]:
        raise RefusalError(400, "invalid", "The timeframe is too long for this report.")
    if not attributes.get("conversion_metric_id"):
        raise RefusalError(400, "invalid", "conversion_metric_id is required.")
    claims = attributes["conversion_metric_id"] == ORDERS_METRIC
    sender = kind.partition("-")[0]
    rows = [row for row in store.message_figures("klaviyo", first, last) if row["kind"] == sender]
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["campaign_id"], []).append(row)
    by_day = kind == "flow-series-report"
    results = [
        {
            "groupings": _groupings(parts[0], sender, attributes["group_by"]),
            "statistics": {
                name: [_told(name, parts, claims, day.isoformat()) for day in days] if by_day else _told(name, parts, claims)
                for name in attributes["statistics"]
            },
        }
        for _, parts in sorted(grouped.items())
    ]  # fmt: skip
    found: Row = {"results": results}
    if by_day:
        found["date_times"] = [f"{day}T00:00:00+00:00" for day in days]
    return {"type": kind, "attributes": found, "relationships": {}}


def _told(name: str, parts: list[Row], claims: bool, day: str | None = None) -> float:
    wanted = [row for row in parts if day is None or row["day"] == day]
    if name in ("conversions", "conversion_value") and not claims:
        return 0.0
    if name in _MONEY:
        return float(sum(row[_MONEY[name]] or 0 for row in wanted)) / 100
    return float(sum(row[_OF_THE_WORLD[name]] for row in wanted))


def _groupings(row: Row, sender: str, wanted: list[str]) -> dict[str, Any]:
    known = {
        f"{sender}_id": shown_id(row["campaign_id"]), f"{sender}_name": row["name"], "send_channel": row["channel"],
        f"{sender}_message_id": shown_id(row["message_id"]), f"{sender}_message_name": row["message"],
    }  # fmt: skip
    return {name: known[name] for name in wanted}


def _days(attributes: Row) -> tuple[date, date]:
    try:
        frame = attributes["timeframe"]
        first, end = (date.fromisoformat(frame[name][:10]) for name in ("start", "end"))
    except (KeyError, ValueError) as error:
        raise RefusalError(400, "invalid", "The timeframe is not understood.") from error
    return first, end - timedelta(days=1)
