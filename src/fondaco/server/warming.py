"""After each publish, work out what people look at most, before they ask.

Only answers of the semantic layer are kept, not pages: they serve every reader, whatever their locale.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Event, Thread

from fondaco.clock import local_date, zone
from fondaco.server.numbers import Numbers
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.overview_panels import PANELS
from fondaco.server.periods import CLOCKS, DEFAULT_RANGE, PRESETS, View, parse_view
from fondaco.server.site import Site

_LOOK_EVERY_SECONDS = 5.0
_BREATH_SECONDS = 0.02
_SHOPS_AT_MOST = 5

log = logging.getLogger(__name__)


class Warmer:
    """A thread that asks for the usual views of Overview whenever the published state, or the day, is a new one."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._ended = Event()
        self._thread = Thread(target=self._watch, name="warmer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the view that is being worked on."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        done: object = None
        while not self._ended.is_set():
            try:
                site = self._site
                today = local_date(site.project.clock(), site.project.settings.project.timezone)
                state = (site.published, today)
                if state != done and state[0] is not None:
                    for view in usual_views(site):
                        if self._ended.wait(_BREATH_SECONDS) or site.published != state[0]:
                            break
                        warm(site, view)
                    else:
                        done = state
            except Exception:  # whoever asks will be told; the next state may be better
                log.exception("the usual views could not be worked out beforehand")
                done = (self._site.published, None)
            self._ended.wait(_LOOK_EVERY_SECONDS)


def usual_views(site: Site) -> Iterator[View]:
    """All preset ranges, the default first: all shops by both clocks, then each shop by the finance clock."""
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    ranges = sorted(PRESETS, key=lambda name: name != DEFAULT_RANGE)
    for clock in CLOCKS:
        for name in ranges:
            yield parse_view({"range": name, "clock": clock}, today)
    shops = site.connections()
    if 1 < len(shops) <= _SHOPS_AT_MOST:
        for shop in shops:
            for name in ranges:
                yield parse_view({"range": name, "shop": shop.connection_id}, today)


def warm(site: Site, view: View) -> None:
    """Ask for all that the panels of ``view`` show."""
    own = site.project.settings.project
    figures = Figures(site, view, Numbers("en_GB", own.currency, zone(own.timezone)))
    for panel in PANELS.values():
        panel(figures)
