-- What is written down of stock beside sales: receipts, transfers, corrections, returns and counts, each with the location
-- and the variant that its words mean; null where they mean none.
with receipts as (
{{ unite('receipts') }}
),

movements as (
{{ unite('stock_movements') }}
),

counts as (
{{ unite('stock_counts') }}
),

-- Where a receipt does not say it, its purchase order does.
orders as (
{{ unite('purchase_orders') }}
),

lines as (
{{ unite('purchase_order_lines') }}
),

line_costs as (
    select
        tenant_id,
        purchase_order_id,
        sku,
        max(unit_cost) as unit_cost
    from lines
    group by tenant_id, purchase_order_id, sku
),

entries as (
    select
        receipts.tenant_id,
        receipts.connection_id,
        'receipt' as kind,
        receipts.receipt_id as entry_id,
        coalesce(receipts.location, orders.location) as location,
        receipts.sku,
        receipts.received_at as happened_at,
        receipts.quantity,
        coalesce(receipts.unit_cost, line_costs.unit_cost) as unit_cost,
        coalesce(receipts.currency, orders.currency) as currency,
        receipts.purchase_order_id,
        coalesce(orders.supplier_id, receipts.supplier_id) as supplier_id
    from receipts
    left join orders
        on receipts.purchase_order_id = orders.purchase_order_id
        and receipts.tenant_id = orders.tenant_id
    left join line_costs
        on receipts.purchase_order_id = line_costs.purchase_order_id
        and receipts.sku = line_costs.sku
        and receipts.tenant_id = line_costs.tenant_id
    union all
    -- A source that tells of each line how much came, and no single receipts.
    select
        lines.tenant_id,
        lines.connection_id,
        'receipt' as kind,
        lines.purchase_order_line_id as entry_id,
        orders.location,
        lines.sku,
        lines.received_at as happened_at,
        lines.received_quantity as quantity,
        lines.unit_cost,
        orders.currency,
        lines.purchase_order_id,
        orders.supplier_id
    from lines
    inner join orders
        on lines.purchase_order_id = orders.purchase_order_id
        and lines.tenant_id = orders.tenant_id
    where lines.received_quantity > 0 and lines.received_at is not null
    {%- for relation, kind, key, instant in [
        ('movements', 'kind', 'stock_movement_id', 'moved_at'), ('counts', "'count'", 'stock_count_id', 'counted_at')
    ] %}
    union all
    select
        tenant_id,
        connection_id,
        {{ kind }} as kind,
        {{ key }} as entry_id,
        location,
        sku,
        {{ instant }} as happened_at,
        quantity,
        cast(null as {{ contract_type('money') }}) as unit_cost,
        cast(null as {{ contract_type('text') }}) as currency,
        cast(null as {{ contract_type('text') }}) as purchase_order_id,
        cast(null as {{ contract_type('text') }}) as supplier_id
    from {{ relation }}
    {%- endfor %}
),

connections as (
    select * from {{ ref('core_connections') }}
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
        entries.tenant_id,
        entries.connection_id,
        entries.kind,
        entries.entry_id,
        entries.location,
        entries.sku,
        locations.location_id,
        skus.variant_id,
        entries.happened_at,
        {{ local_date('entries.happened_at', "coalesce(connections.time_zone, 'UTC')") }} as happened_date,
        entries.quantity,
        entries.unit_cost,
        entries.currency,
        entries.purchase_order_id,
        entries.supplier_id
    from entries
    left join connections
        on entries.connection_id = connections.connection_id
        and entries.tenant_id = connections.tenant_id
    left join words
        on lower(coalesce(entries.location, '')) = words.word
        and entries.tenant_id = words.tenant_id
    left join locations
        on words.location_id = locations.location_id
        and words.tenant_id = locations.tenant_id
    left join skus
        on locations.connection_id = skus.connection_id
        and locations.tenant_id = skus.tenant_id
        and entries.sku = skus.sku
)

select * from final
