"""``fondaco connect``: ask, test, seal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.sources.source import Source
    from fondaco.sources.stream import Check


def connect(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="shopify, woocommerce, commercetools, magento, database, …")],
    name: Annotated[
        str | None, typer.Option(help="Id of the connection.", show_default="the shop's name")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be repeated.")
    ] = None,
    help_settings: Annotated[
        bool, typer.Option("--help-settings", help="List the settings and end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Connect a shop: ask for its settings, test them, keep them sealed, say what they can read.

    Secrets are asked without echo, or taken from the environment as FONDACO_<SOURCE>_<SETTING>; they are never
    needed on the command line.

    Example: fondaco connect shopify --name berlin --set shop=berlin.myshopify.com
    """
    from fondaco.orchestration import connecting
    from fondaco.sources.source import source_type

    kind = source_type(source)
    if help_settings:
        _list_settings(kind, as_json)
        return
    given = _parsed(settings or [])
    values = _from_environment(kind) | given
    if sys.stdin.isatty() and not as_json:
        values = _asked(kind, values)
    with ctx.obj.project() as project:
        connection, check = connecting.connect(project, source, name, values)
        if as_json:
            print_json(
                {
                    "connection_id": connection.connection_id,
                    "source": source,
                    "name": connection.name,
                    "currency": connection.currency,
                    "time_zone": connection.time_zone,
                    "missing": check.missing,
                    "warnings": check.warnings,
                }
            )
            return
        typer.echo(
            f"Connected {kind.title} {_what(kind)} {connection.name} as {connection.connection_id}: "
            f"{connection.currency}, days in {connection.time_zone}."
        )
        say_what_is_readable(kind, check)
        typer.echo("Next: fondaco run")


def _what(kind: type[Source]) -> str:
    from fondaco.sources.source import Role, role_of

    return "shop" if role_of(kind.name) is Role.SHOP else "account"


def say_what_is_readable(kind: type[Source], check: Check) -> None:
    """What the credential can read and what it cannot, in words."""
    readable = ", ".join(stream.name.replace("_", " ") for stream in kind.streams)
    typer.echo(f"  reads {readable}" if check.ok else f"  reads {readable}, except:")
    for lack in check.missing:
        typer.echo(f"  cannot: {lack}")
    for warning in check.warnings:
        typer.echo(f"  note: {warning}")


def _parsed(pairs: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{key!r} is not KEY=VALUE.", param_hint="--set")
        values[key.strip()] = value
    return values


def _from_environment(kind: type[Source]) -> dict[str, Any]:
    prefix = f"FONDACO_{kind.name.upper()}_"
    found = {name: os.environ.get(prefix + name.upper()) for name in kind.settings_type.model_fields}
    return {name: value for name, value in found.items() if value}


def _asked(kind: type[Source], values: dict[str, Any]) -> dict[str, Any]:
    """Ask for required settings that are not given, secrets without echo."""
    for name, field in kind.settings_type.model_fields.items():
        if name in values or not (field.is_required() or _is_secret(field.annotation)):
            continue
        label = (
            f"{name.replace('_', ' ')} ({field.description})" if field.description else name.replace("_", " ")
        )
        secret = _is_secret(field.annotation)
        answer = typer.prompt(
            label, hide_input=secret, default=None if field.is_required() else "", show_default=False
        )
        if answer:
            values[name] = answer
    return values


def _is_secret(annotation: Any) -> bool:
    return "SecretStr" in str(annotation)


def _list_settings(kind: type[Source], as_json: bool) -> None:
    rows = [
        {
            "setting": name,
            "needed": field.is_required(),
            "secret": _is_secret(field.annotation),
            "default": None
            if field.is_required() or _is_secret(field.annotation)
            else str(field.get_default(call_default_factory=True)),
            "meaning": field.description or "",
        }
        for name, field in kind.settings_type.model_fields.items()
    ]
    if not rows:
        raise ConfigError(f"{kind.title} has no settings.", f"Connect with `fondaco connect {kind.name}`.")
    if as_json:
        print_json(rows)
        return
    print_table(["setting", "needed", "secret", "default", "meaning"], [list(row.values()) for row in rows])
