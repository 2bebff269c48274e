-- The cost sheet as it stands now: of each entry its newest version, unless that withdraws it.
with versions as (
    select * from {{ source('fondaco', 'cost_entries') }}
),

numbered as (
    select
        *,
        row_number() over (partition by tenant_id, entry_id order by version desc) as newest_first
    from versions
),

current_entries as (
    select *
    from numbered
    where newest_first = 1 and not is_withdrawn
),

-- What has no last day holds until another entry for the same begins. A zone's name is only a name: two zones of one country
-- and one band of weights are the same.
followed as (
    select
        *,
        min(valid_from) over (
            partition by
                tenant_id,
                kind,
                case when kind = 'shipping_cost' then null else item end,
                connection_id,
                country,
                coalesce(weight_from, 0),
                weight_to,
                coalesce(tier_from, 0),
                tier_to
            order by coalesce(valid_from, {{ first_day() }}), entry_id
            rows between 1 following and 1 following
        ) as next_from
    from current_entries
),

final as (
    select
        tenant_id,
        entry_id,
        version,
        kind,
        item,
        connection_id,
        country,
        weight_from,
        weight_to,
        tier_from,
        tier_to,
        messages,
        amount,
        rate,
        currency,
        valid_from,
        valid_to,
        coalesce(valid_to, cast(next_from - interval '1 day' as date)) as last_day,
        note,
        entered_by,
        entered_at
    from followed
)

select * from final
