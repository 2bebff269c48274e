"""What a shop sees of the visit that led to an order: landing page, referrer, UTM parameters, click id."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.ad_accounts import GOOGLE, META, keyword_texts, utm_campaign
from fondaco.simulator.world.advertising import CLICK, Advertising
from fondaco.simulator.world.frames import NULL, Array, Frame
from fondaco.simulator.world.hashing import digest, unit
from fondaco.simulator.world.merchants import ACQUISITION, CHANNELS, MEDIA, REFERRERS

_WEB = CHANNELS.index("web")
_GOOGLE_SITE, _FACEBOOK_SITE, _INSTAGRAM_SITE, _TIKTOK_SITE = range(len(REFERRERS))
_LOST_CLICK_IDS = 0.10
_SALT = 307
_CLICK_ID = {META: "fbclid", GOOGLE: "gclid"}
_PAGES = ("/", "/collections/all", "/products/new")
_OWN_LINKS = {"newsletter": ("email", "weekly"), "tiktok": ("paid_social", "creators")}
"""Channels without an ad account here, whose links carry UTM parameters all the same."""


def visit_columns(ads: Advertising, orders: Frame, touches: Frame) -> Frame:
    """The visit's columns for these orders; null for orders that no visit to the web shop led to."""
    count = len(orders["order_id"])
    source = orders["acquisition_channel"]
    web = orders["channel"] == _WEB
    site = np.full(len(ACQUISITION), -1)
    site[[ACQUISITION.index(word) for word in ("google", "organic")]] = _GOOGLE_SITE
    site[ACQUISITION.index("meta")], site[ACQUISITION.index("tiktok")] = _INSTAGRAM_SITE, _TIKTOK_SITE
    referrer = np.where(web, site[source], -1)
    draw = unit(digest(orders["order_id"], orders["processed_at"], _SALT), 1)
    page = (draw * len(_PAGES)).astype(np.int64)
    texts: dict[str, list[str | None]] = {
        name: [None] * count for name in ("utm_campaign", "utm_content", "utm_term", "click_id")
    }
    landing: list[str | None] = [
        _PAGES[one] if here else None for one, here in zip(page.tolist(), web.tolist(), strict=True)
    ]
    marked, medium = np.full(count, -1), np.full(count, -1)
    for word, (kind, campaign) in _OWN_LINKS.items():
        code = ACQUISITION.index(word)
        query = urlencode({"utm_source": word, "utm_medium": kind, "utm_campaign": campaign})
        here = web & (source == code)
        marked[here], medium[here] = code, MEDIA.index(kind)
        for row in np.flatnonzero(here).tolist():
            texts["utm_campaign"][row] = campaign
            landing[row] = f"{landing[row]}?{query}"
    brought = np.flatnonzero(touches["brought"] & (touches["kind"] == CLICK))
    rows = touches["row"][brought]
    meta = touches["platform"][brought] == META
    marked[rows] = source[rows]
    medium[rows] = np.where(meta, MEDIA.index("paid_social"), MEDIA.index("cpc"))
    referrer[rows] = np.where(meta, _FACEBOOK_SITE, _GOOGLE_SITE)
    _mark(ads, touches, brought, lost=draw[rows] % 0.1 < 0.1 * _LOST_CLICK_IDS, texts=texts, landing=landing)
    return {
        **{name: pa.array(values, pa.string()) for name, values in texts.items()},
        "landing_site": pa.array(landing, pa.string()), "referring_site": referrer,
        "utm_source": marked, "utm_medium": medium,
    }  # fmt: skip


def _mark(
    ads: Advertising,
    touches: Frame,
    brought: Array,
    *,
    lost: Array,
    texts: dict[str, list[str | None]],
    landing: list[str | None],
) -> None:
    """The parameters of ads' links on the orders that they brought."""
    units = ads.units
    columns = (touches[name][brought].tolist() for name in ("row", "unit", "platform", "keyword_id"))
    clicks = touches["click_id"].take(pa.array(brought)).to_pylist()
    for row, number, platform, keyword, click, gone in zip(*columns, clicks, lost.tolist(), strict=True):
        one = units[number]
        merchant = ads.shops[one.shop]
        query = {
            "utm_source": ACQUISITION[1] if platform == META else ACQUISITION[0],
            "utm_medium": "paid_social" if platform == META else "cpc",
            "utm_campaign": utm_campaign(merchant, one.plan),
        }
        if one.ad_id is not None:
            query["utm_content"] = str(one.ad_id)
        if keyword != NULL:
            query["utm_term"] = keyword_texts(merchant, one.plan)[keyword % 10]
        if not gone:
            query[_CLICK_ID[platform]] = texts["click_id"][row] = click
        for name in ("utm_campaign", "utm_content", "utm_term"):
            texts[name][row] = query.get(name)
        landing[row] = f"{landing[row]}?{urlencode(query)}"
