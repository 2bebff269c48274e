{{ config(tags=['each_run']) }}

-- The ledger as spans of days over which an item's stock and its cost stay what they are, to the last day that is known:
-- figures of any period come from them without a row for every day.
with ledger as (
    select * from {{ ref('stock_ledger') }}
),

locations as (
    select * from {{ ref('core_location_days') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

products as (
    select * from {{ ref('core_products') }}
),

costs as (
    select * from {{ ref('core_stock_costs') }}
),

-- What the shop has deleted is no stock from its last day on, whatever was left of it.
spans as (
    select
        ledger.*,
        ledger.stock_date as first_date,
        least(
            coalesce(
                {{ day_before('ledger.next_stock_date') }},
                case
                    when coalesce(variants.is_deleted, false) or coalesce(products.is_deleted, false)
                        then {{ day_before('ledger.stock_date') }}
                    else locations.last_day
                end
            ),
            locations.last_day
        ) as last_date
    from ledger
    inner join locations
        on ledger.location_id = locations.location_id
        and ledger.tenant_id = locations.tenant_id
    left join variants
        on ledger.variant_id = variants.variant_id
        and ledger.tenant_id = variants.tenant_id
    left join products
        on variants.product_id = products.product_id
        and variants.tenant_id = products.tenant_id
),

priced as (
    select
        spans.tenant_id,
        spans.location_id,
        spans.location_name,
        spans.connection_id,
        spans.source,
        spans.variant_id,
        spans.product_id,
        spans.sku,
        spans.product_title,
        spans.variant_title,
        spans.basis,
        spans.closing,
        greatest(spans.closing, 0) as units,
        greatest(spans.first_date, coalesce(costs.valid_from, spans.first_date)) as first_date,
        least(
            spans.last_date,
            case
                when costs.valid_until < {{ last_day() }} then {{ day_before('costs.valid_until') }}
                else spans.last_date
            end
        ) as last_date,
        costs.unit_cost,
        costs.cost_basis,
        costs.currency
    from spans
    left join costs
        on spans.variant_id = costs.variant_id
        and spans.tenant_id = costs.tenant_id
        and spans.last_date >= costs.valid_from
        and spans.first_date < costs.valid_until
    where spans.first_date <= spans.last_date
),

final as (
    select
        tenant_id,
        location_id,
        location_name,
        connection_id,
        source,
        variant_id,
        product_id,
        sku,
        product_title,
        variant_title,
        first_date,
        last_date,
        basis,
        closing,
        units,
        case when unit_cost is null then units else 0 end as unpriced_units,
        unit_cost,
        cost_basis,
        currency,
        cast(coalesce(units * unit_cost, 0) as {{ contract_type('money') }}) as stock_value,
        cast(
            case when cost_basis = 'assumed' then coalesce(units * unit_cost, 0) else 0 end
            as {{ contract_type('money') }}
        ) as assumed_stock_value
    from priced
)

select * from final
