{#- Of how many days the sales tell the price. -#}
{%- set window = 365 %}
-- What a piece of each variant brings, in the reporting currency: the mean of a year's sales before tax, of the variant,
-- else of its article number; what was not sold, its price in the shop.
with variants as (
    select * from {{ ref('core_variants') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

sales as (
    select
        sales.tenant_id,
        sales.variant_id,
        sales.sku,
        sales.units_sold,
        sales.gross_sales,
        sales.discounts
    from {{ ref('product_sales_daily') }} as sales
    inner join connections
        on sales.connection_id = connections.connection_id
        and sales.tenant_id = connections.tenant_id
    where
        sales.units_sold > 0
        and sales.event_date > cast(connections.today_date - interval '{{ window }} days' as date)
        and sales.event_date <= connections.today_date
),

{%- for key in ['variant_id', 'sku'] %}

by_{{ key }} as (
    select
        tenant_id,
        {{ key }},
        cast(sum(gross_sales) / sum(units_sold) as {{ contract_type('money') }}) as gross_price,
        cast((sum(gross_sales) - sum(discounts)) / sum(units_sold) as {{ contract_type('money') }}) as net_price
    from sales
    where {{ key }} is not null
    group by tenant_id, {{ key }}
),
{%- endfor %}

final as (
    select
        variants.tenant_id,
        variants.variant_id,
        coalesce(by_variant_id.gross_price, by_sku.gross_price, {{ converted('variants.price', 'rates.exchange_rate') }})
            as gross_price,
        coalesce(by_variant_id.net_price, by_sku.net_price, {{ converted('variants.price', 'rates.exchange_rate') }})
            as net_price,
        case
            when by_variant_id.net_price is not null or by_sku.net_price is not null then 'sold'
            when variants.price is not null and rates.exchange_rate is not null then 'listed'
        end as price_basis
    from variants
    inner join connections
        on variants.connection_id = connections.connection_id
        and variants.tenant_id = connections.tenant_id
    left join rates
        on variants.currency = rates.currency
        and variants.tenant_id = rates.tenant_id
        and connections.today_date = rates.rate_date
    left join by_variant_id
        on variants.variant_id = by_variant_id.variant_id
        and variants.tenant_id = by_variant_id.tenant_id
    left join by_sku
        on variants.sku = by_sku.sku
        and variants.tenant_id = by_sku.tenant_id
)

select * from final
