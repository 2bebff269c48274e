"""Customers: who they are as a whole, where they move, what they will bring, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from fondaco.analytics.rfm import RULES, SEGMENTS
from fondaco.control import User
from fondaco.governance import Permission, may
from fondaco.metrics import customers
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.metrics.customers import SORTS, Row, Wanted
from fondaco.metrics.models import ModelRun, newest_models
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, checked_form, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.persons import shown_person
from fondaco.server.pages.shapes import share_bar, spark
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
# What is looked for may be a person's name: it goes in the body of a form, never in an address. Anybody may look.
finding = APIRouter(include_in_schema=False, dependencies=[Depends(checked_form)])
TheSite = Annotated[Site, Depends(the_site)]

PAGE = 50
FLOWS = 8
SORT_LABELS: Mapping[str, str] = {
    "expected_value": "Value ahead",
    "net_sales": "Net sales so far",
    "last_order_date": "Last order",
    "orders": "Orders",
    "churn_probability": "Likeliest to leave",
    "name": "Name",
}
MODELS: Mapping[str, str] = {
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "naive": "The same again",
}


@router.get("/customers")
def overview(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page; its list is that of the segment and order in the address."""
    return _page(request, site, user, _wanted(request))


@finding.post("/customers/find")
def find(
    *,
    request: Request,
    site: TheSite,
    user: CurrentUser,
    text: Annotated[str, Form()] = "",
    segment: Annotated[str, Form()] = "",
    sort: Annotated[str, Form()] = "",
    after: Annotated[int, Form(ge=0, le=1_000_000_000)] = 0,
) -> Response:
    """Customers by name, e-mail address or telephone: rows for the list, or the whole page where there are no scripts."""
    wanted = _checked(Wanted(segment or None, text.strip()[:200], sort or SORTS[0], after, PAGE))
    if not request.headers.get("hx-request"):
        return _page(request, site, user, wanted)
    numbers = site.numbers(request, site.currency)
    context = _list(site, numbers, wanted, reveals=may(user.role, Permission.PEOPLE))
    return HTMLResponse(site.render("parts/customer_rows.html", request, numbers=numbers, **context))


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


@router.get("/customers.csv", dependencies=[Depends(exporting_user)])
def export(request: Request, site: TheSite) -> Response:
    """All customers of the segment in the address, as a file."""
    wanted = replace(_wanted(request), after=0, limit=10_000_000)
    rows, _ = customers.listed(site.project.reader, site.tenant_id, wanted)
    header = list(rows[0]) if rows else ["person_id"]
    name = f"customers_{(wanted.segment or 'all').lower().replace(' ', '_')}.csv"
    return csv_file(name, header, (list(row.values()) for row in rows))


def _page(request: Request, site: Site, user: User, wanted: Wanted) -> Response:
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
        **_panels(numbers, known),
        **_list(site, numbers, wanted, reveals=may(user.role, Permission.PEOPLE)),
        figures=CUSTOMER_FIGURES,
        segments_all=SEGMENTS,
    )
    return HTMLResponse(html)


def _wanted(request: Request) -> Wanted:
    asked = request.query_params
    after = asked.get("after", "0")
    return _checked(
        Wanted(
            segment=asked.get("segment") or None,
            sort=asked.get("sort") or SORTS[0],
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0,
            limit=PAGE,
        )
    )


def _checked(wanted: Wanted) -> Wanted:
    if wanted.segment is not None and wanted.segment not in SEGMENTS:
        raise NotThereError(
            f"There is no segment {wanted.segment[:63]!r}.", f"Choose one of {', '.join(SEGMENTS)}."
        )
    if wanted.sort not in SORTS:
        raise NotThereError(
            f"Customers are not sorted by {wanted.sort[:63]!r}.", f"Choose one of {', '.join(SORTS)}."
        )
    return wanted


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


