with orders as (
    select * from {{ ref('stg_commercetools__orders') }}
),

deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'orders'
),

codes as (
    select
        entered.tenant_id,
        entered.connection_id,
        entered.order_id,
        string_agg(distinct upper(discount_codes.code), ',' order by upper(discount_codes.code)) as discount_codes,
        max(discount_codes.synced_at) as synced_at
    from {{ ref('stg_commercetools__order_discount_codes') }} as entered
    inner join {{ ref('stg_commercetools__discount_codes') }} as discount_codes
        on entered.tenant_id = discount_codes.tenant_id
        and entered.connection_id = discount_codes.connection_id
        and entered.discount_code_id = discount_codes.discount_code_id
    where coalesce(entered.state, 'MatchesCart') = 'MatchesCart'
    group by entered.tenant_id, entered.connection_id, entered.order_id
),

taxed as (
    select
        tenant_id,
        connection_id,
        order_id,
        max(case when tax_included then 1 else 0 end) as includes_tax
    from {{ ref('stg_commercetools__order_lines') }}
    group by tenant_id, connection_id, order_id
),

-- Every order that names a payment was paid by it. A deleted payment pays nothing, but changes the order all the same.
paid as (
    select
        order_payments.tenant_id,
        order_payments.connection_id,
        order_payments.order_id,
        sum(case when movements.type = 'Charge' and not movements.is_deleted then movements.amount_cents else 0 end)
            as charged_cents,
        sum(case when movements.type = 'Refund' and not movements.is_deleted then movements.amount_cents else 0 end)
            as refunded_cents,
        max(case when movements.type = 'Authorization' and not movements.is_deleted then 1 else 0 end)
            as is_authorized,
        max(movements.synced_at) as synced_at
    from {{ ref('stg_commercetools__order_payments') }} as order_payments
    inner join {{ ref('commercetools__movements') }} as movements
        on order_payments.tenant_id = movements.tenant_id
        and order_payments.connection_id = movements.connection_id
        and order_payments.payment_id = movements.payment_id
    where movements.state = 'Success'
    group by order_payments.tenant_id, order_payments.connection_id, order_payments.order_id
),

joined as (
    select
        orders.*,
        coalesce(orders.gross_cents, orders.total_cents) as due_cents,
        coalesce(paid.charged_cents, 0) as charged_cents,
        coalesce(paid.refunded_cents, 0) as refunded_cents,
        coalesce(paid.is_authorized, 0) as is_authorized,
        codes.discount_codes,
        coalesce(taxed.includes_tax, 0) = 1 as prices_include_tax,
        orders.order_state = 'Cancelled' as is_cancelled,
        deletions.record_id is not null as is_deleted,
        greatest(
            orders.synced_at,
            coalesce(deletions.synced_at, orders.synced_at),
            coalesce(paid.synced_at, orders.synced_at),
            coalesce(codes.synced_at, orders.synced_at)
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
    left join taxed
        on orders.tenant_id = taxed.tenant_id
        and orders.connection_id = taxed.connection_id
        and orders.order_id = taxed.order_id
    left join paid
        on orders.tenant_id = paid.tenant_id
        and orders.connection_id = paid.connection_id
        and orders.order_id = paid.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('order_id') }} as order_id,
        order_id as source_order_id,
        coalesce(order_number, order_id) as order_number,
        {{ record_id('customer_id') }} as customer_id,
        email,
        phone,
        coalesce(completed_at, created_at) as ordered_at,
        created_at,
        modified_at as updated_at,
        cast(null as {{ contract_type('timestamp') }}) as cancelled_at,
        case order_state when 'Complete' then 'completed' when 'Cancelled' then 'cancelled' else 'open' end
            as order_status,
        case
            when refunded_cents > 0 and refunded_cents >= charged_cents then 'refunded'
            when refunded_cents > 0 then 'partially_refunded'
            when charged_cents > 0 and charged_cents < due_cents then 'partially_paid'
            when charged_cents > 0 or payment_state = 'Paid' then 'paid'
            when is_cancelled then 'voided'
            when is_authorized = 1 then 'authorized'
            else 'pending'
        end as financial_status,
        case origin when 'Customer' then 'web' when 'Merchant' then 'draft' else 'api' end as channel,
        upper(coalesce(shipping_country, country, billing_country)) as country,
        coalesce(shipping_city, billing_city) as city,
        currency,
        currency as presentment_currency,
        prices_include_tax,
        false as is_test,
        is_deleted,
        is_cancelled,
        not is_deleted and not is_cancelled as counts_in_sales,
        discount_codes,
        {{ minor_units('due_cents', 'fraction_digits') }} as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('orders') }} from final
