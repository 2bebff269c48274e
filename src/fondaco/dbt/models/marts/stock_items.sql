{{ config(tags=['each_run']) }}

{#- What nobody bought for so long, and was there all the while, lies dead. -#}
{%- set dead_days = 180 %}
-- What each location has of each variant now, and all that is known of it: how fast it sells, how long it lasts, what it
-- costs to have and what it brings.
with items as (
    select * from {{ ref('core_stock_now') }}
),

windows as (
    select * from {{ ref('core_stock_windows') }}
),

classes as (
    select * from {{ ref('core_stock_classes') }}
),

ages as (
    select
        tenant_id,
        location_id,
        variant_id,
        sum(unit_days) as unit_days,
        max(oldest_days) as oldest_days
    from {{ ref('stock_ages') }}
    group by tenant_id, location_id, variant_id
),

purchase_lines as (
    select * from {{ ref('core_purchase_lines') }}
    where status = 'open' and received_quantity < quantity
),

ordered as (
    select
        tenant_id,
        location_id,
        variant_id,
        sum(quantity - received_quantity) as on_order_units,
        min(expected_date) as expected_date
    from purchase_lines
    group by tenant_id, location_id, variant_id
),

joined as (
    select
        items.*,
        coalesce(classes.abc_class, 'C') as abc_class,
        coalesce(classes.abc_margin_class, 'C') as abc_margin_class,
        classes.xyz_class,
        classes.weekly_demand,
        classes.weekly_demand_spread,
        classes.demand_variation,
        windows.units_sold_90,
        windows.units_sold_90 - windows.units_returned_90 as net_units_90,
        windows.available_days_90,
        windows.stockout_days_90,
        windows.lost_units_90,
        windows.lost_margin_90,
        windows.units_sold_365,
        windows.known_days_365,
        windows.available_days_365,
        windows.stockout_days_365,
        windows.lost_units_365,
        windows.lost_margin_365,
        windows.net_sales_365,
        windows.sales_margin_365,
        windows.cost_of_sales_365,
        windows.value_days_365,
        cast(windows.units_sold_90 as double precision) / nullif(windows.available_days_90, 0) as velocity,
        coalesce(items.units * items.unit_cost, 0) as value,
        coalesce(ages.unit_days, 0) as unit_days,
        ages.oldest_days,
        coalesce(ordered.on_order_units, 0) as on_order_units,
        ordered.expected_date,
        items.units > 0
            and {{ days_between('items.first_stock_date', 'items.as_of_date') }} >= {{ dead_days }}
            and coalesce({{ days_between('items.last_sold_date', 'items.as_of_date') }}, {{ dead_days }}) >= {{ dead_days }}
            and coalesce({{ days_between('items.last_received_date', 'items.as_of_date') }}, {{ dead_days }})
            >= {{ dead_days }} as is_dead
    from items
    inner join windows
        on items.location_id = windows.location_id
        and items.variant_id = windows.variant_id
        and items.tenant_id = windows.tenant_id
    left join classes
        on items.variant_id = classes.variant_id
        and items.tenant_id = classes.tenant_id
    left join ages
        on items.location_id = ages.location_id
        and items.variant_id = ages.variant_id
        and items.tenant_id = ages.tenant_id
    left join ordered
        on items.location_id = ordered.location_id
        and items.variant_id = ordered.variant_id
        and items.tenant_id = ordered.tenant_id
),

final as (
    select
        tenant_id,
        location_id,
        location_name,
        connection_id,
        source,
        variant_id,
        product_id,
        sku,
        product_title,
        variant_title,
        basis,
        as_of_date,
        first_stock_date,
        last_received_date,
        last_sold_date,
        closing as available,
        units,
        cast(on_order_units as bigint) as on_order_units,
        expected_date,
        currency,
        unit_cost,
        cost_basis,
        net_price,
        price_basis,
        {{ contract_money('value') }} as stock_value,
        {{ contract_money("case when cost_basis = 'assumed' then value else 0 end") }} as assumed_stock_value,
        case when unit_cost is null then units else 0 end as unpriced_units,
        cast(velocity as {{ contract_type('rate') }}) as sales_velocity,
        {{ quotient('units', 'velocity') }} as days_of_supply,
        case
            when units / nullif(velocity, 0) < 3660
                then cast(as_of_date + cast(floor(units / velocity) as integer) * interval '1 day' as date)
        end as runs_out_date,
        units_sold_90,
        net_units_90,
        {{ quotient('net_units_90', 'net_units_90 + units') }} as sell_through_90,
        available_days_90,
        stockout_days_90,
        lost_units_90,
        lost_margin_90,
        units_sold_365,
        net_sales_365,
        sales_margin_365,
        cost_of_sales_365,
        known_days_365,
        available_days_365,
        stockout_days_365,
        {{ quotient('stockout_days_365', 'stockout_days_365 + available_days_365') }} as stockout_rate_365,
        lost_units_365,
        lost_margin_365,
        value_days_365,
        {{ contract_money('value_days_365 / nullif(known_days_365, 0)') }} as mean_stock_value_365,
        {{ quotient('cost_of_sales_365 * 365', 'value_days_365') }} as turnover,
        {{ quotient('sales_margin_365 * 365', 'value_days_365') }} as gmroi,
        cast(weekly_demand as {{ contract_type('rate') }}) as weekly_demand,
        cast(weekly_demand_spread as {{ contract_type('rate') }}) as weekly_demand_spread,
        cast(demand_variation as {{ contract_type('rate') }}) as demand_variation,
        abc_class,
        abc_margin_class,
        xyz_class,
        cast(unit_days as bigint) as unit_days,
        {{ quotient('unit_days', 'units') }} as mean_age_days,
        oldest_days,
        is_dead,
        {{ contract_money('case when is_dead then value else 0 end') }} as dead_stock_value
    from joined
)

select * from final
