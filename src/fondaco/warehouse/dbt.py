"""Run the packaged dbt project in this process.

Everything dbt writes goes to ``dbt/`` in the project's data folder; the packaged project stays read-only. dbt keeps its
parsed project there too, so that the second build starts at once.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from fondaco.config import Settings
from fondaco.errors import ConfigError, FatalError
from fondaco.warehouse.definition import built_definition, definition_of
from fondaco.warehouse.engine import Warehouse
from fondaco.warehouse.files import write_atomically

Progress = Callable[[str, int, int], None]
"""Takes the node that has just ended, how many have, and how many there are."""

_BUILDABLE = frozenset({"model", "seed", "snapshot"})
_NAMED_AT_MOST = 5
# A view among the marts is left out: dbt would leave out with it every test that reads it.
_STANDING = ("path:models/staging,config.materialized:view", "path:models/conformed,config.materialized:view")
# Manifest and results as JSON: seconds of writing megabytes that nobody reads. `fondaco docs` writes its own.
_NO_REPORTS = "--no-write-json"
# dbt keeps its flags, its adapters and our environment variable per process: one build at a time.
_ONE_BUILD = threading.Lock()


@dataclass(frozen=True, slots=True)
class Failure:
    """A model or test that did not end well. ``message`` names tables and columns, never rows."""

    node: str
    kind: Literal["model", "test"]
    severity: Literal["error", "warn"]
    message: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. ``failures`` of severity ``warn`` do not stop it."""

    models: int
    tests: int
    failures: tuple[Failure, ...]
    seconds: float


class BuildError(FatalError):
    """Models or tests failed; nothing of this build may be published. ``result`` has all of them."""

    def __init__(self, result: BuildResult) -> None:
        failed = [failure for failure in result.failures if failure.severity == "error"]
        shown = "; ".join(f"{f.kind} {f.node}: {f.message}" for f in failed[:_NAMED_AT_MOST])
        more = f"; and {len(failed) - _NAMED_AT_MOST} more" if len(failed) > _NAMED_AT_MOST else ""
        super().__init__(
            f"{len(failed)} of {result.models + result.tests} models and tests failed: {shown}{more}.",
            "The former version stays published. `fondaco docs` shows the models; dbt's log is in logs/ of the data folder.",
        )
        self.result = result

    def __reduce__(self) -> tuple[type[BuildError], tuple[BuildResult]]:
        """So that it comes through between processes."""
        return type(self), (self.result,)


def project_folder() -> Path:
    """The packaged dbt project."""
    return Path(str(files("fondaco") / "dbt"))


