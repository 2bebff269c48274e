"""The streams of a Meta ad account: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import Column, ColumnType, Stream, SyncMode, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
TIMESTAMP, DATE, JSON = ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.JSON

_STATUSES = (
    Column("status", TEXT, "$.status", "As it was set: ACTIVE, PAUSED, ARCHIVED, DELETED."),
    Column("effective_status", TEXT, "$.effective_status", "With what stands above it, e.g. CAMPAIGN_PAUSED."),
)  # fmt: skip
_BUDGETS = (
    Column("daily_budget", BIGINT, "$.daily_budget", "In minor units of the account's currency."),
    Column("lifetime_budget", BIGINT, "$.lifetime_budget", "In minor units of the account's currency."),
)
_TIMES = (
    Column("created_at", TIMESTAMP, "$.created_time"),
    Column("updated_at", TIMESTAMP, "$.updated_time", "What happens above it does not move it."),
)

CAMPAIGNS = Table(
    "campaigns",
    columns=(
        Column("campaign_id", TEXT, "$.id"),
        Column("account_id", TEXT, "$.account_id"),
        Column("name", TEXT, "$.name"),
        Column("objective", TEXT, "$.objective"),
        *_STATUSES,
        Column("buying_type", TEXT, "$.buying_type"),
        Column("bid_strategy", TEXT, "$.bid_strategy"),
        *_BUDGETS,
        Column("starts_at", TIMESTAMP, "$.start_time"),
        Column("stops_at", TIMESTAMP, "$.stop_time"),
        *_TIMES,
    ),
    primary_key=("campaign_id",),
    description="One row per campaign, archived and deleted ones too.",
)
AD_SETS = Table(
    "ad_sets",
    columns=(
        Column("ad_set_id", TEXT, "$.id"),
        Column("account_id", TEXT, "$.account_id"),
        Column("campaign_id", TEXT, "$.campaign_id"),
        Column("name", TEXT, "$.name"),
        *_STATUSES,
        Column("optimization_goal", TEXT, "$.optimization_goal"),
        Column("billing_event", TEXT, "$.billing_event"),
        Column("bid_strategy", TEXT, "$.bid_strategy"),
        *_BUDGETS,
        Column("attribution_spec", JSON, "$.attribution_spec", "The windows in which it claims conversions."),
        Column("starts_at", TIMESTAMP, "$.start_time"),
        Column("ends_at", TIMESTAMP, "$.end_time"),
        *_TIMES,
    ),
    primary_key=("ad_set_id",),
    description="One row per ad set, archived and deleted ones too.",
)
ADS = Table(
    "ads",
    columns=(
        Column("ad_id", TEXT, "$.id"),
        Column("account_id", TEXT, "$.account_id"),
        Column("campaign_id", TEXT, "$.campaign_id"),
        Column("ad_set_id", TEXT, "$.adset_id"),
        Column("name", TEXT, "$.name"),
        *_STATUSES,
        *_TIMES,
    ),
    primary_key=("ad_id",),
    description="One row per ad, archived and deleted ones too.",
)

_WINDOWS = {
    "1d_click": "within a day after a click",
    "7d_click": "within 7 days after a click",
    "28d_click": "within 28 days after a click",
    "1d_view": "within a day after a view without a click",
    "1d_ev": "within a day after an engaged view of a video",
}


def _by_window(name: str, meaning: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            f"{name}_{window}", DECIMAL, f"$.fondaco.{name}_{window}",
            f"{meaning} {when}, as Meta claims them; null where the window was not asked for.",
        )
        for window, when in _WINDOWS.items()
    )  # fmt: skip


INSIGHTS = Table(
    "insights",
    columns=(
        Column("report_date", DATE, "$.date_start", "A day of the account's time zone."),
        Column("account_id", TEXT, "$.account_id"),
        Column("account_currency", TEXT, "$.account_currency"),
        Column("campaign_id", TEXT, "$.campaign_id"),
        Column("campaign_name", TEXT, "$.campaign_name"),
        Column("ad_set_id", TEXT, "$.adset_id"),
        Column("ad_set_name", TEXT, "$.adset_name"),
        Column("ad_id", TEXT, "$.ad_id"),
        Column("ad_name", TEXT, "$.ad_name"),
        Column("objective", TEXT, "$.objective"),
        Column("attribution_setting", TEXT, "$.attribution_setting", "The windows of purchases and their value."),
        Column("spend", DECIMAL, "$.spend", "In whole units of the account's currency."),
        Column("impressions", BIGINT, "$.impressions"),
        Column("reach", BIGINT, "$.reach", "People; does not add up over days or ads."),
        Column("clicks", BIGINT, "$.clicks", "All clicks, also on the name or a comment."),
        Column("inline_link_clicks", BIGINT, "$.inline_link_clicks"),
        Column("outbound_clicks", BIGINT, "$.fondaco.outbound_clicks", "Clicks that leave Meta's own pages."),
        Column("purchase_type", TEXT, "$.fondaco.purchase_type", "The one kind of action that purchases are taken from."),
        Column("purchases", DECIMAL, "$.fondaco.purchases", "As Meta claims them, by attribution_setting."),
        Column("purchase_value", DECIMAL, "$.fondaco.purchase_value", "In whole units of the account's currency."),
        *_by_window("purchases", "Purchases"),
        *_by_window("purchase_value", "Value of purchases"),
        Column("actions", JSON, "$.actions", "All kinds of actions, which overlap: never add them up."),
        Column("action_values", JSON, "$.action_values"),
    ),
    primary_key=("report_date", "ad_id"),
    ignored=("date_stop", "outbound_clicks", "fondaco"),
    description="One row per ad and day with any delivery. Meta has no rows of nothing.",
)  # fmt: skip

KEPT_BY_META = timedelta(days=1121)
"""Insights are kept for 37 months, 1,123 days at the least; the account's today may be a day ahead of UTC's."""

STREAMS = (
    Stream(
        "campaigns",
        (CAMPAIGNS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("ads_read",),
        description="Campaigns. Read whole: the list has no filter for changed ones.",
        in_report=False,
    ),
    Stream(
        "ad_sets",
        (AD_SETS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("ads_read",),
        description="Ad sets. Read whole: a paused campaign changes their effective status and not their time.",
        in_report=False,
    ),
    Stream(
        "ads",
        (ADS,),
        SyncMode.FULL,
        backfill_window=None,
        scopes=("ads_read",),
        description="Ads. Read whole: what is paused above them changes their effective status and not their time.",
        in_report=False,
    ),
    Stream(
        "insights",
        (INSIGHTS,),
        SyncMode.DAYS,
        backfill_window=timedelta(days=90),
        overlap=timedelta(days=3),
        safety_lag=timedelta(0),
        lookback=timedelta(days=28),
        day_column="report_date",
        history=KEPT_BY_META,
        scopes=("ads_read",),
        description="Spend, clicks and claimed purchases by ad and day of the account. The last 28 days are read again "
        "each day and replaced: Meta restates them.",
        in_report=False,
    ),
)
