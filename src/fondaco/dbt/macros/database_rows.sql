{#- Rows of a stream of a shop's own database, and whether the shop has deleted each: by a mark in the row, or because it is gone. What
    was gone and is read again lives. -#}
{% macro database_rows(stream, key) -%}
select
        known.*,
        known.deleted_at is not null or deletions.record_id is not null as is_deleted,
        greatest(known.synced_at, coalesce(deletions.synced_at, known.synced_at)) as newest_synced_at
    from {{ ref('stg_database__' ~ stream) }} as known
    left join {{ ref('stg_database__tombstones') }} as deletions
        on known.tenant_id = deletions.tenant_id
        and known.connection_id = deletions.connection_id
        and deletions.stream = '{{ stream }}'
        and known.{{ key }} = deletions.record_id
        and known.synced_at <= deletions.synced_at
{%- endmacro %}

{#- What falls on one row when `amount` is spread over rows by `weight`: rounded to cents so that all of them together are the amount.
    `up_to` is the weight of the rows before and this one, `whole` of all. -#}
{% macro spread(amount, weight, up_to, whole) -%}
cast(
            cast({{ amount }} as decimal(38, 6)) * cast({{ up_to }} as decimal(18, 2)) / {{ whole }}
            as decimal(38, 2)
        ) - cast(
            cast({{ amount }} as decimal(38, 6)) * cast({{ up_to }} - {{ weight }} as decimal(18, 2)) / {{ whole }}
            as decimal(38, 2)
        )
{%- endmacro %}
