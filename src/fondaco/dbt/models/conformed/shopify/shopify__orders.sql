with orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

deletions as (
    select * from {{ ref('stg_shopify__tombstones') }}
    where stream = 'orders'
),

codes as (
    select
        tenant_id,
        connection_id,
        order_id,
        string_agg(distinct upper(code), ',' order by upper(code)) as discount_codes
    from {{ ref('stg_shopify__order_discounts') }}
    where code is not null
    group by tenant_id, connection_id, order_id
),

final as (
    select
        orders.tenant_id,
        orders.connection_id,
        'shopify' as source,
        {{ record_id('orders.order_id', 'orders.connection_id') }} as order_id,
        orders.order_id as source_order_id,
        orders.name as order_number,
        {{ record_id('orders.customer_id', 'orders.connection_id') }} as customer_id,
        orders.email,
        orders.phone,
        orders.processed_at as ordered_at,
        orders.created_at,
        orders.updated_at,
        orders.cancelled_at,
        case
            when orders.cancelled_at is not null then 'cancelled'
            when orders.closed_at is not null or orders.fulfillment_status = 'FULFILLED' then 'completed'
            when orders.financial_status = 'PENDING' then 'pending'
            else 'open'
        end as order_status,
        -- An authorisation that ran out leaves nothing to collect, as a voided one does.
        case orders.financial_status when 'EXPIRED' then 'voided' else lower(orders.financial_status) end
            as financial_status,
        {{ shopify_channel('orders.source_name') }} as channel,
        upper(coalesce(orders.shipping_country, orders.billing_country)) as country,
        coalesce(orders.shipping_city, orders.billing_city) as city,
        orders.currency,
        orders.presentment_currency,
        orders.prices_include_tax,
        orders.is_test,
        deletions.record_id is not null as is_deleted,
        orders.cancelled_at is not null as is_cancelled,
        -- As Shopify's own report: cancelled and unpaid orders count, test and deleted ones do not.
        not orders.is_test and deletions.record_id is null as counts_in_sales,
        codes.discount_codes,
        orders.original_total as vendor_total,
        -- Nothing weighs nothing: 0 is an order whose variants were given no weight.
        nullif(orders.total_weight, 0) as weight_grams,
        greatest(orders.synced_at, coalesce(deletions.synced_at, orders.synced_at)) as synced_at
    from orders
    left join deletions
        on orders.tenant_id = deletions.tenant_id
        and orders.connection_id = deletions.connection_id
        and orders.order_id = deletions.record_id
        and orders.synced_at <= deletions.synced_at
    left join codes
        on orders.tenant_id = codes.tenant_id
        and orders.connection_id = codes.connection_id
        and orders.order_id = codes.order_id
)

select {{ conform('orders') }} from final
