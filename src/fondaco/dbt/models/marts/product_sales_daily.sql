{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed_days() }}"
) }}

with ledger as {{ '' if is_incremental() else 'not materialized ' }}(
    {{ filtered_ledger(only_changed_days()) }}
),

sold as not materialized (
    select * from ledger
    where gross_sales <> 0 or discounts <> 0 or returns <> 0 or units_sold <> 0 or units_returned <> 0
),

products as (
    select * from {{ ref('core_products') }}
),

titled as not materialized (
    select
        sold.*,
        coalesce(products.title, sold.line_title) as product_title
    from sold
    left join products
        on sold.product_id = products.product_id
        and sold.tenant_id = products.tenant_id
),

-- Each order that has the product counts once for it: at the first of its lines. Hardly an order has several.
repeated as (
    select
        tenant_id,
        order_id,
        product_title,
        min(sales_event_id) as sales_event_id
    from titled
    where units_sold > 0
    group by tenant_id, order_id, product_title
    having count(*) > 1
),

events as (
    select
        titled.*,
        case
            when titled.units_sold > 0 and coalesce(repeated.sales_event_id = titled.sales_event_id, true) then 1
            else 0
        end as is_product_order
    from titled
    left join repeated
        on titled.order_id = repeated.order_id
        and titled.product_title is not distinct from repeated.product_title
        and titled.tenant_id = repeated.tenant_id
),

final as (
    select
        tenant_id,
        event_date,
        order_date,
        connection_id,
        source,
        product_id,
        variant_id,
        sku,
        product_title,
        currency,
        {{ total('gross_sales') }} as gross_sales,
        {{ total('discounts') }} as discounts,
        {{ total('returns') }} as returns,
        cast(sum(gross_sales) - sum(discounts) - sum(returns) as {{ contract_type('money') }}) as net_sales,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(units_returned) as bigint) as units_returned,
        cast(sum(units_sold) - sum(units_returned) as bigint) as net_units,
        cast(sum(is_product_order) as bigint) as product_orders
    from events
    group by
        tenant_id, event_date, order_date, connection_id, source, product_id, variant_id, sku, product_title, currency
)

select * from final
