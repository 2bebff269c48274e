-- What one unit of each thing costs, from which day on: by the cost sheet (variant before SKU before product, one shop
-- before all, the newest entry), else by what the shop told then, else by a share of the price. The periods of a thing
-- cover all days.
with events as (
    select * from {{ ref('core_sales_events') }}
    where line_type = 'product' and is_counted
),

goods as (
    select
        events.tenant_id,
        {{ goods_key('events') }} as goods_key,
        min(events.connection_id) as connection_id,
        min(events.variant_id) as variant_id,
        min(events.product_id) as product_id,
        min(events.sku) as sku
    from events
    group by events.tenant_id, {{ goods_key('events') }}
),

{{ goods_costs() }}

select * from goods_costs
