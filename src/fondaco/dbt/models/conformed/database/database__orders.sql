with orders as (
    select * from {{ ref('database__known_orders') }}
),

paid as (
    select
        tenant_id,
        connection_id,
        source_order_id,
        sum(case when status = 'success' and kind in ('sale', 'capture') then amount else 0 end) as amount,
        sum(case when status = 'success' and kind = 'authorization' then amount else 0 end) as authorized,
        max(synced_at) as synced_at
    from {{ ref('database__known_payments') }}
    group by tenant_id, connection_id, source_order_id
),

given_back as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(amount) as amount,
        max(synced_at) as synced_at
    from {{ ref('database__refund_amounts') }}
    group by tenant_id, connection_id, order_id
),

joined as (
    select
        orders.*,
        coalesce(paid.amount, 0) as paid,
        coalesce(paid.authorized, 0) as authorized,
        coalesce(given_back.amount, 0) as refunded,
        greatest(
            orders.synced_at,
            coalesce(paid.synced_at, orders.synced_at),
            coalesce(given_back.synced_at, orders.synced_at)
        ) as newest_synced_at
    from orders
    left join paid
        on orders.tenant_id = paid.tenant_id
        and orders.connection_id = paid.connection_id
        and orders.order_id = paid.source_order_id
    left join given_back
        on orders.tenant_id = given_back.tenant_id
        and orders.connection_id = given_back.connection_id
        and orders.order_id = given_back.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        coalesce(nullif(order_number, ''), order_id) as order_number,
        {{ record_id('customer_id') }} as customer_id,
        nullif(email, '') as email,
        nullif(phone, '') as phone,
        ordered_at,
        created_at,
        updated_at,
        cancelled_at,
        order_status,
        case
            when financial_status is not null then financial_status
            when refunded > 0 and refunded >= total then 'refunded'
            when refunded > 0 then 'partially_refunded'
            when paid > 0 and paid >= total then 'paid'
            when paid > 0 then 'partially_paid'
            when order_status = 'cancelled' then 'voided'
            when authorized > 0 then 'authorized'
            else 'pending'
        end as financial_status,
        coalesce(nullif(channel, ''), 'web') as channel,
        country,
        nullif(city, '') as city,
        currency,
        currency as presentment_currency,
        prices_include_tax,
        is_test,
        is_deleted,
        order_status = 'cancelled' as is_cancelled,
        not is_deleted and not is_test and order_status not in ('pending', 'failed', 'cancelled') as counts_in_sales,
        upper(nullif(replace(discount_code, ' ', ''), '')) as discount_codes,
        total as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('orders') }} from final
