-- One row per amount that Amazon kept or gave back. Tax on a fee is paid back to who is registered for it, so that it is no
-- cost, but in the United States, where it is not paid back.
with booked as (
    select * from {{ ref('amazon__booked') }}
    where part = 'fee' and amount <> 0 and (not is_tax_of_fee or marketplace_id = 'ATVPDKIKX0DER')
),

final as (
    select
        tenant_id,
        connection_id,
        'amazon' as source,
        {{ record_id("transaction_id || '/' || position") }} as fee_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id("order_id || '/' || order_item_id") }} as order_line_id,
        sku,
        case
            when lower(transaction_type) in ('productadspayment', 'sellerdealpayment', 'couponpayment') then 'advertising'
            when name like '%Subscription%' then 'subscription'
            when name like '%Storage%' then 'storage'
            when name like '%Return%' then 'return'
            when name like 'COD%' or name like 'PaymentMethod%' or name like 'CVS%' then 'payment'
            when name like '%PostageBilling%' or name like '%ShippingLabel%' or name like 'ShippingServices%' then 'shipping'
            when name like 'FBA%' or name in ('ShippingChargeback', 'GiftwrapChargeback') then 'fulfilment'
            when order_id is not null then 'marketplace'
            else 'other'
        end as kind,
        name,
        posted_at as charged_at,
        -amount as amount,
        currency,
        transaction_status <> 'DEFERRED' as is_final,
        synced_at
    from booked
)

select {{ conform('fees') }} from final
