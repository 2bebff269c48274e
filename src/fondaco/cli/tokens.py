"""``fondaco tokens``: keys to the API."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.cli.users import known_user, people

app = typer.Typer(help="Make and revoke keys to /api/v1.", no_args_is_help=True, rich_markup_mode=None)


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    user: Annotated[
        str | None,
        typer.Option(
            help="E-mail of the user whose token it is: it may do what they may, and ends with them.",
            show_default="nobody's",
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="It may also keep segments and decide who is who, as far as its user may."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a token that reads all figures, runs and segments. It is shown this once.

    One that is nobody's reads customers with their names and addresses too; with --user it sees what that user may see.

    Example: fondaco tokens create spreadsheet
    """
    with ctx.obj.project() as project:
        user_id = known_user(project, user).user_id if user is not None else None
        scopes = ("read", "write") if write else ("read",)
        token, secret = people(project).create_token(name, user_id, scopes=scopes)
        if as_json:
            print_json({"token_id": token.token_id, "name": name, "scopes": token.scopes, "token": secret})
        else:
            typer.echo(f"Token {token.token_id} ({name}), shown only now: {secret}")


@app.command("list")
def all_tokens(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens.

    Example: fondaco tokens list
    """
    with ctx.obj.project() as project:
        emails = {user.user_id: user.email for user in project.control.users.all(project.tenant)}
        rows = [
            {
                "token_id": token.token_id,
                "name": token.name,
                "user": emails.get(token.user_id) if token.user_id is not None else None,
                "scopes": ", ".join(token.scopes),
                "created_at": token.created_at,
                "last_used_at": token.last_used_at,
                "revoked_at": token.revoked_at,
            }
            for token in project.control.tokens.all(project.tenant)
        ]
        if as_json:
            print_json(rows)
        else:
            print_table(
                ["id", "name", "user", "scopes", "created", "last used", "revoked"],
                [list(row.values()) for row in rows],
                empty="No token yet. Make one with `fondaco tokens create spreadsheet`.",
            )


@app.command("revoke")
def revoke(
    ctx: typer.Context,
    token_id: Annotated[int, typer.Argument(help="Id of the token.")],
    as_json: AsJson = False,
) -> None:
    """Make a token invalid.

    Example: fondaco tokens revoke 3
    """
    with ctx.obj.project() as project:
        people(project).revoke_token(token_id)
        if as_json:
            print_json({"revoked": token_id})
        else:
            typer.echo(f"Token {token_id} is invalid now.")
