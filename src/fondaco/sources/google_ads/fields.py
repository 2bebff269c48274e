"""One list a table says what is asked of Google Ads and what becomes of it: GAQL field, column, type, meaning."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.sources.stream import Column, ColumnType, Table

TEXT, BIGINT, DECIMAL, DOUBLE = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL, ColumnType.DOUBLE
BOOL, DATE, JSON = ColumnType.BOOL, ColumnType.DATE, ColumnType.JSON

REPORT_DATE = "report_date"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a query and the column that it fills.

    Amounts in micros (millionths of the account's currency) become ``DECIMAL`` with six places, exactly.
    """

    column: str
    gaql: str
    type: ColumnType
    description: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A query without its dates, and the table that it fills.

    Attributes
    ----------
    resource
        What GAQL calls it after FROM.
    where
        A condition that always holds, or nothing. REMOVED things are never left out: their history counts.
    """

    resource: str
    table: Table
    fields: tuple[Field, ...]
    where: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        resource: str,
        key: tuple[str, ...],
        fields: tuple[Field, ...],
        *,
        where: str = "",
        description: str,
    ) -> Report:
        columns = tuple(Column(f.column, f.type, f"$.{f.column}", f.description) for f in fields)
        return cls(resource, Table(name, columns, primary_key=key, description=description), fields, where)

    @property
    def is_by_day(self) -> bool:
        return any(field.gaql == "segments.date" for field in self.fields)


_ACCOUNT = (
    Field("customer_id", "customer.id", BIGINT, "The account."),
    Field("currency", "customer.currency_code", TEXT, "The account's currency, of all amounts of the row."),
)
_DAY = (
    *_ACCOUNT,
    Field("time_zone", "customer.time_zone", TEXT, "The account's time zone, in which its days are cut."),
    Field(REPORT_DATE, "segments.date", DATE, "The day, in the account's time zone."),
)
_CAMPAIGN_ID = Field("campaign_id", "campaign.id", BIGINT, "The campaign.")
_AD_GROUP_ID = Field("ad_group_id", "ad_group.id", BIGINT, "The ad group.")
_URLS = "How visits are marked: appended to the final URL."

_FIGURES = (
    Field("impressions", "metrics.impressions", BIGINT, "How often it was shown."),
    Field("clicks", "metrics.clicks", BIGINT, "Clicks."),
    Field("cost", "metrics.cost_micros", DECIMAL, "Cost, in the account's currency; credits for invalid clicks lower it later."),
    Field("conversions", "metrics.conversions", DOUBLE, "Conversions that bidding counts, on the day of the click; fractions by attribution."),
    Field("conversions_value", "metrics.conversions_value", DECIMAL, "Their value, in the account's currency, to six places."),
    Field("all_conversions", "metrics.all_conversions", DOUBLE, "Conversions of every action, on the day of the click."),
    Field("all_conversions_value", "metrics.all_conversions_value", DECIMAL, "Their value, in the account's currency."),
    Field("view_through_conversions", "metrics.view_through_conversions", BIGINT, "Conversions after an ad was seen and not clicked."),
)  # fmt: skip
_BY_CONVERSION_DATE = (
    Field("conversions_by_conversion_date", "metrics.conversions_by_conversion_date", DOUBLE, "Conversions, on the day they happened."),
    Field("conversions_value_by_conversion_date", "metrics.conversions_value_by_conversion_date", DECIMAL, "Their value."),
    Field("all_conversions_by_conversion_date", "metrics.all_conversions_by_conversion_date", DOUBLE, "Conversions of every action, on the day they happened."),
    Field("all_conversions_value_by_conversion_date", "metrics.all_conversions_value_by_conversion_date", DECIMAL, "Their value."),
)  # fmt: skip

CAMPAIGNS = Report.of(
    "campaigns",
    "campaign",
    ("campaign_id",),
    (
        *_ACCOUNT,
        _CAMPAIGN_ID,
        Field("name", "campaign.name", TEXT, "Its name, as the merchant wrote it."),
        Field("status", "campaign.status", TEXT, "ENABLED, PAUSED, REMOVED."),
        Field("serving_status", "campaign.serving_status", TEXT, "SERVING, NONE, ENDED, PENDING, SUSPENDED."),
        Field("channel_type", "campaign.advertising_channel_type", TEXT, "SEARCH, PERFORMANCE_MAX, SHOPPING, …"),
        Field("channel_sub_type", "campaign.advertising_channel_sub_type", TEXT, "Finer kind, if there is one."),
        Field("bidding_strategy_type", "campaign.bidding_strategy_type", TEXT, "TARGET_ROAS, MAXIMIZE_CONVERSIONS, …"),
        Field("start_date", "campaign.start_date_time", DATE, "First day, in the account's time zone."),
        Field("end_date", "campaign.end_date_time", DATE, "Last day; empty for none."),
        Field("budget", "campaign_budget.amount_micros", DECIMAL, "Average daily budget, in the account's currency."),
        Field("budget_is_shared", "campaign_budget.explicitly_shared", BOOL, "Whether other campaigns spend it too."),
        Field("tracking_url_template", "campaign.tracking_url_template", TEXT, "How visits are marked: wraps the final URL."),
        Field("final_url_suffix", "campaign.final_url_suffix", TEXT, _URLS),
    ),
    description="Campaigns, removed ones included.",
)  # fmt: skip

AD_GROUPS = Report.of(
    "ad_groups",
    "ad_group",
    ("ad_group_id",),
    (
        *_ACCOUNT,
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        Field("name", "ad_group.name", TEXT, "Its name, as the merchant wrote it."),
        Field("status", "ad_group.status", TEXT, "ENABLED, PAUSED, REMOVED."),
        Field("type", "ad_group.type", TEXT, "SEARCH_STANDARD, SHOPPING_PRODUCT_ADS, …"),
        Field("cpc_bid", "ad_group.cpc_bid_micros", DECIMAL, "Highest bid for a click, in the account's currency."),
        Field("tracking_url_template", "ad_group.tracking_url_template", TEXT, "Wraps the final URL."),
        Field("final_url_suffix", "ad_group.final_url_suffix", TEXT, _URLS),
    ),
    description="Ad groups, removed ones included. Performance Max has none.",
)  # fmt: skip

ADS = Report.of(
    "ads",
    "ad_group_ad",
    ("ad_group_id", "ad_id"),
    (
        *_ACCOUNT,
        _AD_GROUP_ID,
        Field("ad_id", "ad_group_ad.ad.id", BIGINT, "The ad."),
        _CAMPAIGN_ID,
        Field("name", "ad_group_ad.ad.name", TEXT, "Its name; many ads have none."),
        Field("status", "ad_group_ad.status", TEXT, "ENABLED, PAUSED, REMOVED."),
        Field("type", "ad_group_ad.ad.type", TEXT, "RESPONSIVE_SEARCH_AD, …"),
        Field("approval_status", "ad_group_ad.policy_summary.approval_status", TEXT, "APPROVED, DISAPPROVED, …"),
        Field("final_urls", "ad_group_ad.ad.final_urls", JSON, "Where it leads, a list."),
        Field("tracking_url_template", "ad_group_ad.ad.tracking_url_template", TEXT, "Wraps the final URL."),
        Field("final_url_suffix", "ad_group_ad.ad.final_url_suffix", TEXT, _URLS),
    ),
    description="Ads in their ad groups, removed ones included. Performance Max has none.",
)  # fmt: skip

KEYWORDS = Report.of(
    "keywords",
    "ad_group_criterion",
    ("ad_group_id", "criterion_id"),
    (
        *_ACCOUNT,
        _AD_GROUP_ID,
        Field("criterion_id", "ad_group_criterion.criterion_id", BIGINT, "The keyword within its ad group."),
        _CAMPAIGN_ID,
        Field("text", "ad_group_criterion.keyword.text", TEXT, "The keyword."),
        Field("match_type", "ad_group_criterion.keyword.match_type", TEXT, "EXACT, PHRASE, BROAD."),
        Field("is_negative", "ad_group_criterion.negative", BOOL, "Whether it keeps the ads away."),
        Field("status", "ad_group_criterion.status", TEXT, "ENABLED, PAUSED, REMOVED."),
        Field("cpc_bid", "ad_group_criterion.cpc_bid_micros", DECIMAL, "Highest bid of its own, if it has one."),
        Field("quality_score", "ad_group_criterion.quality_info.quality_score", BIGINT, "1 to 10."),
    ),
    where="ad_group_criterion.type = 'KEYWORD'",
    description="Keywords of ad groups, negative and removed ones included.",
)  # fmt: skip

CAMPAIGN_DAYS = Report.of(
    "campaign_days",
    "campaign",
    ("campaign_id", REPORT_DATE),
    (*_DAY, _CAMPAIGN_ID, *_FIGURES, *_BY_CONVERSION_DATE),
    description="Figures by campaign and day: the account's totals, for every kind of campaign is here.",
)

AD_DAYS = Report.of(
    "ad_days",
    "ad_group_ad",
    ("ad_group_id", "ad_id", REPORT_DATE),
    (
        *_DAY,
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
        Field("ad_id", "ad_group_ad.ad.id", BIGINT, "The ad."),
        *_FIGURES,
        *_BY_CONVERSION_DATE,
    ),
    description="Figures by ad and day. Performance Max is not here: sums are below those of the campaigns.",
)

KEYWORD_DAYS = Report.of(
    "keyword_days",
    "keyword_view",
    ("ad_group_id", "criterion_id", REPORT_DATE),
    (
        *_DAY,
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
        Field("criterion_id", "ad_group_criterion.criterion_id", BIGINT, "The keyword within its ad group."),
        *_FIGURES,
    ),
    description="Figures by keyword and day: what was found by a keyword of the merchant, and nothing else.",
)

CONVERSION_DAYS = Report.of(
    "conversion_days",
    "campaign",
    ("campaign_id", "conversion_action", REPORT_DATE),
    (
        *_DAY,
        _CAMPAIGN_ID,
        Field("conversion_action", "segments.conversion_action", TEXT, "The action, as customers/…/conversionActions/…."),
        Field("action_name", "segments.conversion_action_name", TEXT, "Its name, as the merchant wrote it."),
        Field("action_category", "segments.conversion_action_category", TEXT, "PURCHASE, SIGNUP, ADD_TO_CART, …"),
        *(field for field in _FIGURES if "conversions" in field.column and "view" not in field.column),
    ),
    description="Conversions by campaign, action and day; over the actions of a day they add up to the campaign's.",
)  # fmt: skip

REPORTS = {
    report.table.name: report
    for report in (
        CAMPAIGNS,
        AD_GROUPS,
        ADS,
        KEYWORDS,
        CAMPAIGN_DAYS,
        CONVERSION_DAYS,
        AD_DAYS,
        KEYWORD_DAYS,
    )
}
"""All reports by the name of their table, which is also their stream's."""
