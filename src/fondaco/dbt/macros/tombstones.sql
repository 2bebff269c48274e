{#- Records that a source's shop or account no longer has, as they were found missing; its ids are the vendor's own. -#}
{% macro tombstones(source_name) -%}
with source as (
    select * from {{ source(source_name, 'tombstones') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        record_id,
        -- strings
        stream,
        found_by,
        -- timestamps
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
{%- endmacro %}
