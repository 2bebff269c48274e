"""``fondaco init``: a project folder and its first user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondaco.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from fondaco.orchestration import Project


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    name: Annotated[
        str | None, typer.Option(help="The merchant's name.", show_default="the folder's")
    ] = None,
    currency: Annotated[str, typer.Option(help="Reporting currency (ISO 4217).")] = "EUR",
    timezone: Annotated[str, typer.Option(help="IANA time zone of the schedule.")] = "UTC",
    email: Annotated[str | None, typer.Option(help="E-mail of the first user, an owner.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a project folder: settings, key, control database, empty tables, first user.

    Example: fondaco init shop --currency EUR --timezone Europe/Berlin --email you@example.com
    """
    import sys

    from fondaco.orchestration import Project

    asked = email
    if asked is None and sys.stdin.isatty() and not as_json:
        asked = (
            typer.prompt("E-mail of the first user (empty: later)", default="", show_default=False) or None
        )
    with Project.create(folder, name=name, currency=currency, timezone=timezone) as project:
        ctx.obj.log_to(project)
        link = first_user(project, asked) if asked else None
        if as_json:
            print_json({"folder": str(project.settings.folder), "login_link": link})
            return
        typer.echo(f"The project {project.settings.project.name} is in {project.settings.folder}.")
        if link:
            typer.echo(f"Log in once, within a day, after `fondaco serve`: {link}")
        else:
            typer.echo("Add the first user with `fondaco users add you@example.com --role owner`.")
        typer.echo(f"Next: cd {folder} && fondaco connect shopify   (or: fondaco import orders_export.csv)")


def first_user(project: Project, email: str) -> str:
    """Make an owner of ``email`` when the project has none of that address; a one-time link for them."""
    from fondaco.control import Role

    user = project.control.users.find(email) or project.control.users.create(
        project.tenant, email, role=Role.OWNER
    )
    return login_link(project, user.user_id)


def login_link(project: Project, user_id: int, *, port: int | None = None) -> str:
    """Address of a fresh one-time link."""
    return link_address(project, project.control.users.create_login_link(user_id), port=port)


def link_address(project: Project, secret: str, *, port: int | None = None) -> str:
    """Where a one-time link leads."""
    from fondaco.orchestration.address import base_url

    return f"{base_url(project.settings, port=port)}/login/link/{secret}"
