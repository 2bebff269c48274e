with orders as (
    select * from {{ ref('stg_ebay__orders') }}
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
        case when cancel_state = 'CANCELED' then coalesce(cancelled_at, updated_at) end as cancelled_at,
        case
            when cancel_state = 'CANCELED' then 'cancelled'
            when payment_status = 'FAILED' then 'failed'
            when payment_status = 'PENDING' then 'pending'
            when fulfillment_status = 'FULFILLED' then 'completed'
            else 'open'
        end as order_status,
        case payment_status
            when 'FULLY_REFUNDED' then 'refunded'
            when 'PARTIALLY_REFUNDED' then 'partially_refunded'
            when 'PENDING' then 'pending'
            when 'FAILED' then 'voided'
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
        coalesce(cancel_state = 'CANCELED', false) as is_cancelled,
        coalesce(payment_status <> 'FAILED', true) as counts_in_sales,
        null as discount_codes,
        total as vendor_total,
        null as weight_grams,
        synced_at
    from orders
)

select {{ conform('orders') }} from final
