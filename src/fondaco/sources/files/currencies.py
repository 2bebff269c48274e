"""Which currencies there are, and those that are written into amounts: ``10 USD``, ``€ 5``.

An amount in another currency than its row's is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import duckdb
from babel import Locale
from babel.numbers import get_territory_currencies, is_currency

from fondaco.sources.files.fields import Kind
from fondaco.sources.files.opening import ROW

_DOLLARS = (
    "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD "
    "ARS CLP COP CUP DOP MXN UYU"
)  # fmt: skip
_SIGNS = {
    "$": _DOLLARS, "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "R$": "BRL",
    "€": "EUR", "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP", "¥": "JPY CNY", "₹": "INR", "₺": "TRY", "₽": "RUB",
    "₩": "KRW KPW", "₪": "ILS", "₫": "VND", "₴": "UAH", "₦": "NGN", "₱": "PHP", "฿": "THB", "₡": "CRC", "₸": "KZT",
    "KR": "SEK NOK DKK ISK", "ZŁ": "PLN", "ZL": "PLN", "LEI": "RON MDL", "FT": "HUF", "FR": "CHF",
}  # fmt: skip
_SINCE = date(1999, 1, 1)
"""The first year of the European Central Bank's rates: an order of then may be in a currency that is gone by now."""
_LETTERS = r"[\p{L}\p{Sc}]"
_OTHERS = r"[^\p{L}\p{Sc}]"


def set_strangers_aside(
    engine: duckdb.DuckDBPyConnection, table: str, kinds: Mapping[str, Kind], currency: str
) -> None:
    """Note as ``problem`` of ``table`` which amounts of ``texts`` are written in another currency than their row's.

    ``currency`` is the SQL of the row's own. A word that is no currency, and a sign that fits the row's, say nothing.
    """
    there = {name for name, *_ in engine.execute("describe texts").fetchall()}
    written = " union all ".join(
        f"select {ROW}, '{name}' as field, upper(regexp_replace({name}, '{_OTHERS}', '', 'g')) as sign "
        f"from texts where regexp_matches({name}, '{_LETTERS}')"
        for name, kind in kinds.items()
        if kind is Kind.MONEY and name in there
    )
    if not written:
        return
    engine.execute(f"create or replace temp table written as {written}")
    signs = [sign for (sign,) in engine.execute("select distinct sign from written").fetchall()]
    known = [(sign, code) for sign in signs for code in _currencies(sign)]
    if not known:
        return
    engine.execute("create or replace temp table signs (sign varchar, code varchar)")
    engine.executemany("insert into signs values (?, ?)", known)
    engine.execute(f"""
        create or replace temp table {table} as
        with own as (
            select {ROW}, {currency} as code from {table}
        ),
        strangers as (
            select {ROW},
                string_agg(field || ' is in ' || sign || ', and its row in ' || code, '; ' order by field) as stranger
            from written join own using ({ROW})
            where sign in (select sign from signs) and (sign, code) not in (select (sign, code) from signs)
            group by {ROW}
        )
        select {table}.* replace (nullif(concat_ws('; ', problem, stranger), '') as problem)
        from {table} left join strangers using ({ROW})
    """)


@cache
def currencies_in_use() -> frozenset[str]:
    """ISO 4217 codes of the currencies that some country has, or has had since 1999: no metals, no codes for tests or for none."""
    return frozenset(
        code
        for territory in Locale("en").territories
        for code in get_territory_currencies(str(territory), start_date=_SINCE, end_date=date.max)
    )


def currency_expression(field: str) -> str:
    """SQL that reads a code of ``currencies_in_use``, null for anything else."""
    codes = ", ".join(f"'{code}'" for code in sorted(currencies_in_use()))
    return f"case when upper({field}) in ({codes}) then upper({field}) end"


def _currencies(sign: str) -> list[str]:
    if len(sign) == 3 and is_currency(sign):
        return [sign]
    return _SIGNS.get(sign, "").split()
