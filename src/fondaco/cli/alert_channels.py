"""Commands of ``fondaco alerts`` about channels: where alerts are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.alerts.sending.delivery import Delivery
    from fondaco.control import AlertChannel
    from fondaco.orchestration import Project

ChannelName = Annotated[str, typer.Argument(help="The channel's name.", metavar="CHANNEL")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to a group."""
    app.command("channels")(channels)
    app.command("channel-add")(channel_add)
    app.command("channel-remove")(channel_remove)
    app.command("test")(test)


def channels(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the channels on which alerts are told. Their addresses are sealed.

    Example: fondaco alerts channels
    """
    with ctx.obj.project() as project:
        found = project.control.alert_channels.all(project.tenant)
    if as_json:
        print_json([channel_object(each) for each in found])
        return
    print_table(
        ["channel", "kind", "leads to", "on", "at least", "last sent", "fault"],
        [[c.name, c.kind, c.leads_to, c.is_on, c.severity, c.sent_at, c.fault] for c in found],
        empty="No channel yet. Add one with `fondaco alerts channel-add team slack`.",
    )


def channel_add(
    ctx: typer.Context,
    channel: ChannelName,
    kind: Annotated[str, typer.Argument(help="email, slack, teams or webhook.")],
    address: Annotated[
        str | None,
        typer.Option("--address", help="Where it leads; asked for when it is not given, so that no shell keeps it.",
                     envvar="FONDACO_ALERT_ADDRESS", show_default=False, show_envvar=True),
    ] = None,
    authorization: Annotated[
        str,
        typer.Option("--authorization", help="Of a webhook: the value of the header Authorization.",
                     envvar="FONDACO_ALERT_AUTHORIZATION", show_default=False, show_envvar=True),
    ] = "",
    severity: Annotated[
        str, typer.Option("--at-least", help="The least severe that is told there: info, warning or critical.")
    ] = "info",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a channel, or put another in its place. Its address is sealed.

    Example: fondaco alerts channel-add team slack --at-least warning
    """
    from fondaco.alerts.sending.channels import KINDS, read_target
    from fondaco.errors import ConfigError

    if severity not in ("info", "warning", "critical"):
        raise ConfigError(f"{severity[:30]!r} is no severity.", "Choose from info, warning, critical.")
    if kind in KINDS and address is None:
        address = typer.prompt(KINDS[kind].label, hide_input=kind != "email")
    target = read_target(kind, address or "", authorization)
    with ctx.obj.project() as project:
        kept = _delivery(project).put(channel, target, severity, "cli")
    if as_json:
        print_json(channel_object(kept))
    else:
        typer.echo(
            f"The channel {channel} leads to {kept.leads_to}. Try it: `fondaco alerts test {channel}`."
        )


def channel_remove(ctx: typer.Context, channel: ChannelName, as_json: AsJson = False) -> None:
    """Forget a channel and its address.

    Example: fondaco alerts channel-remove team
    """
    with ctx.obj.project() as project:
        _delivery(project).remove(channel, "cli")
    if as_json:
        print_json({"removed": channel})
    else:
        typer.echo(f"The channel {channel} is forgotten.")


def test(ctx: typer.Context, channel: ChannelName, as_json: AsJson = False) -> None:
    """Send a test to a channel at once.

    Example: fondaco alerts test team
    """
    with ctx.obj.project() as project:
        kept = _delivery(project).test(channel)
    if as_json:
        print_json({"sent": channel, "leads_to": kept.leads_to})
    else:
        typer.echo(f"Sent to {kept.leads_to}.")


def channel_object(channel: AlertChannel) -> dict[str, Any]:
    """A channel for machines, without its address."""
    names = ("name", "kind", "leads_to", "is_on", "severity", "tried_at", "sent_at", "fault")
    return {name: getattr(channel, name) for name in names}


def _delivery(project: Project) -> Delivery:
    from fondaco.alerts.sending.delivery import Delivery

    return Delivery(project.control, project.settings, project.clock())
