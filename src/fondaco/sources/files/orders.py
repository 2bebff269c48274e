"""Typed rows of orders to the records of ``order_lines`` and ``order_totals``."""

from __future__ import annotations

import duckdb

from fondaco.sources.files.currencies import set_strangers_aside
from fondaco.sources.files.fields import FIELDS, Kind
from fondaco.sources.files.layouts import Layout
from fondaco.sources.files.places import country_codes

KINDS = {one.name: one.kind for one in FIELDS}
_OF_ORDER = [one.name for one in FIELDS if one.of_order]
_AMOUNTS = [one.name for one in FIELDS if one.kind is Kind.MONEY and one.name != "unit_price"]
_MOST_OF_A_ROW, _MOST_OF_AN_ORDER = 10**11, 4 * 10**11
"""Below these, whatever is summed for an order has at most twelve digits before the point, as raw tables hold."""
_NOT_COUNTED = "'cancelled', 'pending', 'failed'"
_STATES = {
    "cancelled": ("cancelled", "canceled", "void", "voided"),
    "failed": ("failed", "trash", "expired"),
    "pending": ("pending", "pending payment", "checkout-draft", "auto-draft", "draft"),
    "open": ("open", "on-hold", "on hold", "processing", "unfulfilled", "partial"),
}


def build_orders(
    engine: duckdb.DuckDBPyConnection, layout: Layout | None, *, currency: str, include_tax: bool, digits: int
) -> None:
    """Make tables ``order_lines`` and ``order_totals`` out of ``typed``, and set rows aside that cannot be used.

    ``digits`` are those of the currency: shares of an order's discount and tax are rounded to them, and add up.
    """
    _fill_orders(engine)
    set_strangers_aside(engine, "filled", KINDS, f"coalesce(currency, '{currency}')")
    _find_faults(engine)
    _lines(engine, layout, currency)
    _spread(engine, include_tax, digits)
    _contents(engine)
    _order_lines(engine)
    _order_totals(engine, layout, currency)


def _fill_orders(engine: duckdb.DuckDBPyConnection) -> None:
    """What belongs to an order stands on some of its rows; each row gets it."""
    firsts = ", ".join(f"arg_min({name}, _row) as {name}" for name in _OF_ORDER)
    engine.execute(
        f"create or replace temp table firsts as select order_id, {firsts} from typed group by order_id"
    )
    filled = ", ".join(f"coalesce(typed.{name}, firsts.{name}) as {name}" for name in _OF_ORDER)
    engine.execute(
        f"create or replace temp table filled as select typed.* replace ({filled}) "
        f"from typed left join firsts on typed.order_id = firsts.order_id"
    )


def _find_faults(engine: duckdb.DuckDBPyConnection) -> None:
    largest = (
        f"coalesce(greatest(abs(quantity * unit_price), {', '.join(f'abs({name})' for name in _AMOUNTS)}), 0)"
    )
    engine.execute(f"""
        create or replace temp table typed as
        select * replace (nullif(concat_ws('; ', problem,
            case when order_id is null and not coalesce(contains(problem, 'order_id'), false)
                then 'order_id is empty' end,
            case when ordered_at is null and not coalesce(contains(problem, 'ordered_at'), false)
                then 'ordered_at is empty' end,
            case when ordered_at > get_current_timestamp() + interval 366 day
                or ordered_at < timestamptz '1970-01-01' then 'ordered_at is out of range' end,
            case when abs(quantity) > 1000000000 then 'quantity is out of range' end,
            case when {largest} >= {_MOST_OF_A_ROW} then 'the amount is out of range'
                when sum({largest}) over (partition by order_id) >= {_MOST_OF_AN_ORDER}
                then 'the amounts of its order are out of range' end,
            case when currency is null and problem is null and bool_or(coalesce(
                contains(problem, 'currency is no'), false)) over (partition by order_id)
                then 'another row of its order has no currency of ISO 4217' end,
            case when line_id is not null and row_number() over (
                partition by order_id, line_id order by _row) > 1 then 'line_id is used twice in the order' end
        ), '') as problem)
        from filled
    """)


def _lines(engine: duckdb.DuckDBPyConnection, layout: Layout | None, currency: str) -> None:
    """Amounts before any share of the order's discount. On a return, all amounts are negative."""
    words = [word for (word,) in engine.execute("select distinct country from typed").fetchall() if word]
    engine.execute("create or replace temp table countries (word varchar, code varchar)")
    if found := country_codes(words):
        engine.executemany("insert into countries values (?, ?)", list(found.items()))
    title = "typed.title"
    if layout is not None and layout.name == "woocommerce_orders":
        title = r"regexp_replace(typed.title, '^\d+\s*[×x]\s*([^,]*)$', '\1')"
    engine.execute(f"""
        create or replace temp table lines as
        with signed as (
            select typed.* replace (
                    {title} as title,
                    coalesce(currency, '{currency}') as currency,
                    coalesce(quantity, 1) as quantity,
                    countries.code as country
                ),
                coalesce(typed.quantity < 0 or (typed.quantity = 0 and line_total < 0)
                    or (typed.quantity is not null and line_total < 0 and unit_price is null), false) as is_return
            from typed left join countries on typed.country = countries.word
            where problem is null
        ),
        priced as (
            select *,
                coalesce(quantity * unit_price, line_total + coalesce(abs(discount), 0), 0) as shown,
                coalesce(abs(discount), greatest(quantity * unit_price - line_total, 0), 0) as cut
            from signed
        )
        select * exclude (shown, cut) replace (
                case when is_return then -abs(quantity) else quantity end as quantity,
                coalesce(unit_price, cast(abs(shown) / nullif(abs(quantity), 0) as decimal(18, 6))) as unit_price,
                case when is_return then -abs(tax) else tax end as tax,
                case when is_return and units_restocked is not null
                    then least(abs(units_restocked), abs(quantity)) end as units_restocked
            ),
            cast(case when is_return then -abs(shown)
                when discount is null and line_total > quantity * unit_price then line_total
                else shown end as decimal(18, 6)) as gross,
            cast(case when is_return then -cut else cut end as decimal(18, 6)) as own_discount
        from priced
    """)


def _spread(engine: duckdb.DuckDBPyConnection, include_tax: bool, digits: int) -> None:
    """An order's discount and tax fall on its lines by amount; the shares add up to the last cent."""
    engine.execute(f"""
        create or replace temp table orders as
        select order_id,
            any_value(coalesce(prices_include_tax, case
                when order_tax > 0 and subtotal is not null and order_total is not null then
                    abs(subtotal + coalesce(shipping, 0) - order_total)
                    < abs(subtotal + coalesce(shipping, 0) + order_tax - order_total)
                else {str(include_tax).lower()} end)) as includes_tax,
            sum(own_discount) filter (not is_return) as own_discount,
            sum(gross - own_discount) filter (not is_return) as own_net,
            greatest(any_value(coalesce(
                order_discount, subtotal_discount, 0)), 0) as to_spread,
            any_value(order_tax) as order_tax,
            count(tax) as lines_with_tax,
            any_value(coalesce(shipping, 0)) as shipping
        from (
            select *, sum(gross - own_discount) filter (not is_return) over (partition by order_id) - subtotal
                as subtotal_discount
            from lines
        )
        group by order_id
    """)
    engine.execute(f"""
        create or replace temp table shared as
        with weighed as (
            select lines._row, lines.order_id, lines.is_return,
                case when lines.is_return then 0 else lines.gross - lines.own_discount end as weight,
                to_spread, own_net, orders.order_tax, lines_with_tax,
                own_net - to_spread + orders.shipping as taxed_total
            from lines join orders using (order_id)
        ),
        summed as (
            select *,
                sum(weight) over up_to_here as upper,
                sum(weight) over up_to_here - weight as lower
            from weighed
            window up_to_here as (partition by order_id order by _row)
        ),
        discounted as (
            select *,
                case when own_net <> 0 and to_spread <> 0 then
                    round(cast(to_spread * upper / own_net as decimal(38, 9)), {digits})
                    - round(cast(to_spread * lower / own_net as decimal(38, 9)), {digits})
                    else 0 end as discount_share
            from summed
        ),
        net as (
            select *,
                sum(weight - discount_share) over up_to_here as net_upper,
                sum(weight - discount_share) over up_to_here - (weight - discount_share) as net_lower
            from discounted
            window up_to_here as (partition by order_id order by _row)
        )
        select _row, discount_share,
            case when order_tax is not null and lines_with_tax = 0 and not is_return and taxed_total <> 0 then
                round(cast(order_tax * net_upper / taxed_total as decimal(38, 9)), {digits})
                - round(cast(order_tax * net_lower / taxed_total as decimal(38, 9)), {digits}) end as tax_share
        from net
    """)


