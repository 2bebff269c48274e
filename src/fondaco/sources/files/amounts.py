"""Read columns of numbers and flags. What may be decimal or thousands is refused, never guessed."""

from __future__ import annotations

import duckdb

from fondaco.errors import ConfigError

_SIGNS = r"[\s\x{00A0}\x{202F}''’\p{Sc}]|^[A-Za-zł]{1,3}\.?\s?|\s?[A-Za-zł]{1,3}\.?$"
# Parquet and JSON write tiny numbers as 1e-07. What a spreadsheet writes as 1.23E+05 has lost its digits.
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE]-\d+)?$"
_POINT = r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?$"
_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?$"
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
_TRUE = ("true", "t", "yes", "y", "1", "x", "cancelled", "canceled", "ja", "oui", "si")
_FALSE = ("false", "f", "no", "n", "0", "nein", "non")


def number_expression(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    field: str,
    *,
    file: str,
    decimal: str | None,
    point_is_decimal: bool = False,
) -> str:
    """SQL that reads the text column ``field`` of ``table`` as DECIMAL(18, 6), null where it cannot.

    Raises
    ------
    ConfigError
        If ``1,234``, or ``1.234``, may be a thousand or a little over one, and ``decimal`` does not say.
    """
    clean = _clean(field)
    chosen = decimal or _separator(engine, table, field, file=file, point_is_decimal=point_is_decimal)
    if chosen == ",":
        return _number(clean, _COMMA, f"replace(replace({clean}, '.', ''), ',', '.')")
    grouped = _number(clean, _POINT, f"replace({clean}, ',', '')")
    return (
        f"case when regexp_matches({clean}, '{_PLAIN}') "
        f"then try_cast({clean} as decimal(18, 6)) else {grouped} end"
    )


def whole_expression(number: str) -> str:
    """SQL that makes a whole number of ``number``, null where it has a fraction."""
    return f"case when {number} = trunc({number}) then cast({number} as bigint) end"


def flag_expression(field: str) -> str:
    """SQL that reads yes and no, true and false, 1 and 0."""
    true = ", ".join(f"'{word}'" for word in _TRUE)
    false = ", ".join(f"'{word}'" for word in _FALSE)
    return f"case when lower({field}) in ({true}) then true when lower({field}) in ({false}) then false end"


def _clean(field: str) -> str:
    """Without spaces and currency signs; ``(5.00)`` and ``5.00-`` are negative."""
    bare = f"regexp_replace(regexp_replace({field}, '{_SIGNS}', '', 'g'), '{_SIGNS}', '', 'g')"
    return rf"regexp_replace({bare}, '^(?:\((.*)\)|(.*)-)$', '-\1\2')"


def _number(clean: str, pattern: str, point: str) -> str:
    return f"case when {clean} <> '' and regexp_matches({clean}, '{pattern}') then try_cast({point} as decimal(18, 6)) end"


def _separator(
    engine: duckdb.DuckDBPyConnection, table: str, field: str, *, file: str, point_is_decimal: bool
) -> str:
    clean = _clean(field)
    row = engine.execute(
        f"select count(*) filter (contains(n, ',')), count(*) filter (regexp_matches(n, '{_POINT}')), "
        f"count(*) filter (regexp_matches(n, '{_COMMA}')), "
        f"count(*) filter (contains(n, '.')) = count(*) filter (regexp_matches(n, '{_THOUSANDS}')), "
        f"min(n) filter (contains(n, ',')), min(n) filter (contains(n, '.')) "
        f"from (select distinct {clean} as n from {table} where {field} is not null)"
    ).fetchall()
    with_comma, point, comma, all_in_threes, with_a_comma, with_a_point = row[0]
    if not with_comma and (point_is_decimal or with_a_point is None or not all_in_threes):
        return "."
    if with_comma and point > comma:
        return "."
    if with_comma and comma > point:
        return ","
    raise ConfigError(
        f"The numbers of {field} in {file} can be read in two ways: {with_a_comma or with_a_point!r} may have "
        "thousands or decimals.",
        "Say which with `--decimal point` or `--decimal comma`.",
    )
