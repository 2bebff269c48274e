with source as (
    select * from {{ source('shopify', 'order_discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        application_type,
        code,
        title,
        description,
        allocation_method,
        target_selection,
        target_type,
        -- numerics
        discount_index,
        value_percentage,
        value_amount,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
