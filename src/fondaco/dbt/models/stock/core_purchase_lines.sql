-- Lines of purchase orders with what came of them and how long it took: from the day of the order to the day on which the
-- last of it came. What was ordered and received on days that cannot be meant has no lead time.
with orders as (
{{ unite('purchase_orders') }}
),

lines as (
{{ unite('purchase_order_lines') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

entries as (
    select * from {{ ref('core_stock_entries') }}
    where kind = 'receipt' and purchase_order_id is not null
),

received as (
    select
        tenant_id,
        purchase_order_id,
        sku,
        sum(quantity) as received_quantity,
        min(happened_date) as first_received_date,
        max(happened_date) as received_date,
        sum(cast(quantity as {{ contract_type('money') }}) * unit_cost)
        / nullif(sum(case when unit_cost is not null then quantity end), 0) as received_cost
    from entries
    group by tenant_id, purchase_order_id, sku
),

-- Receipts name the article, not the line: lines of one order with one article are one.
ordered as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.purchase_order_id,
        lines.sku,
        sum(lines.quantity) as quantity,
        max(lines.unit_cost) as unit_cost,
        max(lines.expected_at) as expected_at
    from lines
    group by lines.tenant_id, lines.connection_id, lines.purchase_order_id, lines.sku
),

dated as (
    select
        ordered.*,
        orders.source_purchase_order_id as purchase_order_number,
        orders.supplier_id,
        orders.status,
        orders.currency,
        orders.location,
        {{ local_date('orders.ordered_at', "coalesce(connections.time_zone, 'UTC')") }} as ordered_date,
        {{ local_date('coalesce(ordered.expected_at, orders.expected_at)', "coalesce(connections.time_zone, 'UTC')") }}
            as expected_date,
        connections.today_date
    from ordered
    inner join orders
        on ordered.purchase_order_id = orders.purchase_order_id
        and ordered.tenant_id = orders.tenant_id
    left join connections
        on ordered.connection_id = connections.connection_id
        and ordered.tenant_id = connections.tenant_id
),

words as (
    select * from {{ ref('core_location_words') }}
),

locations as (
    select * from {{ ref('core_locations') }}
),

skus as (
    select * from {{ ref('core_location_skus') }}
),

final as (
    select
        dated.tenant_id,
        dated.purchase_order_id,
        dated.purchase_order_number,
        dated.supplier_id,
        dated.sku,
        locations.location_id,
        skus.variant_id,
        dated.status,
        dated.currency,
        dated.ordered_date,
        dated.expected_date,
        received.received_date,
        cast(dated.quantity as bigint) as quantity,
        cast(coalesce(received.received_quantity, 0) as bigint) as received_quantity,
        cast(coalesce(received.received_cost, dated.unit_cost) as {{ contract_type('money') }}) as unit_cost,
        case
            when received.received_date >= dated.ordered_date
                then {{ days_between('dated.ordered_date', 'received.received_date') }}
        end as lead_time_days,
        case
            when dated.expected_date is null or dated.expected_date < dated.ordered_date then null
            when received.received_date is not null then received.received_date > dated.expected_date
            when dated.status = 'open' and dated.today_date > dated.expected_date then true
        end as is_late
    from dated
    left join received
        on dated.purchase_order_id = received.purchase_order_id
        and dated.sku = received.sku
        and dated.tenant_id = received.tenant_id
    left join words
        on lower(coalesce(dated.location, '')) = words.word
        and dated.tenant_id = words.tenant_id
    left join locations
        on words.location_id = locations.location_id
        and words.tenant_id = locations.tenant_id
    left join skus
        on locations.connection_id = skus.connection_id
        and locations.tenant_id = skus.tenant_id
        and dated.sku = skus.sku
)

select * from final
