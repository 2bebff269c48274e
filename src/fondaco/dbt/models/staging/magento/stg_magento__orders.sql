with source as (
    select * from {{ source('magento', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        increment_id,
        cast(store_id as {{ contract_type('text') }}) as store_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        -- strings
        state,
        status,
        base_currency,
        order_currency,
        global_currency,
        email,
        phone,
        billing_city,
        billing_country,
        shipping_city,
        shipping_country,
        coupon_code,
        discount_description,
        shipping_method,
        payment_method,
        weight_unit,
        -- numerics
        base_to_order_rate,
        base_to_global_rate,
        subtotal,
        discount_amount,
        tax_amount,
        discount_tax_compensation_amount,
        shipping_amount,
        shipping_tax_amount,
        shipping_discount_amount,
        grand_total,
        total_paid,
        total_due,
        total_canceled,
        total_refunded,
        total_online_refunded,
        total_offline_refunded,
        shipping_canceled,
        shipping_discount_tax_compensation,
        order_grand_total,
        customer_balance_amount,
        gift_cards_amount,
        reward_currency_amount,
        wrapping_amount,
        wrapping_tax_amount,
        amount_authorized,
        weight,
        -- booleans
        is_guest,
        placed_by_visitor,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
