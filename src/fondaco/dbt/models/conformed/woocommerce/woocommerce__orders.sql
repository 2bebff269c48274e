with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

deletions as (
    select * from {{ ref('stg_woocommerce__tombstones') }}
    where stream = 'orders'
),

codes as (
    select
        tenant_id,
        connection_id,
        order_id,
        string_agg(distinct upper(code), ',' order by upper(code)) as discount_codes
    from {{ ref('stg_woocommerce__order_coupon_lines') }}
    group by tenant_id, connection_id, order_id
),

-- A deleted refund gives nothing back, but it is a change of its order all the same.
given_back as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(case when is_deleted then 0 else amount end) as amount,
        max(synced_at) as synced_at
    from {{ ref('woocommerce__known_refunds') }}
    group by tenant_id, connection_id, order_id
),

-- A deletion that was found before the order was last read is over: the order came back from the trash.
joined as (
    select
        orders.*,
        codes.discount_codes,
        coalesce(given_back.amount, 0) as refunded,
        orders.status = 'trash' or deletions.record_id is not null as is_deleted,
        greatest(
            orders.synced_at,
            coalesce(deletions.synced_at, orders.synced_at),
            coalesce(given_back.synced_at, orders.synced_at)
        ) as newest_synced_at
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
    left join given_back
        on orders.tenant_id = given_back.tenant_id
        and orders.connection_id = given_back.connection_id
        and orders.order_id = given_back.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        number as order_number,
        {{ record_id("nullif(customer_id, '0')") }} as customer_id,
        nullif(email, '') as email,
        nullif(phone, '') as phone,
        created_at as ordered_at,
        created_at,
        modified_at as updated_at,
        cast(null as {{ contract_type('timestamp') }}) as cancelled_at,
        case
            when status in ('completed', 'refunded') then 'completed'
            when status in ('cancelled', 'trash') then 'cancelled'
            when status in ('pending', 'checkout-draft', 'auto-draft') then 'pending'
            when status = 'failed' then 'failed'
            else 'open'
        end as order_status,
        case
            when status = 'refunded' or (refunded > 0 and refunded >= total) then 'refunded'
            when refunded > 0 then 'partially_refunded'
            when paid_at is not null or status in ('completed', 'processing') then 'paid'
            when status in ('cancelled', 'failed', 'trash') then 'voided'
            else 'pending'
        end as financial_status,
        case
            when created_via in ('checkout', 'store-api') then 'web'
            when created_via like 'pos%' then 'pos'
            when created_via = 'admin' then 'draft'
            else 'api'
        end as channel,
        upper(coalesce(nullif(shipping_country, ''), nullif(billing_country, ''))) as country,
        coalesce(nullif(shipping_city, ''), nullif(billing_city, '')) as city,
        currency,
        currency as presentment_currency,
        prices_include_tax,
        false as is_test,
        is_deleted,
        status = 'cancelled' as is_cancelled,
        -- As WooCommerce Analytics: refunded orders count, with their refunds; these do not.
        not is_deleted
        and status not in ('pending', 'failed', 'cancelled', 'trash', 'checkout-draft', 'auto-draft')
            as counts_in_sales,
        discount_codes,
        total as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('orders') }} from final
