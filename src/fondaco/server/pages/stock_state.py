"""The whole state of Stock: which items, at which place, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from fondaco.errors import ConfigError
from fondaco.metrics.stock import ABC, AGES_BY, ITEM_ORDERINGS, NO_CLASS, WHICH, XYZ, ItemsAsked, locations
from fondaco.server.pages.sheets import Sheet, Way, parse_sheet
from fondaco.server.site import NotThereError, Site

PATH = "/stock"


@dataclass(frozen=True, slots=True)
class StockState:
    """What a reader has chosen on Stock.

    Attributes
    ----------
    location
        The id of a place; empty for all.
    which, abc, xyz
        As in ``ItemsAsked``: they restrict the list of items alone.
    ages
        What the ages are told by.
    """

    items: Sheet
    location: str = ""
    which: str = ""
    abc: str = ""
    xyz: str = ""
    ages: str = AGES_BY[0]

    def state(self) -> dict[str, str]:
        """All parts as the address has them; what is usual is empty."""
        return {
            "location": self.location,
            "which": self.which,
            "abc": self.abc,
            "xyz": self.xyz,
            "ages": "" if self.ages == AGES_BY[0] else self.ages,
            **self.items.state(),
        }

    def query(self, changes: Mapping[str, str] | None = None) -> str:
        whole = {**self.state(), **(changes or {})}
        return urlencode({name: value for name, value in whole.items() if value})

    def address(self, changes: Mapping[str, str] | None = None) -> str:
        """The page in this state, but for ``changes``; another choice begins with the first sheet."""
        _, number, _ = self.items.keys
        query = self.query({number: "", **(changes or {})})
        return PATH + (f"?{query}" if query else "")

    def way(self, changes: Mapping[str, str]) -> Way:
        query = self.query(changes)
        address = PATH + (f"?{query}" if query else "")
        return Way(address, address)

    @property
    def asked(self) -> ItemsAsked:
        return ItemsAsked(self.location or None, self.which, self.abc, self.xyz, self.items.find)


def stock_state(request: Request, known: Mapping[str, str]) -> StockState:
    """Read the state from the URL; ``known`` are the places by their ids.

    Raises
    ------
    NotThereError
        If there is no such place.
    ConfigError
        If a value is not known.
    """
    asked = request.query_params
    location = asked.get("location", "")
    if location and location not in known:
        raise NotThereError(f"There is no location {location[:63]!r}.", "Choose one on the page Stock.")
    return StockState(
        parse_sheet("items", asked, ITEM_ORDERINGS),
        location,
        _one_of(asked, "which", tuple(WHICH)),
        _one_of(asked, "abc", ("", *ABC)),
        _one_of(asked, "xyz", ("", *XYZ, NO_CLASS)),
        _one_of(asked, "ages", AGES_BY),
    )


def places(site: Site) -> dict[str, str]:
    """All places where something is or was: their names by their ids."""
    return site.remembered(
        ("stock", "locations"), lambda: dict(locations(site.project.reader, site.tenant_id))
    )


def _one_of(asked: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    value = asked.get(name) or values[0]
    if value not in values:
        known = ", ".join(each for each in values if each)
        raise ConfigError(f"{name}={value[:40]!r} is not known.", f"Use one of {known}, or leave it out.")
    return value
