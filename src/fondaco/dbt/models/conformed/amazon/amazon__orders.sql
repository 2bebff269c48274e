with orders as (
    select * from {{ ref('stg_amazon__orders') }}
),

connections as (
    select * from {{ ref('stg_amazon__connections') }}
),

-- An order without a total has the currency of its amounts, else of its account.
currencies as (
    select
        tenant_id,
        connection_id,
        order_id,
        min(currency) as currency
    from {{ ref('stg_amazon__order_amounts') }}
    group by tenant_id, connection_id, order_id
),

taxed as (
    select
        tenant_id,
        connection_id,
        order_id,
        max(case when prices_include_tax then 1 else 0 end) = 1 as prices_include_tax
    from {{ ref('amazon__line_amounts') }}
    group by tenant_id, connection_id, order_id
),

given_back as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(returns - shipping - taxes - shipping_tax) as amount,
        max(synced_at) as synced_at
    from {{ ref('amazon__refund_items') }}
    group by tenant_id, connection_id, order_id
),

joined as (
    select
        orders.*,
        coalesce(orders.currency, currencies.currency, connections.currency) as order_currency,
        coalesce(taxed.prices_include_tax, false) as prices_include_tax,
        coalesce(given_back.amount, 0) as refunded,
        greatest(orders.synced_at, coalesce(given_back.synced_at, orders.synced_at)) as newest_synced_at,
        coalesce(orders.fulfillment_status, 'UNSHIPPED') as status
    from orders
    left join connections
        on orders.tenant_id = connections.tenant_id
        and orders.connection_id = connections.connection_id
    left join currencies
        on orders.tenant_id = currencies.tenant_id
        and orders.connection_id = currencies.connection_id
        and orders.order_id = currencies.order_id
    left join taxed
        on orders.tenant_id = taxed.tenant_id
        and orders.connection_id = taxed.connection_id
        and orders.order_id = taxed.order_id
    left join given_back
        on orders.tenant_id = given_back.tenant_id
        and orders.connection_id = given_back.connection_id
        and orders.order_id = given_back.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'amazon' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        order_id as order_number,
        cast(null as {{ contract_type('text') }}) as customer_id,
        nullif(email, '') as email,
        cast(null as {{ contract_type('text') }}) as phone,
        created_at as ordered_at,
        created_at,
        updated_at,
        cast(null as {{ contract_type('timestamp') }}) as cancelled_at,
        case
            when status = 'CANCELLED' then 'cancelled'
            when status in ('PENDING', 'PENDING_AVAILABILITY') then 'pending'
            when status = 'UNFULFILLABLE' then 'failed'
            when status = 'SHIPPED' then 'completed'
            else 'open'
        end as order_status,
        case
            when status = 'CANCELLED' then 'voided'
            when status in ('PENDING', 'PENDING_AVAILABILITY') then 'pending'
            when refunded > 0 and refunded >= total then 'refunded'
            when refunded > 0 then 'partially_refunded'
            else 'paid'
        end as financial_status,
        'amazon' as channel,
        upper(nullif(country, '')) as country,
        nullif(city, '') as city,
        order_currency as currency,
        order_currency as presentment_currency,
        prices_include_tax,
        false as is_test,
        false as is_deleted,
        status = 'CANCELLED' as is_cancelled,
        -- What Amazon only sends for another shop is sold there; pending orders have no amounts yet.
        status not in ('CANCELLED', 'PENDING', 'PENDING_AVAILABILITY', 'UNFULFILLABLE')
        and coalesce(channel_name, 'AMAZON') = 'AMAZON' as counts_in_sales,
        cast(null as {{ contract_type('text') }}) as discount_codes,
        total as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('orders') }} from final
