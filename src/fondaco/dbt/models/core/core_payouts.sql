with payouts as (
{{ unite('payouts') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

final as (
    select
        {% for column in var('conformed')['payouts'] %}payouts.{{ column }},
        {% endfor -%}
        {{ local_date('payouts.issued_at', "coalesce(connections.time_zone, 'UTC')") }} as issued_date
    from payouts
    left join connections
        on payouts.connection_id = connections.connection_id
        and payouts.tenant_id = connections.tenant_id
)

select * from final
