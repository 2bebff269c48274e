"""Advertising: which ads brought orders, what they cost, and what the platforms claim.

Nothing here draws from the world's random streams: every number is a hash of what it belongs to (an order, or an ad and a
day), so a world keeps its orders, and time that goes on finds the same past. An order knows at most one touch of each
platform. A platform claims every order that it touched; ``brought`` says whose click it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.ad_accounts import AD_ACCOUNTS, GOOGLE, META, PLANS, AdUnit, units_of
from fondaco.simulator.world.ad_accounts import ids as ids_of
from fondaco.simulator.world.daytime import LocalClock
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame, stack
from fondaco.simulator.world.hashing import bell, digest, unit
from fondaco.simulator.world.merchants import ACQUISITION, CHANNELS, CURRENCIES, Merchant

CLICK, VIEW, ENGAGED_VIEW = range(3)
RESTATED_DAYS = 28
"""A day's figures stand still this long after it."""

_WEB = CHANNELS.index("web")
_SOURCES = {META: ACQUISITION.index("meta"), GOOGLE: ACQUISITION.index("google")}
_BROUGHT = {META: 0.92, GOOGLE: 0.72}
"""Of the orders that came by a platform, the part that its ads brought; the others came by its free results."""
_ALSO_CLICKED = {META: 0.05, GOOGLE: 0.08}
"""Of all other orders, the part whose buyer had clicked the platform's ad before."""
_VIEWED, _ENGAGED = 0.10, 0.03
_HOUR, _MINUTE = 3_600_000_000, 60_000_000
_LAGS = ((0.60, _MINUTE, _HOUR), (0.25, _HOUR, DAY), (0.10, DAY, 7 * DAY), (0.05, 7 * DAY, 25 * DAY))
"""(share, from, to): how long after the click people order."""
_REPORTING_LAG = 3 * DAY
_LEAST_CLICKS = 2.0
_STRAY_SHARE = 0.15
_ORDER_SALT, _DAY_SALT = 101, 211


