"""What a shop sees of the visit that led to an order: landing page, referrer, UTM parameters, click id."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.simulator.world.ad_accounts import GOOGLE, META, AdUnit, keyword_texts, utm_campaign
from fondaco.simulator.world.advertising import CLICK, Advertising
from fondaco.simulator.world.frames import NULL, Array, Frame
from fondaco.simulator.world.hashing import digest, unit
from fondaco.simulator.world.merchants import (
    ACQUISITION,
    CHANNELS,
    MEDIA,
    REFERRERS,
    UTM_SOURCES,
    Merchant,
)
from fondaco.simulator.world.message_accounts import utm_campaign as letter_mark
from fondaco.simulator.world.message_accounts import variant_of
from fondaco.simulator.world.messaging import Messaging

_WEB = CHANNELS.index("web")
_GOOGLE_SITE, _FACEBOOK_SITE, _INSTAGRAM_SITE, _TIKTOK_SITE = range(len(REFERRERS))
_LOST_CLICK_IDS = 0.10
_SALT = 307
_PLATFORMS = {META: ("meta", "paid_social", "&fbclid="), GOOGLE: ("google", "cpc", "&gclid=")}
_PAGES = ("/", "/collections/all", "/products/new")
_KEYWORDS = 10
_VARIANTS = 3  # of a letter, at most
"""More than any ad group has."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A marked link: its UTM parameters, and what its platform puts before the click id."""

    source: str
    medium: str
    campaign: str
    content: str | None = None
    term: str | None = None
    click: str | None = None

    @property
    def query(self) -> str:
        names = ("source", "medium", "campaign", "content", "term")
        found = {f"utm_{name}": getattr(self, name) for name in names if getattr(self, name) is not None}
        return "?" + urlencode(found)


_OWN_LINKS = (_Link("newsletter", "email", "weekly"), _Link("tiktok", "paid_social", "creators"))
"""Channels without an ad account here, whose links are marked all the same."""


@dataclass(frozen=True, slots=True)
class MessageVisits:
    """The orders that a message led to, and the links that were clicked."""

    touches: Frame
    links: list[_Link]
    link: Array  # of each touch, an index into ``links``


def message_visits(messages: Messaging, orders: Frame) -> MessageVisits:
    """Which of these orders came by a message, and by which link of it."""
    touches = messages.touches(orders)
    known = {one.campaign_id: one for many in (*messages.campaigns, *messages.flows) for one in many}
    sent_as = touches["campaign_id"] * _VARIANTS + variant_of(touches["contact_id"])
    found, link = np.unique(sent_as, return_inverse=True)
    sources = {account.platform: account.utm_source for account in messages.accounts}
    sendings = [(known[number // _VARIANTS], number % _VARIANTS) for number in found.tolist()]
    links = [_Link(sources[one.platform], one.channel, letter_mark(one, which)) for one, which in sendings]
    return MessageVisits(touches, links, link)


def visit_columns(
    ads: Advertising, orders: Frame, touches: Frame, letters: MessageVisits | None = None
) -> Frame:
    """The visit's columns for these orders; null for orders that no visit to the web shop led to.

    Where people are written to (``letters``), the link of a message tells which one it was, and other letters have no mark.
    """
    web, source = orders["channel"] == _WEB, orders["acquisition_channel"]
    draw = unit(digest(orders["order_id"], orders["processed_at"], _SALT), 1)
    brought = np.flatnonzero(touches["brought"] & (touches["kind"] == CLICK))
    rows = touches["row"][brought]
    links = [*_OWN_LINKS, *_links(ads), *(letters.links if letters else ())]
    link = np.full(len(source), -1)
    for place, one in enumerate(_OWN_LINKS):
        if letters is None or one.medium != "email":
            link[web & (source == ACQUISITION.index(one.source))] = place
    keyword = np.where(touches["keyword_id"] == NULL, 0, touches["keyword_id"] % _KEYWORDS)[brought]
    link[rows] = len(_OWN_LINKS) + touches["unit"][brought] * _KEYWORDS + keyword
    if letters is not None:
        link[letters.touches["row"]] = len(links) - len(letters.links) + letters.link
    clicked = np.full(len(source), -1)
    kept = draw[rows] % 0.1 >= 0.1 * _LOST_CLICK_IDS
    clicked[rows[kept]] = brought[kept]
    clicks = touches["click_id"].take(_places(clicked))
    return {
        **_texts(links, link, clicks), "landing_site": _landing(links, link, clicks, _page(draw, web)),
        "referring_site": _referrers(web, source, rows, touches["platform"][brought] == META),
        "utm_source": _codes(UTM_SOURCES, [one.source for one in links])[link],
        "utm_medium": _codes(MEDIA, [one.medium for one in links])[link],
    }  # fmt: skip


def _links(ads: Advertising) -> list[_Link]:
    """A link for each unit and place of a keyword; units without keywords have the same at every place."""
    return [_link(ads.shops[one.shop], one, place) for one in ads.units for place in range(_KEYWORDS)]


def _link(merchant: Merchant, one: AdUnit, place: int) -> _Link:
    source, medium, click = _PLATFORMS[one.plan.platform]
    terms = keyword_texts(merchant, one.plan)
    return _Link(
        source, medium, utm_campaign(merchant, one.plan), None if one.ad_id is None else str(one.ad_id),
        terms[place] if place < len(terms) else None, click,
    )  # fmt: skip


def _places(codes: Array) -> pa.Array:
    return pa.array(codes, mask=codes < 0)


def _codes(words: tuple[str, ...], found: list[str]) -> Array:
    """Codes of the links' words; the last one, at -1, is null."""
    return np.array([*(words.index(word) for word in found), -1])


def _texts(links: list[_Link], link: Array, clicks: pa.Array) -> dict[str, pa.Array]:
    columns = {
        f"utm_{name}": pa.array([getattr(one, name) for one in links], pa.string()).take(_places(link))
        for name in ("campaign", "content", "term")
    }
    return {**columns, "click_id": clicks}


def _page(draw: Array, web: Array) -> pa.Array:
    return pa.array(_PAGES).take(_places(np.where(web, (draw * len(_PAGES)).astype(np.int64), -1)))


def _landing(links: list[_Link], link: Array, clicks: pa.Array, pages: pa.Array) -> pa.Array:
    queries = pa.array([one.query for one in links]).take(_places(link))
    names = pa.array([one.click for one in links], pa.string()).take(_places(link))
    with_click = pc.binary_join_element_wise(names, clicks, "")
    parts = [pc.fill_null(part, "") for part in (pages, queries, with_click)]
    return pc.if_else(pages.is_null(), pa.scalar(None, pa.string()), pc.binary_join_element_wise(*parts, ""))


def _referrers(web: Array, source: Array, rows: Array, is_meta: Array) -> Array:
    site = np.full(len(ACQUISITION), -1)
    site[[ACQUISITION.index(word) for word in ("google", "organic")]] = _GOOGLE_SITE
    site[ACQUISITION.index("meta")], site[ACQUISITION.index("tiktok")] = _INSTAGRAM_SITE, _TIKTOK_SITE
    found = np.where(web, site[source], -1)
    found[rows] = np.where(is_meta, _FACEBOOK_SITE, _GOOGLE_SITE)
    return np.asarray(found)
