"""The list of customers: of one of the eight segments, of an own one, or of all; in some order, from some place on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from fondaco.activation import parse_definition
from fondaco.analytics.rfm import SEGMENTS
from fondaco.control import Segment, User
from fondaco.governance import Permission, may
from fondaco.metrics import customers
from fondaco.metrics.customers import SORTS, Among, Row, Wanted
from fondaco.server.auth.roles import require
from fondaco.server.numbers import Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.persons import shown_person
from fondaco.server.segments import segments_of
from fondaco.server.site import NotThereError, Site

SHEET = "people"
SORT_LABELS: Mapping[str, str] = {
    "expected_value": "Value ahead",
    "net_sales": "Net sales so far",
    "last_order_date": "Last order",
    "orders": "Orders",
    "churn_probability": "Likeliest to leave",
    "name": "Name",
}
_OWN = re.compile(r"own:([1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which customers a page lists.

    Attributes
    ----------
    key
        The segment as addresses and forms name it: one of the eight, ``own:7``, or empty.
    name
        The same for people.
    """

    wanted: Wanted
    key: str = ""
    name: str = ""


def own_key(segment_id: int) -> str:
    """How addresses and forms name an own segment."""
    return f"own:{segment_id}"


def listing_in(request: Request, site: Site, user: User) -> Listing:
    """What an address asks for."""
    asked = request.query_params
    number = sheets.parse_sheet(SHEET, asked, ()).number
    return listing(site, user, segment=asked.get("segment", ""), sort=asked.get("sort", ""), number=number)


def listing(
    site: Site, user: User, *, segment: str = "", text: str = "", sort: str = "", number: int = 1
) -> Listing:
    """Customers of a segment, by its key.

    Raises
    ------
    NotThereError
        If there is no such segment or order.
    ForbiddenError
        If the user looks for people, or wants the members of an own segment, and may not see who the customers are.
    """
    if text:  # that somebody is a customer, told by how many there are, is told as well
        require(user.role, Permission.PEOPLE)
    if sort and sort not in SORTS:
        raise NotThereError(
            f"Customers are not sorted by {sort[:63]!r}.", f"Choose one of {', '.join(SORTS)}."
        )
    after = (number - 1) * sheets.ROWS
    every = Wanted(text=text, sort=sort or SORTS[0], after=after, limit=sheets.ROWS)
    if (own := _OWN.fullmatch(segment)) is not None:
        require(user.role, Permission.PEOPLE)
        found = segments_of(site).get(int(own[1]))
        return Listing(replace(every, among=_members(site, found)), segment, found.name)
    if segment and segment not in SEGMENTS:
        raise NotThereError(f"There is no segment {segment[:63]!r}.", f"Choose one of {', '.join(SEGMENTS)}.")
    return Listing(replace(every, segment=segment or None), segment, segment)


def _members(site: Site, segment: Segment) -> Among:
    sql, params = segments_of(site).audience.persons(parse_definition(segment.definition))
    return Among(sql, tuple(sorted(params.items())))


def shown_list(site: Site, user: User, numbers: Numbers, found: Listing, csrf: str) -> dict[str, Any]:
    """What the templates ask for."""
    wanted, reveals = found.wanted, may(user.role, Permission.PEOPLE)
    rows, count = sheet(site, wanted)
    if not rows and wanted.after:  # fewer than there were: the last of them
        wanted = replace(wanted, after=max(0, count - 1) // sheets.ROWS * sheets.ROWS)
        rows, count = sheet(site, wanted)
    shown = {"segment": found.key, "sort": "" if wanted.sort == SORTS[0] else wanted.sort}

    def way(changes: Mapping[str, str]) -> sheets.Way:
        asked = urlencode({name: value for name, value in {**shown, **changes}.items() if value})
        return sheets.Way(f"/customers{'?' if asked else ''}{asked}#list", "/customers/find")

    return {
        "wanted": wanted,
        "listing": found,
        "leaf": sheets.leaf(
            sheets.Sheet(SHEET, number=wanted.after // sheets.ROWS + 1),
            count,
            lambda _start, _limit: [shown_person(numbers, row, reveals=reveals) for row in rows],
            "1 person" if count == 1 else f"{numbers.count(count)} people",
            way,
            # Whom one looks for stands in no address, so that sheets of what was found are asked for by a form.
            asked={"csrf": csrf, "text": wanted.text, **shown},
        ),
        "is_everybody": not wanted.text and not found.key,
        "query": urlencode({name: value for name, value in shown.items() if value}),
        "sorts": SORT_LABELS,
        "may_look_for": reveals,
        "segments_own": _own_segments(site, found) if reveals else [],
    }


def sheet(site: Site, wanted: Wanted) -> tuple[list[Row], int]:
    """A sheet of customers, and how many there are in all."""
    reader, tenant = site.project.reader, site.tenant_id
    if not wanted.text and (wanted.among is not None or wanted.after):
        # Their order is found once: to find it again for each sheet takes the longer the further one reads.
        key = ("members", wanted.among, wanted.segment, wanted.sort)
        ids = site.remembered(key, lambda: customers.ids(reader, tenant, wanted), large=True)
        shown = ids.slice(wanted.after, wanted.limit).to_pylist()
        return customers.these(reader, tenant, shown), len(ids)

    def work() -> tuple[list[Row], int]:
        return customers.listed(reader, tenant, wanted)

    # Where people begin is kept; what they look for is their own.
    begins = not wanted.text and wanted.limit == sheets.ROWS
    return site.remembered(("customers", wanted), work) if begins else work()


def _own_segments(site: Site, found: Listing) -> list[tuple[str, str]]:
    """Keys and names of own segments, by name; also of one that is put away, where it is the one that is shown."""
    kept = [(own_key(each.segment_id), each.name) for each in site.control.segments.all(site.tenant_id)]
    is_shown = not _OWN.fullmatch(found.key) or found.key in dict(kept)
    return kept if is_shown else [*kept, (found.key, found.name)]
