with source as (
    select * from {{ source('prohandel', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_number,
        position,
        -- strings
        supplier_number,
        customer_number,
        branch_number,
        article_number,
        article_size_number,
        state,
        status,
        -- numerics
        quantity,
        received_quantity,
        unit_cost,
        -- booleans
        is_deleted,
        -- timestamps
        ordered_at,
        expected_at,
        received_at,
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
