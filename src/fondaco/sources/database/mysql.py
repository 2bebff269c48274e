"""MySQL and MariaDB through PyMySQL."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pymysql
from pymysql.constants import ER, FIELD_TYPE
from pymysql.converters import conversions

from fondaco.errors import AccessError, ConfigError, FondacoError
from fondaco.sources.database.client import Answer, Kind, KnownColumn, LostLineError, too_slow
from fondaco.sources.database.settings import DatabaseSettings
from fondaco.sources.http import UnreachableError

_AS_TEXT = (FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME, FIELD_TYPE.DATE, FIELD_TYPE.TIME)
_LOCAL_TYPES = frozenset({FIELD_TYPE.DATETIME, FIELD_TYPE.DATE})
_CONVERSIONS: dict[Any, Any] = {key: value for key, value in conversions.items() if key not in _AS_TEXT}
_CONNECT_SECONDS = 20
_TOO_SLOW = frozenset({1969, 3024})  # MariaDB's max_statement_time, MySQL's max_execution_time
_REFUSED = frozenset(
    {ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.HOST_NOT_PRIVILEGED, ER.HOST_IS_BLOCKED, 1698}
)
_NOT_GRANTED = frozenset({ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR, 1370})
_UNKNOWN = frozenset({ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR, ER.SP_DOES_NOT_EXIST})
_LOST = frozenset({2006, 2013, 2014, 2055, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1927})
_TLS = 2026
_WRITES = ("ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER")

_COLUMNS = """
select c.column_name, exists (
    select 1 from information_schema.statistics as s
    where s.table_schema = c.table_schema and s.table_name = c.table_name and s.column_name = c.column_name and s.seq_in_index = 1
) from information_schema.columns as c
where c.table_schema = coalesce(%s, database()) and c.table_name = %s
order by c.ordinal_position
"""
_UNIQUE = """
select index_name, column_name from information_schema.statistics
where table_schema = coalesce(%s, database()) and table_name = %s and non_unique = 0
"""


class Mysql:
    """A MySQL or MariaDB database, in read-only transactions of one question each."""

    engine = "mysql"
    now = "utc_timestamp(6)"

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._connection: pymysql.Connection[Any] | None = None

    def ask(self, sql: str, params: Sequence[Any]) -> Answer:
        try:
            connection = self._connected()
            with connection.cursor() as cursor:
                cursor.execute("start transaction read only")
                cursor.execute(sql, tuple(params))
                described = cursor.description or ()
                rows = list(cursor.fetchall())
            connection.rollback()
        except (pymysql.Error, OSError) as error:
            raise self._told(error) from None
        return Answer(rows, tuple(_kind(each[1]) for each in described), tuple(each[0] for each in described))

    def quoted(self, name: str) -> str:
        return ".".join(f"`{part}`" for part in name.split("."))

    def columns(self, table: str) -> dict[str, KnownColumn] | None:
        unique = self.unique_keys(table)
        found = self.ask(_COLUMNS, _split(table)).rows
        return {
            name: KnownColumn(name, bool(indexed), frozenset({name}) in unique) for name, indexed in found
        } or None

    def unique_keys(self, table: str) -> list[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for index, column in self.ask(_UNIQUE, _split(table)).rows:
            found.setdefault(index, set()).add(column)
        return [frozenset(columns) for columns in found.values()]

    def may_write(self) -> bool:
        grants = [str(row[0]).partition(" ON ")[0].upper() for row in self.ask("show grants", ()).rows]
        return any(word in grant for grant in grants for word in _WRITES)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(pymysql.Error):  # where the line was broken already
                self._connection.close()
            self._connection = None

    def _connected(self) -> pymysql.Connection[Any]:
        if self._connection is not None and self._connection.open:
            return self._connection
        settings = self._settings
        connection: pymysql.Connection[Any] = pymysql.connect(
            host="localhost" if settings.is_socket else settings.host,
            port=settings.server_port,
            unix_socket=settings.host if settings.is_socket else None,
            database=settings.database,
            user=settings.user,
            password=settings.password.get_secret_value(),
            charset="utf8mb4",
            conv=_CONVERSIONS,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=settings.timeout_seconds + 30,
            ssl=_context(settings),
            ssl_disabled=settings.secured == "off",
            autocommit=False,
        )
        is_mariadb = "mariadb" in str(getattr(connection, "server_version", "")).lower()
        with connection.cursor() as cursor:
            cursor.execute("set session transaction read only")
            cursor.execute("set session time_zone = '+00:00'")
            if is_mariadb:
                cursor.execute("set session max_statement_time = %s", [settings.timeout_seconds])
            else:
                cursor.execute("set session max_execution_time = %s", [settings.timeout_seconds * 1000])
        self._connection = connection
        return connection

    def _told(self, error: Exception) -> FondacoError:
        """What the server's error means, without its words: they may hold data."""
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        if number in _TOO_SLOW:
            return too_slow("MySQL", self._settings.timeout_seconds)
        if number in _NOT_GRANTED:
            return AccessError(
                "MySQL does not let this user read a table.", "Grant it: `grant select on … to …`."
            )
        if number in _UNKNOWN:
            return ConfigError(
                "MySQL does not know a table, column or function that the mapping uses.",
                "See which with `fondaco doctor`.",
            )
        if number in _REFUSED:
            return AccessError(
                "MySQL refuses the user or the password.",
                "Check `user`, `password` and from which hosts the user may log in, then connect again.",
            )
        if number == ER.BAD_DB_ERROR:
            return ConfigError(
                f"There is no database {self._settings.database!r} on this server.", "Check `database`."
            )
        if self._connection is None:
            return self._unconnected(error, number)
        if number in _LOST or isinstance(error, OSError | pymysql.InterfaceError):
            return LostLineError(
                f"The line to MySQL broke (error {number}).", "The next run goes on from here."
            )
        return ConfigError(
            f"MySQL refuses a question of the mapping (error {number}).",
            "Try the expression, condition or query of this stream in the database.",
        )

    def _unconnected(self, error: Exception, number: int) -> FondacoError:
        cause = error.__cause__ or getattr(error, "original_exception", None)
        if number == _TLS or isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError):
            return ConfigError(
                "The line to MySQL cannot be secured as `tls` asks.",
                "Give the server's certificate authority as `tls_ca`; on a line that is safe already, set `tls=off`.",
            )
        return UnreachableError(
            f"MySQL does not answer at {self._settings.host}:{self._settings.server_port}.",
            "Check host, port and firewall; the next run tries again.",
            status=None,
        )


def _kind(type_code: int) -> Kind:
    if type_code == FIELD_TYPE.TIMESTAMP:
        return Kind.UTC
    return Kind.LOCAL if type_code in _LOCAL_TYPES else Kind.PLAIN


def _split(table: str) -> tuple[str | None, str]:
    schema, _, name = table.rpartition(".")
    return schema or None, name


def _context(settings: DatabaseSettings) -> ssl.SSLContext | None:
    if settings.secured == "off":
        return None
    context = ssl.create_default_context(cafile=str(settings.tls_ca) if settings.tls_ca else None)
    if settings.secured == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if settings.tls_certificate is not None:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return context
