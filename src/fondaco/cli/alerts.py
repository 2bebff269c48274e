"""``fondaco alerts``: what is wrong now, the rules that say so, and where it is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli import alert_channels
from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from datetime import datetime

    from fondaco.alerts.rulebook import Kept
    from fondaco.alerts.words import Words
    from fondaco.control import Alert
    from fondaco.orchestration import Project

app = typer.Typer(
    help="See what is wrong, say who is told, and try it.", no_args_is_help=True, rich_markup_mode=None
)

Number = Annotated[
    int, typer.Argument(help="The alert's number, as `fondaco alerts list` tells it.", metavar="ALERT", min=1)
]
RuleName = Annotated[
    str, typer.Argument(help="The rule's name, as `fondaco alerts rules` tells it.", metavar="RULE")
]
alert_channels.add_to(app)
_SPAN = re.compile(r"^([1-9][0-9]{0,3})([hdw])$")


@app.command("list")
def all_alerts(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that have recovered.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is open, the most severe first.

    Example: fondaco alerts list --all
    """
    with ctx.obj.project() as project:
        alerts = project.control.alerts
        found = (
            alerts.recent(project.tenant, limit) if everything else alerts.open_ones(project.tenant)[:limit]
        )
        failing = [each for each in project.control.alert_channels.all(project.tenant) if each.fault]
        unjudged = [] if everything or as_json else _unjudged(project)
    if as_json:
        print_json([alert_object(each) for each in found])
        return
    rows = [
        [str(each.alert_id), each.severity, _state(each), each.title, each.said, each.since] for each in found
    ]
    empty = (
        "No alert yet."
        if everything
        else f"{'No rule fires' if unjudged else 'Nothing is wrong'}. See what is watched with `fondaco alerts rules`."
    )
    print_table(["alert", "severity", "state", "what", "found", "since"], rows, empty=empty)
    for name, why in unjudged:
        typer.echo(f"  {name}: {why}.")
    for channel in failing:
        typer.echo(f"\nThe channel {channel.name} does not work: {channel.fault}")


def _unjudged(project: Project) -> list[tuple[str, str]]:
    """Rules that are on and cannot be judged, or not in full, and why."""
    from fondaco.errors import ConfigError
    from fondaco.orchestration.alerting import rulebook, usual_words, why_unjudged

    numbers = usual_words(project).numbers
    try:
        kept = [each.rule for each in rulebook(project).all() if each.rule.enabled and not each.fault]
    except ConfigError as error:
        return [("alerts.yml", f"cannot be read, so nothing is judged: {error.what.removesuffix('.')}")]
    found = ((rule.name, why_unjudged(project, rule, numbers)) for rule in kept)
    return [(name, why) for name, why in found if why]


@app.command("show")
def show(ctx: typer.Context, alert: Number, as_json: AsJson = False) -> None:
    """Show an alert: what was found, what happened to it, and who was told.

    Example: fondaco alerts show 12
    """
    with ctx.obj.project() as project:
        found = project.control.alerts.get(project.tenant, alert)
        events = project.control.alerts.events(alert)
        messages = project.control.alert_messages.of(alert)
        words = _words(project)
        sentence = words.rule(_rule_of(found))
    if as_json:
        history = [
            {"at": each.happened_at, "actor": each.actor, "action": each.action, "said": each.said} for each in events
        ]  # fmt: skip
        told = [
            {"channel": each.channel, "news": each.news, "state": each.state, "attempts": each.attempts, "fault": each.fault}
            for each in messages
        ]  # fmt: skip
        print_json({**alert_object(found), "history": history, "messages": told})
        return
    typer.echo(f"{found.title} (alert {found.alert_id}, {found.severity}, {_state(found)})")
    typer.echo(found.said)
    typer.echo(f"Since {found.since}. Its rule {found.rule}: {sentence}.")
    print_table(["when", "who", "what", ""], [[e.happened_at, e.actor, e.action, e.said] for e in events])
    if messages:
        typer.echo("")
        print_table(
            ["channel", "news", "state", "tries", "fault"],
            [[each.channel, each.news, each.state, each.attempts, each.fault] for each in messages],
        )


