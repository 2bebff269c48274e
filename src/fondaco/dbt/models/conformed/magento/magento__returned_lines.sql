{#- Items of credit memos that stand for a line that counts, before tax. Whether goods went back into stock
    Magento asks when the credit memo is made and does not tell later; what was never shipped, never left it. -#}
with items as (
    select * from {{ ref('stg_magento__credit_memo_items') }}
),

credit_memos as (
    select * from {{ ref('magento__known_credit_memos') }}
),

lines as (
    select * from {{ ref('magento__lines') }}
),

final as (
    select
        items.tenant_id,
        items.connection_id,
        items.credit_memo_id,
        items.credit_memo_item_id,
        credit_memos.order_id,
        credit_memos.created_at,
        credit_memos.currency,
        lines.item_id,
        lines.product_id,
        lines.variant_id,
        lines.is_gift_card,
        ceil(coalesce(items.qty, 0)) as quantity,
        case
            when coalesce(items.qty, 0) = 0 then 0
            when lines.qty_shipped = 0 and not lines.is_virtual then ceil(items.qty)
        end as units_restocked,
        coalesce(items.row_total, 0)
        - coalesce(items.discount_amount, 0)
        + coalesce(items.discount_tax_compensation_amount, 0) as returns,
        coalesce(items.discount_amount, 0) as shown_discount,
        coalesce(items.tax_amount, 0) as taxes,
        coalesce(items.fixed_tax_amount, 0) as fixed_taxes,
        greatest(items.synced_at, credit_memos.synced_at, lines.synced_at) as synced_at
    from items
    inner join credit_memos
        on items.tenant_id = credit_memos.tenant_id
        and items.connection_id = credit_memos.connection_id
        and items.credit_memo_id = credit_memos.credit_memo_id
    inner join lines
        on credit_memos.tenant_id = lines.tenant_id
        and credit_memos.connection_id = lines.connection_id
        and credit_memos.order_id = lines.order_id
        and items.order_item_id = lines.item_id
)

select * from final
