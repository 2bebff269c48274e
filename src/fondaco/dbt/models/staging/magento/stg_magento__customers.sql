with source as (
    select * from {{ source('magento', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        cast(group_id as {{ contract_type('text') }}) as group_id,
        cast(website_id as {{ contract_type('text') }}) as website_id,
        cast(store_id as {{ contract_type('text') }}) as store_id,
        -- strings
        email,
        first_name,
        last_name,
        phone,
        city,
        country,
        -- booleans
        is_subscribed,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
