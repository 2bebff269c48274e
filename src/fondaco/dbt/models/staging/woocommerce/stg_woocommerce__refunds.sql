with source as (
    select * from {{ source('woocommerce', 'refunds') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(refund_id as {{ contract_type('text') }}) as refund_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(refunded_by as {{ contract_type('text') }}) as refunded_by,
        -- strings
        reason,
        refund_type,
        -- numerics
        amount,
        -- booleans
        is_paid_back,
        -- timestamps
        created_at,
        _synced_at as synced_at
    from source
)

select * from renamed
