with source as (
    select * from {{ source('ebay', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        -- strings
        sales_record,
        payment_status,
        fulfillment_status,
        cancel_state,
        buyer_username,
        city,
        country,
        marketplace,
        currency,
        -- numerics
        vat_rate,
        price_subtotal,
        price_discount,
        delivery_cost,
        delivery_discount,
        tax,
        adjustment,
        total,
        total_due_seller,
        total_marketplace_fee,
        -- booleans
        collects_tax,
        -- timestamps
        created_at,
        updated_at,
        cancelled_at,
        _synced_at as synced_at
    from source
)

select * from renamed