@app.command("check")
def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Judge every rule now, as each run does at its end, and send what is new.

    Example: fondaco alerts check
    """
    from fondaco.orchestration.alerting import look, tell

    with ctx.obj.project() as project:
        outlook, delivered = look(project, "cli"), tell(project)
    if as_json:
        print_json(
            {
                "opened": [alert_object(each) for each in outlook.opened],
                "still_open": [each.alert_id for each in outlook.seen],
                "recovered": [each.alert_id for each in outlook.recovered],
                "as_expected": outlook.quiet,
                "not_judged": [
                    {"rule": rule, "subject": subject, "reason": reason} for rule, subject, reason in outlook.unjudged
                ],
                "faults": [{"rule": rule, "what": error.what} for rule, error in outlook.faults],
                "sent": delivered.sent,
                "held": delivered.held,
                "not_sent": [{"channel": name, "what": error.what} for name, error in delivered.faults],
            }
        )  # fmt: skip
    else:
        for word, alerts in (
            ("New", outlook.opened),
            ("Still open", outlook.seen),
            ("Recovered", outlook.recovered),
        ):
            for each in alerts:
                typer.echo(f"{word}: {each.title} (alert {each.alert_id}). {each.said}")
        typer.echo(f"{outlook.quiet} as expected, {len(outlook.unjudged)} not judged, {delivered.sent} sent.")
        for rule, subject, reason in outlook.unjudged:
            typer.echo(f"  Not judged: {rule}{f', {subject}' if subject else ''}: {reason}.")
        if delivered.held:
            typer.echo(f"  {delivered.held} wait for the end of the quiet hours or of a snooze.")
        for name, error in delivered.faults:
            typer.echo(f"  Not sent on {name}: {error.what} {error.remedy}")
    for _, error in outlook.faults:
        raise error


@app.command("snooze")
def snooze(
    ctx: typer.Context,
    alert: Number,
    for_: Annotated[
        str, typer.Option("--for", help="How long: hours, days or weeks, such as 4h, 2d, 1w.")
    ] = "1d",
    wake: Annotated[bool, typer.Option("--wake", help="End the snooze instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell nobody of an alert for a while; it stays open, and may recover.

    Example: fondaco alerts snooze 12 --for 2d
    """
    from fondaco.orchestration.alerting_people import Handling

    with ctx.obj.project() as project:
        until = None if wake else project.clock() + span_of(for_)
        found = Handling(project.control, project.tenant, "cli").snooze(alert, until)
    _say_of(
        found, "is told again." if until is None else f"is snoozed until {until:%Y-%m-%d %H:%M} UTC.", as_json
    )


@app.command("ack")
def acknowledge(ctx: typer.Context, alert: Number, as_json: AsJson = False) -> None:
    """Say that somebody looks after an alert.

    Example: fondaco alerts ack 12
    """
    from fondaco.orchestration.alerting_people import Handling

    with ctx.obj.project() as project:
        found = Handling(project.control, project.tenant, "cli").acknowledge(alert)
    _say_of(found, "is acknowledged.", as_json)


