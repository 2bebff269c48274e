with customers as (
    select * from {{ ref('stg_magento__customers') }}
),

deletions as (
    select * from {{ ref('stg_magento__tombstones') }}
    where stream = 'customers'
),

final as (
    select
        customers.tenant_id,
        customers.connection_id,
        'magento' as source,
        {{ record_id('customers.customer_id', 'customers.connection_id') }} as customer_id,
        customers.customer_id as source_customer_id,
        nullif(customers.email, '') as email,
        nullif(customers.phone, '') as phone,
        nullif(customers.first_name, '') as first_name,
        nullif(customers.last_name, '') as last_name,
        nullif(customers.city, '') as city,
        upper(nullif(customers.country, '')) as country,
        customers.is_subscribed as accepts_marketing,
        customers.created_at,
        customers.updated_at,
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
