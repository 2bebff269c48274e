{{ config(
    tags=['profit'],
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=["{{ forget_changed('core_profit_changes') }}", "{{ forget_days() }}"]
) }}

{%- set money = contract_type('money') %}
{%- set of_ledger = ['order_id', 'order_line_id', 'product_id', 'variant_id', 'sku', 'line_title', 'connection_id', 'source',
    'event_type', 'line_type', 'event_date', 'order_date', 'person_id', 'customer_type', 'country', 'channel', 'currency'] %}
{%- set units = ['units_sold', 'units_returned', 'units_restocked'] %}
with ledger as {{ '' if is_incremental() else 'not materialized ' }}(
    {{ filtered_ledger(only_changed('core_profit_changes')) }}
),

goods_costs as (
    select * from {{ ref('core_goods_costs') }}
),

order_costs as (
    select * from {{ ref('core_order_costs') }}
),

fee_costs as (
    select * from {{ ref('core_fee_costs') }}
    {{ only_changed('core_profit_changes') }}
),

cost_days as (
    select * from {{ ref('core_cost_days') }}
),

cost_shares as {{ '' if is_incremental() else 'not materialized ' }}(
    select * from {{ ref('core_cost_shares') }}
    {{ only_changed('core_profit_changes') }}
),

later_payments as (
    select * from {{ ref('core_payment_costs') }}
    where processed_date <> order_date
),

-- One for each row of the ledger that bears them. Hardly an order has any: they are found before the wide rows are read.
payment_costs as (
    select
        later_payments.tenant_id,
        later_payments.processed_date,
        later_payments.payment_costs,
        later_payments.chargebacks,
        later_payments.assumed_payment_costs,
        cost_shares.sales_event_id,
        cost_shares.share_before,
        cost_shares.share_after
    from later_payments
    inner join cost_shares
        on later_payments.order_id = cost_shares.order_id
        and later_payments.tenant_id = cost_shares.tenant_id
),

