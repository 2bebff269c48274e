-- Fees of sales, and what refunds give back of them, by line; and charges that are movements by themselves: advertising,
-- labels, what the account is billed.
with transactions as (
    select * from {{ ref('stg_ebay__transactions') }}
    where coalesce(status, '') <> 'FAILED'
),

line_fees as (
    select * from {{ ref('stg_ebay__transaction_fees') }}
),

by_line as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        transactions.order_id,
        transactions.happened_at,
        transactions.status,
        line_fees.line_item_id,
        line_fees.currency,
        line_fees.fee_type as name,
        transactions.transaction_id || '/' || transactions.transaction_type || '/' || line_fees.line_item_id || '/'
        || line_fees.fee_index as fee_id,
        case
            when transactions.transaction_type in ('REFUND', 'CREDIT') then -line_fees.amount
            else line_fees.amount
        end as amount,
        greatest(transactions.synced_at, line_fees.synced_at) as synced_at
    from line_fees
    inner join transactions
        on line_fees.tenant_id = transactions.tenant_id
        and line_fees.connection_id = transactions.connection_id
        and line_fees.transaction_id = transactions.transaction_id
        and line_fees.transaction_type = transactions.transaction_type
),

told_by_line as (
    select distinct
        tenant_id,
        connection_id,
        transaction_id,
        transaction_type
    from line_fees
),

by_itself as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        transactions.order_id,
        transactions.happened_at,
        transactions.status,
        null as line_item_id,
        transactions.currency,
        case
            when transactions.transaction_type = 'SHIPPING_LABEL' then 'SHIPPING_LABEL'
            when upper(transactions.memo) like '%SUBSCRIPTION%' then 'SUBSCRIPTION'
            else coalesce(transactions.fee_type, 'OTHER_FEES')
        end as name,
        transactions.transaction_id || '/' || transactions.transaction_type as fee_id,
        case when transactions.booking_entry = 'CREDIT' then -transactions.amount else transactions.amount end as amount,
        transactions.synced_at
    from transactions
    left join told_by_line
        on transactions.tenant_id = told_by_line.tenant_id
        and transactions.connection_id = told_by_line.connection_id
        and transactions.transaction_id = told_by_line.transaction_id
        and transactions.transaction_type = told_by_line.transaction_type
    where
        told_by_line.transaction_id is null
        and (
            transactions.transaction_type in ('NON_SALE_CHARGE', 'SHIPPING_LABEL')
            or (transactions.transaction_type = 'CREDIT' and transactions.fee_type is not null)
        )
),

united as (
    select * from by_line
    union all
    select * from by_itself
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('fee_id') }} as fee_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('line_item_id') }} as order_line_id,
        null as sku,
        {{ ebay_fee_kind('name') }} as kind,
        lower(replace(name, '_', ' ')) as name,
        happened_at as charged_at,
        amount,
        currency,
        coalesce(status = 'PAYOUT', false) as is_final,
        synced_at
    from united
    where amount <> 0
)

select {{ conform('fees') }} from final
