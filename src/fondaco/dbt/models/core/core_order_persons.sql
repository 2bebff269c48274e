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
        case
            when customer_id is null then {{ person_id('tenant_id', guest_identity('email', 'phone')) }}
        end as guest_person_id
    from {{ ref('core_orders') }}
),

identities as (
    select * from {{ ref('core_customer_identities') }}
),

links as (
    select * from {{ source('fondaco', 'identity_links') }}
),

-- A link without a person: guests of whom only an address is known that belongs to nobody in particular. Each of their
-- orders is a person of its own, as is an order that names nobody.
identified as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.ordered_at,
        orders.is_counted,
        orders.is_counted and not orders.is_return_document as has_place,
        coalesce(
            identities.person_id,
            links.person_id,
            case when links.record_id is null then orders.guest_person_id end,
            {{ person_id('orders.tenant_id', "'order:' || orders.order_id") }}
        ) as person_id
    from orders
    left join identities
        on orders.customer_id = identities.customer_id
        and orders.tenant_id = identities.tenant_id
    left join links
        on {{ guest_record('orders.guest_person_id') }} = links.record_id
        and orders.tenant_id = links.tenant_id
),

-- What has no place is numbered apart, by nobody: one pass over all rows instead of a join of them with themselves.
numbered as (
    select
        *,
        row_number() over (partition by tenant_id, person_id, has_place order by ordered_at, order_id) as place
    from identified
),

final as (
    select
        tenant_id,
        order_id,
        person_id,
        case when has_place then place end as order_sequence,
        case
            when has_place and place = 1 then 'new'
            when is_counted then 'returning'
        end as customer_type
    from numbered
)

select * from final
