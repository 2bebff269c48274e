-- What buyers paid and got back; eBay tells both less its own fees. Those hold what the payment costs: no fee is left
-- for the payment itself.
with payments as (
    select
        *,
        case when coalesce(status, '') = 'FAILED' then 0 else amount end as net
    from {{ ref('stg_ebay__payments') }}
),

orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

refunds as (
    select * from {{ ref('ebay__refund_amounts') }}
),

unsettled as (
    select * from {{ ref('stg_ebay__refunds') }}
    where refunded_at is null or status = 'FAILED'
),

disputes as (
    select * from {{ ref('stg_ebay__transactions') }}
    where {{ ebay_is_dispute() }} and order_id is not null and coalesce(status, '') <> 'FAILED'
),

shared as (
    select
        payments.*,
        cast(orders.total as {{ contract_type('money') }}) as total,
        orders.currency as order_currency,
        greatest(payments.synced_at, coalesce(orders.synced_at, payments.synced_at)) as newest_synced_at,
        sum(case when coalesce(payments.status, '') = 'FAILED' then 0 else 1 end) over (
            partition by payments.tenant_id, payments.connection_id, payments.order_id
        ) as parts,
        sum(payments.net) over (partition by payments.tenant_id, payments.connection_id, payments.order_id) as whole,
        sum(payments.net) over (
            partition by payments.tenant_id, payments.connection_id, payments.order_id
            order by payments.payment_index
            rows between unbounded preceding and current row
        ) as so_far
    from payments
    left join orders
        on payments.tenant_id = orders.tenant_id
        and payments.connection_id = orders.connection_id
        and payments.order_id = orders.order_id
),

-- The order's total, in the shares of its payments: to the cent, and together no more than it.
paid as (
    select
        tenant_id,
        connection_id,
        order_id,
        payment_index,
        status,
        paid_at,
        newest_synced_at as synced_at,
        case
            when total is null or status = 'FAILED' then amount
            when parts = 1 then total
            when whole > 0
                then
                    cast(round(total * so_far / whole, 2) as {{ contract_type('money') }})
                    - cast(round(total * (so_far - net) / whole, 2) as {{ contract_type('money') }})
            else amount
        end as amount,
        case when total is null or status = 'FAILED' or (parts > 1 and whole <= 0) then currency else order_currency end
            as currency
    from shared
),

united as (
    select
        tenant_id,
        connection_id,
        order_id,
        'payment/' || order_id || '/' || payment_index as payment_id,
        'sale' as kind,
        case when status = 'PAID' then 'success' when status = 'FAILED' then 'failure' else 'pending' end as status,
        paid_at as processed_at,
        amount,
        currency,
        synced_at
    from paid
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund/' || order_id || '/' || refund_index as payment_id,
        'refund' as kind,
        'success' as status,
        refunded_at as processed_at,
        amount,
        currency,
        synced_at
    from refunds
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund/' || order_id || '/unsettled/' || refund_index as payment_id,
        'refund' as kind,
        case when status = 'FAILED' then 'failure' else 'pending' end as status,
        refunded_at as processed_at,
        amount,
        currency,
        synced_at
    from unsettled
    union all
    -- Money that a buyer's dispute holds, and gives back when it ends: below nought then.
    select
        tenant_id,
        connection_id,
        order_id,
        'dispute/' || transaction_id as payment_id,
        'chargeback' as kind,
        'success' as status,
        happened_at as processed_at,
        case when booking_entry = 'CREDIT' then -amount else amount end as amount,
        currency,
        synced_at
    from disputes
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('payment_id') }} as payment_id,
        {{ record_id('order_id') }} as order_id,
        null as parent_payment_id,
        kind,
        status,
        'ebay' as gateway,
        processed_at,
        amount,
        0 as fee,
        currency,
        false as is_test,
        synced_at
    from united
)

select {{ conform('payments') }} from final
