with customers as (
    select * from {{ ref('stg_commercetools__customers') }}
),

deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'customers'
),

final as (
    select
        customers.tenant_id,
        customers.connection_id,
        'commercetools' as source,
        {{ record_id('customers.customer_id', 'customers.connection_id') }} as customer_id,
        customers.customer_id as source_customer_id,
        customers.email,
        coalesce(customers.phone, customers.mobile) as phone,
        customers.first_name,
        customers.last_name,
        customers.city,
        upper(customers.country) as country,
        cast(null as {{ contract_type('boolean') }}) as accepts_marketing,
        customers.created_at,
        customers.modified_at as updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(customers.synced_at, coalesce(deletions.synced_at, customers.synced_at)) as synced_at
    from customers
    left join deletions
        on customers.tenant_id = deletions.tenant_id
        and customers.connection_id = deletions.connection_id
        and customers.customer_id = deletions.record_id
        and customers.synced_at <= deletions.synced_at
)

select {{ conform('customers') }} from final
