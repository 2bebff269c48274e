with source as (
    select * from {{ source('amazon', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        marketplace_id,
        -- strings
        channel_name,
        marketplace_name,
        programs,
        associated_orders,
        email,
        city,
        country,
        currency,
        fulfillment_status,
        fulfilled_by,
        -- numerics
        total,
        -- booleans
        is_business,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
