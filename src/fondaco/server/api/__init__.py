"""``/api/v1``: the same figures as the pages, for programs. Its shapes are promises; tests/server/test_api.py pins them."""

from fastapi import APIRouter

from fondaco.server.api import (
    alerts,
    campaigns,
    cohorts,
    connections,
    costs,
    customers,
    data,
    identity,
    metrics,
    orders,
    payouts,
    prices,
    profit,
    segments,
    stock,
    suggestions,
)

router = APIRouter()
router.include_router(metrics.router)
router.include_router(customers.router)
router.include_router(identity.router)
router.include_router(cohorts.router)
router.include_router(campaigns.router)
router.include_router(data.router)
router.include_router(connections.router)
router.include_router(segments.router)
router.include_router(costs.router)
router.include_router(alerts.router)
router.include_router(orders.router)
router.include_router(payouts.router)
router.include_router(profit.router)
router.include_router(suggestions.router)
router.include_router(stock.router)
router.include_router(prices.router)
