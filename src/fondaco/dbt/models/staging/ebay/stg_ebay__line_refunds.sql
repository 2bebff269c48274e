with source as (
    select * from {{ source('ebay', 'line_refunds') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_item_id,
        refund_index,
        refund_id,
        -- numerics
        amount,
        -- timestamps
        refunded_at,
        _synced_at as synced_at
    from source
)

select * from renamed
