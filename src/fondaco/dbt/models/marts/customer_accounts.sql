-- One row per account of a shop, and per address or number under which guests ordered: whose it is, and by what it is
-- linked. Guests of whom only an address is known that belongs to nobody in particular are in none.
with customers as (
    select * from {{ ref('core_customers') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

identities as (
    select * from {{ ref('core_customer_identities') }}
),

links as (
    select * from {{ source('fondaco', 'identity_links') }}
),

ordered as (
    select
        tenant_id,
        customer_id,
        connection_id,
        email,
        phone,
        city,
        country,
        ordered_at,
        case
            when customer_id is null then {{ person_id('tenant_id', guest_identity('email', 'phone')) }}
        end as guest_person_id,
        case when is_counted and coalesce(order_status, '') <> 'returned' then 1 else 0 end as counted
    from orders
),

account_orders as (
    select
        tenant_id,
        customer_id,
        min(connection_id) as connection_id,
        min(email) as email,
        min(phone) as phone,
        min(city) as city,
        min(country) as country,
        min(ordered_at) as first_ordered_at,
        cast(sum(counted) as bigint) as orders
    from ordered
    where customer_id is not null
    group by tenant_id, customer_id
),

accounts as (
    select
        identities.tenant_id,
        identities.customer_id as record_id,
        identities.person_id,
        coalesce(customers.connection_id, account_orders.connection_id) as connection_id,
        true as is_account,
        customers.source_customer_id as source_id,
        coalesce(customers.email, account_orders.email) as email,
        coalesce(customers.phone, account_orders.phone) as phone,
        customers.first_name,
        customers.last_name,
        coalesce(customers.city, account_orders.city) as city,
        coalesce(customers.country, account_orders.country) as country,
        coalesce(customers.created_at, account_orders.first_ordered_at) as known_since,
        coalesce(account_orders.orders, 0) as orders
    from identities
    left join customers
        on identities.customer_id = customers.customer_id
        and identities.tenant_id = customers.tenant_id
    left join account_orders
        on identities.customer_id = account_orders.customer_id
        and identities.tenant_id = account_orders.tenant_id
),

guest_orders as (
    select
        tenant_id,
        guest_person_id,
        {{ guest_record('guest_person_id') }} as record_id,
        case when min(connection_id) = max(connection_id) then min(connection_id) end as connection_id,
        min(email) as email,
        min(phone) as phone,
        min(city) as city,
        min(country) as country,
        min(ordered_at) as known_since,
        cast(sum(counted) as bigint) as orders
    from ordered
    where guest_person_id is not null
    group by tenant_id, guest_person_id
),

guests as (
    select
        guest_orders.tenant_id,
        guest_orders.record_id,
        case when links.record_id is null then guest_orders.guest_person_id else links.person_id end as person_id,
        guest_orders.connection_id,
        false as is_account,
        cast(null as {{ contract_type('text') }}) as source_id,
        guest_orders.email,
        guest_orders.phone,
        cast(null as {{ contract_type('text') }}) as first_name,
        cast(null as {{ contract_type('text') }}) as last_name,
        guest_orders.city,
        guest_orders.country,
        guest_orders.known_since,
        guest_orders.orders
    from guest_orders
    left join links
        on guest_orders.record_id = links.record_id
        and guest_orders.tenant_id = links.tenant_id
),

united as (
    select * from accounts
    union all
    select * from guests
    where person_id is not null
),

final as (
    select
        united.tenant_id,
        united.record_id,
        united.person_id,
        united.connection_id,
        united.is_account,
        united.source_id,
        united.email,
        united.phone,
        united.first_name,
        united.last_name,
        united.city,
        united.country,
        united.known_since,
        united.orders,
        links.linked_to,
        links.rule,
        links.probability,
        cast(links.explanation as {{ contract_type('text') }}) as explanation
    from united
    left join links
        on united.record_id = links.record_id
        and united.tenant_id = links.tenant_id
)

select * from final
