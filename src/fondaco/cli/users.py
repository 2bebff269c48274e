"""``fondaco users``: who may log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.control import Role, User
    from fondaco.governance import People
    from fondaco.orchestration import Project

app = typer.Typer(
    help="Add, list and take away the people who may log in.", no_args_is_help=True, rich_markup_mode=None
)
_ROLES = (
    "owner: everything. analyst: see all figures and customers, and take them away as files. "
    "viewer: see figures, not customers."
)
_Email = Annotated[str, typer.Argument(help="E-mail address of the user.")]


@app.command("add")
def add(
    ctx: typer.Context,
    email: _Email,
    role: Annotated[
        str,
        typer.Option(help=_ROLES),
    ] = "viewer",
    name: Annotated[str, typer.Option(help="Name to show.", show_default="from the address")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a user and print a link that logs them in once.

    Example: fondaco users add ana@example.com --role analyst
    """
    from fondaco.cli.init import link_address

    given = _role(role, "--role")
    with ctx.obj.project() as project:
        user, secret = people(project).invite(email, given, name)
        link = link_address(project, secret)
        if as_json:
            print_json({"user_id": user.user_id, "role": role, "login_link": link})
        else:
            typer.echo(f"Added {role} {user.name}. Their link, good once within a day: {link}")


@app.command("link")
def link(
    ctx: typer.Context,
    email: _Email,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of the server.",
            min=1,
            max=65535,
            show_default="where it serves now, else [server] port",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a new link that logs a user in once.

    Example: fondaco users link ana@example.com
    """
    from fondaco.cli.init import link_address

    with ctx.obj.project() as project:
        user, secret = people(project).link(known_user(project, email).user_id)
        address = link_address(project, secret, port=port)
        if as_json:
            print_json({"user_id": user.user_id, "login_link": address})
        else:
            typer.echo(f"Good once, within a day: {address}")


@app.command("role")
def role(
    ctx: typer.Context,
    email: _Email,
    role: Annotated[str, typer.Argument(help=_ROLES)],
    as_json: AsJson = False,
) -> None:
    """Give a user another role, from their next request on.

    Example: fondaco users role ana@example.com owner
    """
    given = _role(role, "ROLE")
    with ctx.obj.project() as project:
        user = known_user(project, email)
        people(project).give_role(user.user_id, given)
        if as_json:
            print_json({"user_id": user.user_id, "role": role})
        else:
            typer.echo(f"{user.name} is {role} now.")


@app.command("remove")
def remove(
    ctx: typer.Context,
    email: _Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a user away: their sessions end and their tokens are revoked.

    Example: fondaco users remove ana@example.com --yes
    """
    with ctx.obj.project() as project:
        user = known_user(project, email)
        if not yes and not typer.confirm(f"Take {user.name} away?"):
            raise typer.Exit(1)
        ended = people(project).remove(user.user_id)
        if as_json:
            print_json(
                {
                    "removed": user.user_id,
                    "sessions_ended": ended.sessions,
                    "tokens_revoked": ended.tokens,
                }
            )
        else:
            typer.echo(
                f"{user.name} is gone; sessions ended: {ended.sessions}, tokens revoked: {ended.tokens}."
            )


def people(project: Project) -> People:
    """The project's people in the hands of the command line."""
    from fondaco.governance import People

    return People(project.control, project.tenant, "cli")


def known_user(project: Project, email: str) -> User:
    """The project's user of that address."""
    user = project.control.users.find(email)
    if user is None or user.tenant_id != project.tenant:
        raise ConfigError("There is no user with that e-mail address.", "See all with `fondaco users list`.")
    return user


def _role(word: str, given_as: str) -> Role:
    from fondaco.control import Role

    if word not in set(Role):
        raise typer.BadParameter(f"{word!r} is not owner, analyst or viewer.", param_hint=given_as)
    return Role(word)


@app.command("list")
def all_users(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the users.

    Example: fondaco users list --json
    """
    with ctx.obj.project() as project:
        rows = [
            {
                "user_id": user.user_id,
                "email": user.email,
                "name": user.name,
                "role": user.role.value,
                "has_password": user.password_hash is not None,
                "last_login_at": user.last_login_at,
            }
            for user in project.control.users.all(project.tenant)
        ]
        if as_json:
            print_json(rows)
        else:
            print_table(
                ["id", "e-mail", "name", "role", "password", "last log-in"],
                [list(row.values()) for row in rows],
                empty="No user yet. Add one with `fondaco users add you@example.com --role owner`.",
            )
