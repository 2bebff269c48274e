-- One row per person: everyone who is a customer of a shop or has ordered. Personal facts come from the newest account,
-- or for a guest from the newest order.
with customers as (
    select * from {{ ref('core_customers') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

identities as (
    select * from {{ ref('core_customer_identities') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

facts as (
    select
        customers.tenant_id,
        identities.person_id,
        customers.customer_id as record_id,
        customers.email,
        customers.phone,
        customers.first_name,
        customers.last_name,
        customers.city,
        customers.country,
        customers.accepts_marketing,
        customers.created_at,
        coalesce(customers.updated_at, customers.created_at) as known_at,
        1 as is_customer
    from customers
    inner join identities
        on customers.customer_id = identities.customer_id
        and customers.tenant_id = identities.tenant_id
    union all
    select
        orders.tenant_id,
        order_persons.person_id,
        orders.order_id as record_id,
        orders.email,
        orders.phone,
        null as first_name,
        null as last_name,
        orders.city,
        orders.country,
        null as accepts_marketing,
        orders.ordered_at as created_at,
        orders.ordered_at as known_at,
        0 as is_customer
    from orders
    inner join order_persons
        on orders.order_id = order_persons.order_id
        and orders.tenant_id = order_persons.tenant_id
    left join customers
        on orders.customer_id = customers.customer_id
        and orders.tenant_id = customers.tenant_id
    where customers.customer_id is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, person_id order by is_customer desc, known_at desc, record_id
        ) as position,
        min(created_at) over (partition by tenant_id, person_id) as first_seen_at
    from facts
),

final as (
    select
        tenant_id,
        person_id,
        email,
        phone,
        first_name,
        last_name,
        city,
        country,
        accepts_marketing,
        first_seen_at,
        is_customer = 1 as is_customer
    from ranked
    where position = 1
)

select * from final
