"""Customers: who they are as a whole, where they move, what they will bring, and the list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from fondaco.activation.exports import note_customers
from fondaco.analytics.rfm import BEST_FIRST, RULES, SEGMENTS
from fondaco.control import User
from fondaco.metrics import Beginnings, customers
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.metrics.customers import SORTS, Row, Wanted
from fondaco.metrics.models import ModelRun, newest_models
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, checked_form, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.customer_checks import MODELS, churn_check, hold_out_check, whole
from fondaco.server.pages.customer_list import Listing, listing, listing_in, sheet, shown_list
from fondaco.server.pages.person_values import PURCHASE_MODELS
from fondaco.server.pages.shapes import share_bar, spark
from fondaco.server.pages.sheets import ROWS
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
# What is looked for may be a person's name: it goes in the body of a form, never in an address.
finding = APIRouter(include_in_schema=False, dependencies=[Depends(checked_form)])
TheSite = Annotated[Site, Depends(the_site)]

FLOWS = 8


@router.get("/customers")
def overview(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page; its list is that of the segment and order in the address."""
    return _page(request, site, user, listing_in(request, site, user))


@finding.post("/customers/find")
def find(
    *,
    request: Request,
    site: TheSite,
    user: CurrentUser,
    text: Annotated[str, Form()] = "",
    segment: Annotated[str, Form()] = "",
    sort: Annotated[str, Form()] = "",
    people_sheet: Annotated[int, Form(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Customers by name, e-mail address or telephone: rows for the list, or the whole page where there are no scripts."""
    found = listing(site, user, segment=segment, text=text.strip()[:200], sort=sort, number=people_sheet)
    if not request.headers.get("hx-request"):
        return _page(request, site, user, found)
    numbers = site.numbers(request, site.currency)
    context = shown_list(site, user, numbers, found, form_token(request))
    html = site.render(
        "parts/customer_list.html", request, numbers=numbers, figures=CUSTOMER_FIGURES, **context
    )
    return HTMLResponse(html)


@router.get("/customers/figures/{name}")
def definition(name: str, request: Request, site: TheSite) -> Response:
    """What a figure of customers means."""
    if name not in CUSTOMER_FIGURES:
        raise NotThereError(
            f"There is no figure {name[:63]!r} of customers.", "Choose one on the page Customers."
        )
    models = newest_models(site.project.reader, site.tenant_id) if site.published else {}
    used = [model for model in models.values() if model.is_used]
    html = site.render(
        "customer_figure.html",
        request,
        figure=CUSTOMER_FIGURES[name],
        rules=RULES if name == "segment" else (),
        models=[(MODELS.get(model.model, model.model.replace("_", " ").title()), model) for model in used],
        numbers=site.numbers(request, site.currency),
    )
    return HTMLResponse(html)


@router.get("/customers.csv")
def export(request: Request, site: TheSite, user: Annotated[User, Depends(exporting_user)]) -> Response:
    """All customers of the segment in the address, as a file; noted in the audit log."""
    found = listing_in(request, site, user)
    wanted = replace(found.wanted, after=0, limit=10_000_000)
    rows, _ = customers.listed(site.project.reader, site.tenant_id, wanted)
    header = list(rows[0]) if rows else ["person_id"]
    actor = f"user:{user.user_id}"
    note_customers(
        site.control, site.tenant_id, header, len(rows), segment=found.key or None, actor=actor, form="csv"
    )
    name = f"customers_{re.sub('[^a-z0-9]+', '_', (found.key or 'all').lower())}.csv"
    return csv_file(name, header, (list(row.values()) for row in rows))


def _page(request: Request, site: Site, user: User, found: Listing) -> Response:
    numbers = site.numbers(request, site.currency)
    context: dict[str, Any] = {
        "page": "customers",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
    }
    if site.published is None:
        return HTMLResponse(site.render("customers_empty.html", request, **context))
    known = site.remembered(("customers",), lambda: _known(site))
    html = site.render(
        "customers.html",
        request,
        **context,
        **_panels(numbers, known, site.beginnings),
        **shown_list(site, user, numbers, found, form_token(request)),
        figures=CUSTOMER_FIGURES,
        segments_all=[rule.segment for rule in BEST_FIRST],
    )
    return HTMLResponse(html)


def usual(site: Site) -> Iterator[None]:
    """Work out what the page opens with, and the lists of the eight segments."""
    site.remembered(("customers",), lambda: _known(site))
    for segment in (None, *SEGMENTS):
        yield
        sheet(site, Wanted(segment=segment, sort=SORTS[0], limit=ROWS))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked once for each published state."""

    summary: Row
    segments: list[Row]
    movements: list[Row]
    tenths: list[Row]
    models: Mapping[str, ModelRun]


def _known(site: Site) -> _Known:
    reader, tenant = site.project.reader, site.tenant_id
    return _Known(
        customers.summary(reader, tenant),
        customers.segments(reader, tenant),
        customers.movements(reader, tenant),
        customers.value_tenths(reader, tenant),
        newest_models(reader, tenant),
    )


def _panels(numbers: Numbers, known: _Known, beginnings: Beginnings) -> dict[str, Any]:
    total = known.summary
    bought = total["customers"] or 0
    young = _is_young(known.movements, beginnings)
    tiles = [
        ("customers_who_bought", numbers.count(bought), ""),
        ("came_back", numbers.rate(total["repeat_customers"] / bought if bought else None), ""),
        ("active_customers", numbers.count(whole(total["active_customers"])), _share(numbers, total["active_customers"], bought)),
        ("expected_value", numbers.money(total["expected_value"]), ""),
        ("value_to_win_back", numbers.money(total["value_to_win_back"]), ""),
    ]  # fmt: skip
    return {
        "tiles": [(CUSTOMER_FIGURES[name], text, note) for name, text, note in tiles],
        "as_of": total["as_of_date"],
        "bought": numbers.count(bought),
        "segment_rows": _segment_rows(numbers, known, bought, compared=not young),
        "begins": numbers.begins(beginnings.of()) if young else "",
        "flows": _flows(numbers, known.movements),
        "tenths": _tenths(numbers, known.tenths),
        "check": hold_out_check(numbers, known.models),
        "churn_check": churn_check(numbers, known.models),
        "notes": _lacks(known.models),
        "has_values": total["expected_value"] is not None,
    }


_OF_PURCHASES = frozenset(PURCHASE_MODELS)
_COMPARED = "pareto_nbd"
"""Never used for scores: nothing is missing without it."""


def _lacks(models: Mapping[str, ModelRun]) -> list[str]:
    """Why a forecast, a part of it, or its check is missing: what is said of models that are not used, and have none in their place."""
    replaced = {_COMPARED}
    if any(models[name].is_used for name in _OF_PURCHASES & models.keys()):
        replaced |= _OF_PURCHASES
    notes = (each.note for name, each in models.items() if not each.is_used and name not in replaced)
    return list(dict.fromkeys(note for note in notes if note))


def _share(numbers: Numbers, part: Any, whole: Any) -> str:
    return f"{numbers.rate(float(part) / float(whole))} of all" if part is not None and whole else ""


def _is_young(movements: list[Row], beginnings: Beginnings) -> bool:
    """Whether the data begins within the month to whose end today is compared: nearly all customers are new to it since."""
    ends = sorted({row["month_end"] for row in movements})
    return len(ends) > 1 and not beginnings.knows(ends[-2].replace(day=1))


def _segment_rows(numbers: Numbers, known: _Known, bought: int, *, compared: bool) -> list[dict[str, Any]]:
    """The eight segments, the best ones first, also those without anybody."""
    found = {row["segment"]: row for row in known.segments}
    courses = _courses(known.movements)
    largest = max((row["customers"] for row in known.segments), default=0)
    shown = []
    for rule in BEST_FIRST:
        row = found.get(rule.segment)
        course = courses[rule.segment]
        good = "down" if rule.segment in _LEAVING else "up"
        count = row["customers"] if row else 0
        shown.append(
            {
                "name": rule.segment,
                "meaning": rule.meaning,
                "customers": numbers.count(count),
                "share": numbers.rate(count / bought if bought else None),
                "bar": share_bar(count, largest),
                "line": spark(course, []),
                "change": numbers.change(course[-1], course[-2], good)
                if compared and len(course) > 1
                else None,
                "net_sales": numbers.money(row["net_sales"] if row else None),
                "expected_value": numbers.money(row["expected_value"] if row else None),
                "alive": numbers.rate(row["alive_probability"] if row else None),
                "churn": numbers.rate(row["churn_probability"] if row else None),
            }
        )
    return shown


def _courses(movements: list[Row]) -> dict[str, list[int]]:
    """How many were in each segment at each end of a month."""
    ends = sorted({row["month_end"] for row in movements})
    courses = {name: [0] * len(ends) for name in SEGMENTS}
    for row in movements:
        courses[row["to_segment"]][ends.index(row["month_end"])] += row["customers"]
    return courses


def _flows(numbers: Numbers, movements: list[Row]) -> dict[str, Any]:
    """Who changed segment since the end of the last month, largest first."""
    ends = sorted({row["month_end"] for row in movements})
    if not ends:
        return {"since": None, "rows": []}
    since = ends[-2] if len(ends) > 1 else None
    moved = [r for r in movements if r["month_end"] == ends[-1] and r["from_segment"] != r["to_segment"]]
    moved.sort(key=lambda row: -row["customers"])
    largest = moved[0]["customers"] if moved else 0
    rank = {rule.segment: place for place, rule in enumerate(BEST_FIRST)}
    rows = [
        {
            "from": row["from_segment"] or "First purchase",
            "to": row["to_segment"],
            "customers": numbers.count(row["customers"]),
            "bar": share_bar(row["customers"], largest),
            "tone": "good"
            if not row["from_segment"] or rank[row["to_segment"]] < rank[row["from_segment"]]
            else "bad",
        }
        for row in moved[:FLOWS]
    ]
    return {"since": numbers.day(since) if since else None, "rows": rows}


_LEAVING = ("At Risk", "Cannot Lose", "Hibernating")


def _tenths(numbers: Numbers, tenths: list[Row]) -> dict[str, Any]:
    total = float(sum(row["expected_value"] for row in tenths)) or 1.0
    rows = [
        {
            "label": f"{(row['tenth'] - 1) * 10}–{row['tenth'] * 10} %",
            "range": f"{numbers.money(row['least'])} – {numbers.money(row['most'])}",
            "value": numbers.money(row["expected_value"]),
            "share": numbers.rate(float(row["expected_value"]) / total),
            "bar": share_bar(row["expected_value"], tenths[0]["expected_value"]),
        }
        for row in tenths
    ]
    return {"rows": rows, "top": rows[0]["share"] if rows else ""}
