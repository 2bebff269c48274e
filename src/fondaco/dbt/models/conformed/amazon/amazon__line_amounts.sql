with items as (
    select * from {{ ref('stg_amazon__order_items') }}
),

amounts as (
    select
        tenant_id,
        connection_id,
        order_id,
        order_item_id,
        {{ amazon_sum("'ITEM'") }} as item,
        {{ amazon_sum("'SHIPPING'") }} as shipping,
        {{ amazon_sum("'GIFT_WRAP', 'COD_FEE', 'OTHER'") }} as fees,
        abs({{ amazon_sum("'DISCOUNT'") }}) as discount,
        abs({{ amazon_sum("'DISCOUNT'", "'SHIPPING'") }}) as shipping_discount,
        {{ amazon_sum("'TAX'") }} as tax,
        {{ amazon_sum("'TAX'", "'SHIPPING'") }} as shipping_tax,
        {{ amazon_sum("'TAX'", "'GIFT_WRAP', 'COD_FEE', 'OTHER'") }} as fee_tax
    from {{ ref('stg_amazon__order_amounts') }}
    where order_item_id is not null
    group by tenant_id, connection_id, order_id, order_item_id
),

joined as (
    select
        items.*,
        coalesce(amounts.item, 0) as item,
        coalesce(amounts.shipping, 0) as shipping,
        coalesce(amounts.fees, 0) as fees,
        coalesce(amounts.discount, 0) as discount,
        coalesce(amounts.shipping_discount, 0) as shipping_discount,
        coalesce(amounts.tax, 0) as tax,
        coalesce(amounts.shipping_tax, 0) as shipping_tax,
        coalesce(amounts.fee_tax, 0) as fee_tax
    from items
    left join amounts
        on items.tenant_id = amounts.tenant_id
        and items.connection_id = amounts.connection_id
        and items.order_id = amounts.order_id
        and items.order_item_id = amounts.order_item_id
),

-- Amazon does not say whether its amounts hold the tax. Its own total does: where they add up to it without the tax, they
-- do.
judged as (
    select
        *,
        case when tax <> 0 and total = item + shipping + fees - discount then 1 else 0 end as holds_tax
    from joined
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        order_item_id,
        cast(item - holds_tax * (tax - shipping_tax - fee_tax) as {{ contract_type('money') }}) as gross_sales,
        cast(discount - shipping_discount as {{ contract_type('money') }}) as discounts,
        cast(tax - shipping_tax - fee_tax as {{ contract_type('money') }}) as taxes,
        cast(shipping - shipping_discount - holds_tax * shipping_tax as {{ contract_type('money') }}) as shipping,
        cast(shipping_tax as {{ contract_type('money') }}) as shipping_tax,
        cast(fees - holds_tax * fee_tax as {{ contract_type('money') }}) as additional_fees,
        cast(fee_tax as {{ contract_type('money') }}) as fee_tax,
        holds_tax = 1 as prices_include_tax
    from judged
)

select * from final
