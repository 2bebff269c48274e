with source as (
    select * from {{ source('commercetools', 'transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        payment_id,
        transaction_id,
        interaction_id,
        -- strings
        type,
        state,
        currency,
        -- numerics
        amount_cents,
        fraction_digits,
        -- timestamps
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
