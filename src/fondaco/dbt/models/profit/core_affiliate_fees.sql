-- What partners get for orders with their code: of several codes of an order each gets its own.
with entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind = 'affiliate'
),

codes as (
    select distinct
        tenant_id,
        order_id,
        upper(code) as code
    from {{ ref('core_order_discounts') }}
    where code is not null
),

orders as (
    select * from {{ ref('core_orders') }}
    where is_counted
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

matching as (
    select
        orders.tenant_id,
        orders.order_id,
        entries.rate,
        {{ converted('entries.amount', 'rates.exchange_rate') }} as amount,
        row_number() over (
            partition by orders.tenant_id, orders.order_id, codes.code
            order by
                case when entries.connection_id is null then 1 else 0 end,
                case when entries.country is null then 1 else 0 end,
                coalesce(entries.valid_from, {{ first_day() }}) desc,
                entries.entry_id
        ) as place
    from entries
    inner join codes
        on upper(entries.item) = codes.code
        and entries.tenant_id = codes.tenant_id
    inner join orders
        on codes.order_id = orders.order_id
        and codes.tenant_id = orders.tenant_id
    left join rates
        on entries.currency = rates.currency
        and orders.order_date = rates.rate_date
        and orders.tenant_id = rates.tenant_id
    where
        (entries.connection_id is null or orders.connection_id = entries.connection_id)
        and (entries.country is null or orders.country = entries.country)
        and {{ holds_on('entries', 'orders.order_date') }}
),

final as (
    select
        tenant_id,
        order_id,
        sum(coalesce(rate, 0)) as rate,
        sum(coalesce(amount, 0)) as amount
    from matching
    where place = 1
    group by tenant_id, order_id
)

select * from final
