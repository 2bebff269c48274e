"""``fondaco serve`` and ``fondaco up``: the web application, without and with the schedule."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.errors import ConfigError
from fondaco.listening import listening

if TYPE_CHECKING:
    from fondaco.orchestration import Project

_Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="[server] host")]
_Port = Annotated[
    int | None, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535, show_default="[server] port")
]
_AsJson = Annotated[bool, typer.Option("--json", help="Say where it listens as one line of JSON.")]


def serve(ctx: typer.Context, host: _Host = None, port: _Port = None, as_json: _AsJson = False) -> None:
    """Serve the dashboard and the API until Ctrl-C.

    Example: fondaco serve --port 8080
    """
    with ctx.obj.project() as project:
        _refuse_unwritable(project)
        serve_project(project, host=host, port=port, as_json=as_json)


def up(ctx: typer.Context, host: _Host = None, port: _Port = None, as_json: _AsJson = False) -> None:
    """Serve, and run the pipeline on the schedule of fondaco.toml, in one process.

    Example: fondaco up
    """
    from fondaco.orchestration.schedule import scheduled

    with ctx.obj.project() as project:
        _refuse_unwritable(project)
        with scheduled(project) as schedule:
            if not as_json:
                typer.echo(f"The next run starts at {schedule.next_run_at():%Y-%m-%d %H:%M %Z}.")
            serve_project(project, host=host, port=port, as_json=as_json)


def _refuse_unwritable(project: Project) -> None:
    """Before the server starts, which would tell it in a log."""
    from fondaco.warehouse.files import refuse_unwritable

    refuse_unwritable(project.data)


def serve_project(
    project: Project,
    *,
    host: str | None = None,
    port: int | None = None,
    listener: socket.socket | None = None,
    as_json: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM, on ``listener`` if there is one already."""
    import uvicorn

    from fondaco.cli.output import to_json
    from fondaco.orchestration.attending import drained_meanwhile
    from fondaco.server.app import create_app
    from fondaco.server.stopping import Server

    server = project.settings.server
    with listener or listening(host or server.host, server.port if port is None else port) as bound:
        address = url_of(bound)
        app = create_app(project, warm=True, address=address)
        if not app.state.site.assets.complete:
            raise ConfigError(
                "The dashboard's style sheets and scripts are not built.",
                "Build them with `make assets`, or install Fondaco's wheel, which has them.",
            )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
        typer.echo(
            to_json({"url": address}, indent=None) if as_json else f"Serving {address} (Ctrl-C ends it)."
        )
        with drained_meanwhile(project):
            Server(config, app.state.bulletin.close).run(sockets=[bound])


def url_of(listener: socket.socket) -> str:
    """The address to open in a browser."""
    address: Any = listener.getsockname()
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address[0], address[0])
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{address[1]}"
