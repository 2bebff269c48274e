{#- The places that a source keeps stock at, where it tells them with the levels only. -#}
{% macro locations_of_levels(source_name) -%}
with levels as (
    select * from {{ ref(source_name ~ '__inventory_levels') }}
),

final as (
    select
        tenant_id,
        connection_id,
        source,
        location_id,
        substr(location_id, length(connection_id) + 2) as source_location_id,
        max(location_name) as name,
        cast(null as {{ contract_type('text') }}) as country,
        max(synced_at) as synced_at
    from levels
    group by tenant_id, connection_id, source, location_id
)

select {{ conform('locations') }} from final
{%- endmacro %}
