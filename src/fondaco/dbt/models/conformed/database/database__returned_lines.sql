{#- Lines of refunds with their amounts before tax; what a line does not tell is its share of the order's line. -#}
with refunds as (
    select * from {{ ref('database__known_refunds') }}
    where refund_id is not null
),

refund_lines as (
    {{ database_rows('refund_lines', 'refund_line_id') }}
),

lines as (
    select * from {{ ref('database__lines') }}
),

joined as (
    select
        refund_lines.tenant_id,
        refund_lines.connection_id,
        refund_lines.refund_line_id,
        refund_lines.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        refunds.currency,
        lines.line_id,
        lines.product_id,
        lines.variant_id,
        coalesce(lines.is_gift_card, false) as is_gift_card,
        coalesce(refund_lines.quantity, 0) as quantity,
        case
            when refund_lines.is_restocked then coalesce(refund_lines.quantity, 0)
            when not refund_lines.is_restocked then 0
        end as units_restocked,
        refund_lines.amount,
        refund_lines.tax,
        case
            when lines.quantity <> 0
                then cast(
                    cast(lines.gross_sales - lines.discounts as decimal(38, 6)) * refund_lines.quantity / lines.quantity
                    as decimal(38, 2)
                )
        end as net_share,
        case
            when lines.quantity <> 0
                then cast(
                    cast(lines.taxes as decimal(38, 6)) * refund_lines.quantity / lines.quantity as decimal(38, 2)
                )
        end as tax_share,
        case
            when lines.gross_sales - lines.discounts + lines.taxes <> 0
                then cast(
                    cast(refund_lines.amount as decimal(38, 6)) * lines.taxes
                    / (lines.gross_sales - lines.discounts + lines.taxes) as decimal(38, 2)
                )
        end as tax_in_amount,
        greatest(
            refund_lines.newest_synced_at, refunds.synced_at, coalesce(lines.synced_at, refunds.synced_at)
        ) as synced_at
    from refund_lines
    inner join refunds
        on refund_lines.tenant_id = refunds.tenant_id
        and refund_lines.connection_id = refunds.connection_id
        and refund_lines.refund_id = refunds.refund_id
    left join lines
        on refund_lines.tenant_id = lines.tenant_id
        and refund_lines.connection_id = lines.connection_id
        and refund_lines.line_id = lines.line_id
        and refunds.order_id = lines.order_id
    where not refund_lines.is_deleted
),

taxed as (
    select
        *,
        coalesce(tax, case when amount is null then tax_share else tax_in_amount end, 0) as taxes
    from joined
),

final as (
    select
        tenant_id,
        connection_id,
        refund_line_id,
        refund_id,
        order_id,
        refunded_at,
        currency,
        line_id,
        product_id,
        variant_id,
        is_gift_card,
        quantity,
        units_restocked,
        cast(case when amount is null then coalesce(net_share, 0) else amount - taxes end as {{ contract_type('money') }})
            as returns,
        cast(taxes as {{ contract_type('money') }}) as taxes,
        synced_at
    from taxed
)

select * from final
