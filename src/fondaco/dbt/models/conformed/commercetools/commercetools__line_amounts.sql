{#- Lines of orders with their amounts before tax, in units and in cents: the base of lines, events and returns. -#}
with lines as (
    select * from {{ ref('stg_commercetools__order_lines') }}
),

orders as (
    select * from {{ ref('stg_commercetools__orders') }}
),

priced as (
    select
        lines.*,
        {{ minor_units(
            "case when price_type = 'highPrecision' then price_precise else price_cents end", 'price_fraction_digits'
        ) }} as unit_price,
        coalesce(lines.net_cents, lines.total_cents) as line_net_cents,
        coalesce(lines.gross_cents - lines.net_cents, 0) as line_tax_cents
    from lines
),

-- What the line lost, as displayed, in cents.
discounted as (
    select
        priced.*,
        case
            when priced.price_type = 'highPrecision'
                then round(
                    priced.unit_price
                    * priced.quantity
                    * case priced.fraction_digits when 0 then 1 when 3 then 1000 else 100 end
                )
            else cast(priced.price_cents as decimal(25, 0)) * priced.quantity
        end - priced.total_cents as shown_discount_cents
    from priced
),

-- Where prices include tax, so does what was taken off them.
untaxed as (
    select
        discounted.*,
        case
            when
                not coalesce(discounted.tax_included, false) or discounted.net_cents is null
                then discounted.shown_discount_cents
            when discounted.gross_cents <> 0
                then {{ share_of('shown_discount_cents', 'net_cents', 'gross_cents', half_up=true) }}
            else {{ share_of('shown_discount_cents', '1', 'cast(1 + tax_rate as decimal(9, 6))', half_up=true) }}
        end as discount_cents
    from discounted
),

final as (
    select
        untaxed.tenant_id,
        untaxed.connection_id,
        untaxed.order_id,
        untaxed.line_id,
        untaxed.product_id,
        untaxed.variant_number,
        untaxed.sku,
        untaxed.name,
        untaxed.quantity,
        untaxed.unit_price,
        untaxed.currency,
        untaxed.fraction_digits,
        untaxed.line_net_cents,
        untaxed.line_tax_cents,
        {{ minor_units('untaxed.line_net_cents + untaxed.discount_cents', 'untaxed.fraction_digits') }} as gross_sales,
        {{ minor_units('untaxed.discount_cents', 'untaxed.fraction_digits') }} as discounts,
        {{ minor_units('untaxed.line_tax_cents', 'untaxed.fraction_digits') }} as taxes,
        coalesce(orders.completed_at, orders.created_at) as ordered_at,
        greatest(untaxed.synced_at, orders.synced_at) as synced_at
    from untaxed
    inner join orders
        on untaxed.tenant_id = orders.tenant_id
        and untaxed.connection_id = orders.connection_id
        and untaxed.order_id = orders.order_id
)

select * from final
