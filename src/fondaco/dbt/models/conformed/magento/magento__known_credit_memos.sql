{#- Credit memos that count: neither cancelled nor deleted, of an order that is known. ``total`` is all that
    went back, also to gift cards and store credit that had paid. -#}
with credit_memos as (
    select * from {{ ref('stg_magento__credit_memos') }}
    where coalesce(state, 2) <> 3
),

orders as (
    select * from {{ ref('stg_magento__orders') }}
),

deletions as (
    select * from {{ ref('stg_magento__tombstones') }}
    where stream = 'credit_memos'
),

final as (
    select
        credit_memos.tenant_id,
        credit_memos.connection_id,
        credit_memos.credit_memo_id,
        credit_memos.order_id,
        credit_memos.invoice_id,
        credit_memos.created_at,
        orders.base_currency as currency,
        credit_memos.grand_total
        + coalesce(credit_memos.customer_balance_amount, 0)
        + coalesce(credit_memos.gift_cards_amount, 0) as total,
        credit_memos.grand_total,
        coalesce(credit_memos.tax_amount, 0) as tax_total,
        -coalesce(credit_memos.discount_amount, 0) as discount_total,
        coalesce(credit_memos.shipping_amount, 0) as full_shipping,
        coalesce(credit_memos.shipping_discount_tax_compensation, 0) as shipping_compensation,
        coalesce(credit_memos.shipping_tax_amount, 0) as shipping_taxes,
        coalesce(credit_memos.wrapping_amount, 0) as wrapping,
        coalesce(credit_memos.wrapping_tax_amount, 0) as wrapping_taxes,
        greatest(credit_memos.synced_at, orders.synced_at) as synced_at
    from credit_memos
    inner join orders
        on credit_memos.tenant_id = orders.tenant_id
        and credit_memos.connection_id = orders.connection_id
        and credit_memos.order_id = orders.order_id
    left join deletions
        on credit_memos.tenant_id = deletions.tenant_id
        and credit_memos.connection_id = deletions.connection_id
        and credit_memos.credit_memo_id = deletions.record_id
        and credit_memos.synced_at <= deletions.synced_at
    where deletions.record_id is null
)

select * from final
