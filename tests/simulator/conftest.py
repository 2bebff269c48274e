"""Worlds of the simulator, and the laws that hold in every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.simulator.schema import TABLES
from fondaco.simulator.store import Store
from fondaco.simulator.world import World, generate_world

END = datetime(2026, 11, 1, tzinfo=UTC)

LAWS: dict[str, str] = {
    "the ledger of an order as placed adds up to what the customer was to pay": """
        select order_id from orders left join (select order_id, sum(gross - discount + tax) as total
            from ledger where action = 'order' group by order_id) using (order_id)
        where coalesce(total, 0) <> placed_total""",
    "a product's collections and those above them are its shop's": """
        select m.collection_id from product_collections as m
            left join collections as c using (shop_id, collection_id) left join products as p using (shop_id, product_id)
        where c.title is null or p.title is null
        union all
        select c.collection_id from collections as c
            left join collections as a on a.shop_id = c.shop_id and a.collection_id = c.parent_id
        where c.parent_id is not null and a.title is null""",
    "totals of an order add up": """
        select order_id from orders inner join shops using (shop_id)
        where placed_subtotal + placed_shipping + placed_tip + placed_duty
            + case when taxes_included then 0 else placed_tax end <> placed_total""",
    "lines add up to the subtotal": """
        select order_id from orders left join (select order_id, sum(quantity * unit_price - discount) as lines
            from order_lines inner join orders as o using (order_id) where added_at = o.created_at
            group by order_id) using (order_id) where coalesce(lines, 0) <> placed_subtotal""",
    "taxes of lines and shipping add up to the order's": """
        select order_id from orders left join (
            select order_id, sum(tax) as taxes from (
                select l.order_id, l.tax from order_lines as l inner join orders as o using (order_id)
                where l.added_at = o.created_at
                union all select order_id, tax from shipping_lines) group by order_id) using (order_id)
        where coalesce(taxes, 0) <> placed_tax""",
    "a line's tax is its displayed worth times the rate, half a cent rounded up": """
        select line_id from order_lines as l inner join orders as o using (order_id)
            inner join shops as s on s.shop_id = l.shop_id
        where l.tax <> case when o.tax_exempt or l.is_gift_card then 0
            when s.taxes_included then floor((l.quantity * l.unit_price - l.discount)::decimal(18, 0)
                * round(s.tax_rate * 100) / (100 + round(s.tax_rate * 100)) + 0.5)
            else floor((l.quantity * l.unit_price - l.discount) * round(s.tax_rate * 100) / 100 + 0.5) end""",
    "discounts fall on lines without a rest": """
        select line_id from order_lines left join (select line_id, sum(amount) as off from line_discounts
            group by line_id) using (line_id) where coalesce(off, 0) <> discount""",
    "a discount is the sum of its shares, or that of the shipping charge": """
        select d.order_id from order_discounts as d left join (select order_id, discount_index, sum(amount) as off
            from line_discounts group by all) as l using (order_id, discount_index)
        left join (select order_id, sum(discount) as off from shipping_lines group by order_id) as s using (order_id)
        where d.amount <> case d.kind when 'shipping' then s.off else l.off end""",
    "no line costs less than nothing": "select line_id from order_lines where discount > quantity * unit_price",
    "discounts of an order are numbered from 0": """
        select order_id from order_discounts group by order_id
        having min(discount_index) <> 0 or max(discount_index) <> count(*) - 1
            or count(distinct discount_index) <> count(*)""",
    "refunds never exceed what was paid": """
        select order_id from (select order_id, sum(amount) as back from refunds group by order_id)
        left join (select order_id, sum(amount) as paid from transactions
            where status = 'success' and kind in ('sale', 'capture') group by order_id) using (order_id)
        where back > coalesce(paid, 0)""",
    "a payment gives back no more than it took": """
        select p.transaction_id from transactions as p inner join (select parent_id, sum(amount) as back
            from transactions where kind = 'refund' group by parent_id) as b on b.parent_id = p.transaction_id
        where back > p.amount or p.status <> 'success' or p.kind not in ('sale', 'capture')""",
    "the lines of a refund add up to its amount": """
        select refund_id from refunds left join (select refund_id, sum(amount + tax) as lines from refund_lines
            group by refund_id) using (refund_id) where amount <> coalesce(lines, 0) or amount < 0""",
    "refund transactions add up to the refund": """
        select refund_id from refunds left join (select refund_id, sum(amount) as money from transactions
            where kind = 'refund' group by refund_id) using (refund_id) where amount <> coalesce(money, 0)""",
    "the ledger's returns are the refunds": """
        select refund_id from refunds full join (select refund_id, -sum(gross - discount + tax) as back
            from ledger where action = 'return' group by refund_id) using (refund_id)
        where amount is distinct from back""",
    "current quantities agree with edits and returns": """
        select line_id from order_lines left join (select line_id, sum(quantity) as units from ledger
            where line_id is not null group by line_id) using (line_id)
        where current_quantity <> units or current_quantity not between 0 and quantity""",
    "nothing comes back of a line beyond what it was": """
        select line_id from ledger where line_id is not null group by line_id
        having sum(gross - discount) < 0 or sum(tax) < 0 or sum(gross) < 0 or sum(discount) < 0""",
    "an order was updated no earlier than anything it shows": """
        select o.order_id from orders as o where updated_at < greatest(created_at, edited_at, cancelled_at, deleted_at)
            or updated_at < (select max(created_at) from refunds as r
                where r.order_id = o.order_id and r.moves_order_updated_at)
            or updated_at < (select max(processed_at) from transactions as t
                where t.order_id = o.order_id and t.kind <> 'refund')""",
    "nothing is later than now": """
        select 1 from moments where now < greatest((select max(updated_at) from orders),
            (select max(happened_at) from ledger), (select max(processed_at) from transactions),
            (select max(created_at) from refunds), (select max(updated_at) from customers),
            (select max(updated_at) from products), (select max(updated_at) from inventory),
            (select max(deleted_at) from orders))""",
    "an order's customer is a customer of the same shop": """
        select order_id from orders as o anti join customers as c
            on c.customer_id = o.customer_id and c.shop_id = o.shop_id where o.customer_id is not null""",
    "only WooCommerce refunds leave the order's updated_at alone": """
        select refund_id from refunds inner join shops using (shop_id)
        where not moves_order_updated_at and platform <> 'woocommerce'""",
    "a variant costs what it cost last": """
        select v.variant_id from variants as v left join (
            select variant_id, arg_max(cost, valid_from) as cost from unit_costs group by variant_id
        ) as c using (variant_id) where v.cost is distinct from c.cost""",
    "only pieces that came back are in stock again": """
        select refund_line_id from refund_lines where restocked and (quantity <= 0 or line_type <> 'product')""",
    "an ad touched an order of its own shop, before it was placed, while the ad ran": """
        select order_id from ad_touches as t inner join orders as o using (order_id)
            inner join ad_campaigns as c on c.campaign_id = t.campaign_id
        where t.shop_id <> o.shop_id or t.shop_id <> c.shop_id or t.touched_at > o.processed_at
            or t.converted_at <> o.processed_at or t.touched_at < c.starts_at
            or t.touched_at >= coalesce(c.ends_at, timestamp '2999-01-01')""",
    "an order is brought by one ad at most, of the platform that it came by": """
        select order_id from ad_touches as t inner join orders as o using (order_id) where t.brought
            and (t.platform <> o.acquisition_channel or t.kind <> 'click') group by order_id
        union all select order_id from ad_touches where brought group by order_id having count(*) > 1""",
    "an order shows the ad that brought it, and no other": """
        select o.order_id from orders as o left join ad_touches as t on t.order_id = o.order_id and t.brought
        where o.utm_content is distinct from t.ad_id::text
            or (o.click_id is not null and o.click_id is distinct from t.click_id)
            or (o.click_id is not null and not contains(o.landing_site, o.click_id))""",
    "each touch has a day of its ad with clicks for it": """
        select t.unit_id from ad_touches as t inner join ad_accounts as a using (platform)
        anti join ad_days as d on d.unit_id = t.unit_id
            and t.touched_at >= d.begins_at and t.touched_at < d.ends_at""",
    "an ad's figures agree with each other": """
        select unit_id from ad_days where clicks > impressions or link_clicks > clicks or reach > impressions
            or spend < 0 or first_spend < spend or settles_at > ends_at + interval 28 day""",
    "every child belongs to an order of its shop": """
        select line_id from order_lines as x anti join orders as o on o.order_id = x.order_id and o.shop_id = x.shop_id
        union all select transaction_id from transactions as x
            anti join orders as o on o.order_id = x.order_id and o.shop_id = x.shop_id
        union all select ledger_id from ledger as x
            anti join orders as o on o.order_id = x.order_id and o.shop_id = x.shop_id""",
}

KEYS = {
    "orders": "order_id", "order_lines": "line_id", "shipping_lines": "shipping_line_id", "refunds": "refund_id",
    "refund_lines": "refund_line_id", "transactions": "transaction_id", "ledger": "ledger_id",
    "customers": "customer_id", "people": "person_id", "products": "product_id", "variants": "variant_id",
    "collections": "collection_id", "product_collections": "product_id, collection_id",
    "unit_costs": "variant_id, valid_from", "discounts": "discount_id", "inventory": "variant_id, location_id",
    "ad_accounts": "platform", "ad_campaigns": "campaign_id", "ad_groups": "ad_group_id", "ads": "ad_id",
    "ad_keywords": "keyword_id", "ad_days": "unit_id, day", "ad_touches": "platform, order_id",
    "message_accounts": "platform", "message_campaigns": "campaign_id", "message_contacts": "contact_id",
    "message_events": "event_id", "message_touches": "order_id",
    "order_discounts": "order_id, discount_index", "line_discounts": "line_id, discount_index",
}  # fmt: skip


@pytest.fixture(scope="session")
def broken_laws() -> Callable[[Store], dict[str, int]]:
    """Counts the rows that break each law, and doubled keys; an empty dict is a lawful world."""

    def count(store: Store) -> dict[str, int]:
        checks = {**LAWS}
        for table, key in KEYS.items():
            checks[f"keys of {table} are unique"] = (
                f"select {key} from {table} group by all having count(*) > 1"
            )
        found = {law: store.rows(f"select count(*) as n from ({sql})")[0]["n"] for law, sql in checks.items()}
        return {law: rows for law, rows in found.items() if rows}

    assert set(KEYS) | {"shops"} == set(TABLES)
    return count


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """All three shops, 3,000 orders in two years."""
    return generate_world(tmp_path_factory.mktemp("world"), seed=11, orders=3_000, end=END)


@pytest.fixture(scope="session")
def small_store(small_world: World) -> Iterator[Store]:
    """The store of ``small_world``; tests only read it."""
    with Store.build(small_world.folder) as store:
        yield store


@pytest.fixture
def moving_store(tmp_path: Path) -> Iterator[Store]:
    """A store of 2,000 orders that a test may advance."""
    generate_world(tmp_path / "world", seed=5, orders=2_000, end=END)
    with Store.build(tmp_path / "world") as store:
        yield store
