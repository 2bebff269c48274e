"""From a field's text to a typed value, in SQL. What does not fit is null, and the record goes to quarantine.

An empty text means "none" in every type but text: WooCommerce and others write it so. JSON numbers may have an exponent, for writers
give tiny and large ones so; texts of amounts and whole numbers may not (``Objects.text`` keeps their quotes): no vendor writes
money so, and ``"1e9"`` is a slip or an attack rather than a billion.
"""

from __future__ import annotations

from fondaco.landing.numbers import NUMBER
from fondaco.sources.stream import ColumnType

_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?([zZ]|[+-]00(:?00)?)?)?"

EXPECTED = {
    ColumnType.TEXT: "text",
    ColumnType.BIGINT: "a whole number of at most 64 bits",
    ColumnType.DECIMAL: "a number of at most 12 digits before the point",
    ColumnType.DOUBLE: "a finite number",
    ColumnType.BOOL: "true or false",
    ColumnType.TIMESTAMP: "an ISO 8601 instant",
    ColumnType.DATE: "an ISO 8601 day",
    ColumnType.JSON: "JSON",
}


def value_sql(text: str, kind: ColumnType) -> str:
    """SQL for the value of ``text`` as ``kind``, null when it is none.

    Decimals keep six places, the rest is rounded half away from zero. Instants become naive UTC.
    """
    if kind in (ColumnType.TEXT, ColumnType.JSON):
        return text
    if kind is ColumnType.DECIMAL:
        # DuckDB's cast of a text with an exponent lets numbers through that are too large for the type.
        return (
            f"case when not regexp_full_match({text}, '{NUMBER}') then null"
            f" when contains(lower({text}), 'e') then try_cast(try_cast({text} as decimal(38, 6)) as decimal(18, 6))"
            f" else try_cast({text} as decimal(18, 6)) end"
        )
    if kind is ColumnType.DOUBLE:
        number = f"try_cast({text} as double)"
        return f"case when regexp_full_match({text}, '{NUMBER}') and isfinite({number}) then {number} end"
    if kind is ColumnType.BIGINT:
        # JSON writers give large whole numbers as 12.0 or 1e17.
        return (
            f"case when regexp_full_match({text}, '[+-]?[0-9]+(\\.0*)?') then try_cast(split_part({text}, '.', 1) as bigint)"
            f" when regexp_full_match({text}, '[+-]?[0-9]{{1,18}}(\\.0*)?[eE]\\+?[0-9]{{1,2}}')"
            f" then try_cast(try_cast({text} as decimal(38, 0)) as bigint) end"
        )
    if kind is ColumnType.BOOL:
        return (
            f"case when lower({text}) in ('true', '1', 'yes') then true"
            f" when lower({text}) in ('false', '0', 'no') then false end"
        )
    if kind is ColumnType.DATE:
        return f"case when regexp_full_match({text}, '{_DAY}') then try_cast(left({text}, 10) as date) end"
    # A cast to timestamp would drop the offset without a word; the session's time zone is UTC.
    return (
        f"case when regexp_full_match({text}, '{_INSTANT}')"
        f" then make_timestamp(epoch_us(try_cast({text} as timestamptz))) end"
    )


def fault_sql(
    column: str,
    text: str,
    value: str,
    kind: ColumnType,
    *,
    is_key: bool,
    has_nul: bool,
    largest: int | None = None,
) -> str:
    """``when … then '<reason>'`` branches of a case expression; may be empty."""
    branches = []
    if has_nul and kind is ColumnType.TEXT:
        branches.append(f"when contains({text}, chr(0)) then 'column {column}: holds the character U+0000'")
    if kind in (ColumnType.DECIMAL, ColumnType.BIGINT):
        branches.append(
            f"when {value} is null and starts_with({text}, '\"')"
            f" then 'column {column}: a text must be plain digits, without an exponent'"
        )
    if kind not in (ColumnType.TEXT, ColumnType.JSON):
        branches.append(
            f"when {text} <> '' and {value} is null then 'column {column}: expected {EXPECTED[kind]}'"
        )
    if largest is not None:
        branches.append(
            f"when {value} not between {-largest} and {largest} then 'column {column}: larger than {largest:,}'"
        )
    if is_key:
        branches.append(f"when {value} is null then 'column {column}: part of the key, but missing'")
    return " ".join(branches)
