"""Tables of what the merchant advertises with: accounts, campaigns, ad groups, ads, keywords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.ad_accounts import (
    AD_ACCOUNTS,
    PLANS,
    Plan,
    ad_name,
    campaign_name,
    group_name,
    ids,
    keyword_texts,
    life,
    retired_at,
)
from fondaco.simulator.world.advertising import Advertising
from fondaco.simulator.world.frames import DAY, NULL, Frame
from fondaco.simulator.world.merchants import Merchant

_MATCH_TYPES = ("exact", "phrase")
_Row = dict[str, Any]


def ad_tables(ads: Advertising) -> dict[str, Frame]:
    """Every table of the accounts' things, as the world begins to be served."""
    rows: dict[str, list[_Row]] = {"ad_campaigns": [], "ad_groups": [], "ads": [], "ad_keywords": []}
    for index, merchant in enumerate(ads.shops):
        for plan in PLANS:
            rows["ad_campaigns"].append(_campaign(ads, index, merchant, plan))
            for group in range(plan.groups):
                rows["ad_groups"].append(_group(ads, merchant, plan, group))
                rows["ads"] += [_ad(ads, merchant, plan, group, number) for number in range(plan.ads)]
                rows["ad_keywords"] += _keywords(merchant, plan, group)
    return {"ad_accounts": _accounts(ads), **{table: _frame(found) for table, found in rows.items()}}


def _accounts(ads: Advertising) -> Frame:
    names = ("platform", "name", "currency", "time_zone")
    count = len(AD_ACCOUNTS)
    return {
        **{name: pa.array([getattr(one, name) for one in AD_ACCOUNTS]) for name in names},
        "account_id": np.array([one.account_id for one in AD_ACCOUNTS]),
        "created_at": np.full(count, ads.start - 30 * DAY),
    }


def _of(merchant: Merchant, plan: Plan) -> _Row:
    account = AD_ACCOUNTS[plan.platform]
    return {
        "platform": account.platform, "account_id": account.account_id, "campaign_id": ids(merchant, plan)[0],
    }  # fmt: skip


def _campaign(ads: Advertising, index: int, merchant: Merchant, plan: Plan) -> _Row:
    first, last = life(plan, ads.start, ads.end)
    ended = last <= ads.end
    return {
        **_of(merchant, plan), "shop_id": index, "name": campaign_name(merchant, plan), "kind": plan.kind,
        "status": plan.status, "daily_budget": 2_000 + 500 * PLANS.index(plan), "starts_at": first,
        "ends_at": last if ended else NULL, "created_at": first, "updated_at": last if ended else first,
    }  # fmt: skip


def _group(ads: Advertising, merchant: Merchant, plan: Plan, group: int) -> _Row:
    first, last = life(plan, ads.start, ads.end)
    return {
        **_of(merchant, plan), "ad_group_id": ids(merchant, plan, group)[1], "name": group_name(group),
        "status": plan.status, "created_at": first, "updated_at": last if last <= ads.end else first,
    }  # fmt: skip


def _ad(ads: Advertising, merchant: Merchant, plan: Plan, group: int, number: int) -> _Row:
    _, group_id, ad_id, _ = ids(merchant, plan, group, number)
    first, last = life(plan, ads.start, ads.end)
    retired = retired_at(plan, group, number, ads.start, ads.end)
    return {
        **_of(merchant, plan), "ad_group_id": group_id, "ad_id": ad_id, "name": ad_name(group, number),
        "status": "paused" if retired else plan.status, "created_at": first,
        "updated_at": retired or (last if last <= ads.end else first),
    }  # fmt: skip


def _keywords(merchant: Merchant, plan: Plan, group: int) -> Iterator[_Row]:
    texts = keyword_texts(merchant, plan)
    for number, text in enumerate(texts):
        yield {
            **_of(merchant, plan), "ad_group_id": ids(merchant, plan, group)[1],
            "keyword_id": ids(merchant, plan, group, number)[3], "keyword": text,
            "match_type": _MATCH_TYPES[number % len(_MATCH_TYPES)], "status": plan.status, "share": 1 / len(texts),
        }  # fmt: skip


def _frame(rows: list[_Row]) -> Frame:
    return {
        name: pa.array([row[name] for row in rows], pa.string())
        if isinstance(rows[0][name], str)
        else np.array([row[name] for row in rows])
        for name in rows[0]
    }
