"""Prices: what to ask, what price cuts brought, and how to sell off what lies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from fondaco.metrics import prices as facts
from fondaco.server.api.access import asking_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.site import Site, the_site

router = APIRouter(prefix="/stock", tags=["stock"], dependencies=[Depends(asking_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
Action = Literal["raise", "lower", "stay", "unknown"]


class _Article(BaseModel):
    variant_id: str
    product_id: str | None
    sku: str | None
    product_title: str | None
    variant_title: str | None


class PriceAnswer(_Article):
    """The price of one article; docs/pricing.md says what its figures mean."""

    rank: int = Field(description="1 for the most profit.")
    action: Action
    currency: str = Field(description="The shop's, of all prices and of the cost.")
    price: str = Field(description="As buyers see it now.")
    price_basis: Literal["listed", "sold"]
    unit_cost: str | None
    cost_basis: Literal["known", "assumed", "none"]
    margin: float | None
    weekly_units: float
    elasticity: float | None = Field(description="Null where the data cannot say.")
    elasticity_low: float | None
    elasticity_high: float | None
    competitor_price: str | None
    recommended_price: str | None
    price_low: str | None = Field(description="With price_high: allowed prices that leave nearly as much.")
    price_high: str | None
    new_margin: float | None
    reaches_goal: bool | None
    new_weekly_units: float | None
    reporting_currency: str
    weekly_profit: str | None
    profit_change: str | None = Field(description="Of a week, in the reporting currency.")
    profit_change_low: str | None
    profit_change_high: str | None
    chance: float | None = Field(description="That profit rises, 0 to 1.")
    sentence: str
    why_not: str | None
    as_of_date: date | None


class PricesAnswer(BaseModel):
    """Articles, those whose new price brings most first."""

    why_not: str | None = Field(description="Why no price was looked at.")
    prices: list[PriceAnswer]


class StepAnswer(_Article):
    """A week of a markdown plan."""

    week: int
    week_start: date
    currency: str
    price: str
    price_now: str
    expected_stock: float
    on_hand: int
    elasticity: float
    elasticity_basis: Literal["own", "group"]
    reporting_currency: str
    value: str = Field(description="What the whole plan is expected to bring, what is left over included.")
    value_as_it_is: str
    reason: Literal["dead", "much"]


class MarkdownsAnswer(BaseModel):
    markdowns: list[StepAnswer]


class PromotionAnswer(BaseModel):
    """What price cuts of a product brought; pieces are of one of them."""

    product_id: str
    product_title: str | None
    events: int
    weeks: float | None
    usual_units: float | None
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    extra_units: float | None
    dip_units: float | None
    net_units: float | None
    net_units_low: float | None
    net_units_high: float | None
    pulled_forward: float | None
    why_not: str | None


class PromotionsAnswer(BaseModel):
    promotions: list[PromotionAnswer]


@router.get("/prices", summary="What to ask for each article")
def prices(
    site: TheSite, action: Annotated[Action | None, Query(description="All without it.")] = None
) -> PricesAnswer:
    """Recommended prices, with the reason where the data cannot say."""
    reader, tenant = site.project.reader, site.tenant_id
    newest = facts.newest_look(reader, tenant)
    return PricesAnswer(
        why_not=newest["why_not"] if newest else None,
        prices=[
            PriceAnswer(**_plain(row, PriceAnswer))
            for row in facts.recommendations(reader, tenant)
            if action in (None, row["action"])
        ],
    )


@router.get("/markdowns", summary="How to sell off what lies")
def markdowns(site: TheSite) -> MarkdownsAnswer:
    """Markdown plans, week by week."""
    found = facts.markdowns(site.project.reader, site.tenant_id)
    return MarkdownsAnswer(markdowns=[StepAnswer(**_plain(row, StepAnswer)) for row in found])


@router.get("/promotions", summary="What price cuts brought")
def promotions(site: TheSite) -> PromotionsAnswer:
    """By product, with the reason where the data cannot say."""
    found = facts.promotions(site.project.reader, site.tenant_id)
    return PromotionsAnswer(promotions=[PromotionAnswer(**_plain(row, PromotionAnswer)) for row in found])


def _plain(row: Mapping[str, Any], answer: type[BaseModel]) -> dict[str, Any]:
    """Amounts as text, without zeros behind the point that say nothing."""
    return {
        name: _amount(row[name]) if isinstance(row[name], Decimal) else row[name]
        for name in answer.model_fields
    }


def _amount(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
