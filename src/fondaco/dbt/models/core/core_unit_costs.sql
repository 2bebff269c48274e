-- What a piece cost, and from which day on. Shops tell the cost of today only: what former runs saw is kept in
-- raw.fondaco__unit_costs, to which `jobs/costs.py` adds what is new here once the build has ended well. A build that is
-- repeated therefore finds the same again, and one that makes everything anew loses nothing.
with kept as (
    select * from {{ source('fondaco', 'unit_costs') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

numbered as (
    select
        *,
        row_number() over (partition by tenant_id, variant_id order by number desc) as recency
    from kept
),

-- Nothing is known of the days before the first cost that is seen, so it holds for them. A later one never goes before an
-- earlier one, also where the clock was set back.
seen_now as (
    select
        variants.tenant_id,
        variants.connection_id,
        variants.variant_id,
        coalesce(numbered.number, 0) + 1 as number,
        variants.product_id,
        variants.sku,
        variants.unit_cost,
        variants.currency,
        case
            when numbered.number is null then {{ first_day() }}
            else greatest(connections.today_date, numbered.valid_from)
        end as valid_from,
        {{ run_instant() }} as seen_at
    from variants
    inner join connections
        on variants.connection_id = connections.connection_id
        and variants.tenant_id = connections.tenant_id
    left join numbered
        on variants.variant_id = numbered.variant_id
        and variants.tenant_id = numbered.tenant_id
        and numbered.recency = 1
    where
        variants.unit_cost is distinct from numbered.unit_cost
        or (variants.unit_cost is not null and variants.currency is distinct from numbered.currency)
),

united as (
    {%- for relation in ['kept', 'seen_now'] %}
    select
        tenant_id,
        connection_id,
        variant_id,
        number,
        product_id,
        sku,
        unit_cost,
        currency,
        valid_from,
        seen_at
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Of several costs on one day the last one holds.
ranked as (
    select
        *,
        row_number() over (partition by tenant_id, variant_id, valid_from order by number desc) as recency_of_day
    from united
),

final as (
    select
        tenant_id,
        connection_id,
        variant_id,
        product_id,
        sku,
        number,
        cast(unit_cost as {{ contract_type('money') }}) as unit_cost,
        currency,
        valid_from,
        lead(valid_from) over (partition by tenant_id, variant_id order by valid_from) as valid_until,
        seen_at
    from ranked
    where recency_of_day = 1
)

select * from final
