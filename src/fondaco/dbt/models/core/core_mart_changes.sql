-- Orders that the marts must build anew: those that changed themselves, those whose person, place in that person's
-- history or customer type moved, and those with an event on a day whose exchange rate was corrected.
{%- set anew = builds_anew() %}
{%- set order_states = state_of('order_states') %}
{%- set rate_states = state_of('rate_states') %}
{%- set order_changes = ref('core_order_changes') %}
{%- set order_persons = ref('core_order_persons') %}
{%- set rates = ref('core_exchange_rates_daily') %}
{%- set dated = {
    ref('core_sales_events'): 'event_date', ref('core_refunds'): 'refunded_date',
    ref('core_payments'): 'processed_date', ref('core_orders'): 'order_date'
} %}

{% if anew or order_states is none or rate_states is none -%}
select
    cast(null as {{ contract_type('text') }}) as tenant_id,
    cast(null as {{ contract_type('text') }}) as order_id
where false
{%- else -%}
with moved as (
    select
        order_persons.tenant_id,
        order_persons.order_id
    from {{ order_persons }} as order_persons
    inner join {{ order_states }} as states
        on order_persons.order_id = states.order_id
        and order_persons.tenant_id = states.tenant_id
    where
        order_persons.person_id <> states.person_id
        or order_persons.order_sequence is distinct from states.order_sequence
),

corrected as (
    select
        rates.tenant_id,
        rates.rate_date,
        rates.currency
    from {{ rates }} as rates
    inner join {{ rate_states }} as states
        on rates.tenant_id = states.tenant_id
        and rates.rate_date = states.rate_date
        and rates.currency = states.currency
    where
        rates.exchange_rate is distinct from states.exchange_rate
        or rates.reporting_currency <> states.reporting_currency
),

final as (
    select tenant_id, order_id from {{ order_changes }}
    union
    select tenant_id, order_id from moved
    {%- for relation, column in dated.items() %}
    union
    select
        dated.tenant_id,
        dated.order_id
    from {{ relation }} as dated
    inner join corrected
        on dated.{{ column }} = corrected.rate_date
        and dated.currency = corrected.currency
        and dated.tenant_id = corrected.tenant_id
    {%- endfor %}
)

select * from final
{%- endif %}
