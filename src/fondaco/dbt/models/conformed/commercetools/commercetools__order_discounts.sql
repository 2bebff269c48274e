with line_discounts as (
    select * from {{ ref('stg_commercetools__line_discounts') }}
),

lines as (
    select * from {{ ref('stg_commercetools__order_lines') }}
),

cart_discounts as (
    select * from {{ ref('stg_commercetools__cart_discounts') }}
),

order_amounts as (
    select * from {{ ref('commercetools__order_amounts') }}
),

-- A code that was renamed, or that switches something else on, changes the order's discounts.
entered_codes as (
    select
        entered.tenant_id,
        entered.connection_id,
        entered.order_id,
        max(discount_codes.synced_at) as synced_at
    from {{ ref('stg_commercetools__order_discount_codes') }} as entered
    inner join {{ ref('stg_commercetools__discount_codes') }} as discount_codes
        on entered.tenant_id = discount_codes.tenant_id
        and entered.connection_id = discount_codes.connection_id
        and entered.discount_code_id = discount_codes.discount_code_id
    group by entered.tenant_id, entered.connection_id, entered.order_id
),

-- The code of an order that switches the cart discount on; the first, where several do.
codes as (
    select
        entered.tenant_id,
        entered.connection_id,
        entered.order_id,
        links.cart_discount_id,
        min(discount_codes.code) as code
    from {{ ref('stg_commercetools__order_discount_codes') }} as entered
    inner join {{ ref('stg_commercetools__discount_codes') }} as discount_codes
        on entered.tenant_id = discount_codes.tenant_id
        and entered.connection_id = discount_codes.connection_id
        and entered.discount_code_id = discount_codes.discount_code_id
    inner join {{ ref('stg_commercetools__discount_code_discounts') }} as links
        on entered.tenant_id = links.tenant_id
        and entered.connection_id = links.connection_id
        and entered.discount_code_id = links.discount_code_id
    group by entered.tenant_id, entered.connection_id, entered.order_id, links.cart_discount_id
),

-- Before tax, as far as the line tells.
on_lines as (
    select
        line_discounts.tenant_id,
        line_discounts.connection_id,
        line_discounts.order_id,
        line_discounts.cart_discount_id,
        lines.currency,
        sum(
            cast(
                {{ minor_units(
                    "case when line_discounts.unit_type = 'highPrecision' then line_discounts.unit_precise "
                    ~ "else line_discounts.unit_cents end",
                    'line_discounts.fraction_digits'
                ) }}
                * line_discounts.quantity
                as {{ contract_type('money') }}
            )
            * case
                when lines.tax_included and lines.gross_cents <> 0
                    then cast(lines.net_cents * 1.0 / lines.gross_cents as decimal(12, 9))
                else 1
            end
        ) as amount,
        max(line_discounts.synced_at) as synced_at
    from line_discounts
    inner join lines
        on line_discounts.tenant_id = lines.tenant_id
        and line_discounts.connection_id = lines.connection_id
        and line_discounts.order_id = lines.order_id
        and line_discounts.line_id = lines.line_id
    group by
        line_discounts.tenant_id,
        line_discounts.connection_id,
        line_discounts.order_id,
        line_discounts.cart_discount_id,
        lines.currency
),

on_total as (
    select
        tenant_id,
        connection_id,
        order_id,
        'total' as cart_discount_id,
        currency,
        {{ minor_units('-rest_net_cents', 'fraction_digits') }} as amount,
        synced_at
    from order_amounts
    where has_total_discount and rest_net_cents <> 0
),

united as (
    select * from on_lines
    union all
    select * from on_total
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'commercetools' as source,
        {{ record_id("united.order_id || ':' || united.cart_discount_id", 'united.connection_id') }}
            as order_discount_id,
        {{ record_id('united.order_id', 'united.connection_id') }} as order_id,
        upper(codes.code) as code,
        coalesce(cart_discounts.name, codes.code) as title,
        case when codes.code is not null then 'code' else 'automatic' end as discount_type,
        united.amount,
        united.currency,
        greatest(
            united.synced_at,
            coalesce(entered_codes.synced_at, united.synced_at),
            coalesce(cart_discounts.synced_at, united.synced_at)
        ) as synced_at
    from united
    left join entered_codes
        on united.tenant_id = entered_codes.tenant_id
        and united.connection_id = entered_codes.connection_id
        and united.order_id = entered_codes.order_id
    left join codes
        on united.tenant_id = codes.tenant_id
        and united.connection_id = codes.connection_id
        and united.order_id = codes.order_id
        and united.cart_discount_id = codes.cart_discount_id
    left join cart_discounts
        on united.tenant_id = cart_discounts.tenant_id
        and united.connection_id = cart_discounts.connection_id
        and united.cart_discount_id = cart_discounts.cart_discount_id
)

select {{ conform('order_discounts') }} from final
