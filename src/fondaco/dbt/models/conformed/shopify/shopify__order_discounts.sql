with order_discounts as (
    select * from {{ ref('stg_shopify__order_discounts') }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

allocations as (
    select tenant_id, connection_id, order_id, discount_index, amount
    from {{ ref('stg_shopify__order_line_discounts') }}
    union all
    select tenant_id, connection_id, order_id, discount_index, amount
    from {{ ref('stg_shopify__shipping_line_discounts') }}
),

amounts as (
    select
        tenant_id,
        connection_id,
        order_id,
        discount_index,
        sum(amount) as amount
    from allocations
    group by tenant_id, connection_id, order_id, discount_index
),

final as (
    select
        order_discounts.tenant_id,
        order_discounts.connection_id,
        'shopify' as source,
        {{ record_id(
            "order_discounts.order_id || '/' || cast(order_discounts.discount_index as varchar)",
            'order_discounts.connection_id'
        ) }}
            as order_discount_id,
        {{ record_id('order_discounts.order_id', 'order_discounts.connection_id') }} as order_id,
        order_discounts.code,
        coalesce(order_discounts.title, order_discounts.code) as title,
        case order_discounts.application_type
            when 'DiscountCodeApplication' then 'code'
            when 'AutomaticDiscountApplication' then 'automatic'
            when 'ManualDiscountApplication' then 'manual'
            else 'script'
        end as discount_type,
        coalesce(amounts.amount, 0) as amount,
        orders.currency,
        order_discounts.synced_at
    from order_discounts
    left join orders
        on order_discounts.tenant_id = orders.tenant_id
        and order_discounts.connection_id = orders.connection_id
        and order_discounts.order_id = orders.order_id
    left join amounts
        on order_discounts.tenant_id = amounts.tenant_id
        and order_discounts.connection_id = amounts.connection_id
        and order_discounts.order_id = amounts.order_id
        and order_discounts.discount_index = amounts.discount_index
)

select {{ conform('order_discounts') }} from final
