{#- What each order earned; of the orders that `filter` leaves. -#}
{% macro order_profit(filter='') -%}
{%- set amounts = profit_amounts() -%}
with ledger as (
    select * from {{ ref('profit_ledger') }}
    {{ filter or 'where order_id is not null' }}
),

orders as (
    select * from {{ ref('orders') }}
    {{ filter }}
),

order_costs as (
    select * from {{ ref('core_order_costs') }}
),

summed as (
    select
        tenant_id,
        order_id,
        {%- for name in amounts %}
        {{ total(name) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ledger
    group by tenant_id, order_id
),

margins as (
    select
        *,
        net_sales - cost_of_goods as contribution_margin_1,
        net_sales - cost_of_goods + other_income - shipping_costs - fulfilment_costs - payment_costs - chargebacks
            - marketplace_fees - return_costs - duty_costs as contribution_margin_2
    from summed
),

final as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.order_number,
        orders.order_sequence,
        orders.order_date,
        orders.connection_id,
        orders.source,
        orders.channel,
        orders.country,
        orders.person_id,
        orders.customer_type,
        orders.currency,
        {%- for name in amounts %}
        margins.{{ name }},
        {%- endfor %}
        cast(margins.contribution_margin_1 as {{ contract_type('money') }}) as contribution_margin_1,
        cast(margins.contribution_margin_2 as {{ contract_type('money') }}) as contribution_margin_2,
        cast(
            margins.contribution_margin_2 - margins.marketing_costs as {{ contract_type('money') }}
        ) as contribution_margin_3,
        order_costs.shipping_entry_id,
        order_costs.is_sent
    from margins
    inner join orders
        on margins.order_id = orders.order_id
        and margins.tenant_id = orders.tenant_id
    left join order_costs
        on margins.order_id = order_costs.order_id
        and margins.tenant_id = order_costs.tenant_id
)

select * from final
{%- endmacro %}