def build(
    warehouse: Warehouse,
    *,
    select: str | Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    full_refresh: bool = False,
    vars: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    project: Path | None = None,
    read: ReadAhead | None = None,
) -> BuildResult:
    """Build models and run their tests. dbt's unit tests, which need no data, are left to Fondaco's own test run.

    Views over raw tables stand as the last whole build made them as long as no model has changed, and are not made again.

    Parameters
    ----------
    select
        dbt's node selection, as one text or several; None: everything.
    exclude
        What to leave out of it, by the same rules.
    now
        The instant of the run; None: the machine's clock. "Today" in the models is the day of it.
    project
        Another dbt project than the packaged one.
    read
        The same project, read ahead with the same ``vars``: it is not read again.

    Raises
    ------
    BuildError
        If a model or a test of severity error failed.
    FatalError
        If dbt cannot read the project.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if select:
        arguments += ["--select", *([select] if isinstance(select, str) else select)]
    started = time.monotonic()
    definition = definition_of(project or project_folder(), vars or {})
    if full_refresh:
        arguments.append("--full-refresh")
    elif not select and built_definition(warehouse) == definition:
        exclude = [*exclude, *_STANDING]
    if exclude:
        arguments += ["--exclude", *exclude]
    outcome = invoke(
        warehouse, [*arguments, _NO_REPORTS], vars=vars, now=now, definition=definition, progress=progress,
        project=project, manifest=(read.take() if read else None) or read_models(warehouse, vars=vars, project=project),
    )  # fmt: skip
    return judged(outcome, time.monotonic() - started)


_READ: dict[tuple[str, ...], Any] = {}
"""dbt's manifest of the last project that this process has read, by what it follows from. A build writes compiled SQL into
it, which the next one writes anew."""


def read_models(
    warehouse: Warehouse, *, vars: Mapping[str, Any] | None = None, project: Path | None = None
) -> Any:
    """dbt's manifest of the models, read once by a process: reading it, and freeing it again, takes a fifth of a small build.

    Raises
    ------
    FatalError
        If dbt cannot read the project.
    """
    with _one_at_a_time():
        return _read_models(warehouse, vars or {}, project)


def _read_models(warehouse: Warehouse, vars: Mapping[str, Any], project: Path | None) -> Any:
    folder = project or project_folder()
    target = warehouse.dbt_target()
    # Models know their tables by the name of the database, which on DuckDB is the file's.
    database = str(target.get("dbname") or Path(str(target.get("path"))).stem)
    key = (str(folder), definition_of(folder, vars), warehouse.dialect, database)
    if key not in _READ:
        manifest = _run(warehouse, ["parse", _NO_REPORTS], {}, vars=vars, project=project)
        _READ.clear()
        _READ[key] = manifest
    return _READ[key]


class ReadAhead:
    """A dbt project that is read in a thread of its own; ``read_ahead`` begins it."""

    def __init__(self, warehouse: Warehouse, project: Path | None) -> None:
        self._warehouse, self._project = warehouse, project
        self._manifest: Any = None
        self._thread = threading.Thread(target=self._read, name="dbt", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until it is read."""
        self._thread.join()

    def take(self) -> Any:
        """dbt's manifest, to the first who asks: a build writes into it. None where the project could not be read."""
        self.join()
        manifest, self._manifest = self._manifest, None
        return manifest

    def _read(self) -> None:
        with contextlib.suppress(Exception), _one_at_a_time():
            self._manifest = _read_models(self._warehouse, {}, self._project)


def read_ahead(warehouse: Warehouse, *, project: Path | None = None) -> ReadAhead:
    """Read dbt's project in a thread of its own, so that a build that comes later finds it read.

    Loading dbt and reading a project for the first time take seconds of one core, which a run has to spare while it waits
    for its shops. The warehouse is not touched. What goes wrong is left to the build, which says it.
    """
    return ReadAhead(warehouse, project)


def invoke(
    warehouse: Warehouse,
    arguments: Sequence[str],
    *,
    vars: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    definition: str = "",
    progress: Progress | None = None,
    project: Path | None = None,
    manifest: Any = None,
) -> Any:
    """Run any dbt command (``["docs", "generate"]``) and return dbt's own result object.

    ``definition`` is the fingerprint that a build leaves behind; without one the next build makes everything anew. With a
    ``manifest`` of the same project dbt does not read it again.
    """
    instant = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if now else ""
    told = {"FONDACO_DEFINITION": definition, "FONDACO_RUN_INSTANT": instant}
    with _one_at_a_time(), warehouse.release():
        return _run(
            warehouse, arguments, told, vars=vars, progress=progress, project=project, manifest=manifest
        )


