with imported as (
    select * from {{ ref('stg_files__customers') }}
),

totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

-- Customers that only orders tell of: one row each, with what their newest order says.
ordering as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, customer_id
            order by ordered_at desc, order_id desc
        ) as newest,
        min(ordered_at) over (partition by tenant_id, connection_id, customer_id) as first_seen_at
    from totals
    where customer_id is not null
),

only_ordering as (
    select ordering.*
    from ordering
    left join imported
        on ordering.tenant_id = imported.tenant_id
        and ordering.connection_id = imported.connection_id
        and ordering.customer_id = imported.customer_id
    where ordering.newest = 1 and imported.customer_id is null
),

united as (
    select
        tenant_id,
        connection_id,
        customer_id as source_customer_id,
        email,
        phone,
        first_name,
        last_name,
        city,
        country,
        accepts_marketing,
        created_at,
        synced_at
    from imported
    union all
    select
        tenant_id,
        connection_id,
        customer_id as source_customer_id,
        email,
        phone,
        cast(null as {{ contract_type('text') }}) as first_name,
        cast(null as {{ contract_type('text') }}) as last_name,
        city,
        country,
        cast(null as {{ contract_type('boolean') }}) as accepts_marketing,
        first_seen_at as created_at,
        synced_at
    from only_ordering
),

final as (
    select
        *,
        'files' as source,
        {{ record_id('source_customer_id') }} as customer_id,
        synced_at as updated_at,
        false as is_deleted
    from united
)

select {{ conform('customers') }} from final
