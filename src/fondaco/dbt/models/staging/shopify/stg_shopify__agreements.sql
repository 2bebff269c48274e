with source as (
    select * from {{ source('shopify', 'agreements') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('agreement_id', with_type=true) }} as agreement_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('refund_id') }} as refund_id,
        -- strings
        agreement_type,
        reason,
        -- timestamps
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
