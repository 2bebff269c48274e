"""What if prices, costs or spending were others: sliders, and the waterfall that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.errors import ConfigError
from fondaco.metrics import PROFIT_STATEMENT, shown_steps
from fondaco.metrics.what_if import LEVERS, Change, Lever, Outcome
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import offered, page_answer, view_of
from fondaco.server.pages.health import freshness
from fondaco.server.pages.profit_panels import SHORT, WHERE_THERE_IS_SOME
from fondaco.server.pages.profit_state import NET_PROFIT
from fondaco.server.periods import View, written
from fondaco.server.profit_outlook import Base, base_of_month, base_of_period, change_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

MONTH, PERIOD = "month", "period"
_MOST_CENTS = Decimal("0.01")
_HINTS = {
    "price": "With discounts; units change only as far as the elasticity below says",
    "goods": "What a unit costs",
    "marketing": "All spend, also that on days without orders",
    "fees": "Their share of the money",
    "delivery": "Of each parcel",
    "returned": "How much comes back",
    "fixed": "Rent, staff, tools",
    "elasticity": "Units that are lost by a price one percent higher, in percent. 0 takes demand for unmoved",
    "response": "Units that are won by one percent more marketing, in percent. 0 takes demand for unmoved",
}


@dataclass(frozen=True, slots=True)
class WhatIfState:
    """What a reader has chosen: of which days, and what is changed."""

    view: View
    of: str
    change: Change

    def state(self) -> dict[str, str]:
        return {**self.view.state(), "of": self.of if self.of == MONTH else "", **levers_in(self.change)}

    def query(self, **changes: str) -> str:
        return written({**self.state(), **changes})


def levers_in(change: Change) -> dict[str, str]:
    """The change as an address writes it, of the API too; what is nought is left out."""
    values = {lever.name: getattr(change, lever.name) for lever in LEVERS}
    return {name: f"{value.normalize():f}" if value else "" for name, value in values.items()}


def what_if_state(request: Request, site: Site) -> WhatIfState:
    """Read the state from the URL.

    Raises
    ------
    ConfigError
        If a value is not known or out of reach.
    """
    asked = request.query_params
    of = asked.get("of") or PERIOD
    if of not in (PERIOD, MONTH):
        raise ConfigError(f"of={of[:40]!r} is not known.", f"Use {PERIOD} or {MONTH}.")
    return WhatIfState(view_of(request, site), of, change_of(asked))


def _base(site: Site, state: WhatIfState) -> Base | None:
    if state.of == MONTH:
        return base_of_month(site)
    return base_of_period(site, state.view.period, state.view.clock, state.view.shop)


@router.get("/profit/what-if")
def what_if_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    state = what_if_state(request, site)
    view = state.view
    numbers = site.numbers(request, site.currency)
    context: dict[str, Any] = {
        "page": "profit",
        "tab": "what-if",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        "kept_query": view.query(),
        **offered(site, view, numbers, ()),
    }
    if site.published is None or not site.has_profit:
        return HTMLResponse(
            site.render("profit_empty.html", request, is_published=site.published is not None, **context)
        )
    month = base_of_month(site)
    base = _base(site, state)
    html = site.render(
        "profit_what_if.html",
        request,
        **context,
        fresh=freshness(site, numbers),
        state=state,
        query=view.query(),
        export=state.query(),
        levers=[_lever(lever, state.change, numbers) for lever in LEVERS],
        month=numbers.month(month.period.last) if month else "",
        of_period=f"/profit/what-if?{state.query(of='')}",
        of_month=f"/profit/what-if?{state.query(of=MONTH)}",
        reset="/profit/what-if?" + state.query(**dict.fromkeys((lever.name for lever in LEVERS), "")),
        result=_result(site, base, state.change, numbers) if base else None,
    )
    return page_answer(request, html, "/profit/what-if", state.query())


def _lever(lever: Lever, change: Change, numbers: Numbers) -> dict[str, Any]:
    value: Decimal = getattr(change, lever.name)
    text = numbers.decimal(value) if lever.is_elasticity else _percent(value, numbers)
    return {
        "name": lever.name,
        "label": lever.label,
        "hint": _HINTS[lever.name],
        "kind": "plain" if lever.is_elasticity else "share",
        "least": f"{lever.least:f}",
        "most": f"{lever.most:f}",
        "step": "0.1" if lever.is_elasticity else "0.01",
        "value": f"{value.normalize():f}",
        "text": text,
        "is_turned": bool(value),
    }


def _percent(share: Decimal, numbers: Numbers) -> str:
    return ("+" if share > 0 else "") + numbers.rate(share)


def _result(site: Site, base: Base, change: Change, numbers: Numbers) -> dict[str, Any]:
    outcome = base.under(change)
    now, then = base.statement, outcome.statement
    gained = then[NET_PROFIT] - now[NET_PROFIT]
    lines = []
    for step in shown_steps(now, then, rare=WHERE_THERE_IS_SOME, statement=PROFIT_STATEMENT):
        before, after = step.signed(now[step.metric]), step.signed(then[step.metric])
        assert before is not None and after is not None
        lines.append(
            {
                "metric": site.metric(step.metric),
                "short": SHORT.get(step.metric, ""),
                "kind": "sum" if step.is_sum else "part",
                "value": format(after.quantize(_MOST_CENTS), "f"),
                "text": numbers.money(after),
                "now": numbers.money(before),
                "difference": _signed(after - before, numbers),
            }
        )
    return {
        "period": numbers.period(base.period.first, base.period.last),
        "now": numbers.money(now[NET_PROFIT]),
        "then": numbers.money_parts(then[NET_PROFIT]),
        "gained": _signed(gained, numbers),
        "verdict": "good" if gained > 0 else "bad" if gained < 0 else "neutral",
        "margin": numbers.rate(then[NET_PROFIT] / then["net_sales"]) if then["net_sales"] > 0 else NOTHING,
        "units": _percent(outcome.units - 1, numbers) if outcome.units != 1 else "as many",
        "even": _even(outcome, change, numbers),
        "is_changed": not change.is_none,
        "lines": lines,
        "summary": f"Net profit goes from {numbers.money(now[NET_PROFIT])} to {numbers.money(then[NET_PROFIT])}. "
        "The table button shows every line.",
    }


def _signed(amount: Decimal, numbers: Numbers) -> str:
    rounded = amount.quantize(_MOST_CENTS)
    return ("+" if rounded > 0 else "") + numbers.money(rounded) if rounded else NOTHING


def _even(outcome: Outcome, change: Change, numbers: Numbers) -> str:
    """How far demand may fall, or must rise, for profit to be what it is now."""
    if change.is_none:
        return ""
    even = outcome.units_that_even
    if even is None:
        return "No number of units would leave the profit of now: every unit would lose money."
    if even < 1:
        return f"Units may fall by {numbers.rate(1 - even)} before profit is what it is now."
    return f"Units would have to rise by {numbers.rate(even - 1)} for profit to be what it is now."


@router.get("/profit/what-if.csv", dependencies=[Depends(exporting_user)])
def what_if_file(request: Request, site: TheSite) -> Response:
    """Every line now and under the change, as the statement signs it."""
    state = what_if_state(request, site)
    base = _base(site, state)
    name = f"what_if_{base.period.first}_{base.period.last}.csv" if base else "what_if.csv"
    lines = _lines(base.statement, base.under(state.change).statement) if base else []
    return csv_file(name, ("metric", "amount", "amount_changed"), lines)


def _lines(now: Mapping[str, Decimal], then: Mapping[str, Decimal]) -> list[tuple[str, Any, Any]]:
    rounded = Decimal("0.000001")
    return [
        (step.metric, step.signed(now[step.metric]), step.signed(then[step.metric].quantize(rounded)))
        for step in PROFIT_STATEMENT
    ]