def _run(
    warehouse: Warehouse,
    arguments: Sequence[str],
    told: Mapping[str, str],
    *,
    vars: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    project: Path | None = None,
    manifest: Any = None,
) -> Any:
    """Any dbt command with these environment variables. Only one at a time may run in a process."""
    home = warehouse.settings.data / "dbt"
    _write_profile(home, warehouse)
    options = [
        "--project-dir", str(project or project_folder()),
        "--profiles-dir", str(home),
        "--target-path", str(home / "target"),
        "--log-path", str(warehouse.settings.data / "logs"),
        "--vars", json.dumps(dict(vars or {})),
    ]  # fmt: skip
    flags = ["--no-send-anonymous-usage-stats", "--no-version-check", "--quiet", "--no-print",
             "--log-level", "none", "--log-level-file", "info"]  # fmt: skip
    environment = {**warehouse.dbt_environment(), **told, "DO_NOT_TRACK": "1"}
    with _environment(environment), _without_collections():
        from dbt.cli.main import dbtRunner

        runner = dbtRunner(manifest=manifest, callbacks=[_Watch(progress)] if progress else [])
        try:
            outcome = runner.invoke([*flags, *arguments, *options])
        finally:
            _let_go()
    if outcome.exception is not None:
        raise _unreadable(outcome.exception) from outcome.exception
    return outcome.result


def _let_go() -> None:
    """Close the warehouse file, which dbt would keep open, and so locked, until this process ends."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


class _Watch:
    """Turns dbt's events into progress. dbt calls it from its worker threads."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._done = 0

    def __call__(self, event: Any) -> None:
        if event.info.name not in {"LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult"}:
            return
        with self._lock:
            self._done += 1
            # Test events call the number of nodes num_models, all others total.
            is_test = event.info.name == "LogTestResult"
            total = event.data.num_models if is_test else event.data.total
            self._progress(event.data.node_info.node_name, self._done, total)


def judged(outcome: Any, seconds: float) -> BuildResult:
    """What a build did.

    Raises
    ------
    BuildError
        If a model or a test of severity error failed.
    """
    models = tests = 0
    failures: list[Failure] = []
    for result in outcome.results:
        is_model = result.node.resource_type in _BUILDABLE
        models += is_model
        tests += not is_model
        status = str(result.status)
        if status in {"error", "fail", "warn"}:
            failures.append(
                Failure(
                    node=result.node.name,
                    kind="model" if is_model else "test",
                    severity="warn" if status == "warn" else "error",
                    message=_first_line(result.message),
                )
            )
    built = BuildResult(models, tests, tuple(failures), seconds)
    if any(failure.severity == "error" for failure in failures):
        raise BuildError(built)
    return built


def _first_line(message: str | None) -> str:
    """What went wrong, without the rows and SQL that engines print below it."""
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    useful = [line for line in lines if not line.startswith(("Runtime Error in", "Database Error in"))]
    # Engines quote the value that they stumbled over.
    return re.sub(r"'[^']*'", "'…'", (useful or lines or ["no message"])[0]).rstrip(".")


def _unreadable(error: BaseException) -> FatalError | ConfigError:
    name = type(error).__name__
    text = " ".join(str(error).split())
    if name in {"FailedToConnectError", "DbtProfileError"}:
        return ConfigError(
            "dbt cannot connect to the warehouse.", "Check [warehouse] in fondaco.toml with `fondaco doctor`."
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return ConfigError(
            f"dbt cannot write its files: {error.strerror}.",
            "Make room on the disk of the data folder, then run `fondaco run` again.",
        )
    return FatalError(
        f"dbt cannot read its project: {text[:600]}",
        "Correct the file that it names, then run `fondaco run` again.",
    )


def _write_profile(home: Path, warehouse: Warehouse) -> None:
    """JSON is YAML; a password is a reference to the environment."""
    home.mkdir(parents=True, exist_ok=True)
    profile = {
        "fondaco": {"target": warehouse.dialect, "outputs": {warehouse.dialect: warehouse.dbt_target()}}
    }
    content = json.dumps(profile, indent=2).encode()
    path = home / "profiles.yml"
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with _ONE_BUILD:
        yield


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """dbt makes millions of objects that live as long as its project: to look through them again and again finds nothing."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def dbt_folder(settings: Settings) -> Path:
    """Where dbt's target folder lies: manifest, catalog, compiled SQL."""
    return settings.data / "dbt" / "target"
