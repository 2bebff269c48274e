with source as (
    select * from {{ source('shopify', 'payouts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('payout_id') }} as payout_id,
        -- strings
        status,
        transaction_type,
        trace_id,
        currency,
        -- numerics
        net,
        charges_gross,
        charges_fee,
        refunds_gross,
        refunds_fee,
        adjustments_gross,
        adjustments_fee,
        reserved_funds_gross,
        reserved_funds_fee,
        retried_payouts_gross,
        retried_payouts_fee,
        advance_gross,
        advance_fees,
        -- timestamps
        issued_at,
        _synced_at as synced_at
    from source
)

select * from renamed
