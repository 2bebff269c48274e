"""What is known of prices: recommendations, promotions and markdown plans, as the newest run published them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

ACTIONS = ("raise", "lower", "stay", "unknown")
"""What ``marts.price_recommendations`` says of a price."""


def recommendations(reader: Reader, tenant_id: str) -> Sequence[Row]:
    """All articles, those whose price brings most when it is changed first."""
    return _rows(
        reader,
        "select * from marts.price_recommendations where tenant_id = $tenant_id order by rank",
        {"tenant_id": tenant_id},
    )


def recommendation_of(reader: Reader, tenant_id: str, variant_id: str) -> Row | None:
    """That of one article; None where its price was not looked at."""
    rows = _rows(
        reader,
        "select * from marts.price_recommendations where tenant_id = $tenant_id and variant_id = $variant_id",
        {"tenant_id": tenant_id, "variant_id": variant_id},
    )
    return rows[0] if rows else None


def promotions(reader: Reader, tenant_id: str) -> Sequence[Row]:
    """What price cuts brought, by product, those that brought most pieces first; products of which nobody can say come last."""
    return _rows(
        reader,
        "select * from marts.price_promotions where tenant_id = $tenant_id "
        "order by net_units * events desc nulls last, product_title, product_id",
        {"tenant_id": tenant_id},
    )


def markdowns(reader: Reader, tenant_id: str) -> Sequence[Row]:
    """The steps of all plans: articles whose plan brings most beyond waiting first, each week by week."""
    return _rows(
        reader,
        "select * from marts.markdown_plans where tenant_id = $tenant_id "
        "order by value - value_as_it_is desc, variant_id, week",
        {"tenant_id": tenant_id},
    )


def newest_look(reader: Reader, tenant_id: str) -> Row | None:
    """The newest look at prices, or why there is none; None where no run has looked yet."""
    rows = _rows(
        reader, "select * from marts.price_runs where tenant_id = $tenant_id", {"tenant_id": tenant_id}
    )
    return rows[0] if rows else None


def _rows(reader: Reader, sql: str, params: Mapping[str, Value]) -> Sequence[Row]:
    """The rows; none where an older release published, without the table."""
    try:
        rows: Sequence[Row] = reader.query(sql, params).to_pylist()
    except OutdatedError:
        return ()
    return rows
