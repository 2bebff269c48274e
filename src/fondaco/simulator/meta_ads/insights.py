"""Rows of insights at a moment: strings for numbers, lists of overlapping actions, and no row where nothing was delivered."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from fondaco.simulator.meta_ads import things
from fondaco.simulator.meta_ads.access import RefusalError
from fondaco.simulator.meta_ads.things import Row, WorldStore

WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev")
_LEVELS = {"ad": "ad_id", "adset": "adset_id", "campaign": "campaign_id", "account": "account_id"}
_ALIVE = ("ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "IN_PROCESS", "WITH_ISSUES")
_DAY = 86_400
_PIXEL = ("purchase", "offsite_conversion.fb_pixel_purchase", "onsite_web_purchase", "web_in_store_purchase")
_SUMMED = ("impressions", "reach", "clicks", "inline_link_clicks", "spend")
_KEPT_DAYS = 37 * 31


def understood(given: Mapping[str, str], today: date) -> Row:
    """The parameters of a request for insights, as the API takes them.

    Raises
    ------
    RefusalError
        Where one is wrong.
    """
    level = given.get("level", "account")
    windows = _list(given, "action_attribution_windows")
    if level not in _LEVELS:
        raise RefusalError(
            100, "(#100) level must be one of the following values: ad, adset, campaign, account"
        )
    if unknown := [one for one in windows if one not in WINDOWS]:
        raise RefusalError(100, f"(#100) action_attribution_windows: {unknown[0]} is no longer available")
    first, last = _range(given, today)
    if (today - first).days > _KEPT_DAYS:
        raise RefusalError(
            3018, "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
        )
    return {
        "level": level, "windows": windows, "first": first, "last": min(last, today),
        "fields": [name for name in given.get("fields", "spend,impressions").split(",") if name],
        "by_day": given.get("time_increment") == "1", "filtering": _list(given, "filtering"),
    }  # fmt: skip


def rows(store: WorldStore, asked: Row) -> list[Row]:
    """All rows of a question, ordered by day and id."""
    known = {one["id"]: one for one in things.ads(store)}
    names = {one["id"]: one["name"] for one in (*things.campaigns(store), *things.ad_sets(store))}
    account = things.account(store) or {}
    claims = _claims(store, asked)
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in store.ad_days("meta", asked["first"], asked["last"]):
        ad = known[str(row["ad_id"])]
        if asked["level"] == "account" or _is_wanted(ad, asked["filtering"]):
            figures = {
                "date_start": row["day"], "date_stop": row["day"], "account_id": account["account_id"],
                "account_currency": account["currency"], "campaign_id": ad["campaign_id"],
                "campaign_name": names[ad["campaign_id"]], "adset_id": ad["adset_id"],
                "adset_name": names[ad["adset_id"]], "ad_id": ad["id"], "ad_name": ad["name"],
                "objective": "OUTCOME_SALES", "attribution_setting": "7d_click_1d_view",
                "impressions": row["impressions"], "reach": row["reach"], "clicks": row["clicks"],
                "inline_link_clicks": row["link_clicks"], "spend": row["spend"],
                "claims": claims.get((ad["id"], row["day"]), []),
            }  # fmt: skip
            day = row["day"] if asked["by_day"] else ""
            grouped[day, str(figures[_LEVELS[asked["level"]]])].append(figures)
    return [_worded(_added(grouped[key]), asked) for key in sorted(grouped)]


def _claims(store: WorldStore, asked: Row) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for claim in store.ad_claims("meta", asked["first"], asked["last"]):
        found[str(claim["unit_id"]), claim["day"]].append(claim)
    return found


def _is_wanted(ad: Row, filtering: Iterable[Row]) -> bool:
    """Without a filter by status, archived and deleted ads are left out of lists by ad."""
    by_status = False
    for one in filtering:
        name = {"ad.effective_status": "effective_status", "campaign.id": "campaign_id", "ad.id": "id"}.get(
            one["field"]
        )
        if name is None or one["operator"] != "IN":
            raise RefusalError(100, "(#100) filtering: this field cannot be filtered by")
        by_status |= name == "effective_status"
        if ad[name] not in [str(value) for value in one["value"]]:
            return False
    return by_status or ad["effective_status"] in _ALIVE


def _added(parts: list[Row]) -> Row:
    claims = [claim for part in parts for claim in part["claims"]]
    return {
        **parts[0], "date_stop": parts[-1]["date_stop"], "claims": claims,
        **{name: sum(part[name] for part in parts) for name in _SUMMED},
    }  # fmt: skip


def _worded(row: Row, asked: Row) -> Row:
    spend = f"{row['spend'] / 100:.2f}".rstrip("0").rstrip(".") if row["spend"] else "0"
    texts = {name: str(row[name]) for name in _SUMMED} | {"spend": spend}
    kinds = ("omni_purchase", *_PIXEL) if "Prospecting" in row["campaign_name"] else _PIXEL
    lists = {
        "outbound_clicks": _clicks("outbound_click", row["inline_link_clicks"]),
        "actions": [*_clicks("link_click", row["inline_link_clicks"]), *_purchases(row, asked["windows"], kinds, "count")],
        "action_values": _purchases(row, asked["windows"], kinds, "value"),
    }  # fmt: skip
    whole = {**row, **texts, **{name: found for name, found in lists.items() if found}}
    wanted = {*asked["fields"], "date_start", "date_stop"}
    return {name: value for name, value in whole.items() if name in wanted and name != "claims"}


def _clicks(kind: str, count: int) -> list[Row]:
    return [{"action_type": kind, "value": str(count)}] if count else []


def _purchases(row: Row, windows: Iterable[str], kinds: Iterable[str], what: str) -> list[Row]:
    """The same purchases under each of their names; windows without any are left out of an entry."""
    if not row["claims"]:
        return []
    sums = {window: _sum(row["claims"], window, what) for window in WINDOWS}
    told = {"value": _sum(row["claims"], "7d_click", what) + _sum(row["claims"], "1d_view", what)}
    told |= {window: sums[window] for window in windows}
    entry = {
        name: f"{value:g}" if what == "count" else f"{value / 100:.2f}"
        for name, value in told.items()
        if value
    }
    return [{"action_type": kind, **entry} for kind in kinds] if entry else []


def _sum(claims: Iterable[Row], window: str, what: str) -> float:
    days, kind = window.split("d_")
    wanted = {"click": "click", "view": "view", "ev": "engaged_view"}[kind]
    return sum(
        claim["value"] if what == "value" else 1
        for claim in claims
        if claim["kind"] == wanted and claim["lag_seconds"] <= int(days) * _DAY
    )


def _list(given: Mapping[str, str], name: str) -> list[Any]:
    try:
        found = json.loads(given.get(name, "[]"))
    except ValueError as error:
        raise RefusalError(100, f"(#100) Param {name} must be an array.") from error
    return list(found)


def _range(given: Mapping[str, str], today: date) -> tuple[date, date]:
    if given.get("date_preset") == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    try:
        found = json.loads(given["time_range"])
        first, last = (date.fromisoformat(found[name]) for name in ("since", "until"))
    except (KeyError, ValueError) as error:
        raise RefusalError(100, "(#100) Must be a valid date range") from error
    if first > last:
        raise RefusalError(3018, "(#3018) The start date must be before the end date")
    return first, last
