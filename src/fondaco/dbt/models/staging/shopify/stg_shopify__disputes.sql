with source as (
    select * from {{ source('shopify', 'disputes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('dispute_id') }} as dispute_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        type,
        status,
        reason,
        network_reason_code,
        currency,
        -- numerics
        amount,
        -- timestamps
        initiated_at,
        evidence_due_by,
        evidence_sent_on,
        finalized_on,
        _synced_at as synced_at
    from source
)

select * from renamed
