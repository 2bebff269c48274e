"""What the attributes and events of segments mean, in the drawer: one definition for whatever a rule can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.activation.attributes import ATTRIBUTES, Attribute
from fondaco.activation.events import EVENTS, Event
from fondaco.activation.operators import OPERATORS
from fondaco.errors import ConfigError
from fondaco.metrics import Metric
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.server.auth.sessions import current_user
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(
    include_in_schema=False, dependencies=[Depends(current_user)], prefix="/segments/definitions"
)
TheSite = Annotated[Site, Depends(the_site)]

_UNITS = {
    "money": "An amount in the reporting currency",
    "share": "A share, in per cent",
    "date": "A day, in the shop's time zone",
    "number": "A number",
    "bool": "Yes, no, or not known",
    "choice": "One of the values that there are",
    "text": "Text, whatever its case",
    "domain": "Text, whatever its case",
    "phone": "Digits, with + where the country is said",
}
_SCOPES = {
    "Person": "What the newest account says, over all shops; for guests their newest order.",
    "Contact": "What the newest account says, over all shops; for guests their newest order. Conditions on it, and what they count,"
    " are for those who may see who the customers are.",
    "Orders": "All counted orders of the customer, over all shops and all time.",
    "Scores": "Customers who have bought, as of the last known day of the newest run. Who has never bought has none.",
}
_FIGURES = {figure.column: figure for figure in CUSTOMER_FIGURES.values() if figure.column}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A definition as the drawer shows it.

    Attributes
    ----------
    unit
        What its values are, or what it is counted in.
    asked
        How a condition may ask for it, in the words of the builder.
    name
        What it is called in a definition and, where it is an attribute, in files.
    """

    label: str
    unit: str
    description: str
    formula: str
    scope: str
    asked: tuple[str, ...]
    name: str


def meaning_of(about: Attribute, site: Site) -> Meaning:
    """What an attribute means. Where the semantic layer or the page Customers define it, by their words and formula."""
    description, formula = about.description, _readable(about.sql)
    if (figure := _FIGURES.get(about.name)) is not None:
        description, formula = figure.description, figure.formula
    elif about.group == "Orders" and (metric := _metric(site, about.name)) is not None:
        description, formula = f"{about.description} {metric.description}", metric.formula
    unit = _UNITS[about.kind] + (f" of {about.unit}" if about.unit else "")
    return Meaning(
        about.title, unit, description, formula, _SCOPES[about.group],
        tuple(how.title for how in OPERATORS[about.kind]), about.name,
    )  # fmt: skip


def meaning_of_event(about: Event) -> Meaning:
    """What an event means, and what its number of times and its amount are."""
    having = "" if about.having == "count(*) > 0" else f", having {about.having}"
    counted = f"count(orders of {about.mart} where {about.where}{having})"
    narrowed = ["period", "shop", "channel", "country"]
    narrowed += ["product"] if about.takes_product else []
    narrowed += ["discount code"] if about.takes_code else []
    return Meaning(
        about.title,
        f"A number of orders, or the {about.amount_title} in the reporting currency",
        about.description,
        f"times = {counted}\namount = sum({about.amount}) of these orders".replace("rows.", ""),
        "Who never did it did it 0 times, for an amount of 0.",
        (
            "at least",
            "at most",
            "exactly",
            f"never; narrowed by {', '.join(narrowed[:-1])} and {narrowed[-1]}",
        ),
        about.name,
    )


def _metric(site: Site, name: str) -> Metric | None:
    try:
        return site.layer.metric(name)
    except ConfigError:
        return None


def _readable(sql: str) -> str:
    """SQL with the names of the marts, as whoever asks for them writes them."""
    return sql.replace("customers.", "marts.customers.").replace("scores.", "marts.customer_scores.")


@router.get("/{kind}/{name}")
def definition(kind: str, name: str, request: Request, site: TheSite) -> Response:
    """The definition of an attribute or event."""
    attributes = {each.name: each for each in ATTRIBUTES} if kind == "attribute" else {}
    events: dict[str, Event] = {each.name: each for each in EVENTS} if kind == "event" else {}
    if name in attributes:
        meaning = meaning_of(attributes[name], site)
    elif name in events:
        meaning = meaning_of_event(events[name])
    else:
        raise NotThereError(
            f"Segments know no {kind[:31]} {name[:63]!r}.", "Choose what the builder of segments offers."
        )
    return HTMLResponse(site.render("segment_definition.html", request, meaning=meaning, kind=kind))
