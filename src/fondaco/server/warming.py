"""After each publish, work out what people look at most, before they ask.

Answers of the semantic layer serve every reader; panels are written for the locales of those who were here last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from threading import Event, Thread

from fondaco.clock import local_date
from fondaco.metrics import one_order
from fondaco.metrics.accounts import accounts_of
from fondaco.metrics.customers import one, orders_of
from fondaco.server.pages import cohorts, customers, marketing, products, profit, report, sales, segments
from fondaco.server.pages.marketing_state import usual_marketing
from fondaco.server.pages.overview import panel_html
from fondaco.server.pages.overview_panels import PANELS
from fondaco.server.pages.products_tables import levels_of, usual_products
from fondaco.server.pages.profit_state import usual_profit
from fondaco.server.pages.sales_state import usual_state
from fondaco.server.periods import CLOCKS, DEFAULT_RANGE, PRESETS, View, parse_view
from fondaco.server.site import Site

THREAD_NAME = "warmer"
_LOOK_EVERY_SECONDS = 5.0
_BREATH_SECONDS = 0.02
_SHOPS_AT_MOST = 5

log = logging.getLogger(__name__)


class Warmer:
    """A thread that asks for what pages open with whenever the published state, or the day, is a new one: the usual views of Overview, Sales,
    Profit and Products, and the first sight of the others.

    Attributes
    ----------
    idle
        Set while there is nothing left to ask for.
    """

    def __init__(self, site: Site, *, look_every_seconds: float = _LOOK_EVERY_SECONDS) -> None:
        self.idle = Event()
        self._site = site
        self._look_every_seconds = look_every_seconds
        self._ended = Event()
        self._thread = Thread(target=self._watch, name=THREAD_NAME, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the view that is being worked on."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        done: object = None
        while not self._ended.is_set():
            state: object = "not known"
            try:
                state = published, _ = self._state()
                if state != done:
                    self.idle.clear()
                    if published is None or self._work_out(published):
                        done = state
            except Exception:  # whoever asks will be told; the next state may be better
                if state != done:
                    log.exception("the usual views could not be worked out beforehand")
                done = state
            if state == done:
                self.idle.set()
            self._ended.wait(self._look_every_seconds)

    def _state(self) -> tuple[str | None, date]:
        own = self._site.project
        return self._site.published, local_date(own.clock(), own.settings.project.timezone)

    def _work_out(self, published: str) -> bool:
        """Whether all views were asked for before something newer was published."""
        is_first = True
        for view in usual_views(self._site):
            if self._is_over(published):
                return False
            warm(self._site, view)
            if is_first and not all(self._work_out_pages(published)):
                return False
            is_first = False
        for view in ranged_views(self._site):
            if self._is_over(published):
                return False
            warm_further(self._site, view)
        return True

    def _work_out_pages(self, published: str) -> Iterator[bool]:
        """What the other pages open with, piece by piece, each True while nothing newer was published. A page that cannot be worked out
        leaves the others alone."""
        self._site.prepare_templates()
        for page in PAGES:
            try:
                for _ in page(self._site):
                    yield not self._is_over(published)
            except Exception:  # whoever opens the page will be told
                log.exception("what %s opens with could not be worked out beforehand", page.__module__)

    def _is_over(self, published: str) -> bool:
        return self._ended.wait(_BREATH_SECONDS) or self._site.published != published


def usual_views(site: Site) -> Iterator[View]:
    """All preset ranges by both clocks, the default first: all shops together, then each of them."""
    yield from ranged_views(site)
    shops = site.shops()
    if 1 < len(shops) <= _SHOPS_AT_MOST:
        for shop in shops:
            yield from ranged_views(site, shop=shop.connection_id)


def ranged_views(site: Site, **chosen: str) -> Iterator[View]:
    """All preset ranges by both clocks, the default first, with what is ``chosen`` beside them."""
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    ranges = sorted(PRESETS, key=lambda name: name != DEFAULT_RANGE)
    for clock in CLOCKS:
        for name in ranges:
            yield parse_view({"range": name, "clock": clock, **chosen}, today, known=site.beginnings)


def lookups(site: Site) -> Iterator[None]:
    """Look up an order and a customer that are not there: an index is read from the disk when it is first used."""
    for look in (one_order, one, orders_of, accounts_of):
        yield
        look(site.project.reader, site.tenant_id, "")


PAGES: Sequence[Callable[[Site], Iterator[None]]] = (
    lookups,
    customers.usual,
    segments.usual,
    cohorts.usual,
    report.usual,
)
"""What is worked out once: what pages without a range of days open with, and the way to single things. Each rests where it yields."""

SALES = ("course", "breakdown")
"""Panels of Sales that are written beforehand; its list of orders is only asked for, by those who scroll."""


PROFIT = ("result", "margins", "waterfall")
"""Panels of Profit that are written beforehand."""

PROFIT_FURTHER = ("split", "goods", "losses", "later")
"""Panels further down on Profit: for the days that it opens with at once, for the others when all first sights are written."""

MARKETING = ("spend", "ratios", "split", "losers")
"""Panels of Marketing that are written beforehand: for the days that it opens with at once, for the others when all first sights are written."""


def warm(site: Site, view: View) -> None:
    """Write all panels of ``view``, as the readers who were here last would see them: of Overview, of Sales and Profit as they
    open, and, for the days and shops that these open with, the table of Products, Marketing and the rest of Profit."""
    is_first_seen = view.range == DEFAULT_RANGE and view.shop is None
    for numbers in site.usual_numbers():
        for name in PANELS:
            panel_html(site, numbers, name, view)
        for name in SALES:
            sales.panel_html(site, numbers, name, usual_state(view))
        for name in (*PROFIT, *(PROFIT_FURTHER if is_first_seen else ())):
            profit.panel_html(site, numbers, name, usual_profit(view))
        if is_first_seen:
            for level in levels_of(site):
                products.panel_html(site, numbers, usual_products(view, level))
            for name in MARKETING if site.has_marketing else ():
                marketing.panel_html(site, numbers, name, usual_marketing(view))


def warm_further(site: Site, view: View) -> None:
    """Write what stands further down on Profit, which nobody sees first, and Marketing: their questions are the dearest."""
    for numbers in site.usual_numbers():
        for name in PROFIT_FURTHER:
            profit.panel_html(site, numbers, name, usual_profit(view))
        for name in MARKETING if site.has_marketing else ():
            marketing.panel_html(site, numbers, name, usual_marketing(view))
