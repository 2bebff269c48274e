"""A shop whose advertising is reckoned on paper: two platforms, five campaigns, six orders of March, one of February.

================  =====================  ======  =========================  ========================================
 campaign          state                  spend   claims                     orders
================  =====================  ======  =========================  ========================================
 m:11 Spring       Meta, active              50   3 orders, 300              a:1 (name, 100, CM2 60), a:2 (id, 80, CM2 30)
 m:12 Echo         Meta, paused              20   1 order, 90                none
 g:21 Brand        Google, active            30   2 orders, 110              a:3 (name, 60, CM2 10)
 g:22 Old          Google, removed            0   -                          a:4 (id, 40, CM2 20), on a late click
 none              Google                     -   -                          a:5 (click, 30, CM2 -6)
================  =====================  ======  =========================  ========================================

Nobody knows where a:6 (net sales 90) came from; a:7 came by a newsletter. March: spend 100, attributed revenue 310, CM2 114, so a
profit of 14, ROAS 3.10, POAS 1.14; claimed 500, so a claimed ROAS of 5.00 and a gap of 190. 5 orders are attributed, of which 3 are of new
customers: 20 an order, 33.33 a new customer. Spring earns 40, Old 20; Brand loses 20, Echo 20; orders of no campaign lost 6.
Of 7 orders 6 have a known origin. Spring is spent on the 2nd (30, 2 orders), the 3rd (15, none) and the 4th (5, none).

February: Spring spends 40 for a:0 (net sales 100, CM2 50), so a profit of 10.

All marketing is that and an agency of 24 of the cost sheet: 124 on net sales of 500, MER 4.03.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

CAMPAIGNS: tuple[Row, ...] = (
    {"campaign_id": "m:11", "name": "Spring Sale & More", "platform": "meta_ads", "status": "active", "campaign_type": "outcome_sales"},
    {"campaign_id": "m:12", "name": "Echo", "platform": "meta_ads", "status": "paused", "campaign_type": "outcome_traffic"},
    {"campaign_id": "g:21", "name": "Brand", "platform": "google_ads", "status": "active", "campaign_type": "search"},
    {"campaign_id": "g:22", "name": "Old", "platform": "google_ads", "status": "removed", "campaign_type": "performance_max"},
)  # fmt: skip

_PLACES = {"a:0": ("2026-02-02", "new"), "a:1": ("2026-03-02", "new"), "a:2": ("2026-03-02", "returning"), "a:3": ("2026-03-05", "new"),
           "a:4": ("2026-03-06", "returning"), "a:5": ("2026-03-07", "new"), "a:6": ("2026-03-08", "new"), "a:7": ("2026-03-09", "new")}  # fmt: skip
_EARNED = {
    "a:0": (100, 50),
    "a:1": (100, 60),
    "a:2": (80, 30),
    "a:3": (60, 10),
    "a:4": (40, 20),
    "a:5": (30, -6),
    "a:6": (90, 40),
    "a:7": (100, 40),
}
_CAME = {"a:0": ("m:11", "name"), "a:1": ("m:11", "name"), "a:2": ("m:11", "id"), "a:3": ("g:21", "name"), "a:4": ("g:22", "id"),
         "a:5": (None, "click")}  # fmt: skip


def _platform(campaign_id: str | None) -> str:
    return "meta_ads" if campaign_id and campaign_id.startswith("m") else "google_ads"


def _day(campaign_id: str | None, day: str, **figures: Any) -> Row:
    own = next((each for each in CAMPAIGNS if each["campaign_id"] == campaign_id), None)
    return {
        "campaign_date": day, "platform": _platform(campaign_id), "campaign_id": campaign_id, "currency": "EUR",
        "campaign_name": own["name"] if own else None, "connection_id": campaign_id[0] if campaign_id else None, **figures,
    }  # fmt: skip


def _brought(orders: int, new: int, revenue: int, margin: int) -> Row:
    return {"attributed_orders": orders, "attributed_new_customers": new, "attributed_revenue": revenue,
            "attributed_contribution_margin_2": margin}  # fmt: skip


def days() -> list[Row]:
    """``marts.campaigns_daily``."""
    return [
        _day("m:11", "2026-02-02", ad_spend=40, claimed_conversions=1, claimed_revenue=100, **_brought(1, 1, 100, 50)),
        _day("m:11", "2026-03-02", ad_spend=30, impressions=900, clicks=40, claimed_conversions="2.5", claimed_revenue=250,
             **_brought(2, 1, 180, 90)),
        _day("m:11", "2026-03-03", ad_spend=15, impressions=90, clicks=9, claimed_conversions="0.5", claimed_revenue=50),
        _day("m:11", "2026-03-04", ad_spend=5, impressions=10, clicks=1),
        _day("m:12", "2026-03-02", ad_spend=20, impressions=500, clicks=25, claimed_conversions=1, claimed_revenue=90),
        _day("g:21", "2026-03-05", ad_spend=30, impressions=500, clicks=25, claimed_conversions=2, claimed_revenue=110,
             **_brought(1, 1, 60, 10)),
        _day("g:22", "2026-03-06", **_brought(1, 0, 40, 20)),
        _day(None, "2026-03-07", **_brought(1, 1, 30, -6)),
    ]  # fmt: skip


def marts() -> dict[str, list[Row]]:
    """All marts of the book."""
    orders = []
    for order_id, (day, customer) in _PLACES.items():
        net, margin = _EARNED[order_id]
        orders.append({
            "order_id": order_id, "order_number": f"#100{order_id[2:]}", "order_date": day, "connection_id": "a", "source": "files",
            "channel": "web", "currency": "EUR", "country": "DE", "customer_type": customer, "person_id": f"p{order_id[2:]}",
            "order_sequence": 1 if customer == "new" else 2, "net_sales": net, "gross_sales": net,
            "cost_of_goods": net - margin, "contribution_margin_1": margin, "contribution_margin_2": margin,
        })  # fmt: skip
    accounts = [
        {"connection_id": "a", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR", "role": "shop"},
        {"connection_id": "m", "name": "Aurora on Meta", "currency": "EUR", "reporting_currency": "EUR", "role": "ads"},
        {"connection_id": "g", "name": "Aurora on Google", "currency": "USD", "reporting_currency": "EUR", "role": "ads"},
    ]  # fmt: skip
    names = {row["connection_id"]: row["name"] for row in accounts}
    profit = ("net_sales", "gross_sales", "cost_of_goods")
    places = (
        "order_date",
        "connection_id",
        "source",
        "channel",
        "currency",
        "country",
        "customer_type",
        "person_id",
        "order_id",
    )
    return {
        "connections": accounts,
        "campaigns": [
            {**each, "connection_id": each["campaign_id"][0], "account_name": names[each["campaign_id"][0]],
             "source_campaign_id": each["campaign_id"][2:], "created_at": "2026-01-15 08:00:00"}
            for each in CAMPAIGNS
        ],
        "campaigns_daily": days(),
        "order_campaigns": [
            {"order_id": order_id, "platform": _platform(campaign_id), "role": "ads", "campaign_id": campaign_id, "matched_by": matched}
            for order_id, (campaign_id, matched) in _CAME.items()
        ],
        "visits_daily": [
            {"order_date": "2026-02-02", "connection_id": "a", "marked_orders": 1},
            {"order_date": "2026-03-02", "connection_id": "a", "marked_orders": 6},
        ],
        "orders": [
            {**{name: row[name] for name in (*places, "order_number", "order_sequence", "net_sales", "gross_sales")},
             "source_order_id": row["order_id"][2:], "ordered_at": f"{row['order_date']} 08:00:00", "shop_currency": "EUR",
             "is_cancelled": False}
            for row in orders
        ],
        "sales_daily": [
            {"clock": clock, "sales_date": row["order_date"], "is_filler": False, "orders": 1, "net_sales": row["net_sales"],
             "new_customer_orders": int(row["customer_type"] == "new"),
             "connection_id": "a", "source": "files", "customer_type": row["customer_type"]}
            for clock in ("finance", "order") for row in orders
        ],
        "sales_ledger": [
            {**{name: row[name] for name in places}, "sales_event_id": f"{row['order_id']}-s", "order_line_id": f"{row['order_id']}-1",
             "event_type": "order", "line_type": "product", "line_title": "Mug", "event_date": row["order_date"],
             "event_at": f"{row['order_date']} 08:00:00", "ordered_at": f"{row['order_date']} 08:00:00", "net_sales": row["net_sales"]}
            for row in orders
        ],
        "profit_daily": [
            {"clock": clock, "profit_date": "2026-03-02", "connection_id": None, "marketing_costs": 124}
            for clock in ("finance", "order")
        ],
        "profit_ledger": [
            {**{name: row[name] for name in (*places, *profit)}, "profit_event_type": "sale", "profit_event_id": f"{row['order_id']}-s",
             "event_type": "order", "line_type": "product", "line_title": "Mug", "event_date": row["order_date"]}
            for row in orders
        ],
        "order_profit": orders,
    }  # fmt: skip
