with source as (
    select * from {{ source('postscript', 'subscribers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        subscriber_id,
        shopify_customer_id,
        -- strings
        email,
        phone,
        -- booleans
        may_send_promotional,
        may_send_transactional,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
