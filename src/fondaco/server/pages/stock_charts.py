"""The two drawings of an article's page: its stock by day, and what is forecast of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fondaco.metrics import stock_item as facts
from fondaco.metrics.stock import Row
from fondaco.metrics.stock_item import StockDay
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.site import Site

SHOWN_DAYS = 182
"""Days of stock that are drawn: half a year, so that whole weeks of it are."""
_WEEKS = 26
_MOVES = {
    "received": "received", "returned": "came back", "transferred": "moved", "corrected": "corrected", "counted": "found by count",
    "unexplained": "unexplained",
}  # fmt: skip


def shown_days(own: Row) -> tuple[date, date]:
    """The first and the last day that are drawn."""
    last = own["as_of_date"]
    return last - timedelta(SHOWN_DAYS - 1), last


def course_chart(numbers: Numbers, days: Sequence[StockDay]) -> dict[str, Any]:
    """Stock by day with receipts and days without it; days before anything is known are left out."""
    first = next((number for number, day in enumerate(days) if day.closing is not None), len(days))
    points = [
        {
            "tick": numbers.short_day(day.day),
            "label": numbers.weekday(day.day),
            "closing": "" if day.closing is None else str(day.closing),
            "text": numbers.count(day.closing),
            "sold": numbers.count(day.gone) if day.gone else "",
            "came": str(max(day.moves.get("received", 0) + day.moves.get("transferred", 0), 0) or ""),
            "moves": ", ".join(f"{_signed(numbers, value)} {_MOVES[name]}" for name, value in day.moves.items() if name in _MOVES),
            "is_out": day.is_out,
        }
        for day in days[first:]
    ]  # fmt: skip
    out = sum(day.is_out for day in days)
    if not points:
        return {"points": [], "summary": "", "out": ""}
    summary = f"Stock by day from {points[0]['label']} to {points[-1]['label']}: {points[-1]['text']} at the end, {numbers.count(out)} days without it. The table button shows every day."  # fmt: skip
    return {"points": points, "summary": summary, "out": numbers.count(out)}


def fan_chart(site: Site, numbers: Numbers, own: Row, days: Sequence[StockDay]) -> dict[str, Any] | None:
    """Pieces sold in past weeks and wanted in those to come, with what lies between; None where nothing is forecast."""
    rows = facts.forecast_of(
        site.project.reader, site.tenant_id, own["variant_id"], own["location_id"], "week"
    )
    if not rows:
        return None
    begins = rows[0]["forecast_date"]
    points = [*_past(numbers, days, begins), *(_ahead(numbers, row) for row in rows)]
    total = sum(row["mean"] or 0.0 for row in rows)
    summary = f"Pieces a week: about {numbers.count(round(total))} are wanted in the {len(rows)} weeks from {numbers.day(begins)} on. The table button shows every week."  # fmt: skip
    return {"points": points, "summary": summary, "begins": numbers.day(begins), "weeks": len(rows), "total": numbers.count(round(total)), "kind": rows[0]["series_class"] or ""}  # fmt: skip


def _past(numbers: Numbers, days: Sequence[StockDay], begins: date) -> list[dict[str, Any]]:
    """Whole weeks before the forecast; a week that is not known whole is left out."""
    known = {day.day: day for day in days if day.closing is not None}
    found = []
    for week in range(_WEEKS, 0, -1):
        first = begins - timedelta(7 * week)
        own = [known[day] for day in (first + timedelta(n) for n in range(7)) if day in known]
        if len(own) < 7:
            continue
        sold, out = sum(day.gone for day in own), sum(day.is_out for day in own)
        found.append(
            {
                "tick": numbers.short_day(first), "label": numbers.bucket(first, "week"), "seen": str(sold), "seen_text": numbers.count(sold),
                "out": out, "mean": "", "mean_text": "", "likely": "", "low": "", "lower": "", "upper": "", "high": "",
            }
        )  # fmt: skip
    return found


def _ahead(numbers: Numbers, row: Row) -> dict[str, Any]:
    def pieces(name: str) -> str:
        return NOTHING if row[name] is None else numbers.decimal(round(row[name], 1))

    def plain(name: str) -> str:
        return "" if row[name] is None else f"{row[name]:.4f}"

    first = row["forecast_date"]
    return {
        "tick": numbers.short_day(first), "label": numbers.bucket(first, "week"), "seen": "", "seen_text": "", "out": 0,
        "mean": plain("mean"), "mean_text": pieces("mean"), "likely": f"{pieces('q10')} – {pieces('q90')}", "low": plain("q10"),
        "lower": plain("q25"), "upper": plain("q75"), "high": plain("q90"), "most": pieces("q975"),
    }  # fmt: skip


def _signed(numbers: Numbers, value: int) -> str:
    return ("+" if value > 0 else "") + numbers.count(value)
