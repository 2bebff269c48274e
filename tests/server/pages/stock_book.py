"""A merchant's stock that is reckoned on paper: four articles at two places, at the end of 30 March.

========  ======  ======  =====  ======  ==========  ==================================================================
 Mug      Berlin      20     80    2.00  10 days     A X, steady; 50 more are on order for 6 April
 Mug      Paris        0      0    1.50  0 days      A X, out for 12 of 90 days: 60 of margin lost
 Tea      Berlin     100    300    0.25  400 days    B Y
 Lamp     Paris       10    500    0.00  none        C, no second class; dead: nothing sold or came for 200 days
 Bowl     Berlin      -2      0    0.10  0 days      C Z, sold below nothing; nobody knows what it costs
========  ======  ======  =====  ======  ==========  ==================================================================

Together 130 pieces for 880, of which 500 lie dead. Of the Mug the ledger of Berlin has a receipt of 40 on 10 March, before which it was
out for five days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fondaco.orchestration import Project
from fondaco.orchestration.ordering import StockDesk

Row = dict[str, Any]
AS_OF = date(2026, 3, 30)
TODAY = date(2026, 3, 31)
BERLIN, PARIS = "a:loc1", "a:loc2"
_NAMES = {BERLIN: "Berlin", PARIS: "Paris"}
_VARIANTS = {
    "mug": {"variant_id": "a:1", "product_id": "a:Mug", "sku": "MUG-1", "product_title": "Mug", "variant_title": "Blue"},
    "tea": {"variant_id": "a:2", "product_id": "a:Tea", "sku": "TEA-1", "product_title": "Tea", "variant_title": "Default Title"},
    "lamp": {"variant_id": "a:3", "product_id": "a:Lamp", "sku": "LAMP-1", "product_title": "Lamp", "variant_title": None},
    "bowl": {"variant_id": "a:4", "product_id": "a:Bowl", "sku": "BOWL-1", "product_title": "Bowl", "variant_title": None},
}  # fmt: skip


def _at(article: str, place: str) -> Row:
    return {
        **_VARIANTS[article],
        "location_id": place,
        "location_name": _NAMES[place],
        "connection_id": "a",
        "source": "files",
    }


def _item(article: str, place: str, available: int, cost: float | None, **more: Any) -> Row:
    units = max(available, 0)
    return {
        **_at(article, place), "available": available, "units": units, "as_of_date": AS_OF, "currency": "EUR", "basis": "known",
        "unit_cost": cost, "cost_basis": None if cost is None else "sheet", "stock_value": units * (cost or 0),
        "unpriced_units": units if cost is None else 0, "first_stock_date": date(2025, 6, 1), "is_dead": False,
        "days_of_supply": None, "mean_age_days": None, "xyz_class": None, "turnover": None, "gmroi": None, **more,
    }  # fmt: skip


def items() -> list[Row]:
    return [
        _item("mug", BERLIN, 20, 4, sales_velocity=2, days_of_supply=10, runs_out_date="2026-04-09", units_sold_90=170, net_units_90=160,
              units_sold_365=600, net_sales_365=7000, stockout_days_90=5, lost_margin_90=40, stockout_days_365=5, available_days_90=85, abc_class="A", xyz_class="X",
              mean_age_days=20, unit_days=400, on_order_units=50, expected_date="2026-04-06", net_price=12, last_sold_date=AS_OF, last_received_date="2026-03-10"),
        _item("mug", PARIS, 0, 4, sales_velocity="1.5", days_of_supply=0, units_sold_90=117, net_units_90=110, units_sold_365=300,
              net_sales_365=1000, stockout_days_90=12, lost_margin_90=60, stockout_days_365=12, available_days_90=78, abc_class="A", xyz_class="X", net_price=12, last_sold_date="2026-03-18"),
        _item("tea", BERLIN, 100, 3, sales_velocity="0.25", days_of_supply=400, units_sold_90=22, net_units_90=22, units_sold_365=80,
              net_sales_365=1500, abc_class="B", xyz_class="Y", mean_age_days="150.4", unit_days=15040, available_days_90=90, net_price=15, last_sold_date="2026-03-22"),
        _item("lamp", PARIS, 10, 50, sales_velocity=0, units_sold_365=1, net_sales_365=100, abc_class="C", is_dead=True,
              dead_stock_value=500, mean_age_days=400, unit_days=4000, available_days_90=90, net_price=100, last_sold_date="2025-09-01"),
        _item("bowl", BERLIN, -2, None, sales_velocity="0.1", days_of_supply=0, units_sold_90=9, net_units_90=9, units_sold_365=20,
              net_sales_365=400, abc_class="C", xyz_class="Z", available_days_90=88, net_price=20, last_sold_date="2026-03-29"),
    ]  # fmt: skip


def ages() -> list[Row]:
    def band(article: str, place: str, name: str, units: int, value: int) -> Row:
        return {
            **_at(article, place),
            "as_of_date": AS_OF,
            "currency": "EUR",
            "age_band": name,
            "units": units,
            "stock_value": value,
        }

    return [
        band("mug", BERLIN, "0-30", 20, 80),
        band("tea", BERLIN, "91-180", 60, 180),
        band("tea", BERLIN, "181-365", 40, 120),
        band("lamp", PARIS, "over 365", 10, 500),
    ]


def _span(first: str, last: str, closing: int) -> Row:
    return {**_at("mug", BERLIN), "first_date": first, "last_date": last, "closing": closing, "units": max(closing, 0), "basis": "known",
            "unit_cost": 4, "cost_basis": "sheet", "currency": "EUR", "stock_value": 4 * max(closing, 0)}  # fmt: skip


def spans() -> list[Row]:
    return [
        _span("2026-02-01", "2026-03-04", 30),
        _span("2026-03-05", "2026-03-09", 0),
        _span("2026-03-10", "2026-03-19", 40),
        _span("2026-03-20", "2026-03-30", 20),
        {**_span("2026-01-01", "2026-03-30", 0), **_at("mug", PARIS)},
    ]


def ledger() -> list[Row]:
    def moved(day: str, opening: int, closing: int, **what: int) -> Row:
        return {
            **_at("mug", BERLIN),
            "stock_date": day,
            "opening": opening,
            "closing": closing,
            "unit_cost": 4,
            "currency": "EUR",
            **what,
        }

    return [
        moved("2026-02-01", 0, 30, received=30),
        moved("2026-03-05", 30, 0, sold=30),
        moved("2026-03-10", 0, 40, received=40),
        moved("2026-03-20", 40, 20, sold=22, returned=2),
    ]


def stockouts() -> list[Row]:
    days = [
        {
            **_at("mug", BERLIN),
            "stockout_date": date(2026, 3, 5) + timedelta(n),
            "evidence": "level",
            "expected_units": 2,
            "lost_margin": 8,
        }
        for n in range(5)
    ]
    return [*days, *({**_at("mug", PARIS), "stockout_date": date(2026, 3, 19) + timedelta(n), "evidence": "level", "expected_units": "1.5", "lost_margin": 5, "currency": "EUR"} for n in range(12))]  # fmt: skip


def daily() -> list[Row]:
    return [
        {"stock_date": AS_OF - timedelta(n), "connection_id": "a", "location_id": place, "location_name": _NAMES[place], "units": units,
         "items_in_stock": items, "currency": "EUR", "stock_value": value}
        for n in range(180)
        for place, units, items, value in ((BERLIN, 120, 2, 380), (PARIS, 10, 1, 500))
    ]  # fmt: skip


def findings() -> list[Row]:
    return [
        {"kind": "below_nothing", "subject": "Berlin", "sku": "BOWL-1", "found_date": AS_OF, "told": "-2", "against": "0"},
        {"kind": "unknown_article", "subject": "receipt 7", "sku": "MUGG", "found_date": "2026-03-02", "told": "MUGG", "against": "the article numbers of the location"},
    ]  # fmt: skip


def suppliers() -> list[Row]:
    return [
        {"supplier_id": "clay", "supplier_name": "Clay & Co", "supplier_currency": "EUR", "promised_lead_time": 14, "minimum_order_value": 200,
         "purchase_orders": 9, "purchase_lines": 20, "open_lines": 1, "last_ordered_date": "2026-03-20", "fill_rate": 0.95, "lead_time_mean": 16.2,
         "lead_time_spread": 3.1, "lead_times": 18, "late_share": 0.25, "price_drift": 0.04},
        {"supplier_id": "new", "supplier_name": "Newcomer", "supplier_currency": None, "promised_lead_time": None, "minimum_order_value": None,
         "purchase_orders": 0, "purchase_lines": 0, "open_lines": 0, "last_ordered_date": None, "fill_rate": None, "lead_time_mean": None,
         "lead_time_spread": None, "lead_times": 0, "late_share": None, "price_drift": None},
    ]  # fmt: skip


def forecasts() -> list[Row]:
    """Of the Mug in Berlin: four weeks of 14, 15, 16 and 17 pieces."""
    shares = {
        "q05": 0.5,
        "q10": 0.6,
        "q25": 0.8,
        "q50": 1,
        "q75": 1.2,
        "q90": 1.5,
        "q95": 1.7,
        "q975": 1.9,
        "q99": 2.2,
    }
    return [
        {"location_id": BERLIN, "variant_id": "a:1", "period": "week", "forecast_date": TODAY + timedelta(7 * week), "series_class": "smooth",
         "mean": 14.0 + week, **{name: (14 + week) * share for name, share in shares.items()}}
        for week in range(4)
    ]  # fmt: skip


_INPUTS: Row = {
    "on_hand": 20, "on_order": 50, "next_receipt_date": date(2026, 4, 6), "series_class": "smooth", "daily_demand": 2.0, "demand": 46.0, "demand_sd": 9.5,
    "lead_time_days": 16.0, "lead_time_sd": 3.1, "lead_times": 18, "lead_time_basis": "orders", "order_days": 7, "service_level": 0.95,
    "reorder_point": 49.0, "safety_stock": 15.0, "order_up_to": 63.0, "order_multiple": 6, "minimum_quantity": 6, "minimum_order_value": 200,
    "unit_cost": 4, "unit_margin": 8, "supplier_unit_cost": 4, "supplier_currency": "EUR", "last_sold_date": AS_OF, "stocked_since": date(2025, 6, 1),
    "forecast_date": TODAY,
}  # fmt: skip


def positions() -> list[Row]:
    own = {
        name: _at("mug", BERLIN)[name]
        for name in (
            "variant_id",
            "product_id",
            "sku",
            "product_title",
            "variant_title",
            "location_id",
            "location_name",
        )
    }
    return [
        {**own, **_INPUTS, "supplier_id": "clay", "supplier_name": "Clay & Co", "currency": "EUR", "stock_value": 80, "days_of_supply": 10.0,
         "probability": 0.35, "runs_out_date": date(2026, 4, 9), "expected_lost_margin": 42}
    ]  # fmt: skip


def _proposal(kind: str, article: str, place: str, rank: int, **more: Any) -> Row:
    own = {
        name: _at(article, place)[name]
        for name in (
            "variant_id",
            "product_id",
            "sku",
            "product_title",
            "variant_title",
            "location_id",
            "location_name",
        )
    }
    return {
        **own, **_INPUTS, "proposal_date": TODAY, "proposal_id": f"20260331-{rank}", "subject": f"{kind}/{place}/{article}", "kind": kind, "rank": rank,
        "from_location_id": None, "from_location_name": None, "supplier_id": None, "supplier_name": None, "supplier_sku": None,
        "currency": "EUR", "cost": None, "probability": None, "due_date": None, **more,
    }  # fmt: skip


def proposals() -> list[Row]:
    clay = {"supplier_id": "clay", "supplier_name": "Clay & Co", "supplier_sku": "C-77"}
    return [
        _proposal("mark_down", "lamp", PARIS, 1, money=500, quantity=10, sentence="Mark down 10 of Lamp at Paris: 10 are there, it last sold 211 days ago and about 0 will be wanted in 180 days, so €500 lies in it."),
        _proposal("reorder", "mug", BERLIN, 2, money=180, quantity=48, sentence="Order 48 of Mug, Blue from Clay & Co for Berlin, for €192: 20 and 50 on order are there, and about 46 will be wanted.",
                  cost=192, probability=0.35, due_date=date(2026, 4, 16), **clay),
        _proposal("transfer", "mug", PARIS, 3, money=60, quantity=6, sentence="Move 6 of Mug, Blue from Berlin to Paris: 0 are there, and about 10 wanted a week.",
                  from_location_id=BERLIN, from_location_name="Berlin", probability=0.99, due_date=date(2026, 4, 2)),
        _proposal("warn", "bowl", BERLIN, 4, money=20, quantity=0, sentence="Bowl is out at Berlin, and nothing can be there before 16 April: about 2 will be wanted until then, €20 of margin.",
                  probability=1.0, due_date=TODAY),
    ]  # fmt: skip


def quality() -> list[Row]:
    scores = '[["theta", 0.71], ["ets", 0.74], ["seasonal naive", 0.95]]'
    return [
        {"series_class": "smooth", "series": 3, "tested_on": date(2026, 3, 29), "horizon_days": 28, "tests": 2, "winner": "theta", "error": 0.72,
         "naive_error": 0.96, "coverage": 0.79, "scores": scores},
        {"series_class": "new", "series": 1, "tested_on": date(2026, 3, 29), "horizon_days": 28, "tests": 0, "winner": "group", "error": None,
         "naive_error": None, "coverage": None, "scores": "[]"},
    ]  # fmt: skip


def _priced(article: str, action: str, rank: int, **more: Any) -> Row:
    return {
        **_VARIANTS[article], "product_type": "Kitchen", "connection_id": "a", "as_of_date": AS_OF, "rank": rank, "action": action, "currency": "EUR",
        "price_basis": "listed", "tax_rate": 0.19, "discount_rate": 0.0, "cost_basis": "known", "reporting_currency": "EUR", **more,
    }  # fmt: skip


def prices() -> list[Row]:
    """The Mug should cost more and the Tea less; the Bowl stays, and nobody can say of the Lamp."""
    return [
        _priced("mug", "raise", 1, price=14.90, unit_cost=4, margin=0.68, weekly_units=24.5, elasticity=-1.3, elasticity_low=-1.7, elasticity_high=-0.9,
                own_weight=0.8, recommended_price=15.90, price_low=15.49, price_high=16.39, new_margin=0.70, reaches_goal=True, new_weekly_units=22.5,
                weekly_profit=209, profit_change=11.4, profit_change_low=2.1, profit_change_high=20.6, chance=0.97, competitor_price=16.5,
                sentence="Raise from 14.90 EUR to 15.90 EUR (+6.7%): at an elasticity of -1.3 (90 %: -1.7 to -0.9) units change by -8.1% and profit a week by +11.40 EUR."),
        _priced("tea", "lower", 2, price=19.90, unit_cost=3, margin=0.82, weekly_units=1.75, elasticity=-3.1, elasticity_low=-4.0, elasticity_high=-2.2,
                own_weight=0.6, recommended_price=17.99, price_low=17.99, price_high=17.99, new_margin=0.80, reaches_goal=True, new_weekly_units=2.4,
                weekly_profit=24, profit_change=4.2, profit_change_low=-0.5, profit_change_high=9.1, chance=0.91,
                sentence="Lower from 19.90 EUR to 17.99 EUR (-9.6%): at an elasticity of -3.1 (90 %: -4.0 to -2.2) units change by +37.0% and profit a week by +4.20 EUR."),
        _priced("bowl", "stay", 3, price=24.00, unit_cost=9, margin=0.55, weekly_units=0.7, elasticity=-2.2, elasticity_low=-3.3, elasticity_high=-1.1,
                own_weight=0.2, recommended_price=24.00, price_low=22.99, price_high=24.99, new_margin=0.55, reaches_goal=True, new_weekly_units=0.7,
                weekly_profit=8, profit_change=0, profit_change_low=0, profit_change_high=0,
                sentence="Stay at 24.00 EUR: at an elasticity of -2.2 (90 %: -3.3 to -1.1) no allowed price raises profit with a probability of 80% or more."),
        _priced("lamp", "unknown", 4, price=119.00, unit_cost=50, margin=0.5, weekly_units=0, weekly_profit=0, why_not="its price never changed",
                sentence="No price is recommended: its price never changed."),
    ]  # fmt: skip


def markdowns() -> list[Row]:
    """The Lamp at 119 for two weeks, then at 89 and at 59."""
    path = [(119, 10), (119, 9.6), (89, 9.2), (89, 7.9), (59, 6.4), (59, 2.1)]
    return [
        {**_VARIANTS["lamp"], "week": number, "week_start": TODAY + timedelta(days=1, weeks=number - 1), "currency": "EUR", "price": price, "price_now": 119,
         "expected_stock": float(stock), "on_hand": 10, "weekly_units": 0.4, "elasticity": -2.4, "elasticity_basis": "group", "unit_cost": 50,
         "reporting_currency": "EUR", "value": 540, "value_as_it_is": 260, "reason": "dead"}
        for number, (price, stock) in enumerate(path, 1)
    ]  # fmt: skip


def price_promotions() -> list[Row]:
    return [
        {"product_id": "a:Mug", "product_title": "Mug", "events": 5, "weeks": 1.2, "usual_units": 24.0, "lift": 0.8, "lift_low": 0.5, "lift_high": 1.1,
         "extra_units": 23.0, "dip_units": 6.0, "net_units": 17.0, "net_units_low": 8.0, "net_units_high": 26.0, "pulled_forward": 0.26, "why_not": None},
        {"product_id": "a:Tea", "product_title": "Tea", "events": 1, "weeks": 1.0, "usual_units": None, "lift": None, "lift_low": None, "lift_high": None,
         "extra_units": None, "dip_units": None, "net_units": None, "net_units_low": None, "net_units_high": None, "pulled_forward": None,
         "why_not": "it was promoted 1 times; 3 are needed"},
    ]  # fmt: skip


def marts() -> dict[str, list[Row]]:
    """All marts of the book, and the tables of the forecast."""
    kinds = {
        "Mug": ("Kitchen", "Clay & Co"),
        "Tea": ("Food", "Leaf"),
        "Lamp": ("", None),
        "Bowl": ("Kitchen", "Clay & Co"),
    }
    return {
        "connections": [{"connection_id": "a", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR"}],
        "products": [
            {"product_id": f"a:{title}", "connection_id": "a", "title": title, "is_deleted": False, "product_type": kind, "vendor": vendor}
            for title, (kind, vendor) in kinds.items()
        ],
        "stock_items": items(),
        "stock_ages": ages(),
        "stock_spans": spans(),
        "stock_ledger": ledger(),
        "stockout_days": stockouts(),
        "stock_daily": daily(),
        "stock_findings": findings(),
        "suppliers": suppliers(),
        "demand_forecasts": forecasts(),
        "stock_positions": positions(),
        "proposals": proposals(),
        "forecast_quality": quality(),
        "price_recommendations": prices(),
        "markdown_plans": markdowns(),
        "price_promotions": price_promotions(),
        "price_runs": [
            {"as_of_date": AS_OF, "articles": 4, "products": 4, "known_products": 3, "mean_elasticity": -2.2, "why_not": None, "seconds": 1.2,
             "made_at": datetime(2026, 3, 31, 6, 6)}
        ],
        "demand_forecast_runs": [
            {"as_of_date": AS_OF, "series": 4, "horizon_days": 28, "tested_on": date(2026, 3, 29), "why_not": None, "seconds": 3.2,
             "made_at": datetime(2026, 3, 31, 6, 5)}
        ],
    }  # fmt: skip


def accept_order(project: Project) -> None:
    """The order of the Mug becomes the draft FO-1, of 60 pieces."""
    desk = StockDesk(project.control, project.reader, project.tenant, "user:1", clock=project.clock)
    desk.accept("20260331-2", quantity=60, reason="Fair")
