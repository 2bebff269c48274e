{{ config(tags=['each_run']) }}

{#- Packs in which goods are ordered and counted: what is off by exactly one of them was meant in packs, or in pieces. -#}
{%- set packs = [6, 10, 12, 24] %}
-- What sheets say that cannot be, or hardly can: one row each, with what is told and what it is told against.
with entries as (
    select * from {{ ref('core_stock_entries') }}
),

purchase_lines as (
    select * from {{ ref('core_purchase_lines') }}
),

items as (
{{ unite('supplier_items') }}
),

costs as (
    select
        tenant_id,
        sku,
        currency,
        min(unit_cost) as unit_cost
    from {{ ref('core_variants') }}
    where unit_cost > 0 and not coalesce(is_deleted, false)
    group by tenant_id, sku, currency
),

ledger as (
    select * from {{ ref('stock_ledger') }}
),

found as (
    select
        tenant_id,
        'unknown_location' as kind,
        kind || ' ' || entry_id as subject,
        sku,
        happened_date as found_date,
        coalesce(location, 'no location') as told,
        'the locations of all shops and sheets' as against
    from entries
    where location_id is null
    union all
    select
        tenant_id,
        'unknown_article' as kind,
        kind || ' ' || entry_id as subject,
        sku,
        happened_date as found_date,
        sku as told,
        'the article numbers of the location' as against
    from entries
    where location_id is not null and variant_id is null
    union all
    select
        tenant_id,
        'received_before_ordered' as kind,
        purchase_order_number as subject,
        sku,
        ordered_date as found_date,
        cast(received_date as varchar) as told,
        cast(ordered_date as varchar) as against
    from purchase_lines
    where received_date < ordered_date
    union all
    select
        tenant_id,
        'expected_before_ordered' as kind,
        purchase_order_number as subject,
        sku,
        ordered_date as found_date,
        cast(expected_date as varchar) as told,
        cast(ordered_date as varchar) as against
    from purchase_lines
    where expected_date < ordered_date
    union all
    select
        tenant_id,
        'received_in_packs' as kind,
        purchase_order_number as subject,
        sku,
        ordered_date as found_date,
        cast(received_quantity as varchar) as told,
        cast(quantity as varchar) as against
    from purchase_lines
    -- One piece of a dozen may have come; two and more that are off by a pack exactly hardly.
    where
        least(received_quantity, quantity) > 1
        and (
            {%- for pack in packs %}
            received_quantity * {{ pack }} = quantity or quantity * {{ pack }} = received_quantity
            {{- ' or' if not loop.last }}
            {%- endfor %}
        )
    union all
    select
        items.tenant_id,
        'cost_in_packs' as kind,
        items.supplier_item_id as subject,
        items.sku,
        cast(null as date) as found_date,
        cast(items.unit_cost as varchar) as told,
        cast(costs.unit_cost as varchar) as against
    from items
    inner join costs
        on items.sku = costs.sku
        and items.currency = costs.currency
        and items.tenant_id = costs.tenant_id
    where items.unit_cost >= costs.unit_cost * 5 or items.unit_cost * 5 <= costs.unit_cost
    union all
    select
        tenant_id,
        'below_nothing' as kind,
        location_name as subject,
        sku,
        stock_date as found_date,
        cast(closing as varchar) as told,
        '0' as against
    from ledger
    where closing < 0 and opening >= 0 and basis <> 'movements'
),

final as (
    select
        tenant_id,
        kind,
        subject,
        sku,
        found_date,
        told,
        against
    from found
)

select * from final
