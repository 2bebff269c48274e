with orders as (
    select * from {{ ref('stg_magento__orders') }}
),

order_amounts as (
    select * from {{ ref('magento__order_amounts') }}
),

deletions as (
    select * from {{ ref('stg_magento__tombstones') }}
    where stream = 'orders'
),

codes as (
    select
        tenant_id,
        connection_id,
        order_id,
        string_agg(distinct upper(code), ',' order by upper(code)) as discount_codes
    from {{ ref('stg_magento__order_coupons') }}
    group by tenant_id, connection_id, order_id
),

given_back as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(total) as amount,
        max(synced_at) as synced_at
    from {{ ref('magento__known_credit_memos') }}
    group by tenant_id, connection_id, order_id
),

-- A line tells by which of its prices stands in the catalogue; catalogue rules may leave it untold.
prices as (
    select
        tenant_id,
        connection_id,
        order_id,
        max(
            case
                when price = price_incl_tax then null
                when original_price = price_incl_tax then 1
                when original_price = price then 0
            end
        ) = 1 as include_tax
    from {{ ref('magento__lines') }}
    group by tenant_id, connection_id, order_id
),

joined as (
    select
        orders.*,
        codes.discount_codes,
        prices.include_tax,
        order_amounts.total as full_total,
        coalesce(given_back.amount, 0) as refunded,
        deletions.record_id is not null as is_deleted,
        greatest(
            orders.synced_at,
            coalesce(deletions.synced_at, orders.synced_at),
            coalesce(given_back.synced_at, orders.synced_at)
        ) as newest_synced_at
    from orders
    inner join order_amounts
        on orders.tenant_id = order_amounts.tenant_id
        and orders.connection_id = order_amounts.connection_id
        and orders.order_id = order_amounts.order_id
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
    left join prices
        on orders.tenant_id = prices.tenant_id
        and orders.connection_id = prices.connection_id
        and orders.order_id = prices.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        increment_id as order_number,
        {{ record_id('customer_id') }} as customer_id,
        nullif(email, '') as email,
        nullif(phone, '') as phone,
        created_at as ordered_at,
        created_at,
        updated_at,
        cast(null as {{ contract_type('timestamp') }}) as cancelled_at,
        case
            when state in ('complete', 'closed') then 'completed'
            when state = 'canceled' then 'cancelled'
            when state in ('new', 'pending_payment') then 'pending'
            else 'open'
        end as order_status,
        case
            when refunded > 0 and refunded >= full_total then 'refunded'
            when refunded > 0 then 'partially_refunded'
            when coalesce(total_paid, 0) >= grand_total and state not in ('new', 'pending_payment', 'canceled') then 'paid'
            when coalesce(total_paid, 0) > 0 then 'partially_paid'
            when state = 'canceled' then 'voided'
            when coalesce(amount_authorized, 0) > 0 then 'authorized'
            else 'pending'
        end as financial_status,
        case when placed_by_visitor then 'web' else 'draft' end as channel,
        upper(coalesce(nullif(shipping_country, ''), nullif(billing_country, ''))) as country,
        coalesce(nullif(shipping_city, ''), nullif(billing_city, '')) as city,
        base_currency as currency,
        coalesce(order_currency, base_currency) as presentment_currency,
        include_tax as prices_include_tax,
        false as is_test,
        is_deleted,
        coalesce(state, '') = 'canceled' as is_cancelled,
        -- As the Orders report of Magento's admin: what waits for its payment is no sale yet.
        not is_deleted and coalesce(state, '') not in ('new', 'pending_payment', 'canceled') as counts_in_sales,
        discount_codes,
        full_total as vendor_total,
        cast(
            case
                when weight_unit = 'kgs' then round(weight * 1000)
                when weight_unit = 'lbs' then round(weight * 453.59237)
            end as {{ contract_type('bigint') }}
        ) as weight_grams,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('orders') }} from final
