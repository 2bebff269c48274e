-- Everything that was sold or lies in a warehouse, by SKU, as it was told last. Amazon's catalogue is not read.
with items as (
    select * from {{ ref('stg_amazon__order_items') }}
),

orders as (
    select * from {{ ref('stg_amazon__orders') }}
),

inventory as (
    select * from {{ ref('stg_amazon__inventory') }}
),

connections as (
    select * from {{ ref('stg_amazon__connections') }}
),

told as (
    select
        items.tenant_id,
        items.connection_id,
        items.sku,
        items.asin,
        items.title,
        items.unit_price,
        coalesce(items.unit_price_currency, items.currency) as currency,
        orders.updated_at as told_at,
        items.order_id || '/' || items.order_item_id as told_by,
        items.synced_at
    from items
    inner join orders
        on items.tenant_id = orders.tenant_id
        and items.connection_id = orders.connection_id
        and items.order_id = orders.order_id
    union all
    select
        inventory.tenant_id,
        inventory.connection_id,
        inventory.sku,
        inventory.asin,
        inventory.title,
        cast(null as {{ contract_type('money') }}) as unit_price,
        connections.currency,
        inventory.updated_at as told_at,
        '' as told_by,
        inventory.synced_at
    from inventory
    left join connections
        on inventory.tenant_id = connections.tenant_id
        and inventory.connection_id = connections.connection_id
),

placed as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, sku
            order by case when unit_price is null then 1 else 0 end, told_at desc, told_by desc
        ) as place
    from told
    where sku is not null
),

final as (
    select
        tenant_id,
        connection_id,
        sku,
        asin,
        title,
        unit_price,
        currency,
        told_at,
        synced_at
    from placed
    where place = 1
)

select * from final
