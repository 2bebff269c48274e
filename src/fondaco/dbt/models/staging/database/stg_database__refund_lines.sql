with source as (
    select * from {{ source('database', 'refund_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        refund_line_id,
        refund_id,
        line_id,
        -- numerics
        quantity,
        amount,
        tax,
        -- booleans
        is_restocked,
        -- timestamps
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
