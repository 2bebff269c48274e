{{ config(materialized='view') }}

-- One row per record that may be a person: an account of a shop, or all orders that guests placed under one address or
-- number. Read before a build, to find out which records are one person; so it stands on conformed views alone.
with customers as (
{{ unite('customers') }}
),

orders as (
{{ unite('orders') }}
),

ordered as (
    select
        tenant_id,
        customer_id,
        min({{ email_identity('email') }}) as email_key,
        min({{ phone_identity('phone') }}) as phone_key,
        min(email) as email,
        min(phone) as phone,
        min(city) as city,
        min(country) as country,
        min(ordered_at) as first_ordered_at
    from orders
    where customer_id is not null
    group by tenant_id, customer_id
),

accounts as (
    select
        coalesce(customers.tenant_id, ordered.tenant_id) as tenant_id,
        coalesce(customers.customer_id, ordered.customer_id) as customer_id,
        coalesce({{ email_identity('customers.email') }}, ordered.email_key) as email_key,
        coalesce({{ phone_identity('customers.phone') }}, ordered.phone_key) as phone_key,
        coalesce(customers.email, ordered.email) as email,
        coalesce(customers.phone, ordered.phone) as phone,
        customers.first_name,
        customers.last_name,
        coalesce(customers.city, ordered.city) as city,
        coalesce(customers.country, ordered.country) as country,
        coalesce(customers.created_at, ordered.first_ordered_at) as created_at
    from customers
    full outer join ordered
        on customers.customer_id = ordered.customer_id
        and customers.tenant_id = ordered.tenant_id
),

guest_orders as (
    select
        tenant_id,
        {{ person_id('tenant_id', guest_identity('email', 'phone')) }} as person_id,
        email,
        phone,
        city,
        country,
        ordered_at
    from orders
    where customer_id is null
),

guests as (
    select
        tenant_id,
        person_id,
        min(email) as email,
        min(phone) as phone,
        min(city) as city,
        min(country) as country,
        count(distinct phone) as telephones,
        count(distinct city) as cities,
        min(ordered_at) as created_at
    from guest_orders
    where person_id is not null
    group by tenant_id, person_id
),

final as (
    select
        tenant_id,
        customer_id as record_id,
        {{ person_id('tenant_id', account_identity('email_key', 'phone_key', 'customer_id')) }} as default_person_id,
        {{ person_id('tenant_id', "'customer:' || customer_id") }} as own_person_id,
        true as is_account,
        email,
        phone,
        first_name,
        last_name,
        city,
        country,
        cast(1 as bigint) as telephones,
        cast(1 as bigint) as cities,
        created_at
    from accounts
    union all
    select
        tenant_id,
        {{ guest_record('person_id') }} as record_id,
        person_id as default_person_id,
        {{ person_id('tenant_id', "'guest:' || person_id") }} as own_person_id,
        false as is_account,
        email,
        phone,
        null as first_name,
        null as last_name,
        city,
        country,
        telephones,
        cities,
        created_at
    from guests
)

select * from final
