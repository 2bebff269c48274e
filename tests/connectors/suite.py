"""The suite that every connector passes. It stands alone, so that a connector of your own can copy and run it.

Subclass ``ConnectorSuite`` and give it a fixture ``vendor``: the far side of the connector, served over real HTTP. What
a vendor cannot do, it says by returning False or None, and the test is skipped with that word.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import ValidationError

from fondaco.errors import AccessError, FondacoError
from fondaco.orchestration import Project, RunOutcome, run_pipeline
from fondaco.sources.source import Source, SourceSettings, source_types
from fondaco.sources.stream import Slice, Stream, SyncMode, Table

FAULTS = ("429", "500", "cut")
Landed = dict[str, list[tuple[Any, ...]]]
_PATH = re.compile(r"^(#|[$^]+(\.[A-Za-z_][\w-]*)*)$")


class Vendor:
    """The far side of a connector under test."""

    source: type[Source]
    settings: dict[str, Any]
    """Settings with a credential that may read everything."""
    secrets: tuple[str, ...] = ()
    """Texts that must never be seen."""

    def arm(self, fault: str) -> bool:
        """Let the next answer to a page of records fail: ``429``, ``500``, ``cut``, or name the ``same page`` again."""
        return False

    def limited(self) -> dict[str, Any] | None:
        """Settings with a credential that lacks a permission."""
        return None

    def refused(self) -> dict[str, Any] | None:
        """Settings with a credential that the vendor does not know."""
        return None

    def change(self) -> bool:
        """Change some records, as time does. They change after ``now``."""
        return False

    def now(self) -> datetime:
        """The present, as the vendor has it."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Calm:
    """An undisturbed run: its project, what it said, and what it landed."""

    folder: Path
    outcome: RunOutcome
    landed: Landed


