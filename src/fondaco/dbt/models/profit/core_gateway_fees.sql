-- Which entry of the cost sheet holds for payments by gateway, shop, country and day, of which no fee is told. Nobody keeps
-- anything of a gift card, of cash or of a transfer unless an entry names it. Without an entry there is no row.
with payments as (
    select
        tenant_id,
        connection_id,
        lower(coalesce(gateway, '')) as gateway,
        coalesce(country, '') as country,
        processed_date,
        fee,
        received
    from {{ ref('payments') }}
),

entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind = 'payment_fee'
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

kinds as (
    select distinct
        tenant_id,
        connection_id,
        gateway,
        country,
        processed_date
    from payments
    where fee is null and received > 0
),

matching as (
    select
        kinds.*,
        entries.entry_id,
        entries.rate,
        {{ converted('entries.amount', 'rates.exchange_rate') }} as amount,
        row_number() over (
            partition by kinds.tenant_id, kinds.connection_id, kinds.gateway, kinds.country, kinds.processed_date
            order by
                case when entries.connection_id is null then 1 else 0 end,
                case when entries.item is null then 1 else 0 end,
                case when entries.country is null then 1 else 0 end,
                coalesce(entries.valid_from, {{ first_day() }}) desc,
                entries.entry_id
        ) as place
    from kinds
    inner join entries
        on kinds.tenant_id = entries.tenant_id
        and (entries.connection_id is null or kinds.connection_id = entries.connection_id)
        and (entries.country is null or kinds.country = entries.country)
        and (kinds.gateway = lower(entries.item) or (entries.item is null and kinds.gateway not in ({{ own_gateways() }})))
        and {{ holds_on('entries', 'kinds.processed_date') }}
    left join rates
        on entries.currency = rates.currency
        and kinds.processed_date = rates.rate_date
        and kinds.tenant_id = rates.tenant_id
),

final as (
    select
        tenant_id,
        connection_id,
        gateway,
        country,
        processed_date,
        entry_id,
        rate,
        amount
    from matching
    where place = 1
)

select * from final