settings as (
    select * from {{ ref('core_profit_settings') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

-- Goods that come back are handled once for all that come on one day.
handled as (
    select
        tenant_id,
        min(sales_event_id) as sales_event_id
    from ledger
    where units_returned > 0
    group by tenant_id, order_id, event_date
),

-- The price at which a line was sold, after edits, where some of it came back: its cost may be a share of that.
returned_lines as (
    select
        tenant_id,
        order_line_id,
        cast(sum(gross_sales) as double precision) / nullif(sum(units_sold), 0) as unit_price
    from ledger
    where (tenant_id, order_line_id) in (
        select
            returned.tenant_id,
            returned.order_line_id
        from ledger as returned
        where returned.units_returned > 0
    )
    group by tenant_id, order_line_id
    having sum(units_returned) > 0
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

joined as (
    select
        ledger.*,
        settings.count_taxes_as_cost,
        {{ converted('goods_costs.unit_cost', 'cost_rates.exchange_rate') }} as unit_cost,
        goods_costs.cost_rate,
        goods_costs.cost_basis,
        goods_costs.entry_id as cost_entry_id,
        coalesce(
            returned_lines.unit_price, cast(ledger.returns as double precision) / nullif(ledger.units_returned, 0)
        ) as returned_price,
        case
            when ledger.line_type <> 'product' then 0
            when ledger.event_type = 'return'
                then -coalesce(
                    ledger.units_restocked, case when settings.returns_restocked then ledger.units_returned else 0 end
                )
            else ledger.units_sold
        end as units_out,
        order_costs.marketplace_fee_rate,
        order_costs.duty_rate,
        order_costs.affiliate_rate,
        order_costs.return_unit_amount,
        case when handled.sales_event_id is not null then order_costs.return_amount else 0 end as return_amount,
        coalesce(cost_shares.share_before, 0) as share_before,
        coalesce(cost_shares.share_after, 0) as share_after,
        order_costs.shipping_costs as order_shipping_costs,
        order_costs.fulfilment_costs as order_fulfilment_costs,
        order_costs.marketplace_fees as order_marketplace_fees,
        order_costs.marketing_costs as order_marketing_costs,
        order_costs.payment_costs as order_payment_costs,
        order_costs.assumed_payment_costs as order_assumed_payment_costs,
        order_costs.chargebacks as order_chargebacks
    from ledger
    inner join settings on ledger.tenant_id = settings.tenant_id
    left join goods_costs
        on {{ goods_key('ledger') }} = goods_costs.goods_key
        and ledger.tenant_id = goods_costs.tenant_id
        and ledger.order_date >= goods_costs.valid_from
        and ledger.order_date < goods_costs.valid_until
        and ledger.line_type = 'product'
    left join rates as cost_rates
        on goods_costs.currency = cost_rates.currency
        and ledger.order_date = cost_rates.rate_date
        and ledger.tenant_id = cost_rates.tenant_id
    left join order_costs
        on ledger.order_id = order_costs.order_id
        and ledger.tenant_id = order_costs.tenant_id
    left join handled
        on ledger.sales_event_id = handled.sales_event_id
        and ledger.tenant_id = handled.tenant_id
    left join returned_lines
        on ledger.order_line_id = returned_lines.order_line_id
        and ledger.tenant_id = returned_lines.tenant_id
    left join cost_shares
        on ledger.sales_event_id = cost_shares.sales_event_id
        and ledger.tenant_id = cost_shares.tenant_id
),

-- What a share of the price makes is counted in doubles and rounded once.
costed as (
    select
        *,
        cast(
            case
                when units_out = 0 then 0
                when unit_cost is not null then units_out * unit_cost
                when event_type = 'return' then units_out * coalesce(returned_price, 0) * coalesce(cost_rate, 0)
                else cast(gross_sales as double precision) * coalesce(cost_rate, 0)
            end as {{ money }}
        ) as cost_of_goods
    from joined
),

of_sales as (
    select
        tenant_id,
        'sale' as profit_event_type,
        sales_event_id as profit_event_id,
        {% for column in of_ledger + units %}{{ column }},
        {% endfor -%}
        gross_sales,
        discounts,
        returns,
        net_sales,
        shipping + tips + additional_fees as other_income,
        cost_of_goods,
        {%- for cost in ['shipping_costs', 'fulfilment_costs', 'payment_costs', 'chargebacks'] %}
        {{ cascade('order_' ~ cost, 'share_before', 'share_after') }} as {{ cost }},
        {%- endfor %}
        {{ cascade('order_marketplace_fees', 'share_before', 'share_after') }}
            + {{ rated('net_sales', 'marketplace_fee_rate') }} as marketplace_fees,
        return_amount + return_unit_amount * units_returned as return_costs,
        {{ rated('net_sales', 'duty_rate') }} + case when count_taxes_as_cost then taxes else 0 end as duty_costs,
        {{ cascade('order_marketing_costs', 'share_before', 'share_after') }}
            + {{ rated('net_sales', 'affiliate_rate') }} as marketing_costs,
        0 as fixed_costs,
        case when cost_basis = 'assumed' then cost_of_goods else 0 end as assumed_cost_of_goods,
        {{ cascade('order_assumed_payment_costs', 'share_before', 'share_after') }} as assumed_payment_costs,
        unit_cost,
        cost_rate,
        cost_basis,
        cost_entry_id
    from costed
),

-- What a gateway took on another day than the order's: by the order's lines as well.
of_payments as (
    select
        ledger.tenant_id,
        'payment' as profit_event_type,
        ledger.sales_event_id || '/' || cast(payment_costs.processed_date as varchar) as profit_event_id,
        {% for column in of_ledger -%}
        {%- if column == 'event_date' -%}payment_costs.processed_date as event_date,
        {% else -%}ledger.{{ column }},
        {% endif -%}
        {%- endfor -%}
        {% for column in units %}0 as {{ column }},
        {% endfor -%}
        {% for column in profit_amounts() -%}
        {%- if column in ['payment_costs', 'chargebacks', 'assumed_payment_costs'] -%}
        {{ cascade('payment_costs.' ~ column, 'payment_costs.share_before', 'payment_costs.share_after') }} as {{ column }},
        {% else -%}0 as {{ column }},
        {% endif -%}
        {%- endfor -%}
        cast(null as {{ money }}) as unit_cost,
        cast(null as {{ contract_type('rate') }}) as cost_rate,
        cast(null as {{ contract_type('text') }}) as cost_basis,
        cast(null as {{ contract_type('text') }}) as cost_entry_id
    from payment_costs
    inner join ledger
        on payment_costs.sales_event_id = ledger.sales_event_id
        and payment_costs.tenant_id = ledger.tenant_id
),

-- What platforms told that they charged, on the day that they did.
of_fees as (
    select
        ledger.tenant_id,
        'fee' as profit_event_type,
        ledger.sales_event_id || '/fee/' || cast(fee_costs.charged_date as varchar) as profit_event_id,
        {% for column in of_ledger -%}
        {%- if column == 'event_date' -%}fee_costs.charged_date as event_date,
        {% else -%}ledger.{{ column }},
        {% endif -%}
        {%- endfor -%}
        {% for column in units %}0 as {{ column }},
        {% endfor -%}
        {% for column in profit_amounts() -%}
        {%- if column in fee_lines() -%}fee_costs.{{ column }},
        {% else -%}0 as {{ column }},
        {% endif -%}
        {%- endfor -%}
        cast(null as {{ money }}) as unit_cost,
        cast(null as {{ contract_type('rate') }}) as cost_rate,
        cast(null as {{ contract_type('text') }}) as cost_basis,
        cast(null as {{ contract_type('text') }}) as cost_entry_id
    from fee_costs
    inner join ledger
        on fee_costs.sales_event_id = ledger.sales_event_id
        and fee_costs.tenant_id = ledger.tenant_id
),

pools as (
    select * from {{ ref('core_marketing_pools') }}
),

-- What no order bears: fixed costs, marketing that stands by itself, and fees of no order that counts.
of_days as (
    select
        cost_days.tenant_id,
        cost_days.kind as profit_event_type,
        cost_days.entry_id || '/' || cast(cost_days.cost_date as varchar) as profit_event_id,
        {% for column in of_ledger -%}
        {%- if column in ['event_date', 'order_date'] -%}cost_days.cost_date as {{ column }},
        {% elif column == 'line_title' -%}cost_days.name as line_title,
        {% elif column == 'connection_id' -%}coalesce(cost_days.connection_id, pools.connection_id) as connection_id,
        {% elif column == 'currency' -%}reporting.currency,
        {% else -%}cast(null as {{ contract_type('text') }}) as {{ column }},
        {% endif -%}
        {%- endfor -%}
        {% for column in units %}0 as {{ column }},
        {% endfor -%}
        {% for column in profit_amounts() -%}
        {%- if column in fee_lines() + ['fixed_costs'] -%}
        case when cost_days.profit_line = '{{ column }}' then cost_days.amount else 0 end as {{ column }},
        {% else -%}0 as {{ column }},
        {% endif -%}
        {%- endfor -%}
        cast(null as {{ money }}) as unit_cost,
        cast(null as {{ contract_type('rate') }}) as cost_rate,
        cast(null as {{ contract_type('text') }}) as cost_basis,
        cost_days.entry_id as cost_entry_id
    from cost_days
    inner join reporting on cost_days.tenant_id = reporting.tenant_id
    left join pools
        on cost_days.entry_id = pools.entry_id
        and cost_days.cost_date = pools.cost_date
        and cost_days.kind = 'marketing'
        and cost_days.tenant_id = pools.tenant_id
    where cost_days.kind <> 'marketing' or pools.pool is null
),

united as (
    select * from of_sales
    union all
    select * from of_payments
    union all
    select * from of_fees
    union all
    select * from of_days
),

final as (
    select
        tenant_id,
        profit_event_type,
        profit_event_id,
        {% for column in of_ledger %}{{ column }},
        {% endfor -%}
        {% for column in units %}cast({{ column }} as bigint) as {{ column }},
        {% endfor -%}
        {% for column in profit_amounts() %}cast({{ column }} as {{ money }}) as {{ column }},
        {% endfor -%}
        unit_cost,
        cost_rate,
        cost_basis,
        cost_entry_id
    from united
)

select * from final
