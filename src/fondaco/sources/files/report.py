"""A files connection's own report: what the imported files add up to per day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fondaco.sources.files.engine import open_engine
from fondaco.sources.files.kept import LINES_COUNT, load_imports
from fondaco.sources.source import ReportDay

_DAYS = f"""
with counted as (
    select * from totals
    where coalesce(counts_in_sales, true) and not coalesce(is_test, false)
),
line_figures as (
    select
        lines.order_id,
        lines.currency,
        lines.ordered_at as moment,
        not is_return as placed,
        gross, discount, coalesce(tax, 0) as tax,
        case when coalesce(prices_include_tax, false) then coalesce(tax, 0) else 0 end as included
    from lines join counted as totals using (order_id)
    where {LINES_COUNT}
        and not coalesce(is_gift_card, false) and not coalesce(is_cancelled, false)
),
figures as (
    select moment, currency,
        case when placed then gross - included - cut else 0 end as gross,
        case when placed then discount - cut else 0 end as discount,
        case when placed then 0 else discount + included - gross end as returned,
        0 as shipping, tax
    from (
        select *, case when gross <> discount
            then cast(cast(discount as decimal(38, 6)) * included / (gross - discount) as decimal(38, 2)) else 0 end as cut
        from line_figures
    )
    union all
    select ordered_at, currency, 0, 0, 0,
        shipping - case when coalesce(prices_include_tax, false) then coalesce(shipping_tax, 0) else 0 end,
        coalesce(shipping_tax, 0)
    from counted where shipping is not null
    union all
    select returned_at, currency, 0, 0, returned - back_shipping - back_tax, -back_shipping, -back_tax
    from (
        select returned_at, order_id, currency, returned,
            cast(cast(returned as decimal(38, 6)) * shipping_net / total_paid as decimal(38, 2)) as back_shipping,
            cast(cast(returned as decimal(38, 6)) * tax_paid / total_paid as decimal(38, 2)) as back_tax
        from counted
        join (
            select order_id, sum(tax) as line_tax, sum(gross - discount - included) as goods
            from line_figures where placed group by order_id
        ) using (order_id),
        lateral (
            select
                coalesce(shipping, 0)
                    - case when coalesce(prices_include_tax, false) then coalesce(shipping_tax, 0) else 0 end
                    as shipping_net,
                line_tax + coalesce(shipping_tax, 0) as tax_paid,
                goods + shipping_net + tax_paid as total_paid
        )
        where returned > 0 and total_paid > 0
    )
),
days as (
    select
        cast(timezone($zone, cast(moment as timestamptz)) as date) as day,
        sum(gross) as gross, sum(discount) as discounts, sum(returned) as returns,
        sum(shipping) as shipping, sum(tax) as taxes
    from figures where moment is not null and currency = $currency group by all
),
order_days as (
    select cast(timezone($zone, cast(ordered_at as timestamptz)) as date) as day, count(*) as orders
    from counted
    where ordered_at is not null and currency = $currency and coalesce(order_status, '') <> 'returned' group by all
),
told as (
    select day, coalesce(orders, 0) as orders, coalesce(gross, 0) as gross, coalesce(discounts, 0) as discounts,
        coalesce(returns, 0) as returns, coalesce(shipping, 0) as shipping, coalesce(taxes, 0) as taxes
    from days full join order_days using (day)
)
select day, orders, gross, discounts, returns, gross - discounts - returns, shipping, taxes,
    gross - discounts - returns + shipping + taxes
from told where day between $first and $last order by day
"""


def report_days(
    folder: Path, timezone: str, currency: str, first: date, last: date
) -> list[ReportDay] | None:
    """Daily figures of the imports in ``folder``; the newest import of an order or line counts. None without orders.

    Amounts in other currencies than ``currency`` are left out: a day's figures are in the shop's own.
    """
    with open_engine() as engine:
        if not load_imports(engine, folder, "order_lines", "lines"):
            return None
        load_imports(engine, folder, "order_totals", "totals")
        params = {"zone": timezone, "currency": currency, "first": first, "last": last}
        rows = engine.execute(_DAYS, params).fetchall()
    return [
        ReportDay(
            day=row[0],
            orders=row[1],
            gross_sales=row[2],
            discounts=row[3],
            returns=row[4],
            net_sales=row[5],
            shipping=row[6],
            taxes=row[7],
            total_sales=row[8],
        )
        for row in rows
    ]
