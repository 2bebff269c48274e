{#- What a credit memo gives back beside its lines. Adjustments have no tax; ``rest`` is them, less what the
    merchant kept as a fee, and whatever else the total holds beyond its parts. -#}
with credit_memos as (
    select * from {{ ref('magento__known_credit_memos') }}
),

lines as (
    select
        tenant_id,
        connection_id,
        credit_memo_id,
        sum(returns) as returns,
        sum(shown_discount) as shown_discount,
        sum(taxes) as taxes,
        sum(fixed_taxes) as fixed_taxes
    from {{ ref('magento__returned_lines') }}
    group by tenant_id, connection_id, credit_memo_id
),

-- The credit memo's discount is that of its items and of its shipping.
parts as (
    select
        credit_memos.*,
        coalesce(lines.returns, 0) as returns,
        coalesce(lines.taxes, 0) as line_taxes,
        coalesce(lines.fixed_taxes, 0) as fixed_taxes,
        credit_memos.full_shipping
        - case
            when credit_memos.full_shipping = 0 then 0
            else credit_memos.discount_total - coalesce(lines.shown_discount, 0) - credit_memos.shipping_compensation
        end as shipping
    from credit_memos
    left join lines
        on credit_memos.tenant_id = lines.tenant_id
        and credit_memos.connection_id = lines.connection_id
        and credit_memos.credit_memo_id = lines.credit_memo_id
),

final as (
    select
        *,
        tax_total - line_taxes - shipping_taxes - wrapping_taxes as rest_taxes,
        total - returns - fixed_taxes - shipping - wrapping - tax_total as rest
    from parts
)

select * from final
