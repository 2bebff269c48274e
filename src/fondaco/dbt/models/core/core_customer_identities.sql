-- One row per vendor customer: the person. Links found beforehand say who it is; for all others the key does. A customer
-- without e-mail and telephone borrows those of their orders, so that one customer id is always one person.
with customers as (
    select
        tenant_id,
        customer_id,
        {{ email_identity('email') }} as email_key,
        {{ phone_identity('phone') }} as phone_key
    from {{ ref('core_customers') }}
),

ordered as (
    select
        tenant_id,
        customer_id,
        min({{ email_identity('email') }}) as email_key,
        min({{ phone_identity('phone') }}) as phone_key
    from {{ ref('core_orders') }}
    where customer_id is not null
    group by tenant_id, customer_id
),

keyed as (
    select
        coalesce(customers.tenant_id, ordered.tenant_id) as tenant_id,
        coalesce(customers.customer_id, ordered.customer_id) as customer_id,
        {{ account_identity(
            'coalesce(customers.email_key, ordered.email_key)',
            'coalesce(customers.phone_key, ordered.phone_key)',
            'coalesce(customers.customer_id, ordered.customer_id)'
        ) }} as identity
    from customers
    full outer join ordered
        on customers.customer_id = ordered.customer_id
        and customers.tenant_id = ordered.tenant_id
),

links as (
    select * from {{ source('fondaco', 'identity_links') }}
),

final as (
    select
        keyed.tenant_id,
        keyed.customer_id,
        coalesce(links.person_id, {{ person_id('keyed.tenant_id', 'keyed.identity') }}) as person_id
    from keyed
    left join links
        on keyed.customer_id = links.record_id
        and keyed.tenant_id = links.tenant_id
)

select * from final
