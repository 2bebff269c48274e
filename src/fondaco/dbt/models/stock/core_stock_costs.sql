-- What a piece of each variant costs in the reporting currency, from which day on, also of what was never sold. A cost in
-- another currency is converted at the rate of its period's first day, and periods begin anew with each month; an assumed
-- one is a share of today's price.
with variants as (
    select * from {{ ref('core_variants') }}
),

goods as (
    select
        variants.tenant_id,
        {{ goods_key('variants') }} as goods_key,
        min(variants.connection_id) as connection_id,
        min(variants.variant_id) as variant_id,
        min(variants.product_id) as product_id,
        min(variants.sku) as sku
    from variants
    group by variants.tenant_id, {{ goods_key('variants') }}
),

{{ goods_costs() }},

prices as (
    select * from {{ ref('core_stock_prices') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

calendar as (
    select
        min(date_day) as first_date,
        max(date_day) as last_date
    from {{ ref('core_calendar') }}
),

months as (
    select distinct month_start_date from {{ ref('core_calendar') }}
),

costs as (
    select
        goods.tenant_id,
        goods.variant_id,
        goods_costs.valid_from,
        goods_costs.valid_until,
        goods_costs.unit_cost,
        goods_costs.cost_rate,
        goods_costs.cost_basis,
        coalesce(goods_costs.currency, reporting.currency) as cost_currency,
        reporting.currency
    from goods_costs
    inner join goods
        on goods_costs.goods_key = goods.goods_key
        and goods_costs.tenant_id = goods.tenant_id
    inner join reporting on goods_costs.tenant_id = reporting.tenant_id
),

cuts as (
    select
        tenant_id,
        variant_id,
        valid_from,
        valid_from as starts_on
    from costs
    union
    select
        costs.tenant_id,
        costs.variant_id,
        costs.valid_from,
        months.month_start_date as starts_on
    from costs
    inner join months
        on costs.valid_from < months.month_start_date
        and costs.valid_until > months.month_start_date
    where costs.cost_currency <> costs.currency
),

cut_periods as (
    select
        cuts.tenant_id,
        cuts.variant_id,
        cuts.starts_on as valid_from,
        coalesce(
            lead(cuts.starts_on) over (
                partition by cuts.tenant_id, cuts.variant_id
                order by cuts.starts_on
            ),
            costs.valid_until
        ) as valid_until,
        least(greatest(cuts.starts_on, calendar.first_date), calendar.last_date) as rate_date,
        costs.unit_cost,
        costs.cost_rate,
        costs.cost_basis,
        costs.cost_currency,
        costs.currency
    from cuts
    inner join costs
        on cuts.variant_id = costs.variant_id
        and cuts.valid_from = costs.valid_from
        and cuts.tenant_id = costs.tenant_id
    cross join calendar
),

final as (
    select
        cut_periods.tenant_id,
        cut_periods.variant_id,
        cut_periods.valid_from,
        cut_periods.valid_until,
        case
            when cut_periods.unit_cost is not null then {{ converted('cut_periods.unit_cost', 'rates.exchange_rate') }}
            else {{ rated('prices.gross_price', 'cut_periods.cost_rate') }}
        end as unit_cost,
        cut_periods.cost_basis,
        cut_periods.currency
    from cut_periods
    left join rates
        on cut_periods.cost_currency = rates.currency
        and cut_periods.rate_date = rates.rate_date
        and cut_periods.tenant_id = rates.tenant_id
    left join prices
        on cut_periods.variant_id = prices.variant_id
        and cut_periods.tenant_id = prices.tenant_id
)

select * from final
