-- Orders that the marts must build anew: those whose events were, and those with an event on a day whose exchange rate was
-- corrected.
{%- set anew = builds_anew() %}
{%- set rate_states = state_of('rate_states') %}
{%- set event_changes = ref('core_event_changes') %}
{%- set rates = ref('core_exchange_rates_daily') %}
{%- set dated = {
    ref('core_sales_events'): 'event_date', ref('core_refunds'): 'refunded_date',
    ref('core_payments'): 'processed_date', ref('core_fees'): 'charged_date', ref('core_orders'): 'order_date'
} %}

{% if anew or rate_states is none -%}
{{ no_orders() }}
{%- else -%}
with corrected as (
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
    select tenant_id, order_id from {{ event_changes }}
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
    where dated.order_id is not null
    {%- endfor %}
)

select * from final
{%- endif %}
