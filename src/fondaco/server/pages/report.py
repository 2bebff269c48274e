"""The report: a span of the calendar on paper, as a page that prints and as a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.clock import local_date
from fondaco.control import User
from fondaco.reports.content import Books, Content, write_content
from fondaco.reports.drawing import Drawing, draw
from fondaco.reports.spans import Span, last_full_month, last_full_week, parse_span
from fondaco.server.assets import STATIC
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.pages.choices import address_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

PRODUCTS = 10


def _span(site: Site, period: str) -> tuple[Span, date]:
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    return (parse_span(period) if period else last_full_month(today)), today


def usual(site: Site) -> Iterator[None]:
    """Ask for the figures of the report that the page opens with."""
    yield
    write_content(_books(site), _span(site, "")[0], top=PRODUCTS)


def _books(site: Site) -> Books:
    now = site.project.clock()
    return Books(
        site.control,
        site.layer,
        site.project.reader,
        site.tenant_id,
        now,
        ask=site.ask,
        known=site.beginnings,
    )


def _content(site: Site, request: Request, span: Span) -> Content:
    return write_content(_books(site), span, locale=site.numbers(request).locale, top=PRODUCTS)


def _choices(span: Span, today: date) -> list[tuple[str, list[Span]]]:
    """What the menu offers: the newest months, quarters, years and weeks that are over, and the one that is shown."""
    month = last_full_month(today)
    months = [month]
    while len(months) < 13:
        months.append(months[-1].before)
    quarter = parse_span(f"{today.year:04}-Q{(today.month + 2) // 3}").before
    quarters = [quarter, quarter.before, quarter.before.before, quarter.before.before.before]
    years = [parse_span(f"{today.year - back:04}") for back in (1, 2)]
    weeks = [last_full_week(today)]
    while len(weeks) < 4:
        weeks.append(weeks[-1].before)
    groups = [("Months", months), ("Quarters", quarters), ("Years", years), ("Weeks", weeks)]
    if all(span not in spans for _, spans in groups):
        groups.insert(0, ("Shown", [span]))
    return groups


def _drawings(content: Content) -> dict[str, Drawing]:
    """The course for wide places and for phones, where it has fewer words."""
    return {
        "wide": draw(content.course, content.numbers),
        "narrow": draw(content.course, content.numbers, width=340, height=170, left=46, labels=4),
    }


@router.get("/report")
def report(request: Request, site: TheSite, user: CurrentUser, period: str = "") -> Response:
    """The report of a month, quarter, year or week; without one, of the last month that is over."""
    span, today = _span(site, period)
    content = _content(site, request, span) if site.published else None
    html = site.render(
        "report.html",
        request,
        page="report",
        user=user,
        csrf=form_token(request),
        span=span,
        begun=span.first <= today,
        over=span.last < today,
        query=urlencode({"range": "custom", "from": span.first, "to": span.last}),
        address_of=address_of,
        choices=_choices(span, today),
        content=content,
        drawings=_drawings(content) if content else {},
        formulas={line.name: site.metric(line.name).formula for line in content.statement} if content else {},
        makes_pdf=find_spec("reportlab") is not None,
        numbers=content.numbers if content else site.numbers(request),
    )
    return HTMLResponse(html)


@router.get("/report.pdf")
def report_file(
    request: Request, site: TheSite, user: Annotated[User, Depends(exporting_user)], period: str = ""
) -> Response:
    """The same as a file."""
    from fondaco.reports.pdf import write_pdf

    span, _ = _span(site, period)
    formulas = {metric.name: metric.formula for metric in site.layer.metrics}
    data = write_pdf(_content(site, request, span), formulas, STATIC / "vendor")
    headers = {"Content-Disposition": f'attachment; filename="report_{span.name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)
