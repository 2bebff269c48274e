"""The account, its campaigns, ad sets and ads, as the Graph API words them. Every scalar of a budget is a string."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

Row = dict[str, Any]

_STATUS = {"active": "ACTIVE", "paused": "PAUSED", "archived": "ARCHIVED", "removed": "DELETED"}
_OPTIMIZATION = {"prospecting": "OFFSITE_CONVERSIONS", "retargeting": "VALUE"}
ATTRIBUTION_SPEC = [
    {"event_type": "CLICK_THROUGH", "window_days": 7}, {"event_type": "VIEW_THROUGH", "window_days": 1},
]  # fmt: skip


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[Row]: ...

    def ad_days(self, platform: str, first: Any, last: Any) -> list[Row]: ...

    def ad_claims(self, platform: str, first: Any, last: Any) -> list[Row]: ...

    @property
    def now(self) -> datetime: ...


def account(store: WorldStore) -> Row | None:
    """The world's account; None where it does not advertise."""
    found = store.rows("select * from ad_accounts where platform = 'meta'")
    if not found:
        return None
    row = found[0]
    return {
        "id": f"act_{row['account_id']}", "account_id": str(row["account_id"]), "name": row["name"],
        "currency": row["currency"], "timezone_name": row["time_zone"], "account_status": 1, "amount_spent": "0",
        "balance": "0",
    }  # fmt: skip


def campaigns(store: WorldStore) -> list[Row]:
    """All campaigns, whatever their status."""
    zone = _zone(store)
    rows = store.rows("select * from ad_campaigns where platform = 'meta' order by campaign_id")
    return [
        {
            "id": str(row["campaign_id"]), "account_id": str(row["account_id"]), "name": row["name"],
            "objective": "OUTCOME_SALES", "status": _STATUS[row["status"]],
            "effective_status": _STATUS[row["status"]], "configured_status": _STATUS[row["status"]],
            "buying_type": "AUCTION", "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
            "daily_budget": str(row["daily_budget"]), "start_time": _at(row["starts_at"], zone),
            "stop_time": _at(row["ends_at"], zone), "created_time": _at(row["created_at"], zone),
            "updated_time": _at(row["updated_at"], zone),
        }
        for row in rows
    ]  # fmt: skip


def ad_sets(store: WorldStore) -> list[Row]:
    """All ad sets, whatever their status."""
    zone = _zone(store)
    rows = store.rows(
        """
        select g.*, c.status as campaign_status, c.kind from ad_groups as g inner join ad_campaigns as c using (campaign_id)
        where g.platform = 'meta' order by g.ad_group_id
        """
    )
    return [
        {
            "id": str(row["ad_group_id"]), "account_id": str(row["account_id"]),
            "campaign_id": str(row["campaign_id"]), "name": row["name"], **_statuses(row, row["campaign_status"]),
            "optimization_goal": _OPTIMIZATION.get(row["kind"], "OFFSITE_CONVERSIONS"),
            "billing_event": "IMPRESSIONS", "attribution_spec": ATTRIBUTION_SPEC,
            "start_time": _at(row["created_at"], zone), "created_time": _at(row["created_at"], zone),
            "updated_time": _at(row["updated_at"], zone),
        }
        for row in rows
    ]  # fmt: skip


def ads(store: WorldStore) -> list[Row]:
    """All ads, whatever their status."""
    zone = _zone(store)
    rows = store.rows(
        """
        select a.*, c.status as campaign_status from ads as a inner join ad_campaigns as c using (campaign_id)
        where a.platform = 'meta' order by a.ad_id
        """
    )
    return [
        {
            "id": str(row["ad_id"]), "account_id": str(row["account_id"]), "campaign_id": str(row["campaign_id"]),
            "adset_id": str(row["ad_group_id"]), "name": row["name"], **_statuses(row, row["campaign_status"]),
            "created_time": _at(row["created_at"], zone), "updated_time": _at(row["updated_at"], zone),
        }
        for row in rows
    ]  # fmt: skip


def _statuses(row: Row, above: str) -> Row:
    """What a campaign is shows on everything below it."""
    own = _STATUS[row["status"]]
    effective = "CAMPAIGN_PAUSED" if above == "paused" else _STATUS[above] if above != "active" else own
    return {"status": own, "configured_status": own, "effective_status": effective}


def _zone(store: WorldStore) -> ZoneInfo:
    found = account(store)
    return ZoneInfo(found["timezone_name"] if found else "UTC")


def _at(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """In the account's zone, with an offset without a colon."""
    if moment is None:
        return None
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")