@dataclass(frozen=True, slots=True)
class Advertising:
    """The ads of a world that was made with ``orders`` orders between two instants."""

    shops: tuple[Merchant, ...]
    start: int
    end: int
    orders: int

    @property
    def units(self) -> list[AdUnit]:
        """Everything that has figures of its own."""
        return units_of(self.shops, self.start, self.end)

    # ---- orders ------------------------------------------------------------------------------------------------------

    def touches(self, orders: Frame) -> Frame:
        """The touches of these orders, Meta's before Google's; ``row`` points into ``orders``."""
        return stack([self._touches(orders, META), self._touches(orders, GOOGLE)])

    def _touches(self, orders: Frame, platform: int) -> Frame:
        web = orders["channel"] == _WEB
        seeds = digest(orders["order_id"], orders["processed_at"], _ORDER_SALT + platform)
        brought = web & (orders["acquisition_channel"] == _SOURCES[platform])
        brought &= unit(seeds, 1) < _BROUGHT[platform]
        other = unit(seeds, 2)
        clicked = brought | (web & (other < _ALSO_CLICKED[platform]))
        kind = np.where(clicked, CLICK, -1)
        if platform == META:
            bound = _ALSO_CLICKED[META] + _VIEWED
            kind = np.where(web & ~clicked & (other < bound), VIEW, kind)
            kind = np.where(
                web & ~clicked & (other >= bound) & (other < bound + _ENGAGED), ENGAGED_VIEW, kind
            )
        row = np.flatnonzero(kind >= 0)
        return self._described(orders, platform, row, kind=kind[row], brought=brought[row], seeds=seeds[row])

    def _described(
        self, orders: Frame, platform: int, row: Array, *, kind: Array, brought: Array, seeds: Array
    ) -> Frame:
        account = AD_ACCOUNTS[platform]
        placed = orders["processed_at"][row]
        lag = np.where(kind == CLICK, _click_lag(unit(seeds, 3)), _MINUTE + unit(seeds, 3) * (DAY - _HOUR))
        touched = np.maximum(placed - lag.astype(np.int64) // 1_000_000 * 1_000_000, self.start)
        chosen = self._choose(platform, orders["shop_id"][row], touched, unit(seeds, 4))
        row, kind, brought, seeds = (values[chosen >= 0] for values in (row, kind, brought, seeds))
        placed, touched, chosen = placed[chosen >= 0], touched[chosen >= 0], chosen[chosen >= 0]
        rates = np.array([account.rates.get(currency, 1.0) for currency in CURRENCIES])
        worth = np.rint(orders["placed_total"][row] * rates[orders["currency"][row]]).astype(np.int64)
        late = (unit(seeds, 5) ** 2 * _REPORTING_LAG).astype(np.int64) // 1_000_000 * 1_000_000
        units = self.units
        columns = {name: np.array([_number(getattr(one, name)) for one in units])[chosen]
                   for name in ("campaign_id", "ad_group_id", "ad_id", "key")}  # fmt: skip
        return {
            "row": row, "unit": chosen, "platform": np.full(len(row), platform),
            "account_id": np.full(len(row), account.account_id), "campaign_id": columns["campaign_id"],
            "ad_group_id": columns["ad_group_id"], "ad_id": columns["ad_id"], "unit_id": columns["key"],
            "keyword_id": _keywords(self, chosen, seeds), "shop_id": orders["shop_id"][row],
            "order_id": orders["order_id"][row], "kind": kind, "touched_at": touched, "converted_at": placed,
            "reported_at": placed + late, "brought": brought,
            # Google's model shares an order out; Meta takes it whole.
            "credit": np.where(brought | (platform == META), 1.0, 0.5),
            "value": worth, "click_id": _click_ids(platform, kind, seeds),
        }  # fmt: skip

    def _choose(self, platform: int, shop: Array, at: Array, draw: Array) -> Array:
        """The unit that touched each order, by weight among those that ran then; -1 where none did."""
        chosen = np.full(len(at), -1)
        units = self.units
        for index in range(len(self.shops)):
            here = np.flatnonzero(shop == index)
            known = [n for n, one in enumerate(units) if one.plan.platform == platform and one.shop == index]
            weights = np.array([units[n].weight for n in known])
            first, last = (np.array([getattr(units[n], name) for n in known]) for name in ("first", "last"))
            alive = (at[here, None] >= first) & (at[here, None] < last)
            bounds = np.cumsum(alive * weights, axis=1)
            found = (draw[here, None] * bounds[:, -1:] >= bounds).sum(axis=1)
            running = bounds[:, -1] > 0
            chosen[here[running]] = np.array(known)[found[running]]
        return chosen

    # ---- days --------------------------------------------------------------------------------------------------------

    def days(self, since: dict[int, int], now: int) -> Frame:
        """Figures of all units for each day of the accounts that has begun by ``now``.

        Parameters
        ----------
        since
            Platform → its first day, as days since 1970.
        """
        return stack(
            [frame for platform in (META, GOOGLE) for frame in self._platform_days(platform, since, now)]
        )

    def first_days(self) -> dict[int, int]:
        """Platform → the account's day in which the world begins."""
        return {platform: int(self._clock(platform, self.start, self.end).day(np.array([self.start]))[0])
                for platform in (META, GOOGLE)}  # fmt: skip

    def _clock(self, platform: int, first: int, last: int) -> LocalClock:
        return LocalClock(AD_ACCOUNTS[platform].time_zone, first - 2 * DAY, last + 2 * DAY)

    def _platform_days(self, platform: int, since: dict[int, int], now: int) -> list[Frame]:
        clock = self._clock(platform, min(self.start, since[platform] * DAY), now)
        day = np.arange(since[platform], int(clock.day(np.array([now]))[0]) + 1)
        begins, ends = clock.to_utc(day * DAY), clock.to_utc((day + 1) * DAY)
        frames = []
        for one in self.units:
            if one.plan.platform == platform:
                runs = (begins < one.last) & (ends > one.first)
                frames += [
                    self._delivered(one, day[runs], begins[runs], ends[runs]),
                    self._stray(one, day[~runs], begins[~runs], ends[~runs]),
                ]
        return frames

    def _delivered(self, one: AdUnit, day: Array, begins: Array, ends: Array) -> Frame:
        seeds = digest(np.full(len(day), one.key), day, _DAY_SALT)
        age = np.clip((begins - self.start) / max(self.end - self.start, 1), 0, 1)
        wave = (0.7 + 0.6 * age) * (1 + 0.15 * np.cos(2 * np.pi * day / 7)) * np.exp(0.25 * bell(seeds, 1))
        clicks = np.maximum(np.floor(self._expected_clicks(one) * wave + unit(seeds, 2)).astype(np.int64), 1)
        impressions = np.floor(clicks / one.plan.click_rate * (0.8 + 0.4 * unit(seeds, 3))).astype(np.int64)
        spend = np.maximum(np.floor(clicks * one.plan.click_cost * (0.85 + 0.3 * unit(seeds, 4))), 1).astype(
            np.int64
        )
        figures = {
            "impressions": np.maximum(impressions, clicks), "reach": np.maximum(impressions * 3 // 4, 1),
            "clicks": clicks, "link_clicks": np.maximum(clicks * 41 // 50, 1), "spend": spend,
        }  # fmt: skip
        return _days(one, day, begins, ends) | figures | _restated(spend, ends, seeds)

    def _stray(self, one: AdUnit, day: Array, begins: Array, ends: Array) -> Frame:
        """Now and then a few impressions of an ad that does not run; the platform takes them back within weeks."""
        seeds = digest(np.full(len(day), one.key), day, _DAY_SALT + 1)
        kept = unit(seeds, 1) < _STRAY_SHARE
        seeds, ends = seeds[kept], ends[kept]
        none = np.zeros(len(seeds), np.int64)
        impressions = 1 + (unit(seeds, 2) * 9).astype(np.int64)
        gone = ends + (3 + (unit(seeds, 3) * (RESTATED_DAYS - 4)).astype(np.int64)) * DAY
        return _days(one, day[kept], begins[kept], ends) | {
            "impressions": impressions, "reach": impressions, "clicks": none, "link_clicks": none.copy(),
            "spend": none.copy(), "first_spend": 1 + (unit(seeds, 4) * 40).astype(np.int64), "settles_at": gone,
            "vanishes_at": gone.copy(),
        }  # fmt: skip

    def _expected_clicks(self, one: AdUnit) -> float:
        """Clicks a day that make the plan's conversion true, were the world's orders spread evenly."""
        days = max((self.end - self.start) / DAY, 1.0)
        share = self.shops[one.shop].share / sum(shop.share for shop in self.shops)
        by_platform = (0.17, 0.16)[one.plan.platform] * self.orders / days * share
        rivals = sum(
            plan.share for plan in PLANS if plan.platform == one.plan.platform and plan.status == "active"
        )
        return max(by_platform * one.weight / rivals / one.plan.conversion, _LEAST_CLICKS)


def spend_by_campaign(days: Frame) -> Frame:
    """The truth about money: what each campaign costs on each day once everything has settled."""
    paid = days["spend"] > 0
    texts = np.asarray(days["day"].to_pylist())[paid]
    keys, place = np.unique(
        np.rec.fromarrays([days["platform"][paid], days["campaign_id"][paid], texts]), return_inverse=True
    )
    sums = np.bincount(place, days["spend"][paid], len(keys))
    return {
        "platform": keys["f0"].astype(np.int64), "campaign_id": keys["f1"].astype(np.int64),
        "day": pa.array(keys["f2"].tolist(), pa.string()), "spend": np.rint(sums).astype(np.int64),
    }  # fmt: skip


def _number(value: int | None) -> int:
    return NULL if value is None else value


def _click_lag(draw: Array) -> Array:
    lag, before = np.zeros(len(draw)), 0.0
    for share, low, high in _LAGS:
        here = (draw >= before) & (draw < before + share + 1e-12)
        lag[here] = low + (draw[here] - before) / share * (high - low)
        before += share
    return lag


def _keywords(world: Advertising, chosen: Array, seeds: Array) -> Array:
    """The keyword of each click on a search ad."""
    keys = np.full(len(chosen), NULL)
    draw = unit(seeds, 6)
    for number, one in enumerate(world.units):
        if one.plan.keywords:
            here = chosen == number
            place = (draw[here] * len(one.plan.keywords)).astype(np.int64)
            first = ids_of(world.shops[one.shop], one.plan, one.group)[3]
            keys[here] = first + place
    return keys


def _click_ids(platform: int, kind: Array, seeds: Array) -> pa.Array:
    start = ("IwZXh0bg", "EAIaIQob")[platform]
    texts = [f"{start}{seed:016x}" if one == CLICK else None
             for seed, one in zip(seeds.tolist(), kind.tolist(), strict=True)]  # fmt: skip
    return pa.array(texts, pa.string())


def _days(one: AdUnit, day: Array, begins: Array, ends: Array) -> Frame:
    count = len(day)
    return {
        "platform": np.full(count, one.plan.platform),
        "account_id": np.full(count, AD_ACCOUNTS[one.plan.platform].account_id),
        "campaign_id": np.full(count, one.campaign_id), "ad_group_id": np.full(count, _number(one.ad_group_id)),
        "ad_id": np.full(count, _number(one.ad_id)), "unit_id": np.full(count, one.key),
        "day": pa.array(day.astype(np.int32)).cast(pa.date32()).cast(pa.string()),
        "begins_at": begins, "ends_at": ends,
    }  # fmt: skip


def _restated(spend: Array, ends: Array, seeds: Array) -> Frame:
    """A third of the days cost less after three days; some get money back for invalid clicks as late as four weeks on."""
    kind, size = unit(seeds, 5), unit(seeds, 6)
    soon, late = kind < 0.30, (kind >= 0.30) & (kind < 0.38)
    over = np.where(soon | late, np.ceil(spend * 0.03 * size), 0).astype(np.int64)
    wait = np.where(soon, 3, np.where(late, 4 + (unit(seeds, 7) * (RESTATED_DAYS - 4)).astype(np.int64), 0))
    return {
        "first_spend": spend + over, "settles_at": ends + wait * DAY, "vanishes_at": np.full(len(spend), NULL),
    }  # fmt: skip
