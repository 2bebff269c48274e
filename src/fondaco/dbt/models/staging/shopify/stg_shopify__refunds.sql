with source as (
    select * from {{ source('shopify', 'refunds') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('refund_id') }} as refund_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        note,
        -- numerics
        amount,
        -- timestamps
        created_at,
        processed_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
