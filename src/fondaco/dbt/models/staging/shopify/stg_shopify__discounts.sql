with source as (
    select * from {{ source('shopify', 'discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('discount_id', with_type=true) }} as discount_id,
        -- strings
        discount_type,
        title,
        status,
        classes,
        value_type,
        -- numerics
        value_percentage,
        value_amount,
        codes_count,
        usage_count,
        usage_limit,
        -- timestamps
        starts_at,
        ends_at,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
