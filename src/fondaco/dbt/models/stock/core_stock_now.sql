-- Each item that a location has or had, as it is now; without what the shop has deleted. Rows of the ledger that sheets date
-- ahead have not happened yet. `as_of_date` is the last whole day that is known, with which all periods end.
with ledger as (
    select
        ledger.*,
        locations.last_day as as_of_date
    from {{ ref('stock_ledger') }} as ledger
    inner join {{ ref('core_location_days') }} as locations
        on ledger.location_id = locations.location_id
        and ledger.tenant_id = locations.tenant_id
    where ledger.stock_date <= {{ day_after('locations.last_day') }}
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

prices as (
    select * from {{ ref('core_stock_prices') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

ranked as (
    select
        *,
        min(stock_date) over (partition by tenant_id, location_id, variant_id) as first_stock_date,
        max(case when received > 0 then stock_date end) over (
            partition by tenant_id, location_id, variant_id
        ) as last_received_date,
        max(case when sold + bundled > 0 then stock_date end) over (
            partition by tenant_id, location_id, variant_id
        ) as last_sold_date,
        row_number() over (partition by tenant_id, location_id, variant_id order by stock_date desc) as recency
    from ledger
),

final as (
    select
        ranked.tenant_id,
        ranked.location_id,
        ranked.location_name,
        ranked.connection_id,
        ranked.source,
        ranked.variant_id,
        ranked.product_id,
        ranked.sku,
        ranked.product_title,
        ranked.variant_title,
        ranked.basis,
        ranked.stock_date,
        ranked.as_of_date,
        ranked.first_stock_date,
        ranked.last_received_date,
        ranked.last_sold_date,
        ranked.closing,
        greatest(ranked.closing, 0) as units,
        reporting.currency,
        costs.unit_cost,
        costs.cost_basis,
        prices.net_price,
        prices.price_basis
    from ranked
    inner join reporting on ranked.tenant_id = reporting.tenant_id
    left join variants
        on ranked.variant_id = variants.variant_id
        and ranked.tenant_id = variants.tenant_id
    left join products
        on variants.product_id = products.product_id
        and variants.tenant_id = products.tenant_id
    left join costs
        on ranked.variant_id = costs.variant_id
        and ranked.tenant_id = costs.tenant_id
        and ranked.as_of_date >= costs.valid_from
        and ranked.as_of_date < costs.valid_until
    left join prices
        on ranked.variant_id = prices.variant_id
        and ranked.tenant_id = prices.tenant_id
    where
        ranked.recency = 1
        and not coalesce(variants.is_deleted, false)
        and not coalesce(products.is_deleted, false)
)

select * from final
