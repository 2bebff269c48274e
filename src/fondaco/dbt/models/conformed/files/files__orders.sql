with totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

customers as (
    select * from {{ ref('stg_files__customers') }}
),

customers_by_email as (
    select
        tenant_id,
        connection_id,
        lower(email) as email_key,
        min(customer_id) as customer_id
    from customers
    where email is not null
    group by tenant_id, connection_id, lower(email)
),

-- An order's customer hangs on all customers: one whose e-mail a newer file changed leaves his orders.
directories as (
    select
        tenant_id,
        connection_id,
        max(synced_at) as synced_at
    from customers
    group by tenant_id, connection_id
),

final as (
    select
        totals.tenant_id,
        totals.connection_id,
        'files' as source,
        {{ record_id('totals.order_id', 'totals.connection_id') }} as order_id,
        totals.order_id as source_order_id,
        coalesce(totals.order_number, totals.order_id) as order_number,
        {{ record_id('coalesce(totals.customer_id, customers_by_email.customer_id)', 'totals.connection_id') }}
            as customer_id,
        totals.email,
        totals.phone,
        totals.ordered_at,
        totals.ordered_at as created_at,
        totals.synced_at as updated_at,
        totals.cancelled_at,
        totals.order_status,
        totals.financial_status,
        coalesce(totals.channel, 'file') as channel,
        totals.country,
        totals.city,
        totals.currency,
        totals.currency as presentment_currency,
        coalesce(totals.prices_include_tax, false) as prices_include_tax,
        coalesce(totals.is_test, false) as is_test,
        false as is_deleted,
        coalesce(totals.order_status, '') = 'cancelled' or totals.cancelled_at is not null as is_cancelled,
        coalesce(totals.counts_in_sales, true) and not coalesce(totals.is_test, false) as counts_in_sales,
        upper(totals.discount_code) as discount_codes,
        totals.total as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        greatest(totals.synced_at, coalesce(directories.synced_at, totals.synced_at)) as synced_at
    from totals
    left join customers_by_email
        on totals.tenant_id = customers_by_email.tenant_id
        and totals.connection_id = customers_by_email.connection_id
        and lower(totals.email) = customers_by_email.email_key
    left join directories
        on totals.tenant_id = directories.tenant_id
        and totals.connection_id = directories.connection_id
)

select {{ conform('orders') }} from final
