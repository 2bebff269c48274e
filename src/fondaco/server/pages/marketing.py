"""Marketing: what advertising cost against what it brought and what platforms claim, down to each campaign and its orders."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics.marketing import has_figures, has_messages
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.advertising import campaigns_of
from fondaco.server.pages.choices import offered, opened_alone, page_answer
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.marketing_campaign import campaign_shown
from fondaco.server.pages.marketing_letter import letter_shown
from fondaco.server.pages.marketing_messages import MESSAGE_KEY, message_file, messages
from fondaco.server.pages.marketing_messages import TOLD as TOLD_OF_MESSAGES
from fondaco.server.pages.marketing_panels import PANELS as AD_PANELS
from fondaco.server.pages.marketing_parts import TOLD, ad_parts, told_columns
from fondaco.server.pages.marketing_state import KEY, MarketingState, campaign_state, marketing_state
from fondaco.server.pages.sales_state import chips, crumbs
from fondaco.server.periods import COMPARISONS
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

PANELS = {**AD_PANELS, "messages": messages}

COURSE = ("ad_spend", "claimed_conversions", "claimed_revenue", "attributed_orders", "attributed_revenue",
          "attributed_contribution_margin_2", "campaign_profit")  # fmt: skip


def _panel_key(site: Site, name: str, state: MarketingState, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, "marketing", name, state, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, name: str, state: MarketingState) -> str:
    """A panel, written once for each state of the data, of the page and locale."""

    def write() -> str:
        if not site.has_marketing:
            return site.write("panels/marketing_outdated.html", name=name)
        return site.write(
            f"panels/marketing_{name}.html",
            view=state.view,
            query=state.view.query(),
            export=state.query(),
            comparisons=COMPARISONS,
            numbers=numbers,
            **PANELS[name](Figures(site, state.view, numbers), state),
        )

    return site.panels.get(_panel_key(site, name, state, numbers), write)


def _panels_of(site: Site) -> tuple[str, ...]:
    """The panels that there are figures for: those of advertising, that of messages, both or none."""
    if site.published is None or not site.has_marketing:
        return ()
    reader, tenant = site.project.reader, site.tenant_id
    ads = site.remembered(("has_ads",), lambda: has_figures(reader, tenant))
    letters = site.remembered(("has_messages",), lambda: has_messages(reader, tenant))
    return (*(AD_PANELS if ads else ()), *(("messages",) if letters else ()))


@router.get("/marketing")
def marketing(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page. Panels that were written before come with it; the others load by themselves."""
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    state = marketing_state(request, site)
    view = state.view
    context: dict[str, Any] = {
        "page": "marketing",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        "accounts": site.ad_accounts(),
        "messaging": site.messaging(),
        **offered(site, view, numbers),
    }
    names = _panels_of(site)
    if not names:
        published = site.published is not None
        told = {"is_published": published, "is_outdated": published and not site.has_marketing}
        return HTMLResponse(site.render("marketing_empty.html", request, **told, **context))
    html = site.render(
        "marketing.html",
        request,
        state=state,
        query=state.query(),
        panels={name: site.panels.peek(_panel_key(site, name, state, numbers)) for name in names},
        kept=dict(view.filters),
        chips=chips(site, state),
        nothing_chosen=state.address(state.elsewhere() | {name: "" for name, _ in view.filters}),
        crumbs=crumbs(state, numbers, site.beginnings.of()),
        fresh=freshness(site, numbers),
        **context,
    )
    return page_answer(request, html, "/marketing", state.query())


@router.get("/marketing/split.csv", dependencies=[Depends(exporting_user)])
def split_file(request: Request, site: TheSite) -> Response:
    """All figures by the chosen dimension, unrounded, all of its values and what belongs to none of them."""
    state = marketing_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    told = TOLD if state.by == "campaign" else (state.by, "name")
    lines = (
        (*told_columns(figures, part), *(part.now[name] for name in KEY)) for part in ad_parts(figures, state)
    )
    return csv_file(_file_name(f"marketing_by_{state.by}", state), (*told, *KEY), lines)


@router.get("/marketing/messages.csv", dependencies=[Depends(exporting_user)])
def messages_file(request: Request, site: TheSite) -> Response:
    """All figures of messages by campaign and flow, unrounded."""
    state = marketing_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    return csv_file(_file_name("messages", state), (*TOLD_OF_MESSAGES, *MESSAGE_KEY), message_file(figures))


@router.get("/marketing/course.csv", dependencies=[Depends(exporting_user)])
def course_file(request: Request, site: TheSite) -> Response:
    """Spend, claims and what was brought by the step of the chart, unrounded."""
    state = marketing_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    header = (state.view.grain, *COURSE)
    lines = ([row[name] for name in header] for row in figures.rows(COURSE, (state.view.grain,)))
    return csv_file(_file_name("marketing", state), header, lines)


def _file_name(what: str, state: MarketingState) -> str:
    period = state.view.period
    return f"{what}_{period.first}_{period.last}.csv"


@router.get("/marketing/campaigns/{campaign_id}")
def campaign(campaign_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """One campaign: its course, its statement, its orders, and days on which it sold nothing; of messages what became of them."""
    numbers = site.numbers(request, site.currency)
    state = campaign_state(request, site, campaign_id)
    is_letter = campaigns_of(site).get(campaign_id, {}).get("role") == "messages"
    shown = (letter_shown if is_letter else campaign_shown)(site, numbers, state)
    html = site.render(
        "letter.html" if is_letter else "campaign.html",
        request,
        page="marketing",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        state=state,
        path=state.path,
        fresh=freshness(site, numbers),
        **offered(site, state.view, numbers),
        **shown,
    )
    return page_answer(request, html, state.path, state.query())


@router.get("/marketing/{name}")
def panel(name: str, request: Request, site: TheSite) -> Response:
    """One panel by itself."""
    if name not in PANELS:
        raise HTTPException(404, f"There is no panel {name!r}.")
    if (page := opened_alone(request, "/marketing")) is not None:
        return page
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, name, marketing_state(request, site)))
