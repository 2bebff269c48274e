with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

coupons as (
    select * from {{ ref('stg_woocommerce__order_coupon_lines') }}
),

taken_off as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(subtotal - total) as amount,
        max(synced_at) as synced_at
    from {{ ref('stg_woocommerce__order_lines') }}
    group by tenant_id, connection_id, order_id
),

by_coupon as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(discount) as amount
    from coupons
    group by tenant_id, connection_id, order_id
),

-- What lines lost beyond the coupons was taken off by hand; sums of rounded shares may differ by less than a cent.
by_hand as (
    select
        taken_off.tenant_id,
        taken_off.connection_id,
        taken_off.order_id,
        taken_off.amount - coalesce(by_coupon.amount, 0) as amount,
        taken_off.synced_at
    from taken_off
    left join by_coupon
        on taken_off.tenant_id = by_coupon.tenant_id
        and taken_off.connection_id = by_coupon.connection_id
        and taken_off.order_id = by_coupon.order_id
    where taken_off.amount - coalesce(by_coupon.amount, 0) >= 0.01
),

united as (
    select
        tenant_id,
        connection_id,
        order_id,
        coupon_line_id as part,
        upper(code) as code,
        code as title,
        'code' as discount_type,
        discount as amount,
        synced_at
    from coupons
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'manual' as part,
        cast(null as {{ contract_type('text') }}) as code,
        cast(null as {{ contract_type('text') }}) as title,
        'manual' as discount_type,
        amount,
        synced_at
    from by_hand
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'woocommerce' as source,
        {{ record_id("united.order_id || ':' || united.part", 'united.connection_id') }} as order_discount_id,
        {{ record_id('united.order_id', 'united.connection_id') }} as order_id,
        united.code,
        united.title,
        united.discount_type,
        united.amount,
        orders.currency,
        united.synced_at
    from united
    inner join orders
        on united.tenant_id = orders.tenant_id
        and united.connection_id = orders.connection_id
        and united.order_id = orders.order_id
)

select {{ conform('order_discounts') }} from final