class ConnectorSuite:
    """What must hold for a connector."""

    @pytest.fixture
    def source(self, vendor: Vendor) -> Iterator[Source]:
        opened = vendor.source.connect(vendor.source.settings_type.model_validate(vendor.settings))
        yield opened
        opened.close()

    @pytest.fixture
    def project(self, vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
        with connected(vendor, tmp_path / "shop", monkeypatch) as opened:
            yield opened

    @pytest.fixture
    def calm(self, vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calm:
        """What an undisturbed run lands, run once for all tests of a vendor whose time stands still."""
        now = vendor.now()
        known: dict[datetime, Calm] = self.__class__.__dict__.get("_calm", {})
        if now not in known:
            with connected(vendor, tmp_path / "calm", monkeypatch) as project:
                outcome = run_pipeline(project, steps=("sync",))
                known[now] = Calm(tmp_path / "calm", outcome, snapshot(project))
            self.__class__._calm = known  # type: ignore[attr-defined]
        return known[now]

    @pytest.fixture
    def synced(
        self, vendor: Vendor, calm: Calm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Project]:
        """A copy of the project that was run undisturbed, connected to where the vendor answers now."""
        from fondaco.orchestration.connecting import connect

        installed(vendor, tmp_path, monkeypatch)
        with Project.open(shutil.copytree(calm.folder, tmp_path / "synced"), clock=vendor.now) as opened:
            connect(opened, vendor.source.name, "shop", vendor.settings, moved=True)
            yield opened

    def test_settings_are_validated(self, vendor: Vendor) -> None:
        kind: type[SourceSettings] = vendor.source.settings_type
        kind.model_validate(vendor.settings)
        with pytest.raises(ValidationError):
            kind.model_validate({**vendor.settings, "nonsense": 1})
        for name, field in kind.model_fields.items():
            if field.is_required():
                with pytest.raises(ValidationError):
                    kind.model_validate({k: v for k, v in vendor.settings.items() if k != name})

    def test_streams_are_declared_whole(self, vendor: Vendor) -> None:
        names = [stream.name for stream in vendor.source.streams]
        tables = [table.name for stream in vendor.source.streams for table in stream.tables]
        assert len(names) == len(set(names))
        assert len(tables) == len(set(tables))
        for stream in vendor.source.streams:
            assert stream.description, stream.name
            assert not stream.tables[0].parent_key, f"{stream.name}: the main table has no parent"
            for table in stream.tables:
                declared_whole(stream, table)

    def test_pages_are_whole_lines_and_counted(self, source: Source) -> None:
        records = 0
        for stream in source.streams:
            for page in source.read(stream, everything(stream)):
                assert page.lines == b"" or page.lines.endswith(b"\n")
                assert page.lines.count(b"\n") == page.records
                records += page.records
        assert records > 0

    def test_every_record_lands_by_its_declared_types_and_keys(self, calm: Calm, synced: Project) -> None:
        """Nothing is set aside, and each primary key is there once: what the declaration says is so."""
        streams = calm.outcome.streams
        assert [(one.stream, one.error) for one in streams if one.error] == []
        assert sum(one.loaded for one in streams) > 0
        assert sum(one.quarantined for one in streams) == 0
        kind = synced.source("shop")
        for stream in kind.streams:
            for table in stream.tables:
                rows = contents(synced, kind.name, table)
                keys = [tuple(row[name] for name in table.primary_key) for row in rows]
                assert len(keys) == len(set(keys)), table.name
                assert not any(None in key for key in keys), table.name
        kind.close()

    def test_reading_again_changes_nothing(self, calm: Calm, synced: Project) -> None:
        assert run_pipeline(synced, steps=("sync",), full_refresh=True).error is None
        assert snapshot(synced) == calm.landed

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_passing_fault_is_retried(
        self, vendor: Vendor, calm: Calm, project: Project, fault: str
    ) -> None:
        if not vendor.arm(fault):
            pytest.skip(f"this vendor has no fault {fault}")
        assert landed(project) == calm.landed

    def test_a_page_that_names_itself_again_ends(self, vendor: Vendor, source: Source) -> None:
        if not vendor.arm("same page"):
            pytest.skip("this vendor's pages cannot repeat")
        for stream in source.streams:
            part = replace(everything(stream), kind="full" if stream.mode is SyncMode.FULL else "incremental")
            pages = 0
            try:
                for _ in source.read(stream, part):
                    pages += 1
                    assert pages < 10_000, "it reads the same page for ever"
            except FondacoError as error:
                assert len(str(error).splitlines()) == 2

    def test_a_run_that_is_stopped_goes_on(self, calm: Calm, project: Project) -> None:
        """Stopped at some of its first steps in turn, the next run ends where an undisturbed one does."""
        for steps in (1, 2, 5):
            stopped = run_pipeline(project, steps=("sync",), stop=StopAfter(steps))
            assert stopped.run.outcome == "aborted"
        assert landed(project) == calm.landed

    def test_a_change_arrives_and_incremental_equals_full(
        self, vendor: Vendor, calm: Calm, synced: Project
    ) -> None:
        if not vendor.change():
            pytest.skip("this vendor's records do not change")
        incremental = landed(synced)
        assert incremental != calm.landed
        assert run_pipeline(synced, steps=("sync",), full_refresh=True).error is None
        assert snapshot(synced) == incremental

    def test_check_tells_the_shop_and_what_is_missing(self, vendor: Vendor, source: Source) -> None:
        found = source.check()
        assert found.ok
        assert re.fullmatch(r"[A-Z]{3}", found.currency)
        assert found.shop_name and found.time_zone
        limited = vendor.limited()
        if limited is not None:
            lacking = vendor.source.connect(vendor.source.settings_type.model_validate(limited))
            assert lacking.check().missing != ()
            lacking.close()

    def test_a_wrong_credential_is_refused_in_two_lines(self, vendor: Vendor) -> None:
        refused = vendor.refused()
        if refused is None:
            pytest.skip("this vendor has no credential")
        opened = vendor.source.connect(vendor.source.settings_type.model_validate(refused))
        with pytest.raises(AccessError) as caught:
            opened.check()
        opened.close()
        assert len(str(caught.value).splitlines()) == 2

    def test_tombstones_name_a_stream_and_lie_in_their_span(self, source: Source) -> None:
        until = datetime.now(UTC)
        since = until - timedelta(days=3650)
        names = {stream.name for stream in source.streams}
        for one in source.tombstones(since, until):
            assert one.stream in names
            assert one.record_id
            assert one.found_by
            assert since <= one.deleted_at <= until

    def test_report_days_are_within_the_days_asked_for_and_add_up(self, source: Source) -> None:
        last = datetime.now(UTC).date()
        first = last - timedelta(days=400)
        days = source.report(first, last)
        if days is None:
            assert source.report_name is None
            return
        assert source.report_name
        assert len({one.day for one in days}) == len(days)
        for one in days:
            assert first <= one.day <= last
            figures = (one.gross_sales, one.discounts, one.returns, one.net_sales)
            if None not in figures:
                gross, discounts, returns, net = (figure or 0 for figure in figures)
                assert gross - discounts - returns == net

    def test_no_secret_is_seen(
        self, vendor: Vendor, source: Source, project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        run_pipeline(project, steps=("sync",))
        settings = vendor.source.settings_type.model_validate(vendor.settings)
        texts = [repr(source), str(source), caplog.text, repr(settings), str(settings.model_dump())]
        refused = vendor.refused()
        if refused is not None:
            opened = vendor.source.connect(vendor.source.settings_type.model_validate(refused))
            try:
                opened.check()
            except FondacoError as error:
                texts += [str(error), repr(error)]
            opened.close()
        texts += [path.read_text() for path in (project.data / "logs").glob("*") if path.is_file()]
        for secret in vendor.secrets:
            assert not any(secret in text for text in texts)


class StopAfter(Event):
    """Asks a run to end after it has looked ``steps`` times whether it should."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._steps = steps

    def is_set(self) -> bool:
        self._steps -= 1
        return self._steps < 0


def declared_whole(stream: Stream, table: Table) -> None:
    """Keys and parents are among the columns, and every path is one."""
    columns = [column.name for column in table.columns]
    assert len(columns) == len(set(columns)), table.name
    assert table.primary_key and set(table.primary_key) <= set(columns), table.name
    assert set(table.parent_key) <= set(columns), table.name
    if table.parent_key:
        assert len(table.parent_key) == len(stream.tables[0].primary_key), table.name
    for column in table.columns:
        assert _PATH.match(column.path), f"{table.name}.{column.name}: {column.path}"
        assert column.path.count("^") <= len(table.each), f"{table.name}.{column.name}: {column.path}"


def everything(stream: Stream) -> Slice:
    """The whole stream in one slice."""
    if stream.mode is SyncMode.FULL:
        return Slice(stream.name, "full")
    return Slice(stream.name, "backfill", datetime(2010, 1, 1, tzinfo=UTC), datetime.now(UTC))


def connected(vendor: Vendor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh project with one connection to the vendor, called ``shop``."""
    from fondaco.orchestration.connecting import connect

    installed(vendor, folder.parent, monkeypatch)
    project = Project.create(folder, clock=vendor.now)
    connect(project, vendor.source.name, "shop", vendor.settings)
    return project


def installed(vendor: Vendor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector among the sources that Fondaco knows."""
    if vendor.source.name not in source_types():
        monkeypatch.syspath_prepend(str(packaged(vendor.source, folder / "packages")))


def packaged(source: type[Source], folder: Path) -> Path:
    """A folder of installed packages in which one offers ``source``, as its own package will."""
    metadata = folder / f"{source.name}-0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {source.name}\nVersion: 0\n")
    entry = f"{source.name} = {source.__module__}:{source.__qualname__}"
    (metadata / "entry_points.txt").write_text(f"[fondaco.sources]\n{entry}\n")
    return folder


def landed(project: Project) -> Landed:
    """Bring the project up to date; then all its raw rows."""
    outcome = run_pipeline(project, steps=("sync",))
    assert [(one.stream, one.error) for one in outcome.streams if one.error] == []
    return snapshot(project)


def snapshot(project: Project) -> Landed:
    """All raw rows of the connection, without the instant at which they were read."""
    source = project.source("shop")
    found = {
        table.name: sorted((tuple(row.values()) for row in contents(project, source.name, table)), key=repr)
        for stream in source.streams
        for table in stream.tables
    }
    source.close()
    return found


def contents(project: Project, source: str, table: Table) -> list[dict[str, Any]]:
    """The rows of a raw table, by its declared columns."""
    columns = ", ".join(column.name for column in table.columns)
    with project.warehouse.writer() as writer:
        found = writer.fetch(f"select {columns} from raw.{source}__{table.name}")
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows
