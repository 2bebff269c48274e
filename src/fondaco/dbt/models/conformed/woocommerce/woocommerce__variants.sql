with sellables as (
    select * from {{ ref('woocommerce__sellables') }}
),

connections as (
    select * from {{ ref('stg_woocommerce__connections') }}
),

deletions as (
    select * from {{ ref('stg_woocommerce__tombstones') }}
    where stream = 'products'
),

final as (
    select
        sellables.tenant_id,
        sellables.connection_id,
        'woocommerce' as source,
        {{ record_id('sellables.variant_id', 'sellables.connection_id') }} as variant_id,
        {{ record_id('sellables.product_id', 'sellables.connection_id') }} as product_id,
        sellables.variant_id as source_variant_id,
        nullif(sellables.sku, '') as sku,
        nullif(sellables.barcode, '') as barcode,
        sellables.title,
        sellables.price,
        sellables.unit_cost,
        connections.currency,
        sellables.modified_at as updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(sellables.synced_at, coalesce(deletions.synced_at, sellables.synced_at)) as synced_at
    from sellables
    left join connections
        on sellables.tenant_id = connections.tenant_id
        and sellables.connection_id = connections.connection_id
    left join deletions
        on sellables.tenant_id = deletions.tenant_id
        and sellables.connection_id = deletions.connection_id
        and sellables.product_id = deletions.record_id
        and sellables.synced_at <= deletions.synced_at
)

select {{ conform('variants') }} from final
