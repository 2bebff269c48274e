with source as (
    select * from {{ source('commercetools', 'payments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        payment_id,
        interface_id,
        -- strings
        key,
        gateway,
        method,
        currency,
        refunds_without_return,
        -- numerics
        planned_cents,
        fraction_digits,
        -- timestamps
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
