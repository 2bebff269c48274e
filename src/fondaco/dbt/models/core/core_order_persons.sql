-- One row per order: who bought, and as which of their counted orders. Always built whole, since an older order that
-- arrives late moves every later order of the same person. A document of returned goods has no place in the sequence;
-- who returns has bought before.
with orders as (
    select
        tenant_id,
        order_id,
        customer_id,
        ordered_at,
        is_counted,
        coalesce(order_status, '') = 'returned' as is_return_document,
        case when customer_id is null then
            coalesce(
                'email:' || {{ email_identity('email') }},
                'phone:' || {{ phone_identity('phone') }},
                'order:' || order_id
            )
        end as guest_identity
    from {{ ref('core_orders') }}
),

identities as (
    select * from {{ ref('core_customer_identities') }}
),

identified as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.ordered_at,
        orders.is_counted,
        orders.is_return_document,
        coalesce(identities.person_id, {{ person_id('orders.tenant_id', 'orders.guest_identity') }}) as person_id
    from orders
    left join identities
        on orders.customer_id = identities.customer_id
        and orders.tenant_id = identities.tenant_id
),

numbered as (
    select
        tenant_id,
        order_id,
        row_number() over (partition by tenant_id, person_id order by ordered_at, order_id) as order_sequence
    from identified
    where is_counted and not is_return_document
),

final as (
    select
        identified.tenant_id,
        identified.order_id,
        identified.person_id,
        numbered.order_sequence,
        case
            when numbered.order_sequence = 1 then 'new'
            when numbered.order_sequence > 1 then 'returning'
            when identified.is_counted and identified.is_return_document then 'returning'
        end as customer_type
    from identified
    left join numbered
        on identified.order_id = numbered.order_id
        and identified.tenant_id = numbered.tenant_id
)

select * from final
