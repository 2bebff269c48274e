{#- Tables on DuckDB, put in the place of the former ones by one statement. dbt-duckdb's own way makes a table beside, looks for indexes
    and foreign keys that no model has, renames twice and drops: ten statements more for each of forty models, which took longer than
    most of the models. One transaction either way: a build that breaks off leaves the former table. -#}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if existing is not none and not existing.is_table -%}
    {{ adapter.drop_relation(existing) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}

    {% call statement('main') -%}
    {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    create or replace table {{ target_relation }} {{ get_table_columns_and_constraints() }};
    insert into {{ target_relation }} {{ get_column_names() }} (
        {{ get_select_subquery(sql) }}
    );
    {%- else -%}
    create or replace table {{ target_relation }} as (
        {{ sql }}
    );
    {%- endif -%}
    {%- endcall %}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
