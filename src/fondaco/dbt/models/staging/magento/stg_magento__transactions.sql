with source as (
    select * from {{ source('magento', 'transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(transaction_id as {{ contract_type('text') }}) as transaction_id,
        cast(parent_id as {{ contract_type('text') }}) as parent_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        txn_id,
        parent_txn_id,
        -- strings
        type,
        -- booleans
        is_closed,
        -- timestamps
        created_at,
        _synced_at as synced_at
    from source
)

select * from renamed
