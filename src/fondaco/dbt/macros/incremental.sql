{#- Incremental models forget the orders named in `changes` and append them anew. Which orders changed is found by
    comparing with what the last whole build had seen (`core.order_states`, written last), so that a build that broke
    off half-way is simply repeated. Rows that a vendor deleted go too. -#}

{#- What changed, to a model that is built anew: it asks for no single order. -#}
{% macro no_orders() -%}
select
    cast(null as {{ contract_type('text') }}) as tenant_id,
    cast(null as {{ contract_type('text') }}) as order_id
where false
{%- endmacro %}

{#- The filter of an incremental model. The dependency is declared even when the filter is not used. -#}
{% macro only_changed(changes) -%}
{%- set relation = ref(changes) -%}
{%- if is_incremental() -%}
where (tenant_id, order_id) in (select changed.tenant_id, changed.order_id from {{ relation }} as changed)
{%- endif -%}
{%- endmacro %}

{#- The pre-hook of an incremental model: the old rows of the changed orders. -#}
{% macro forget_changed(changes) -%}
{%- if is_incremental() -%}
delete from {{ this }}
where (tenant_id, order_id) in (select changed.tenant_id, changed.order_id from {{ ref(changes) }} as changed)
{%- endif -%}
{%- endmacro %}

{#- As `only_changed`, for sums: of the shops' days whose orders changed. All that belongs to an order lies under its day. -#}
{% macro only_changed_days() -%}
{%- set relation = ref('core_day_changes') -%}
{%- if is_incremental() -%}
where (tenant_id, connection_id, order_date) in (
        select changed.tenant_id, changed.connection_id, changed.order_date from {{ relation }} as changed
    )
{%- endif -%}
{%- endmacro %}

{#- The pre-hook of incremental sums: what stands of those days. -#}
{% macro forget_changed_days() -%}
{%- if is_incremental() -%}
delete from {{ this }}
where (tenant_id, connection_id, order_date) in (
    select changed.tenant_id, changed.connection_id, changed.order_date from {{ ref('core_day_changes') }} as changed
)
{%- endif -%}
{%- endmacro %}

{#- What the last whole build left behind, or none. -#}
{% macro state_of(table) -%}
{{ return(load_cached_relation(api.Relation.create(
    database=target.database, schema='core', identifier=table, type='table'))) }}
{%- endmacro %}

{#- A fingerprint of all models, macros and variables: a release with other SQL builds everything anew. Fondaco works it out
    and says it; dbt alone, which cannot, builds everything anew each time. -#}
{% macro definition() -%}
{{ return(env_var('FONDACO_DEFINITION', '') or invocation_id) }}
{%- endmacro %}

{#- True unless the last whole build was made by the same definitions. -#}
{% macro builds_anew() -%}
{%- if not execute or flags.FULL_REFRESH -%}{{ return(true) }}{%- endif -%}
{%- set state = state_of('build_state') -%}
{%- if state is none -%}{{ return(true) }}{%- endif -%}
{%- set found = run_query("select definition from " ~ state) -%}
{{ return(found.rows | length != 1 or found.rows[0][0] != definition()) }}
{%- endmacro %}

{#- dbt asks this before every incremental model. -#}
{% macro should_full_refresh() -%}
{%- set own = config.get('full_refresh') -%}
{{ return(own if own is not none else builds_anew()) }}
{%- endmacro %}
