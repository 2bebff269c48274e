{#- Orders with the currency that holds for them, and whether the shop still has them. The base of what orders tell. -#}
with orders as (
    {{ database_rows('orders', 'order_id') }}
),

connections as (
    select * from {{ ref('stg_database__connections') }}
),

final as (
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id,
        orders.order_number,
        orders.customer_id,
        orders.email,
        orders.phone,
        coalesce(orders.ordered_at, orders.created_at, orders.updated_at, orders.synced_at) as ordered_at,
        coalesce(orders.created_at, orders.ordered_at) as created_at,
        orders.updated_at,
        orders.cancelled_at,
        case
            when orders.order_status in ('open', 'completed', 'cancelled', 'pending', 'failed') then orders.order_status
            when orders.cancelled_at is not null then 'cancelled'
            else 'open'
        end as order_status,
        case
            when
                orders.financial_status in (
                    'pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided'
                )
                then orders.financial_status
        end as financial_status,
        orders.channel,
        case when length(orders.country) = 2 then upper(orders.country) end as country,
        orders.city,
        upper(coalesce(nullif(orders.currency, ''), connections.currency)) as currency,
        coalesce(orders.prices_include_tax, false) as prices_include_tax,
        coalesce(orders.is_test, false) as is_test,
        orders.discount_code,
        orders.discount,
        coalesce(orders.shipping, 0) as shipping,
        orders.shipping_tax,
        orders.tax,
        coalesce(orders.fees, 0) as fees,
        orders.total,
        orders.is_deleted,
        orders.newest_synced_at as synced_at
    from orders
    inner join connections
        on orders.tenant_id = connections.tenant_id
        and orders.connection_id = connections.connection_id
)

select * from final
