{{ config(tags=['each_run']) }}

{#- A day counts as lost for so long after the last sale: what nobody asked for in half a year is out of the range. -#}
{%- set wanted_days = 180 %}
{%- set window = 90 %}
{%- set least_sale_days = 10 %}
{%- set improbable = 0.0001 %}
-- Days on which an item could not be bought at a location: demand on them is not nought but unknown. Two kinds of
-- evidence. `level`: the stock was nothing at the day's beginning and end, and nothing was sold. `silence`, where no level
-- is known: a steady seller did not sell for so long that chance would bring it about once in ten thousand times, by the
-- share of days with a sale on either side.
with ledger as (
    select * from {{ ref('stock_ledger') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

locations as (
    select * from {{ ref('core_location_days') }}
),

prices as (
    select * from {{ ref('core_stock_prices') }}
),

costs as (
    select * from {{ ref('core_stock_costs') }}
),

dated as (
    select
        ledger.*,
        -- What the shop no longer has was taken out of the range.
        coalesce(variants.is_deleted, true) as is_deleted,
        locations.last_day,
        min(ledger.stock_date) over (
            partition by ledger.tenant_id, ledger.location_id, ledger.variant_id
        ) as first_stock_date,
        max(case when ledger.sold > 0 then ledger.stock_date end) over (
            partition by ledger.tenant_id, ledger.location_id, ledger.variant_id
            order by ledger.stock_date
        ) as last_sold_date
    from ledger
    inner join locations
        on ledger.location_id = locations.location_id
        and ledger.tenant_id = locations.tenant_id
    left join variants
        on ledger.variant_id = variants.variant_id
        and ledger.tenant_id = variants.tenant_id
),

-- After a row that ends with nothing, all days until the next row are empty; its own day is, where it began with nothing
-- too.
empty_spans as (
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        case
            when opening <= 0 and sold = 0 then stock_date
            else {{ day_after('stock_date') }}
        end as first_date,
        least(
            coalesce({{ day_before('next_stock_date') }}, last_day),
            last_day,
            cast(last_sold_date + interval '{{ wanted_days }} days' as date)
        ) as last_date
    from dated
    where closing <= 0 and basis = 'known' and not is_deleted and last_sold_date is not null
),

sale_days as (
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        is_deleted,
        stock_date,
        last_day,
        {{ days_between('first_stock_date', 'stock_date') }} + 1 as age,
        {{ days_between('stock_date', 'last_day') }} + 1 as days_left,
        lead(stock_date) over (partition by tenant_id, location_id, variant_id order by stock_date) as next_sale_date,
        count(*) over (
            partition by tenant_id, location_id, variant_id
            order by stock_date
            range between interval '{{ window - 1 }} days' preceding and current row
        ) as sale_days_before,
        count(*) over (
            partition by tenant_id, location_id, variant_id
            order by stock_date
            range between current row and interval '{{ window - 1 }} days' following
        ) as sale_days_after
    from dated
    where sold > 0
),

gaps as (
    select
        sale_days.*,
        {{ day_after('sale_days.stock_date') }} as first_date,
        coalesce({{ day_before('sale_days.next_sale_date') }}, sale_days.last_day) as last_date,
        cast(sale_days.sale_days_before as double precision) / nullif(least({{ window }}, sale_days.age), 0) as rate_before,
        lead(
            cast(sale_days.sale_days_after as double precision)
            / nullif(least({{ window }}, sale_days.days_left), 0)
        ) over (
            partition by sale_days.tenant_id, sale_days.location_id, sale_days.variant_id
            order by sale_days.stock_date
        ) as rate_after
    from sale_days
),

judged as (
    select
        *,
        {{ days_between('first_date', 'last_date') }} + 1 as silent_days,
        -- An item whose season is over is silent by rights: the lower of the two rates counts.
        least(0.95, rate_before, coalesce(rate_after, rate_before)) as rate
    from gaps
    -- A sale that its shop dates before the item's first day, or ahead of today, tells no rate.
    where rate_before is not null and sale_days_before >= {{ least_sale_days }}
),

silent_spans as (
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        first_date,
        last_date,
        power(1 - rate, silent_days) as chance
    from judged
    where
        silent_days >= 3
        and power(1 - rate, silent_days) < {{ improbable }}
        and not (is_deleted and next_sale_date is null)
),

spans as (
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        first_date,
        last_date,
        'level' as evidence,
        cast(null as double precision) as chance
    from empty_spans
    where first_date <= last_date
    union all
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        first_date,
        last_date,
        'silence' as evidence,
        chance
    from silent_spans
),

days as (
    select
        tenant_id,
        location_id,
        connection_id,
        variant_id,
        evidence,
        chance,
        {{ day_series('first_date', 'last_date') }} as stockout_date
    from spans
),

known_from as (
    select
        tenant_id,
        location_id,
        variant_id,
        min(stock_date) as known_date
    from ledger
    where basis = 'known'
    group by tenant_id, location_id, variant_id
),

-- Where the level is known, silence proves nothing.
proven as (
    select
        days.*,
        row_number() over (
            partition by days.tenant_id, days.location_id, days.variant_id, days.stockout_date
            order by days.evidence, days.chance
        ) as choice
    from days
    left join known_from
        on days.location_id = known_from.location_id
        and days.variant_id = known_from.variant_id
        and days.tenant_id = known_from.tenant_id
    where
        days.evidence = 'level'
        or known_from.known_date is null
        or days.stockout_date < known_from.known_date
),

chosen as (
    select * from proven
    where choice = 1
),

-- Pieces a day before, of the days on which it could be bought.
begun as (
    select
        *,
        lag(stockout_date) over (
            partition by tenant_id, location_id, variant_id
            order by stockout_date
        ) as day_before
    from chosen
),

numbered as (
    select
        *,
        sum(case when day_before = {{ day_before('stockout_date') }} then 0 else 1 end) over (
            partition by tenant_id, location_id, variant_id
            order by stockout_date
        ) as span_number
    from begun
),

span_starts as (
    select
        tenant_id,
        location_id,
        variant_id,
        span_number,
        min(stockout_date) as first_date
    from numbered
    group by tenant_id, location_id, variant_id, span_number
),

sold_before as (
    select
        span_starts.tenant_id,
        span_starts.location_id,
        span_starts.variant_id,
        span_starts.span_number,
        span_starts.first_date,
        min(dated.first_stock_date) as first_stock_date,
        sum(dated.sold) as sold
    from span_starts
    inner join dated
        on span_starts.location_id = dated.location_id
        and span_starts.variant_id = dated.variant_id
        and span_starts.tenant_id = dated.tenant_id
        and span_starts.first_date > dated.stock_date
        and cast(span_starts.first_date - interval '{{ window }} days' as date) <= dated.stock_date
    group by
        span_starts.tenant_id, span_starts.location_id, span_starts.variant_id, span_starts.span_number,
        span_starts.first_date
),

closed_before as (
    select
        span_starts.tenant_id,
        span_starts.location_id,
        span_starts.variant_id,
        span_starts.span_number,
        count(*) as closed_days
    from span_starts
    inner join chosen
        on span_starts.location_id = chosen.location_id
        and span_starts.variant_id = chosen.variant_id
        and span_starts.tenant_id = chosen.tenant_id
        and span_starts.first_date > chosen.stockout_date
        and cast(span_starts.first_date - interval '{{ window }} days' as date) <= chosen.stockout_date
    group by span_starts.tenant_id, span_starts.location_id, span_starts.variant_id, span_starts.span_number
),

estimated as (
    select
        numbered.tenant_id,
        numbered.connection_id,
        numbered.location_id,
        numbered.variant_id,
        numbered.stockout_date,
        numbered.evidence,
        numbered.chance,
        cast(
            cast(coalesce(sold_before.sold, 0) as double precision)
            / greatest(
                1,
                least({{ window }}, {{ days_between('sold_before.first_stock_date', 'sold_before.first_date') }})
                - coalesce(closed_before.closed_days, 0)
            ) as {{ contract_type('rate') }}
        ) as expected_units
    from numbered
    left join sold_before
        on numbered.span_number = sold_before.span_number
        and numbered.location_id = sold_before.location_id
        and numbered.variant_id = sold_before.variant_id
        and numbered.tenant_id = sold_before.tenant_id
    left join closed_before
        on numbered.span_number = closed_before.span_number
        and numbered.location_id = closed_before.location_id
        and numbered.variant_id = closed_before.variant_id
        and numbered.tenant_id = closed_before.tenant_id
),

-- What an item is called where it lies.
named as (
    select
        tenant_id,
        location_id,
        variant_id,
        min(location_name) as location_name,
        min(source) as source,
        min(product_id) as product_id,
        min(sku) as sku,
        min(product_title) as product_title,
        min(variant_title) as variant_title
    from ledger
    group by tenant_id, location_id, variant_id
),

final as (
    select
        estimated.tenant_id,
        estimated.connection_id,
        named.source,
        estimated.location_id,
        named.location_name,
        estimated.variant_id,
        named.product_id,
        named.sku,
        named.product_title,
        named.variant_title,
        estimated.stockout_date,
        estimated.evidence,
        estimated.chance,
        estimated.expected_units,
        costs.currency,
        cast(
            cast(estimated.expected_units as double precision)
            * cast(prices.net_price - costs.unit_cost as double precision)
            as {{ contract_type('money') }}
        ) as lost_margin
    from estimated
    inner join named
        on estimated.location_id = named.location_id
        and estimated.variant_id = named.variant_id
        and estimated.tenant_id = named.tenant_id
    left join prices
        on estimated.variant_id = prices.variant_id
        and estimated.tenant_id = prices.tenant_id
    left join costs
        on estimated.variant_id = costs.variant_id
        and estimated.tenant_id = costs.tenant_id
        and estimated.stockout_date >= costs.valid_from
        and estimated.stockout_date < costs.valid_until
)

select * from final
