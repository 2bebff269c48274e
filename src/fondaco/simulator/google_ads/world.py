"""The simulated world's Google Ads account, as the API shows it at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.money import minor_digits
from fondaco.simulator.google_ads.book import Directory, Login, Manager, Row
from fondaco.simulator.store import Store

PLATFORM = "google"
REFRESH_TOKEN = "1//simulated-refresh-token"
MANAGER_TOKEN = "1//simulated-managers-refresh-token"
TESTING_TOKEN = "1//simulated-testing-refresh-token"
MANAGER_ID = 1_618_033_988

_LONGEST_CONVERSION = timedelta(days=90)
_STATUS = {"active": "ENABLED", "paused": "PAUSED", "archived": "PAUSED", "removed": "REMOVED"}
_CHANNEL = {
    "brand_search": "SEARCH",
    "search": "SEARCH",
    "shopping": "SHOPPING",
    "performance_max": "PERFORMANCE_MAX",
}
_BIDDING = {
    "SEARCH": "TARGET_SPEND",
    "SHOPPING": "TARGET_ROAS",
    "PERFORMANCE_MAX": "MAXIMIZE_CONVERSION_VALUE",
}
_GROUP_TYPE = {"SEARCH": "SEARCH_STANDARD", "SHOPPING": "SHOPPING_PRODUCT_ADS"}
_AD_TYPE = {"SEARCH": "RESPONSIVE_SEARCH_AD", "SHOPPING": "SHOPPING_PRODUCT_AD"}
_SUFFIX = "utm_source=google&utm_medium=cpc&utm_campaign={campaignid}&utm_content={creative}"
_COUNTS = ("impressions", "clicks", "cost_micros")

Figures = dict[tuple[int, str], Row]
"""Metrics by unit (an ad, or a campaign without ads) or keyword, and day."""


def directory_of(store: Store) -> Directory:
    """The account of the world, a manager account above it, and the users of either."""
    book = StoreBook(store)
    account = book.customer()["customer.id"]
    return Directory(
        books={account: book},
        logins={
            REFRESH_TOKEN: Login(frozenset({account})),
            MANAGER_TOKEN: Login(frozenset(), frozenset({MANAGER_ID})),
            TESTING_TOKEN: Login(frozenset({account}), in_testing=True),
        },
        managers={MANAGER_ID: Manager("Market Hall Agency", "EUR", "Europe/Berlin", (account,))},
    )


class StoreBook:
    """A ``Book`` over the tables of the world."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._account = self._table("ad_accounts")[0]
        self._id = int(self._account["account_id"])
        self._micros = 10 ** (6 - minor_digits(self._account["currency"]))

    def customer(self) -> Row:
        return {
            "customer.id": self._id, "customer.resource_name": f"customers/{self._id}",
            "customer.descriptive_name": self._account["name"], "customer.currency_code": self._account["currency"],
            "customer.time_zone": self._account["time_zone"], "customer.manager": False, "customer.test_account": False,
            "customer.status": "ENABLED", "customer.auto_tagging_enabled": True,
            "customer.conversion_tracking_setting.conversion_tracking_status": "CONVERSION_TRACKING_MANAGED_BY_SELF",
        }  # fmt: skip

    def today(self) -> date:
        return self._store.now.astimezone(ZoneInfo(self._account["time_zone"])).date()

    # ---- things --------------------------------------------------------------------------------------------------------

    def things(self, resource: str) -> list[Row]:
        campaigns = {row["campaign_id"]: self._campaign(row) for row in self._table("ad_campaigns")}
        if resource == "campaign":
            return list(campaigns.values())
        groups = {
            row["ad_group_id"]: {
                **campaigns[row["campaign_id"]],
                **self._group(row, campaigns[row["campaign_id"]]),
            }
            for row in self._table("ad_groups")
        }
        if resource == "ad_group":
            return list(groups.values())
        if resource == "ad_group_ad":
            return [{**groups[row["ad_group_id"]], **self._ad(row, groups)} for row in self._table("ads")]
        if resource in ("ad_group_criterion", "keyword_view"):
            return [
                {**groups[row["ad_group_id"]], **self._keyword(row)} for row in self._table("ad_keywords")
            ]
        return []

    def _campaign(self, row: Row) -> Row:
        channel, number = _CHANNEL[row["kind"]], row["campaign_id"]
        return {
            "campaign.id": number, "campaign.resource_name": self._name("campaigns", number),
            "campaign.name": row["name"], "campaign.status": _STATUS[row["status"]],
            "campaign.serving_status": "SERVING" if row["status"] == "active" else "NONE",
            "campaign.advertising_channel_type": channel, "campaign.bidding_strategy_type": _BIDDING[channel],
            "campaign.start_date_time": self._local(row["starts_at"]),
            "campaign.end_date_time": self._local(row["ends_at"]) if row["ends_at"] else None,
            "campaign.final_url_suffix": _SUFFIX,
            "campaign_budget.amount_micros": row["daily_budget"] * self._micros,
            "campaign_budget.explicitly_shared": False,
        }  # fmt: skip

    def _group(self, row: Row, campaign: Row) -> Row:
        number = row["ad_group_id"]
        return {
            "ad_group.id": number, "ad_group.resource_name": self._name("adGroups", number),
            "ad_group.name": row["name"], "ad_group.status": _STATUS[row["status"]],
            "ad_group.type": _GROUP_TYPE[campaign["campaign.advertising_channel_type"]],
        }  # fmt: skip

    def _ad(self, row: Row, groups: dict[int, Row]) -> Row:
        group = groups[row["ad_group_id"]]
        return {
            "ad_group_ad.resource_name": self._name("adGroupAds", row["ad_group_id"], row["ad_id"]),
            "ad_group_ad.ad.id": row["ad_id"], "ad_group_ad.ad.name": row["name"],
            "ad_group_ad.status": _STATUS[row["status"]],
            "ad_group_ad.ad.type": _AD_TYPE[group["campaign.advertising_channel_type"]],
            "ad_group_ad.policy_summary.approval_status": "APPROVED",
            "ad_group_ad.ad.final_urls": ["https://shop.example/"],
        }  # fmt: skip

    def _keyword(self, row: Row) -> Row:
        return {
            "ad_group_criterion.resource_name": self._name("adGroupCriteria", row["ad_group_id"], row["keyword_id"]),
            "keyword_view.resource_name": self._name("keywordViews", row["ad_group_id"], row["keyword_id"]),
            "ad_group_criterion.criterion_id": row["keyword_id"], "ad_group_criterion.type": "KEYWORD",
            "ad_group_criterion.status": _STATUS[row["status"]], "ad_group_criterion.negative": False,
            "ad_group_criterion.keyword.text": row["keyword"],
            "ad_group_criterion.keyword.match_type": row["match_type"].upper(),
        }  # fmt: skip

    # ---- figures -------------------------------------------------------------------------------------------------------

    def days(self, resource: str, first: date, last: date) -> list[Row]:
        last = min(last, self.today())
        if first > last:
            return []
        if resource == "keyword_view":
            figures = self._keyword_figures(first, last)
            things = {row["ad_group_criterion.criterion_id"]: row for row in self.things(resource)}
        else:
            figures = self._unit_figures(first, last)
            things = self._things_by_unit(resource)
        return [
            {
                **things[unit],
                "segments.date": day,
                **{f"metrics.{name}": value for name, value in metrics.items()},
            }
            for (unit, day), metrics in figures.items()
            if unit in things
        ]

    def _things_by_unit(self, resource: str) -> dict[int, Row]:
        """The row of ``resource`` that each ad, or campaign without ads, counts for."""
        if resource == "customer":
            units = {row["ad_group_ad.ad.id"] for row in self.things("ad_group_ad")}
            units |= {row["campaign.id"] for row in self.things("campaign")}
            return dict.fromkeys(units, self.customer())
        ads = self.things("ad_group_ad")
        if resource == "ad_group_ad":
            return {row["ad_group_ad.ad.id"]: row for row in ads}
        name = f"{resource}.resource_name"
        things = {row[name]: row for row in self.things(resource)}
        by_unit = {row["ad_group_ad.ad.id"]: things[row[name]] for row in ads}
        if resource == "campaign":
            by_unit |= {row["campaign.id"]: row for row in things.values()}
        return by_unit

    def _unit_figures(self, first: date, last: date) -> Figures:
        figures: Figures = {}
        for row in self._store.ad_days(PLATFORM, first, last):
            figures[row["unit_id"], row["day"]] = {
                "impressions": row["impressions"], "clicks": row["clicks"], "cost_micros": row["spend"] * self._micros,
            }  # fmt: skip
        for claim in self._claims(first, last):
            self._claimed(figures, claim["unit_id"], claim, first, last)
        return figures

    def _keyword_figures(self, first: date, last: date) -> Figures:
        """An ad's figures shared out among the keywords of its ad group, to the micro; claims know their keyword."""
        keywords: dict[int, list[Row]] = {}
        for row in self._table("ad_keywords"):
            keywords.setdefault(row["ad_group_id"], []).append(row)
        figures: Figures = {}
        for row in self._store.ad_days(PLATFORM, first, last):
            own = keywords.get(row["ad_group_id"], [])
            whole = {**row, "cost_micros": row["spend"] * self._micros}
            for name in _COUNTS:
                for keyword, part in zip(
                    own, _shared(whole[name], [one["share"] for one in own]), strict=True
                ):
                    known = figures.setdefault((keyword["keyword_id"], row["day"]), {})
                    known[name] = known.get(name, 0) + part
        for claim in self._claims(first, last):
            if claim["keyword_id"] is not None:
                self._claimed(figures, claim["keyword_id"], claim, first, last)
        return figures

    def _claims(self, first: date, last: date) -> list[Row]:
        """Claims by clicks of these days, and those by earlier clicks that became orders on them."""
        return self._store.ad_claims(PLATFORM, first - _LONGEST_CONVERSION, last)

    def _claimed(self, figures: Figures, unit: int, claim: Row, first: date, last: date) -> None:
        credit = float(claim["credit"])
        value = credit * claim["value"] * self._micros / 1_000_000
        if first.isoformat() <= claim["day"] <= last.isoformat():
            known = figures.setdefault((unit, claim["day"]), {})
            if claim["kind"] == "click":
                _add(known, ("conversions", "all_conversions"), credit)
                _add(known, ("conversions_value", "all_conversions_value"), value)
            else:
                _add(known, ("view_through_conversions",), 1)
        if claim["kind"] == "click" and first.isoformat() <= claim["converted_day"] <= last.isoformat():
            known = figures.setdefault((unit, claim["converted_day"]), {})
            _add(known, ("conversions_by_conversion_date", "all_conversions_by_conversion_date"), credit)
            _add(
                known,
                ("conversions_value_by_conversion_date", "all_conversions_value_by_conversion_date"),
                value,
            )

    # ---- tables --------------------------------------------------------------------------------------------------------

    def _table(self, name: str) -> list[dict[str, Any]]:
        return self._store.rows(f"select * from {name} where platform = ? order by all", [PLATFORM])

    def _name(self, kind: str, *numbers: int) -> str:
        return f"customers/{self._id}/{kind}/{'~'.join(map(str, numbers))}"

    def _local(self, moment: datetime) -> str:
        """An instant as the API writes it: the account's own time, without an offset."""
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self._account["time_zone"]))
        return f"{local:%Y-%m-%d %H:%M:%S}"


def _shared(whole: int, shares: Iterable[float]) -> Iterator[int]:
    """``whole`` in parts by ``shares``, which sum to 1; the first takes what rounding leaves."""
    parts = [int(whole * share) for share in shares]
    if parts:
        parts[0] += whole - sum(parts)
    yield from parts


def _add(known: Row, names: tuple[str, ...], amount: float) -> None:
    for name in names:
        known[name] = known.get(name, 0) + amount
