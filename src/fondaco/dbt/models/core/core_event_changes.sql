-- Orders whose events must be built anew: those that changed themselves, and those whose person, place in that person's
-- history or customer type moved.
{%- set anew = builds_anew() %}
{%- set order_states = state_of('order_states') %}
{%- set order_changes = ref('core_order_changes') %}
{%- set order_persons = ref('core_order_persons') %}

{% if anew or order_states is none -%}
{{ no_orders() }}
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

final as (
    select tenant_id, order_id from {{ order_changes }}
    union
    select tenant_id, order_id from moved
)

select * from final
{%- endif %}