@app.command("rules")
def rules(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the rules: what each watches, where it stands, and whether it is on.

    Example: fondaco alerts rules --json
    """
    from fondaco.orchestration.alerting import rulebook

    with ctx.obj.project() as project:
        kept = rulebook(project).all()
        words = _words(project)
        told = [rule_object(each, words) for each in kept]
    if as_json:
        print_json(told)
        return
    print_table(
        ["rule", "on", "severity", "from", "watches"],
        [[each["name"], each["enabled"], each["severity"], each["origin"], each["fault"] or each["sentence"]] for each in told],
    )  # fmt: skip


@app.command("switch")
def switch(
    ctx: typer.Context,
    rule: RuleName,
    off: Annotated[bool, typer.Option("--off/--on", help="Off, or on again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Switch a rule on or off. One of alerts.yml is switched there.

    Example: fondaco alerts switch refund-spike --off
    """
    from fondaco.orchestration.alerting import rulebook

    with ctx.obj.project() as project:
        book = rulebook(project)
        book.keep(book.get(rule).rule.switched(not off), "cli")
    if as_json:
        print_json({"rule": rule, "enabled": not off})
    else:
        typer.echo(f"The rule {rule} is {'off' if off else 'on'} from the next run on.")


@app.command("preview")
def preview(
    ctx: typer.Context,
    rule: RuleName,
    days: Annotated[int, typer.Option(help="So many days back.", min=1, max=366)] = 90,
    as_json: AsJson = False,
) -> None:
    """Show on which days a rule would have fired, without opening anything.

    Example: fondaco alerts preview sales-drop --days 180
    """
    from fondaco.errors import ConfigError
    from fondaco.orchestration.alerting import observer, rulebook, scene

    with ctx.obj.project() as project:
        found = rulebook(project).get(rule).rule
        if not found.is_over_metric:
            raise ConfigError(
                f"The rule {rule} is about the newest run, so it has no days.",
                "Preview a rule over a metric.",
            )
        last = scene(project).finished
        if last is None:
            raise ConfigError("Nothing is published yet.", "Run `fondaco run`.")
        observed = observer(project).observe(found, last, days)
        names = observer(project).names(found, [each.subject for each in observed])
        words = _words(project)
        fired = [
            (day, names[each.subject] if found.for_each else "", judged)
            for each in observed
            for day, judged in zip(each.days, each.judged, strict=True)
            if judged.fires
        ]
    if as_json:
        print_json(
            [
                {"day": day, "subject": name, "value": one.value, "expected": one.expected}
                for day, name, one in fired
            ]
        )
        return
    print_table(
        ["day", "subject", "found"],
        [
            [day, name, words.finding(found, one, day, "")]
            for day, name, one in sorted(fired, key=lambda each: each[0])
        ],
        empty=f"It would not have fired in the {days} days to {last}.",
    )


def span_of(text: str) -> Any:
    """A span of hours, days or weeks out of ``4h``, ``2d``, ``1w``."""
    from datetime import timedelta

    from fondaco.errors import ConfigError

    found = _SPAN.match(text)
    if not found:
        raise ConfigError(
            f"{text[:20]!r} is no span of time.", "Write hours, days or weeks, such as 4h, 2d, 1w."
        )
    return (
        int(found[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[found[2]]
    )


def alert_object(alert: Alert) -> dict[str, Any]:
    """An alert for machines."""
    names = (
        "alert_id", "rule", "subject", "title", "said", "severity", "since", "day", "value", "expected", "low", "high", "owner",
        "opened_at", "seen_at", "acknowledged_at", "snoozed_until", "recovered_at",
    )  # fmt: skip
    return {name: getattr(alert, name) for name in names}


def rule_object(kept: Kept, words: Words) -> dict[str, Any]:
    """A rule for machines."""
    return {
        "name": kept.rule.name,
        "origin": kept.origin,
        "enabled": kept.rule.enabled,
        "severity": kept.rule.severity.value,
        "sentence": "" if kept.fault else words.rule(kept.rule),
        "fault": kept.fault,
        "definition": kept.rule.to_mapping(),
    }


def _rule_of(alert: Alert) -> Any:
    from fondaco.alerts import parse_rule

    return parse_rule(alert.rule, alert.definition)


def _words(project: Project) -> Words:
    from fondaco.orchestration.alerting import usual_words

    return usual_words(project)


def _state(alert: Alert) -> str:
    if alert.recovered_at is not None:
        return "recovered"
    return (
        "snoozed" if _is_ahead(alert.snoozed_until) else "acknowledged" if alert.acknowledged_at else "open"
    )


def _is_ahead(moment: datetime | None) -> bool:
    from fondaco.clock import utc_now

    return moment is not None and moment > utc_now()


def _say_of(alert: Alert, what: str, as_json: bool) -> None:
    if as_json:
        print_json(alert_object(alert))
    else:
        typer.echo(f"{alert.title} (alert {alert.alert_id}) {what}")
