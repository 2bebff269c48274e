"""From the shops' own collections and categories to those that figures go by: each product is where its shop has it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from tests.parsed import give_models
from tests.serving import served

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect
from fondaco.simulator.commercetools.resources import PRODUCT, uuid
from fondaco.simulator.connections import demo_connections
from fondaco.simulator.faults import Faults
from fondaco.simulator.serve import create_app
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.warehouse.dbt import build

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
Members = set[tuple[str, str, bool]]
"""Product, collection with those above it, and whether it was put there itself."""

_THEIRS = """
with recursive above as (
    select shop_id, collection_id, parent_id, collection_id as own_id from collections
    union all
    select c.shop_id, c.collection_id, c.parent_id, a.own_id from collections as c
    inner join above as a on c.shop_id = a.shop_id and c.collection_id = a.parent_id
)
select m.shop_id, s.platform, m.product_id, coalesce(p.title || ' > ', '') || c.title as title,
    bool_or(a.own_id = c.collection_id) as is_direct
from product_collections as m
inner join shops as s using (shop_id)
inner join products as o on o.shop_id = m.shop_id and o.product_id = m.product_id and o.deleted_at is null
inner join above as a on a.shop_id = m.shop_id and a.own_id = m.collection_id
inner join collections as c on c.shop_id = a.shop_id and c.collection_id = a.collection_id
left join collections as p on p.shop_id = c.shop_id and p.collection_id = c.parent_id
group by all
"""


@dataclass
class Market:
    """Three shops, and the project that reads them; two hours pass before each reading."""

    project: Project
    store: Store
    hours: list[datetime]

    def theirs(self) -> Members:
        return {
            (self._id(row["shop_id"], row["platform"], row["product_id"]), row["title"], row["is_direct"])
            for row in self.store.rows(_THEIRS)
        }

    @staticmethod
    def _id(shop: str, platform: str, product: int) -> str:
        return f"{shop}:{uuid(PRODUCT, product) if platform == 'commercetools' else product}"

    def ours(self) -> Members:
        """What a run lands and a build makes of it; products that their shop has deleted are left out."""
        self.hours.append(self.hours[-1] + timedelta(hours=2))
        assert run_pipeline(self.project, steps=("sync",)).error is None
        assert build(self.project.warehouse, select=("+product_collections", "+core_products")).failures == ()
        with self.project.warehouse.writer() as writer:
            rows = writer.fetch(
                "select m.product_id, m.collection_title, m.is_direct from marts.product_collections as m"
                " inner join core.products as p on m.product_id = p.product_id where not p.is_deleted"
            ).to_pylist()
        return {tuple(row.values()) for row in rows}  # type: ignore[misc]

    def change(self, sql: str) -> None:
        self.store.cursor().execute(sql).fetchall()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    folder, hours = tmp_path_factory.mktemp("market"), [END]
    generate_world(folder / "world", seed=8, orders=60, end=END, days=30)
    with (
        Store.build(folder / "world") as store,
        served(create_app(store, Faults())) as url,
        Project.create(folder / "project", clock=lambda: hours[-1]) as project,
    ):
        give_models(project.warehouse)
        for shop, each in zip(store.shops(), demo_connections(url), strict=True):
            settings = each.settings | {"start_date": (END - timedelta(days=30)).date().isoformat()}
            connect(project, each.source, shop["shop_id"], settings)
        yield Market(project, store, hours)


def test_every_product_is_in_the_collections_of_its_shop(market: Market) -> None:
    theirs = market.theirs()
    assert {product.partition(":")[0] for product, _, _ in theirs} == {"aurora", "brick", "cedar"}
    assert len({title for _, title, _ in theirs if " > " in title}) > 3
    assert market.ours() == theirs


def test_what_is_moved_renamed_or_deleted_is_so_after_the_next_run(market: Market) -> None:
    """A rule of Shopify's moves a product without a trace on it; elsewhere the product itself has changed."""
    before = market.ours()
    market.change("delete from collections where title = 'Sale'")
    market.change(
        "delete from product_collections as m where collection_id not in (select collection_id from collections)"
    )
    market.change("update collections set title = 'Garments' where title = 'Wear'")
    market.change(
        "update product_collections as m set collection_id = (select max(c.collection_id) from collections as c"
        " where c.shop_id = m.shop_id and c.title in ('Outdoor', 'Tent')) where product_id % 3 = 0"
    )
    changed_at = market.hours[-1] + timedelta(hours=1)
    market.change(
        f"update products set updated_at = timestamp '{changed_at:%Y-%m-%d %H:%M:%S}' where shop_id = 'cedar'"
    )
    theirs = market.theirs()
    ours = market.ours()
    assert ours == theirs != before
    assert {title for _, title, _ in ours} & {"Sale", "Wear"} == set()
    assert "Garments > Jacket" in {title for _, title, _ in ours}
