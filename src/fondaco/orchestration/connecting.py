"""From settings to an opened, checked connection."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from fondaco.control import Connection, ConnectionRecord
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.source import Source, SourceSettings, source_type
from fondaco.sources.stream import Check

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project


def open_source(name: str, settings: Mapping[str, Any]) -> Source:
    """The source called ``name`` with ``settings``; no request is made yet.

    Raises
    ------
    ConfigError
        If there is no such source, or a setting is wrong; settings are named, their values are not.
    """
    kind = source_type(name)
    return kind.connect(read_settings(kind, settings))


def read_settings(kind: type[Source], settings: Mapping[str, Any]) -> SourceSettings:
    """``settings`` as the source's own type."""
    try:
        return kind.settings_type.model_validate(dict(settings))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        raise ConfigError(
            f"The settings for {kind.title} are wrong: {faults}.",
            f"See all settings with `fondaco connect {kind.name} --help-settings`.",
        ) from error


def connect(
    project: Project,
    source: str,
    connection_id: str | None,
    settings: Mapping[str, Any],
    *,
    moved: bool = False,
) -> tuple[Connection, Check]:
    """Test a connection and keep it: its settings sealed, its currency and zone as the shop tells them.

    Without a ``connection_id`` the shop's name gives one. A shop that has ``moved`` is the one that was connected, whatever its address.

    Raises
    ------
    AccessError
        If the vendor refuses the credential; then nothing is kept.
    ConfigError
        If another shop is connected under that id.
    """
    kind = source_type(source)
    checked = read_settings(kind, settings)
    opened = kind.connect(checked)
    try:
        check = opened.check()
    finally:
        opened.close()
    connection_id = connection_id or slug(check.shop_name)
    if not moved:
        _refuse_another_shop(project, kind, connection_id, checked)
    connection = project.control.connections.add(
        project.tenant,
        ConnectionRecord(
            connection_id=connection_id,
            source=source,
            name=check.shop_name,
            currency=check.currency,
            time_zone=check.time_zone,
            settings=plain(checked),
            missing=check.missing,
            warnings=check.warnings,
        ),
    )
    project.control.audit.add(
        project.tenant,
        actor="cli",
        action="connect",
        subject=connection.connection_id,
        detail={"source": source},
    )
    return connection, check


def _refuse_another_shop(
    project: Project, kind: type[Source], connection_id: str, settings: SourceSettings
) -> None:
    """Two shops of one name are two connections: the rows and the reading of one must not go on as the other's."""
    known = {each.connection_id: each for each in project.connections()}.get(connection_id)
    if known is None or known.source != kind.name or settings.shop_key is None:
        return
    before = _known_shop_key(project, kind, connection_id)
    if before is not None and before != settings.shop_key:
        raise ConfigError(
            f"{connection_id!r} is the connection to another {kind.title} shop, {before}.",
            f"Give this one a name of its own, for example `--name {connection_id}-2`.",
        )


def _known_shop_key(project: Project, kind: type[Source], connection_id: str) -> str | None:
    """None where the settings kept cannot be read: connecting again is what mends a lost key."""
    try:
        kept = project.control.connections.settings(project.tenant, connection_id)
        return read_settings(kind, kept).shop_key
    except ConfigError:
        return None


def check_connection(project: Project, connection: Connection) -> Check:
    """Ask the vendor again what the connection can read, and keep the answer."""
    opened = project.source(connection)
    try:
        check = opened.check()
    except AccessError as error:
        project.control.connections.note_check(project.tenant, connection.connection_id, refused=error.what)
        raise
    finally:
        opened.close()
    project.control.connections.note_check(
        project.tenant, connection.connection_id, missing=check.missing, warnings=check.warnings
    )
    return check


def plain(settings: SourceSettings) -> dict[str, Any]:
    """The settings as JSON values, secrets in the clear: only ever for the sealer."""

    def opened(value: Any) -> Any:
        if isinstance(value, SecretStr):
            return value.get_secret_value()
        if isinstance(value, dict):
            return {key: opened(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [opened(inner) for inner in value]
        return value

    values = {name: opened(getattr(settings, name)) for name in type(settings).model_fields}
    masked = settings.model_dump(mode="json")
    return {name: values[name] if _holds_secret(getattr(settings, name)) else masked[name] for name in values}


def slug(text: str) -> str:
    """A connection id out of a shop's name: "Café Ölhafen" gives "cafe-olhafen"."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:63] or "shop"


def _holds_secret(value: Any) -> bool:
    if isinstance(value, SecretStr):
        return True
    if isinstance(value, dict):
        return any(_holds_secret(inner) for inner in value.values())
    return isinstance(value, list | tuple) and any(_holds_secret(inner) for inner in value)
