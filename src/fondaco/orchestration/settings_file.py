"""Settings that are changed from within: written into ``fondaco.toml`` with its comments and order, by the rules of its reader."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from babel.numbers import is_currency
from tomlkit.exceptions import TOMLKitError

from fondaco.config import PROJECT_FILE, Settings, read_settings
from fondaco.errors import ConfigError
from fondaco.orchestration.schedule import cron_trigger

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

EDITABLE = (
    "schedule.cron",
    "project.currency",
    "project.timezone",
    "profit.default_product_cost_rate",
    "profit.returns_restocked",
    "profit.count_taxes_as_cost",
    "profit.marketing_by",
    "analytics.horizon_days",
    "analytics.churn_days",
    "analytics.yearly_discount",
)
"""What may be changed while the project is open, by section and name. What opens files, ports or databases is for the file alone."""

_WRITING = threading.Lock()


def mark_of(project: Project) -> str:
    """A mark of the file as it is now: who changes it says which one they had before them."""
    try:
        return hashlib.sha256(_path(project).read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def refusal(project: Project) -> str:
    """Why the file cannot be written; empty where it can."""
    path = _path(project)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{PROJECT_FILE} cannot be read: {error.strerror}."
    writable = mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) and os.access(path, os.W_OK)
    if not writable or not os.access(path.parent, os.W_OK):
        return f"{PROJECT_FILE} is read-only."
    return ""


def variable_of(name: str) -> str:
    """The environment variable that stands over a setting of ``EDITABLE``."""
    return f"FONDACO_{name.replace('.', '__').upper()}"


def is_in_environment(name: str) -> bool:
    """Whether the environment says what a setting is, so that the file does not."""
    wanted = variable_of(name)
    return any(key.upper() == wanted and value for key, value in os.environ.items())


def value_of(settings: Settings, name: str) -> Any:
    """A setting by section and name."""
    section, key = name.split(".")
    return getattr(getattr(settings, section), key)


def change_settings(project: Project, wanted: Mapping[str, Any], *, seen: str, actor: str) -> dict[str, Any]:
    """Write what differs in ``wanted`` into the file, go on with it, and keep who did it. What differed, by name.

    Parameters
    ----------
    wanted
        Values by names of ``EDITABLE``, as TOML holds them.
    seen
        The mark of the file that was before who changes it.

    Raises
    ------
    ConfigError
        If a value is wrong, the file has changed meanwhile or is read-only, or the environment says otherwise. Nothing is written then.
    """
    if unknown := set(wanted) - set(EDITABLE):
        raise ConfigError(f"{', '.join(sorted(unknown))} cannot be changed here.", f"Write {PROJECT_FILE}.")
    for name in filter(is_in_environment, wanted):
        raise ConfigError(
            f"{variable_of(name)} in the environment stands over {PROJECT_FILE}.",
            "Change it there, or take it out and start the server again.",
        )
    with _WRITING:
        path = _path(project)
        if fault := refusal(project):
            raise ConfigError(
                fault, f"Make it writable for the user that serves, or change it by hand: {path}."
            )
        if mark_of(project) != seen:
            raise ConfigError(
                f"{PROJECT_FILE} has been changed since this page was opened; nothing was saved.",
                "Look at what it says now, and change it again.",
            )
        text = path.read_bytes().decode("utf-8")
        before = read_settings(project.settings.folder, text)
        changed = _changes(project, before, text, wanted)
        if changed:
            new = edited(text, changed)
            after = _checked(project, new, changed)
            _replace(path, new)
            project.take(after)
            project.control.audit.add(
                project.tenant,
                actor=actor,
                action="settings.change",
                subject=PROJECT_FILE,
                detail={name: [str(value_of(before, name)), str(value_of(after, name))] for name in changed},
            )
    return changed


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """The file's text with other values; everything else, comments and order included, stays as it is."""
    try:
        document = tomlkit.parse(text)
        for name, value in changes.items():
            section, key = name.split(".")
            if section not in document:
                document[section] = tomlkit.table()
            document[section][key] = value
    except (TOMLKitError, TypeError) as error:
        raise ConfigError(
            f"{PROJECT_FILE} cannot be changed here: {error}.", "Change the value in the file by hand."
        ) from error
    return tomlkit.dumps(document)


def _changes(project: Project, before: Settings, text: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``wanted`` is another value than the file's; the rules of the reader say what is the same."""
    after = read_settings(project.settings.folder, edited(text, wanted))
    return {name: value for name, value in wanted.items() if value_of(after, name) != value_of(before, name)}


def _checked(project: Project, text: str, changed: Mapping[str, Any]) -> Settings:
    after = read_settings(project.settings.folder, text)
    cron_trigger(after)
    if "project.currency" in changed and not is_currency(after.project.currency):
        raise ConfigError(
            f"{after.project.currency} is no currency of ISO 4217.", "Write its three letters, such as EUR."
        )
    return after


def _replace(path: Path, text: str) -> None:
    """The whole file or nothing: written beside it, to the disk, then put in its place."""
    target = path.resolve()
    mode = stat.S_IMODE(target.stat().st_mode)
    draft = target
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(target)
    except OSError as error:
        if draft != target:
            draft.unlink(missing_ok=True)
        raise ConfigError(
            f"{target} cannot be written: {error.strerror}.",
            "Make room or make it writable, then save again.",
        ) from error


def _path(project: Project) -> Path:
    return project.settings.folder / PROJECT_FILE
