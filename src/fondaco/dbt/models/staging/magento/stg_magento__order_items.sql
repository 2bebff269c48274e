with source as (
    select * from {{ source('magento', 'order_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(item_id as {{ contract_type('text') }}) as item_id,
        cast(parent_item_id as {{ contract_type('text') }}) as parent_item_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        -- strings
        product_type,
        sku,
        name,
        -- numerics
        item_index,
        qty_ordered,
        qty_canceled,
        qty_invoiced,
        qty_shipped,
        qty_refunded,
        price,
        price_incl_tax,
        original_price,
        row_total,
        discount_amount,
        tax_amount,
        discount_tax_compensation_amount,
        tax_percent,
        fixed_tax_amount,
        unit_cost,
        row_weight,
        -- booleans
        is_virtual,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
