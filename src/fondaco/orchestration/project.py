"""A project as one object: its settings, and everything that is opened from them, on first use."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fondaco.clock import Clock, utc_now
from fondaco.config import PROJECT_FILE, Settings, load_settings
from fondaco.control import Connection, ControlPlane
from fondaco.control.database import sqlite_file
from fondaco.errors import ConfigError
from fondaco.governance import Sealer

if TYPE_CHECKING:
    from types import TracebackType

    from fondaco.landing import Landing
    from fondaco.metrics import SemanticLayer
    from fondaco.sources.source import Source
    from fondaco.warehouse import Reader, Warehouse

_TOML = """\
# Every setting, its default and its meaning: `fondaco doctor --settings`.
[project]
name = {name}
tenant = {tenant}
currency = {currency}
timezone = {timezone}

[schedule]
cron = "0 2 * * *"
"""

_ENVIRONMENT = """\
# Copy to .env and load it into the shell or the service; the environment stands over fondaco.toml.
# FONDACO_HOME=/var/lib/fondaco
# FONDACO_SECRET_KEY=
# FONDACO_WAREHOUSE__KIND=postgres
# FONDACO_WAREHOUSE__URL=postgresql://user:password@localhost:5432/fondaco
# FONDACO_CONTROL__URL=postgresql://user:password@localhost:5432/fondaco_control
"""

_IGNORED = ".fondaco/\n.env\n"


CHANGEABLE = ("project", "schedule", "analytics", "profit", "reconcile", "stock")
"""Sections of ``fondaco.toml`` of which nothing is opened: they are read anew whenever they are needed."""


class Project:
    """One merchant's Fondaco.

    ``control``, ``warehouse``, ``reader``, ``landing`` and ``metrics`` are opened when they are first asked for, so that a
    command pays only for what it uses.
    """

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    @classmethod
    def open(cls, folder: Path | str | None = None, *, clock: Clock = utc_now) -> Self:
        """The project in ``folder`` (default: the working directory).

        Raises
        ------
        ConfigError
            If there is no ``fondaco.toml``, or a value in it is wrong.
        """
        return cls(load_settings(Path(folder) if folder is not None else None), clock=clock)

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        name: str | None = None,
        tenant: str = "default",
        currency: str = "EUR",
        timezone: str = "UTC",
        clock: Clock = utc_now,
    ) -> Self:
        """Make a project folder with its settings, control database and empty raw tables, and open it.

        Raises
        ------
        ConfigError
            If there is a project already, or a value is wrong; then nothing is written.
        """
        home = Path(folder).resolve()
        if (home / PROJECT_FILE).exists():
            raise ConfigError(
                f"There is a project in {home} already.",
                f"Go into it and use it: `cd {home} && fondaco doctor`.",
            )
        title = name or home.name
        content = _TOML.format(
            name=_quoted(title),
            tenant=_quoted(tenant),
            currency=_quoted(currency),
            timezone=_quoted(timezone),
        )
        _refuse_wrong_values(title, tenant, currency, timezone)
        home.mkdir(parents=True, exist_ok=True)
        for file, text in ((".env.example", _ENVIRONMENT), (".gitignore", _IGNORED), (PROJECT_FILE, content)):
            _write_whole(home / file, text)
        project = cls.open(home, clock=clock)
        project.prepare()
        return project

    def take(self, settings: Settings) -> bool:
        """Go on with the sections of ``settings`` that may change while the project is open. Whether any of them differs."""
        new = {name: getattr(settings, name) for name in CHANGEABLE}
        new["project"] = settings.project.model_copy(
            update={"tenant": self.tenant}
        )  # whose rows these are stays
        if all(getattr(self.settings, name) == value for name, value in new.items()):
            return False
        self.settings = self.settings.model_copy(update=new)
        own = self.settings.project
        self.control.tenants.put(own.tenant, name=own.name, currency=own.currency, time_zone=own.timezone)
        return True

    @property
    def tenant(self) -> str:
        """The merchant's id, as it stands in every row."""
        return self.settings.project.tenant

    @property
    def data(self) -> Path:
        """The folder of everything Fondaco writes; made, for its owner only, when it is not there."""
        folder = self.settings.data
        if not folder.is_dir():
            try:
                folder.mkdir(parents=True, mode=0o700)
            except OSError as error:
                raise ConfigError(
                    f"The data folder {folder} cannot be made: {error.strerror}.",
                    "Make it writable, or point FONDACO_HOME at another folder.",
                ) from error
        return folder

    @cached_property
    def control(self) -> ControlPlane:
        """Users, connections, runs and what they found."""
        data, url = self.data, self.settings.control_url
        database = sqlite_file(url)
        if database and database.exists() and database.stat().st_size == 0 and self._has_warehouse_file():
            raise ConfigError(
                f"The control database {database} is empty, though the warehouse is not.",
                "Put it back from a backup; or remove the file, then connect the shops again with `fondaco connect`.",
            )
        is_new = not database.exists() if database else Sealer.has_key(data) or not self._has_connections(url)
        plane = ControlPlane.open(url, Sealer.open(data, may_create=is_new), clock=self.clock)
        own = self.settings.project
        plane.tenants.put(own.tenant, name=own.name, currency=own.currency, time_zone=own.timezone)
        return plane

    @cached_property
    def warehouse(self) -> Warehouse:
        """The engine that holds raw, core and marts, and the published snapshot."""
        from fondaco.warehouse import open_warehouse

        return open_warehouse(self.settings)

    @cached_property
    def landing(self) -> Landing:
        """Spool, shred and load."""
        from fondaco.landing import Landing

        return Landing(self.warehouse, self.data / "spool", self.tenant, self.clock)

    @cached_property
    def metrics(self) -> SemanticLayer:
        """Every figure, by name."""
        from fondaco.metrics import SemanticLayer

        return SemanticLayer.load()

    @cached_property
    def reader(self) -> Reader:
        """What is published, and nothing else."""
        return self.warehouse.reader()

    @property
    def currency(self) -> str:
        """Reporting currency of the published figures; that of the settings before there are any."""
        from fondaco.metrics import reporting_currency

        return reporting_currency(self.reader, self.tenant) or self.settings.project.currency

    def prepare(self) -> None:
        """Make what every project has from the start: control database, key, raw tables."""
        _ = self.control
        self.landing.create_tables()

    def connections(self) -> list[Connection]:
        """The tenant's connections, by id."""
        return self.control.connections.all(self.tenant)

    def source(self, connection: Connection | str) -> Source:
        """The opened source of a connection; close it after use."""
        from fondaco.orchestration.connecting import open_source

        found = (
            connection
            if isinstance(connection, Connection)
            else self.control.connections.get(self.tenant, connection)
        )
        return open_source(found.source, self.control.connections.settings(self.tenant, found.connection_id))

    def close(self) -> None:
        """Let go of databases and files."""
        for part in ("reader", "landing", "warehouse", "control"):
            opened = self.__dict__.pop(part, None)
            if opened is not None and hasattr(opened, "close"):
                opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _has_connections(self, url: str) -> bool:
        """Whether anything is sealed in a control database; asked without the key, which opens none of it."""
        with closing(ControlPlane.open(url, Sealer(os.urandom(32)), clock=self.clock)) as plane:
            return bool(plane.connections.all(self.tenant))

    def _has_warehouse_file(self) -> bool:
        from fondaco.warehouse.duckdb import DuckDBWarehouse

        return isinstance(self.warehouse, DuckDBWarehouse) and self.warehouse.path.exists()


def _refuse_wrong_values(name: str, tenant: str, currency: str, timezone: str) -> None:
    from pydantic import ValidationError

    from fondaco.config import ProjectSettings

    try:
        ProjectSettings(name=name, tenant=tenant, currency=currency, timezone=timezone)
    except ValidationError as error:
        faults = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors(include_input=False))
        raise ConfigError(
            f"The project would have wrong values: {faults}.", "Correct the options."
        ) from error


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    import json

    return json.dumps(text, ensure_ascii=False)


def _write_whole(path: Path, text: str) -> None:
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
