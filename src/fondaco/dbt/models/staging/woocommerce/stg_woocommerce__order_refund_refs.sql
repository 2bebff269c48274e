with source as (
    select * from {{ source('woocommerce', 'order_refund_refs') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(refund_id as {{ contract_type('text') }}) as refund_id,
        -- strings
        reason,
        -- numerics
        total,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
