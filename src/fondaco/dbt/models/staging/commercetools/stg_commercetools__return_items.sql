with source as (
    select * from {{ source('commercetools', 'return_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        return_item_id,
        return_tracking_id,
        line_id,
        custom_line_id,
        -- strings
        item_type,
        shipment_state,
        payment_state,
        -- numerics
        quantity,
        -- timestamps
        returned_at,
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
