"""Typed rows of customers and products to the records of their streams."""

from __future__ import annotations

import duckdb

from fondaco.sources.files.currencies import set_strangers_aside
from fondaco.sources.files.fields import Kind
from fondaco.sources.files.places import country_codes

CUSTOMER_KINDS = {
    "customer_id": Kind.TEXT, "email": Kind.TEXT, "phone": Kind.TEXT, "full_name": Kind.TEXT,
    "first_name": Kind.TEXT, "last_name": Kind.TEXT, "city": Kind.TEXT, "country": Kind.TEXT,
    "accepts_marketing": Kind.FLAG, "created_at": Kind.INSTANT,
}  # fmt: skip
PRODUCT_KINDS = {
    "product_id": Kind.TEXT, "kind": Kind.TEXT, "parent": Kind.TEXT, "title": Kind.TEXT, "vendor": Kind.TEXT,
    "product_type": Kind.TEXT, "collection": Kind.TEXT, "collections": Kind.TEXT, "status": Kind.TEXT,
    "published": Kind.TEXT, "option_1": Kind.TEXT, "option_2": Kind.TEXT, "option_3": Kind.TEXT, "sku": Kind.TEXT, "barcode": Kind.TEXT,
    "price": Kind.MONEY, "sale_price": Kind.MONEY, "unit_cost": Kind.MONEY,
}  # fmt: skip


_COLLECTIONS = r"""
    list_sort(list_distinct(flatten(list_transform(
        [levels for levels in list_transform(
            case when collection is not null then [collection]
                else string_split(replace(coalesce(collections, ''), '\,', chr(1)), ',') end,
            lambda text: [trim(replace(level, chr(1), ',')) for level in
                case when collection is not null then [text] else string_split(text, '>') end
                if trim(level) <> '']
        ) if len(levels) > 0],
        lambda levels: [struct_pack(
            path := array_to_string(levels[1:depth], ' > '), title := levels[depth],
            parent := case when depth > 1 then array_to_string(levels[1:depth - 1], ' > ') end
        ) for depth in range(1, len(levels) + 1)]
    ))))
"""
r"""What a product is in, each level of each path: ``collection`` is one name as it stands, ``collections`` are paths with ``>``
between their levels and commas between them, of which a name's own are written as ``\,``."""


def build_customers(engine: duckdb.DuckDBPyConnection) -> None:
    """Make table ``customers`` out of ``typed``. A customer without id and e-mail cannot be told from another."""
    engine.execute("""
        create or replace temp table typed as
        select * replace (nullif(concat_ws('; ', problem,
            case when customer_id is null and not coalesce(contains(problem, 'customer_id'), false)
                then 'the row has neither an id nor an e-mail' end,
            case when customer_id is not null and row_number() over (partition by customer_id order by _row) > 1
                then 'the customer stands in an earlier row' end), '') as problem)
        from typed
    """)
    words = [word for (word,) in engine.execute("select distinct country from typed").fetchall() if word]
    engine.execute("create or replace temp table countries (word varchar, code varchar)")
    if found := country_codes(words):
        engine.executemany("insert into countries values (?, ?)", list(found.items()))
    engine.execute("""
        create or replace temp table customers as
        select
            ltrim(customer_id, '''') as customer_id, email, ltrim(phone, '''') as phone,
            coalesce(first_name, regexp_extract(full_name, '^(\\S+)', 1)) as first_name,
            coalesce(last_name, nullif(regexp_extract(full_name, '^\\S+\\s+(.*)$', 1), '')) as last_name,
            city, countries.code as country, accepts_marketing, created_at, _row as row_number
        from typed left join countries on typed.country = countries.word
        where problem is null
    """)


def build_products(engine: duckdb.DuckDBPyConnection, *, currency: str) -> None:
    """Make table ``products`` out of ``typed``, each with the list of its variants.

    Shopify: rows of one handle are its variants, rows with neither price nor SKU are further images. WooCommerce: a row of
    type variation is a variant of its parent, given by SKU or ``id:123``.
    """
    engine.execute("""
        create or replace temp table typed as
        select * replace (nullif(concat_ws('; ', problem,
            case when product_id is null and not coalesce(contains(problem, 'product_id'), false)
                then 'the product has no id' end), '') as problem)
        from typed
    """)
    set_strangers_aside(engine, "typed", PRODUCT_KINDS, f"'{currency}'")
    engine.execute(f"""
        create or replace temp table products as
        with usable as (
            select *, lower(coalesce(kind, '')) like '%variation%' as is_variation from typed where problem is null
        ),
        skus as (
            select sku, min(product_id) as product_id from usable
            where not is_variation and sku is not null group by sku
        ),
        owned as (
            select usable.* exclude (product_id),
                usable.product_id as own_id,
                case when is_variation then coalesce(
                    nullif(regexp_extract(parent, '^id:(\\d+)$', 1), ''), skus.product_id, usable.product_id)
                    else usable.product_id end as product_id
            from usable left join skus on usable.parent = skus.sku
        ),
        variants as (
            select *,
                nullif(concat_ws(' / ', option_1, option_2, option_3), '') as options,
                count(*) over (partition by product_id) as rows_of_product
            from owned
            where (sku is not null or price is not null) and lower(coalesce(kind, '')) not in ('variable', 'grouped')
        ),
        listed as (
            select product_id, list(struct_pack(
                variant_id := case when kind is not null then own_id
                    else product_id || ':' || coalesce(options, sku, 'default') end,
                sku := sku, barcode := ltrim(barcode, ''''),
                title := case when kind is not null then title else options end,
                price := coalesce(sale_price, price), unit_cost := unit_cost, currency := '{currency}'
            ) order by _row) as variants
            from variants group by product_id
        ),
        heads as (
            select product_id,
                arg_min(title, _row) filter (title is not null) as title,
                arg_min(vendor, _row) filter (vendor is not null) as vendor,
                arg_min(product_type, _row) filter (product_type is not null) as product_type,
                arg_min({_COLLECTIONS}, _row) filter (coalesce(collection, collections) is not null) as collections,
                arg_min(status, _row) filter (status is not null) as status,
                arg_min(published, _row) filter (published is not null) as published,
                min(_row) as row_number
            from owned group by product_id
        )
        select product_id, title, vendor, product_type,
            case when lower(status) in ('active', 'draft', 'archived') then lower(status)
                when lower(published) in ('0', '-1', 'false', 'no') then 'draft' else 'active' end as status,
            coalesce(variants, []) as variants, coalesce(collections, []) as collections, row_number
        from heads left join listed using (product_id)
    """)
