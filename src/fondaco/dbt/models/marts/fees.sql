{{ config(materialized='view') }}

-- A view, as the ledger of sales is: what is published is a table.
with fees as (
    select * from {{ ref('core_fees') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

final as (
    select
        fees.tenant_id,
        fees.fee_id,
        fees.order_id,
        fees.order_line_id,
        fees.connection_id,
        fees.source,
        fees.sku,
        fees.kind,
        fees.name,
        {{ fee_line('fees') }} as profit_line,
        fees.charged_at,
        fees.charged_date,
        fees.order_date,
        fees.country,
        fees.channel,
        rates.reporting_currency as currency,
        {{ converted('fees.amount', 'rates.exchange_rate') }} as amount,
        fees.is_final,
        fees.currency as shop_currency,
        rates.exchange_rate,
        fees.amount as shop_amount
    from fees
    left join rates
        on fees.charged_date = rates.rate_date
        and fees.currency = rates.currency
        and fees.tenant_id = rates.tenant_id
)

select * from final