def _panels(numbers: Numbers, known: _Known) -> dict[str, Any]:
    total = known.summary
    bought = total["customers"] or 0
    tiles = [
        ("customers_who_bought", numbers.count(bought), ""),
        ("came_back", numbers.rate(total["repeat_customers"] / bought if bought else None), ""),
        ("active_customers", numbers.count(_whole(total["active_customers"])), _share(numbers, total["active_customers"], bought)),
        ("expected_value", numbers.money(total["expected_value"]), ""),
        ("value_at_risk", numbers.money(total["value_at_risk"]), _share(numbers, total["value_at_risk"], total["expected_value"])),
    ]  # fmt: skip
    return {
        "tiles": [(CUSTOMER_FIGURES[name], text, note) for name, text, note in tiles],
        "as_of": total["as_of_date"],
        "segment_rows": _segment_rows(numbers, known, bought),
        "flows": _flows(numbers, known.movements),
        "tenths": _tenths(numbers, known.tenths),
        "check": _check(numbers, known.models),
        "notes": list(dict.fromkeys(note for model in known.models.values() if (note := _lack(model)))),
        "has_values": total["expected_value"] is not None,
    }


def _lack(model: ModelRun) -> str:
    """Why there is no forecast, or no check of it."""
    return (
        model.note if model.note and model.note.startswith(("Not fitted", "Not checked", "Not known")) else ""
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _share(numbers: Numbers, part: Any, whole: Any) -> str:
    return f"{numbers.rate(float(part) / float(whole))} of all" if part is not None and whole else ""


def _segment_rows(numbers: Numbers, known: _Known, bought: int) -> list[dict[str, Any]]:
    """The eight segments, the best ones first, also those without anybody."""
    found = {row["segment"]: row for row in known.segments}
    courses = _courses(known.movements)
    largest = max((row["customers"] for row in known.segments), default=0)
    shown = []
    for rule in sorted(RULES, key=lambda rule: _BEST_FIRST.index(rule.segment)):
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
                "change": numbers.change(course[-1], course[-2], good) if len(course) > 1 else None,
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
    rank = {name: place for place, name in enumerate(_BEST_FIRST)}
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


_BEST_FIRST = (
    "Champions", "Loyal Customers", "Price Sensitive", "Potential Loyalists", "New Customers", "At Risk", "Cannot Lose", "Hibernating",
)  # fmt: skip
"""From who buys most to who buys least: a move to the left is a gain."""
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


def _check(numbers: Numbers, models: Mapping[str, ModelRun]) -> dict[str, Any] | None:
    """The hold-out check in words and rows; None where there was none."""
    found = models.get("hold_out")
    if found is None or not found.evaluation:
        return None
    told = found.evaluation
    used = next((name for name in ("bg_nbd", "mbg_nbd") if name in models and models[name].is_used), "bg_nbd")
    order = sorted(told["errors"], key=lambda name: (name != used, name == "naive", name))
    rows = [
        {
            "name": MODELS.get(name, name),
            "is_used": name == used,
            "purchases": numbers.count(_whole(told["errors"][name]["purchases"])),
            "purchases_error": _signed(numbers, told["errors"][name]["purchases_error"]),
            "value_error": _signed(numbers, told["errors"][name]["value_error"]),
            "mae": numbers.decimal(told["errors"][name]["purchases_mae"]),
        }
        for name in order
    ]
    best = told["errors"].get(used)
    naive = told["errors"]["naive"]
    better = 1 - best["purchases_mae"] / naive["purchases_mae"] if best and naive["purchases_mae"] else None
    return {
        "days": told["days"],
        "customers": numbers.count(told["customers"]),
        "actual": numbers.count(_whole(told["purchases"])),
        "rows": rows,
        "better": numbers.rate(better) if better is not None and better > 0 else "",
    }


def _signed(numbers: Numbers, share: float | None) -> str:
    if share is None:
        return numbers.rate(None)
    return ("+" if share > 0 else "") + numbers.rate(share)


def _list(site: Site, numbers: Numbers, wanted: Wanted, *, reveals: bool) -> dict[str, Any]:
    rows, count = customers.listed(site.project.reader, site.tenant_id, wanted)
    after = wanted.after + len(rows)
    shown = {"segment": wanted.segment or "", "sort": "" if wanted.sort == SORTS[0] else wanted.sort}
    return {
        "wanted": wanted,
        "rows": [shown_person(numbers, row, reveals=reveals) for row in rows],
        "count": "1 person" if count == 1 else f"{numbers.count(count)} people",
        "next": after if after < count else None,
        "query": urlencode({name: value for name, value in shown.items() if value}),
        "sorts": SORT_LABELS,
    }
