{#- Lines of orders with their amounts before tax. What the order tells for all of it and its lines do not is spread over
    them: a discount by what they cost, tax by what is left of that. -#}
with orders as (
    select * from {{ ref('database__known_orders') }}
),

lines as (
    {{ database_rows('order_lines', 'line_id') }}
),

counted as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.line_id,
        lines.order_id,
        lines.product_id,
        lines.variant_id,
        lines.sku,
        lines.title,
        coalesce(lines.quantity, 0) as quantity,
        lines.unit_price,
        coalesce(lines.gross, lines.quantity * lines.unit_price, 0) as gross,
        coalesce(lines.discount, 0) as own_discount,
        lines.tax as own_tax,
        lines.tax_rate,
        coalesce(lines.is_gift_card, false) as is_gift_card,
        orders.ordered_at,
        orders.currency,
        orders.prices_include_tax,
        coalesce(orders.discount, 0) as order_discount,
        coalesce(orders.tax, 0) as order_tax,
        orders.shipping,
        orders.shipping_tax,
        greatest(lines.newest_synced_at, orders.synced_at) as synced_at
    from lines
    inner join orders
        on lines.tenant_id = orders.tenant_id
        and lines.connection_id = orders.connection_id
        and lines.order_id = orders.order_id
    where not lines.is_deleted
),

weighed as (
    select
        *,
        case when gross > own_discount then gross - own_discount else 0 end as worth,
        sum(own_discount) over (partition by tenant_id, connection_id, order_id) as told_discount
    from counted
),

summed as (
    select
        *,
        case when order_discount > told_discount then order_discount - told_discount else 0 end as rest_discount,
        sum(worth) over (partition by tenant_id, connection_id, order_id) as whole_worth,
        sum(worth) over (
            partition by tenant_id, connection_id, order_id
            order by line_id rows between unbounded preceding and current row
        ) as worth_up_to
    from weighed
),

discounted as (
    select
        *,
        own_discount + case
            when rest_discount = 0 or whole_worth = 0 then 0
            else {{ spread('rest_discount', 'worth', 'worth_up_to', 'whole_worth') }}
        end as discount
    from summed
),

untaxed as (
    select
        *,
        case when own_tax is null and gross > discount then gross - discount else 0 end as taxable,
        order_tax
        - sum(coalesce(own_tax, 0)) over (partition by tenant_id, connection_id, order_id)
        - coalesce(shipping_tax, 0) as rest_tax
    from discounted
),

shared as (
    select
        *,
        sum(taxable) over (partition by tenant_id, connection_id, order_id)
        + case when shipping_tax is null then shipping else 0 end as whole_taxable,
        sum(taxable) over (
            partition by tenant_id, connection_id, order_id
            order by line_id rows between unbounded preceding and current row
        ) as taxable_up_to
    from untaxed
),

taxed as (
    select
        *,
        coalesce(
            own_tax,
            case
                when taxable = 0 or rest_tax <= 0 then 0
                else {{ spread('rest_tax', 'taxable', 'taxable_up_to', 'whole_taxable') }}
            end
        ) as taxes
    from shared
),

-- Where prices include tax, it comes off gross and discount alike; in whole cents, as halves of them are exact then.
split as (
    select
        *,
        case
            when not prices_include_tax then gross
            when tax_rate is not null
                then gross - cast(
                    cast(cast(gross * 100 * tax_rate as decimal(38, 6)) / (100 + tax_rate) as decimal(38, 0)) * 0.01
                    as decimal(38, 2)
                )
            when gross = discount then gross - taxes
            else gross - taxes - cast(cast(discount as decimal(38, 6)) * taxes / (gross - discount) as decimal(38, 2))
        end as gross_sales
    from taxed
),

final as (
    select
        tenant_id,
        connection_id,
        line_id,
        order_id,
        product_id,
        variant_id,
        sku,
        title,
        quantity,
        unit_price,
        is_gift_card,
        ordered_at,
        currency,
        rest_tax,
        whole_taxable,
        cast(gross_sales as {{ contract_type('money') }}) as gross_sales,
        cast(
            gross_sales - (gross - discount - case when prices_include_tax then taxes else 0 end)
            as {{ contract_type('money') }}
        ) as discounts,
        cast(taxes as {{ contract_type('money') }}) as taxes,
        cast(
            case when whole_worth = 0 then rest_discount else 0 end as {{ contract_type('money') }}
        ) as unspread_discount,
        synced_at
    from split
)

select * from final
