with source as (
    select * from {{ source('shopify', 'discount_codes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('discount_code_id') }} as discount_code_id,
        {{ shopify_id('discount_id', with_type=true) }} as discount_id,
        -- strings
        code,
        -- numerics
        usage_count,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
