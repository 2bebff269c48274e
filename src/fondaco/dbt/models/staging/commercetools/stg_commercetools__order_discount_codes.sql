with source as (
    select * from {{ source('commercetools', 'order_discount_codes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        discount_code_id,
        -- strings
        state,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
