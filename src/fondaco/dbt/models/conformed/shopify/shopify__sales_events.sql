with sales as (
    select
        *,
        total_amount - tax as net_amount
    from {{ ref('stg_shopify__sales') }}
),

agreements as (
    select * from {{ ref('stg_shopify__agreements') }}
),

restocked_lines as (
    select * from {{ ref('shopify__restocked_lines') }}
),

-- A refund may share a line among several sales: the first ones take what it put back. It may also name more units than its
-- sales, where two agreements share it.
restocked_sales as (
    select
        sales.tenant_id,
        sales.connection_id,
        sales.sale_id,
        restocked_lines.units_restocked,
        coalesce(
            sum(abs(sales.quantity)) over (
                partition by sales.tenant_id, sales.connection_id, agreements.refund_id, sales.line_id
                order by sales.sale_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as units_before,
        restocked_lines.synced_at
    from restocked_lines
    inner join agreements
        on restocked_lines.tenant_id = agreements.tenant_id
        and restocked_lines.connection_id = agreements.connection_id
        and restocked_lines.refund_id = agreements.refund_id
    inner join sales
        on agreements.tenant_id = sales.tenant_id
        and agreements.connection_id = sales.connection_id
        and agreements.agreement_id = sales.agreement_id
        and restocked_lines.line_id = sales.line_id
    where sales.action_type = 'RETURN' and sales.line_type in ('PRODUCT', 'GIFT_CARD')
),

joined as (
    select
        sales.*,
        agreements.order_id,
        restocked_sales.units_restocked - restocked_sales.units_before as refund_restocked,
        case when sales.line_type in ('PRODUCT', 'GIFT_CARD') then coalesce(sales.quantity, 0) else 0 end as units,
        agreements.happened_at,
        sales.action_type = 'RETURN' as is_return,
        -- Goods and what balances them; anything that Shopify adds later counts as goods rather than as nothing.
        coalesce(sales.line_type, '') not in ('SHIPPING', 'TIP', 'GIFT_CARD', 'DUTY', 'FEE', 'ADDITIONAL_FEE') as is_goods,
        greatest(sales.synced_at, coalesce(restocked_sales.synced_at, sales.synced_at)) as newest_synced_at
    from sales
    inner join agreements
        on sales.tenant_id = agreements.tenant_id
        and sales.connection_id = agreements.connection_id
        and sales.agreement_id = agreements.agreement_id
    left join restocked_sales
        on sales.tenant_id = restocked_sales.tenant_id
        and sales.connection_id = restocked_sales.connection_id
        and sales.sale_id = restocked_sales.sale_id
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('sale_id') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('variant_id') }} as variant_id,
        case action_type when 'ORDER' then 'order' when 'RETURN' then 'return' else 'edit' end as event_type,
        case line_type
            when 'SHIPPING' then 'shipping'
            when 'TIP' then 'tip'
            when 'GIFT_CARD' then 'gift_card'
            when 'DUTY' then 'duty'
            when 'FEE' then 'fee'
            when 'ADDITIONAL_FEE' then 'fee'
            when 'PRODUCT' then 'product'
            else 'adjustment'
        end as line_type,
        happened_at as event_at,
        case when is_return then -abs(units) else units end as quantity,
        -- An edit takes away only what was not shipped.
        case
            when units = 0 or (units > 0 and not is_return) then 0
            when is_return and refund_restocked < 0 then 0
            when is_return and refund_restocked >= abs(units) then abs(units)
            when is_return then refund_restocked
            when action_type = 'UPDATE' then -units
        end as units_restocked,
        currency,
        case when is_goods and not is_return then net_amount + discount_before_taxes else 0 end as gross_sales,
        case when is_goods and not is_return then discount_before_taxes else 0 end as discounts,
        case when is_goods and is_return then -net_amount else 0 end as returns,
        case when line_type = 'SHIPPING' then net_amount else 0 end as shipping,
        case when line_type in ('GIFT_CARD', 'TIP') then 0 else tax end as taxes,
        case when line_type = 'DUTY' then net_amount else 0 end as duties,
        case when line_type = 'TIP' then total_amount else 0 end as tips,
        case when line_type = 'GIFT_CARD' then total_amount else 0 end as gift_card_sales,
        case when line_type in ('FEE', 'ADDITIONAL_FEE') then net_amount else 0 end as additional_fees,
        newest_synced_at as synced_at
    from joined
)

select {{ conform('sales_events') }} from final
