"""PostgreSQL through psycopg."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

import certifi
import psycopg
from psycopg import errors, sql
from psycopg.types.string import TextLoader

from fondaco.errors import AccessError, ConfigError, FondacoError
from fondaco.sources.database.client import Answer, Kind, KnownColumn, LostLineError, too_slow
from fondaco.sources.database.settings import DatabaseSettings
from fondaco.sources.http import UnreachableError

_TIMESTAMPTZ = 1184
_LOCAL_TYPES = frozenset({1114, 1082})
_AS_TEXT = ("timestamp", "timestamptz", "date", "time", "timetz", "interval", "json", "jsonb", "money")
_SSL_MODES = {"verify": "verify-full", "require": "require", "off": "disable"}
_CONNECT_SECONDS = 20

_COLUMNS = """
select a.attname::text,
    exists (select 1 from pg_index as i where i.indrelid = a.attrelid and i.indisvalid and i.indkey[0] = a.attnum and i.indpred is null),
    exists (select 1 from pg_index as i where i.indrelid = a.attrelid and i.indisunique and i.indpred is null
        and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(a.attrelid, a.attnum, 'select')
order by a.attnum
"""
_UNIQUE = """
select i.indexrelid::bigint, a.attname::text
from pg_index as i
inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey[0:i.indnkeyatts - 1])
where i.indrelid = to_regclass(%s) and i.indisunique and i.indpred is null and i.indexprs is null
"""
_MAY_WRITE = """
select exists (
    select 1 from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
        and has_table_privilege(c.oid, 'insert, update, delete')
)
"""


class Postgres:
    """A PostgreSQL database. Every question is a transaction of its own, READ ONLY: it holds up no vacuum, and suits poolers."""

    engine = "postgresql"
    now = "timezone('UTC', now())"

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def ask(self, sql: str, params: Sequence[Any]) -> Answer:
        try:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute(
                    "select set_config('statement_timeout', %s, true), set_config('lock_timeout', '10s', true), "
                    "set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true)",
                    [f"{self._settings.timeout_seconds}s"],
                )
                cursor.execute(sql.encode(), params)
                described = cursor.description or []
                rows = cursor.fetchall()
        except psycopg.Error as error:
            raise self._told(error) from None
        return Answer(
            rows,
            tuple(_kind(column.type_code) for column in described),
            tuple(column.name for column in described),
        )

    def quoted(self, name: str) -> str:
        return sql.Identifier(*name.split(".")).as_string(None)

    def columns(self, table: str) -> dict[str, KnownColumn] | None:
        found = self.ask(_COLUMNS, [self.quoted(table)]).rows
        return {name: KnownColumn(name, indexed, unique) for name, indexed, unique in found} or None

    def unique_keys(self, table: str) -> list[frozenset[str]]:
        found: dict[int, set[str]] = {}
        for index, column in self.ask(_UNIQUE, [self.quoted(table)]).rows:
            found.setdefault(index, set()).add(column)
        return [frozenset(columns) for columns in found.values()]

    def may_write(self) -> bool:
        return bool(self.ask(_MAY_WRITE, ()).rows[0][0])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        settings = self._settings
        connection = psycopg.connect(
            host=settings.host,
            port=settings.server_port,
            dbname=settings.database,
            user=settings.user,
            password=settings.password.get_secret_value(),
            connect_timeout=_CONNECT_SECONDS,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            application_name="fondaco",
            client_encoding="utf8",
            sslmode=_SSL_MODES[settings.secured],
            prepare_threshold=None,  # a pooler hands each transaction to another server process
            **_certificates(settings),
        )
        connection.read_only = True
        for kind in _AS_TEXT:
            connection.adapters.register_loader(kind, TextLoader)
        self._connection = connection
        return connection

    def _told(self, error: psycopg.Error) -> FondacoError:
        """What the server's error means, without its words: they may hold data."""
        if isinstance(error, errors.QueryCanceled):
            return too_slow("PostgreSQL", self._settings.timeout_seconds)
        if isinstance(error, errors.InsufficientPrivilege):
            return AccessError(
                "PostgreSQL does not let this user read a table.", "Grant it: `grant select on … to …`."
            )
        if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn | errors.UndefinedFunction):
            return ConfigError(
                "PostgreSQL does not know a table, column or function that the mapping uses.",
                "See which with `fondaco doctor`.",
            )
        if self._connection is None:
            return self._unconnected(error)
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) or self._connection.closed:
            return LostLineError(
                f"The line to PostgreSQL broke ({_state(error)}).", "The next run goes on from here."
            )
        return ConfigError(
            f"PostgreSQL refuses a question of the mapping (SQLSTATE {_state(error)}).",
            "Try the expression, condition or query of this stream in the database.",
        )

    def _unconnected(self, error: psycopg.Error) -> FondacoError:
        text, state = str(error), error.sqlstate or ""
        if (
            state in ("28P01", "28000")
            or "password authentication failed" in text
            or "no pg_hba.conf entry" in text
        ):
            return AccessError(
                "PostgreSQL refuses the user or the password.",
                "Check `user`, `password` and the server's pg_hba.conf, then connect again.",
            )
        if state == "3D000" or ("database" in text and "does not exist" in text):
            return ConfigError(
                f"There is no database {self._settings.database!r} on this server.", "Check `database`."
            )
        if "certificate" in text or "SSL" in text:
            return ConfigError(
                "The line to PostgreSQL cannot be secured as `tls` asks.",
                "Give the server's certificate authority as `tls_ca`; on a line that is safe already, set `tls=off`.",
            )
        return UnreachableError(
            f"PostgreSQL does not answer at {self._settings.host}:{self._settings.server_port}.",
            "Check host, port and firewall; the next run tries again.",
            status=None,
        )


def _kind(type_code: int) -> Kind:
    if type_code == _TIMESTAMPTZ:
        return Kind.UTC
    return Kind.LOCAL if type_code in _LOCAL_TYPES else Kind.PLAIN


def _state(error: psycopg.Error) -> str:
    return error.sqlstate or type(error).__name__


def _certificates(settings: DatabaseSettings) -> dict[str, Any]:
    """libpq's own defaults look into the home folder of whoever runs Fondaco."""
    found: dict[str, Any] = {}
    if settings.secured == "verify":
        found["sslrootcert"] = str(
            settings.tls_ca or ssl.get_default_verify_paths().cafile or certifi.where()
        )
    if settings.tls_certificate is not None:
        found["sslcert"] = str(settings.tls_certificate)
    if settings.tls_key is not None:
        found["sslkey"] = str(settings.tls_key)
    return found
