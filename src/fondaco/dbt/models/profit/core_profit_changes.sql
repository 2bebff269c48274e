-- Orders of which profit must be worked out anew: those that the marts build anew, those whose costs as a whole differ from
-- what the last build had, those with a thing whose cost does, those of a day whose exchange rate was corrected, and all of
-- a merchant who works out profit otherwise. All orders where nothing says what the last build had.
{%- set anew = builds_anew() %}
{%- set states = {'order_costs': state_of('order_cost_states'), 'goods_costs': state_of('goods_cost_states'),
    'settings': state_of('profit_setting_states'), 'rates': state_of('rate_states')} %}
{%- set mart_changes = ref('core_mart_changes') %}
{%- set order_costs = ref('core_order_costs') %}
{%- set goods_costs = ref('core_goods_costs') %}
{%- set settings = ref('core_profit_settings') %}
{%- set sales_events = ref('core_sales_events') %}
{%- set orders = ref('core_orders') %}
{%- set rates = ref('core_exchange_rates_daily') %}

{% if anew -%}
{{ no_orders() }}
{%- elif none in states.values() -%}
select tenant_id, order_id from {{ orders }}
{%- else -%}
with costs_differ as (
    select
        coalesce(now.tenant_id, before.tenant_id) as tenant_id,
        coalesce(now.order_id, before.order_id) as order_id
    from {{ order_costs }} as now
    full outer join {{ states['order_costs'] }} as before
        on now.order_id = before.order_id
        and now.tenant_id = before.tenant_id
    where
        {%- for column in order_cost_columns() %}
        now.{{ column }} is distinct from before.{{ column }}{{ ' or' if not loop.last }}
        {%- endfor %}
),

goods_differ as (
    select
        coalesce(now.tenant_id, before.tenant_id) as tenant_id,
        coalesce(now.goods_key, before.goods_key) as goods_key,
        coalesce(now.valid_from, before.valid_from) as valid_from,
        case when coalesce(now.valid_until, before.valid_until) > coalesce(before.valid_until, now.valid_until)
            then now.valid_until
            else coalesce(before.valid_until, now.valid_until)
        end as valid_until
    from {{ goods_costs }} as now
    full outer join {{ states['goods_costs'] }} as before
        on now.goods_key = before.goods_key
        and now.valid_from = before.valid_from
        and now.tenant_id = before.tenant_id
    where
        now.valid_until is distinct from before.valid_until
        or now.unit_cost is distinct from before.unit_cost
        or now.currency is distinct from before.currency
        or now.cost_rate is distinct from before.cost_rate
        or now.entry_id is distinct from before.entry_id
        or now.cost_basis is distinct from before.cost_basis
),

settings_differ as (
    select now.tenant_id
    from {{ settings }} as now
    left join {{ states['settings'] }} as before on now.tenant_id = before.tenant_id
    where
        now.returns_restocked is distinct from before.returns_restocked
        or now.count_taxes_as_cost is distinct from before.count_taxes_as_cost
),

days_differ as (
    select distinct
        now.tenant_id,
        now.rate_date
    from {{ rates }} as now
    inner join {{ states['rates'] }} as before
        on now.rate_date = before.rate_date
        and now.currency = before.currency
        and now.tenant_id = before.tenant_id
    where now.exchange_rate is distinct from before.exchange_rate
),

final as (
    select tenant_id, order_id from {{ mart_changes }}
    union
    select tenant_id, order_id from costs_differ
    union
    select
        events.tenant_id,
        events.order_id
    from {{ sales_events }} as events
    inner join goods_differ
        on {{ goods_key('events') }} = goods_differ.goods_key
        and events.tenant_id = goods_differ.tenant_id
        and events.order_date >= goods_differ.valid_from
        and events.order_date < goods_differ.valid_until
    where events.line_type = 'product'
    union
    select
        orders.tenant_id,
        orders.order_id
    from {{ orders }} as orders
    inner join settings_differ on orders.tenant_id = settings_differ.tenant_id
    union
    select
        orders.tenant_id,
        orders.order_id
    from {{ orders }} as orders
    inner join days_differ
        on orders.order_date = days_differ.rate_date
        and orders.tenant_id = days_differ.tenant_id
)

select * from final
{%- endif %}
