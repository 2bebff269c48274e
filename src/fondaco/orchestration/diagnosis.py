"""What is wrong with a project, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from fondaco.config import Settings
from fondaco.errors import FondacoError, RetryableError
from fondaco.warehouse.files import refuse_unwritable

if TYPE_CHECKING:
    from pydantic import BaseModel

    from fondaco.orchestration.project import Project

State = Literal["ok", "warn", "fail"]
_LITTLE_DISK_BYTES = 2_000_000_000
_FIGURES_ARE_OLD_AFTER = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` is empty where all is well."""

    subject: str
    state: State
    what: str
    remedy: str = ""


def diagnose(project: Project, *, ask_shops: bool = True) -> Iterator[Finding]:
    """Look at everything a run needs, cheapest first. Nothing is changed but what the checks of connections found."""
    yield Finding("settings", "ok", f"fondaco.toml in {project.settings.folder} is sound.")
    for subject, look in (
        ("python", _python),
        ("disk", _disk),
        ("control database", _control),
        ("warehouse", _warehouse),
        ("schedule", _schedule),
        ("users", _users),
        ("published figures", _published),
        ("last run", _last_run),
    ):
        yield _found(subject, look, project)
    yield from _connections(project, ask_shops)


def settings_table() -> list[dict[str, Any]]:
    """All settings: name as in ``fondaco.toml``, default, meaning."""
    rows: list[dict[str, Any]] = []
    for section, field in Settings.model_fields.items():
        kind = field.annotation
        if not (isinstance(kind, type) and hasattr(kind, "model_fields")):
            continue
        rows += _section(section, kind)
    return rows


def _section(section: str, kind: type[BaseModel]) -> list[dict[str, Any]]:
    return [
        {
            "setting": f"{section}.{name}",
            "default": inner.get_default(call_default_factory=True),
            "meaning": inner.description or "",
        }
        for name, inner in kind.model_fields.items()
    ]


def _found(subject: str, look: Callable[[Project], Finding], project: Project) -> Finding:
    try:
        return look(project)
    except RetryableError as error:
        return Finding(subject, "warn", error.what, error.remedy)
    except FondacoError as error:
        return Finding(subject, "fail", error.what, error.remedy)


def _python(_project: Project) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("python", "ok", f"Python {version}.")
    return Finding(
        "python", "fail", f"Python {version} is not supported.", "Install Fondaco under Python 3.11 to 3.13."
    )


def _disk(project: Project) -> Finding:
    refuse_unwritable(project.data)
    free = shutil.disk_usage(project.data).free
    words = f"{free / 1e9:,.1f} GB are free for {project.data}."
    if free < _LITTLE_DISK_BYTES:
        return Finding("disk", "warn", words, "Make room, or point FONDACO_HOME at a larger disk.")
    return Finding("disk", "ok", words)


def _control(project: Project) -> Finding:
    for connection in project.connections():
        project.control.connections.settings(project.tenant, connection.connection_id)
    return Finding("control database", "ok", "It opens, and so do the sealed settings.")


def _warehouse(project: Project) -> Finding:
    with project.warehouse.writer() as writer:
        writer.fetch("select 1 as one")
    return Finding("warehouse", "ok", f"{project.warehouse.dialect} answers.")


def _schedule(project: Project) -> Finding:
    from fondaco.orchestration.schedule import next_run_at

    at = next_run_at(project.settings, project.clock())
    return Finding("schedule", "ok", f"With `fondaco up` the next run starts {at:%Y-%m-%d %H:%M %Z}.")


def _users(project: Project) -> Finding:
    count = len(project.control.users.all(project.tenant))
    if count == 0:
        return Finding(
            "users", "warn", "Nobody can log in yet.", "Run `fondaco users add you@example.com --role owner`."
        )
    return Finding("users", "ok", f"{count} may log in.")


def _published(project: Project) -> Finding:
    version = project.reader.version
    if version is None:
        return Finding("published figures", "warn", "There are none yet.", "Run `fondaco run`.")
    # A damaged file says so when it is read.
    project.reader.query("select sum(net_sales) as net_sales from marts.sales_daily")
    last = project.control.runs.last_published(project.tenant)
    if last is not None and last.ended_at and project.clock() - last.ended_at > _FIGURES_ARE_OLD_AFTER:
        return Finding(
            "published figures",
            "warn",
            f"They are from {last.ended_at:%Y-%m-%d %H:%M} UTC.",
            "Run `fondaco run`, or keep them fresh with `fondaco up`.",
        )
    return Finding("published figures", "ok", f"Version {version}.")


def _last_run(project: Project) -> Finding:
    recent = project.control.runs.recent(project.tenant, 1)
    if not recent:
        return Finding("last run", "warn", "There was none yet.", "Run `fondaco run`.")
    run = recent[0]
    words = f"{run.run_id} ended as {run.outcome}, health {run.health}."
    if run.outcome in ("success", "running") and run.health != "fail":
        return Finding("last run", "ok", words)
    return Finding("last run", "warn", words, f"See why with `fondaco runs {run.run_id}`.")


def _connections(project: Project, ask_shops: bool) -> Iterator[Finding]:
    from fondaco.orchestration.connecting import check_connection

    try:
        connections = project.connections()
    except FondacoError:
        return  # told under "control database"
    if not connections:
        yield Finding(
            "connections",
            "warn",
            "No shop is connected.",
            "Connect one with `fondaco connect shopify`, or import a file with `fondaco import orders.csv`.",
        )
    for connection in connections:
        subject = f"connection {connection.connection_id}"
        if not ask_shops:
            lacking = "; ".join(connection.missing)
        else:
            try:
                lacking = "; ".join(check_connection(project, connection).missing)
            except FondacoError as error:
                yield Finding(subject, "fail", error.what, error.remedy)
                continue
        if lacking:
            yield Finding(
                subject,
                "warn",
                f"It lacks: {lacking}.",
                f"Grant it, then `fondaco connections check {connection.connection_id}`.",
            )
        else:
            yield Finding(
                subject, "ok", f"{connection.source} answers, {connection.currency}, {connection.time_zone}."
            )
