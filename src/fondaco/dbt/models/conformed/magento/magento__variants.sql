{#- What can be sold by itself: all but products of which a visitor has to choose. The special price holds as of
    the last reading. -#}
with products as (
    select * from {{ ref('magento__known_products') }}
    where type not in ('configurable', 'grouped')
),

connections as (
    select * from {{ ref('stg_magento__connections') }}
),

final as (
    select
        products.tenant_id,
        products.connection_id,
        'magento' as source,
        {{ record_id('products.product_id', 'products.connection_id') }} as variant_id,
        {{ record_id('coalesce(products.parent_id, products.product_id)', 'products.connection_id') }} as product_id,
        products.product_id as source_variant_id,
        products.sku,
        products.barcode,
        products.name as title,
        case
            when
                products.special_price < products.price
                and coalesce(products.special_from, products.synced_at) <= products.synced_at
                and coalesce(products.special_until, products.synced_at) >= products.synced_at
                then products.special_price
            else products.price
        end as price,
        products.unit_cost,
        connections.currency,
        products.updated_at,
        products.is_deleted,
        products.synced_at
    from products
    left join connections
        on products.tenant_id = connections.tenant_id
        and products.connection_id = connections.connection_id
)

select {{ conform('variants') }} from final
