with orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

paid as (
    select distinct
        tenant_id,
        connection_id,
        order_id
    from {{ ref('stg_ebay__payments') }}
    where status = 'PAID'
),

-- An order that was never paid is cancelled in the end; one that was paid keeps its payment, or tells what was given back.
joined as (
    select
        orders.*,
        coalesce(orders.cancel_state = 'CANCELED', false) as is_cancelled,
        paid.order_id is not null
        or coalesce(orders.payment_status in ('PARTIALLY_REFUNDED', 'FULLY_REFUNDED'), false) as is_paid
    from orders
    left join paid
        on orders.tenant_id = paid.tenant_id
        and orders.connection_id = paid.connection_id
        and orders.order_id = paid.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        coalesce(sales_record, order_id) as order_number,
        {{ record_id('buyer_username') }} as customer_id,
        null as email,
        null as phone,
        created_at as ordered_at,
        created_at,
        updated_at,
        case when is_cancelled then coalesce(cancelled_at, updated_at) end as cancelled_at,
        case
            when is_cancelled then 'cancelled'
            when payment_status = 'FAILED' then 'failed'
            when payment_status = 'PENDING' then 'pending'
            when fulfillment_status = 'FULFILLED' then 'completed'
            else 'open'
        end as order_status,
        case
            when payment_status = 'FULLY_REFUNDED' then 'refunded'
            when payment_status = 'PARTIALLY_REFUNDED' then 'partially_refunded'
            when payment_status = 'FAILED' or (is_cancelled and not is_paid) then 'voided'
            when payment_status = 'PENDING' then 'pending'
            else 'paid'
        end as financial_status,
        'ebay' as channel,
        upper(country) as country,
        city,
        currency,
        currency as presentment_currency,
        coalesce(vat_rate, 0) > 0 as prices_include_tax,
        false as is_test,
        false as is_deleted,
        is_cancelled,
        coalesce(payment_status not in ('PENDING', 'FAILED'), true) and (is_paid or not is_cancelled) as counts_in_sales,
        null as discount_codes,
        total as vendor_total,
        null as weight_grams,
        synced_at
    from joined
)

select {{ conform('orders') }} from final
