{#- What can be sold and stocked: variations, and products without any. -#}
with products as (
    select * from {{ ref('stg_woocommerce__products') }}
),

variations as (
    select * from {{ ref('stg_woocommerce__product_variations') }}
),

varied as (
    select distinct
        tenant_id,
        connection_id,
        product_id
    from variations
),

simple as (
    select products.*
    from products
    left join varied
        on products.tenant_id = varied.tenant_id
        and products.connection_id = varied.connection_id
        and products.product_id = varied.product_id
    where
        varied.product_id is null
        and products.type not like 'variable%'
        and products.type <> 'grouped'
),

final as (
    select
        tenant_id,
        connection_id,
        product_id,
        product_id as variant_id,
        sku,
        barcode,
        name as title,
        price,
        unit_cost,
        manages_stock,
        stock_quantity,
        modified_at,
        synced_at
    from simple
    union all
    select
        tenant_id,
        connection_id,
        product_id,
        variation_id as variant_id,
        sku,
        barcode,
        title,
        price,
        unit_cost,
        manages_stock,
        stock_quantity,
        modified_at,
        synced_at
    from variations
)

select * from final
