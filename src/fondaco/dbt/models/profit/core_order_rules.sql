-- The entries of the cost sheet that hold for orders of one shop, channel and country on one day, in reporting currency. Of
-- several the closest: one shop before all, one country before all, one channel before all, then the newest. Things that are
-- paid beside each other, such as box and filling, are told apart by their name and all hold. A carrier's table
-- for a country stands instead of the one for all, whatever the weights.
{%- set beside_each_other = "'fulfilment', 'fulfilment_unit', 'packaging', 'return_handling', 'return_handling_unit'" %}
{%- set remoteness = 'case when entries.connection_id is null then 2 else 0 end'
    ~ ' + case when entries.country is null then 1 else 0 end' %}
with entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind in (
        {{ beside_each_other }}, 'shipping_cost', 'marketplace_fee', 'duty'
    )
),

orders as (
    select * from {{ ref('core_orders') }}
    where is_counted
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

places as (
    select
        orders.tenant_id,
        {{ place_key('orders') }} as place_key,
        orders.order_date,
        min(orders.connection_id) as connection_id,
        min(orders.source) as source,
        min(orders.channel) as channel,
        min(orders.country) as country
    from orders
    group by orders.tenant_id, {{ place_key('orders') }}, orders.order_date
),

matching as (
    select
        places.tenant_id,
        places.place_key,
        places.order_date,
        entries.kind,
        entries.entry_id,
        entries.item,
        entries.weight_from,
        entries.weight_to,
        entries.rate,
        {{ converted('entries.amount', 'rates.exchange_rate') }} as amount,
        {{ remoteness }} as remoteness,
        min({{ remoteness }}) over (
            partition by places.tenant_id, places.place_key, places.order_date, entries.kind
        ) as least_remoteness,
        row_number() over (
            partition by
                places.tenant_id,
                places.place_key,
                places.order_date,
                entries.kind,
                entries.weight_from,
                entries.weight_to,
                case when entries.kind in ({{ beside_each_other }}) then entries.item end
            order by
                case when entries.connection_id is null then 1 else 0 end,
                case when entries.country is null then 1 else 0 end,
                case when entries.item is null then 2 when lower(entries.item) = lower(places.channel) then 0 else 1 end,
                coalesce(entries.valid_from, {{ first_day() }}) desc,
                entries.entry_id
        ) as place
    from places
    inner join entries
        on places.tenant_id = entries.tenant_id
        and (entries.connection_id is null or places.connection_id = entries.connection_id)
        and (entries.country is null or places.country = entries.country)
        and (
            entries.kind <> 'marketplace_fee'
            or entries.item is null
            or lower(entries.item) in (lower(places.channel), places.source)
        )
        and {{ holds_on('entries', 'places.order_date') }}
    left join rates
        on entries.currency = rates.currency
        and places.order_date = rates.rate_date
        and places.tenant_id = rates.tenant_id
),

final as (
    select
        tenant_id,
        place_key,
        order_date,
        kind,
        entry_id,
        item,
        weight_from,
        weight_to,
        rate,
        amount
    from matching
    where place = 1 and (kind <> 'shipping_cost' or remoteness = least_remoteness)
)

select * from final