def _contents(engine: duckdb.DuckDBPyConnection) -> None:
    """What tells a line from the others of its order: texts as the file has them, never what they are read as.

    So a line keeps its id when the file is read again with another zone, date format or decimal sign. Prices that
    differ only in zeros at their end are the same one.
    """
    there = {name for name, *_ in engine.execute("describe texts").fetchall()}
    text = {name: f"texts.{name}" if name in there else "cast(null as varchar)" for name in KINDS}
    price, quantity = (
        f"regexp_replace({one}, '(?:[.,]|([.,][0-9]*[1-9]))0*$', '\\1')"
        for one in (f"coalesce({text['unit_price']}, {text['line_total']})", text["quantity"])
    )
    engine.execute(f"""
        create or replace temp table contents as
        with dates as (
            select order_id, arg_min(ordered_at, _row) as ordered_at from texts group by order_id
        )
        select lines._row, md5(to_json({{'a': lines.sku, 'b': lines.title, 'c': {quantity}, 'd': {price},
            'e': coalesce(texts.ordered_at, dates.ordered_at), 'f': lines.product_id}})) as content
        from lines
        join texts using (_row)
        left join dates on texts.order_id = dates.order_id
    """)


def _order_lines(engine: duckdb.DuckDBPyConnection) -> None:
    engine.execute("""
        create or replace temp table order_lines as
        select
            order_id,
            coalesce(line_id, left(content, 12) || '-'
                || row_number() over (partition by order_id, content, line_id order by _row)) as line_id,
            ordered_at, customer_id, email, product_id, sku, title, quantity, units_restocked, unit_price,
            gross,
            cast(own_discount + coalesce(discount_share, 0) as decimal(18, 6)) as discount,
            cast(coalesce(tax, tax_share) as decimal(18, 6)) as tax,
            currency, is_return, gift_card as is_gift_card,
            coalesce(cancelled, false) and not is_return as is_cancelled, _row as row_number
        from lines
        join contents using (_row)
        left join shared using (_row)
    """)


def _order_totals(engine: duckdb.DuckDBPyConnection, layout: Layout | None, currency: str) -> None:
    states = " ".join(
        f"when lower(status) in ({', '.join(repr(word) for word in words)}) then '{state}'"
        for state, words in _STATES.items()
    )
    counts = layout is not None and layout.cancelled_counts
    counted = "true" if counts else f"state not in ({_NOT_COUNTED})"
    engine.execute(f"""
        create or replace temp table order_totals as
        with grouped as (
            select order_id,
                {", ".join(f"arg_min({n}, _row) as {n}" for n in _OF_ORDER if n != "ordered_at")},
                min(ordered_at) as ordered_at,
                bool_and(coalesce(cancelled, false)) filter (not is_return) as all_cancelled,
                bool_and(is_return) as all_returned,
                min(_row) as row_number
            from lines group by order_id
        ),
        judged as (
            select *, case
                when all_returned then 'returned'
                when cancelled_at is not null or coalesce(all_cancelled, false) then 'cancelled'
                {states} else 'completed' end as state
            from grouped
        ),
        taxed as (
            select order_id, sum(coalesce(tax, 0)) as line_tax from order_lines
            where not is_return group by order_id
        )
        select
            judged.order_id, order_number, ordered_at, customer_id, email, phone, country, city, currency,
            state as order_status, financial_status, cancelled_at, channel, discount_code,
            orders.own_discount + orders.to_spread as discount_total,
            judged.shipping,
            case when judged.order_tax is not null then judged.order_tax - taxed.line_tax end as shipping_tax,
            coalesce(judged.order_tax, taxed.line_tax) as tax_total,
            order_total as total,
            {_returned(counts)} as returned,
            case when {_returned(counts)} > 0 then coalesce(cancelled_at, ordered_at) end as returned_at,
            includes_tax as prices_include_tax,
            test as is_test,
            {counted} as counts_in_sales,
            row_number
        from judged
        left join orders using (order_id)
        left join taxed using (order_id)
    """)


def _returned(cancelled_counts: bool) -> str:
    if not cancelled_counts:
        return "refunded"
    return "case when cancelled_at is not null then coalesce(order_total, refunded) else refunded end"
