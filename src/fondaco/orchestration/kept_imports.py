"""What files connections keep, and whether all of it is in the warehouse: an import of which records are missing shows in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.sources.files.engine import open_engine
from fondaco.sources.files.inbox import Import, imports, stream_path
from fondaco.sources.files.kept import load_imports
from fondaco.sources.files.stock_sheets import BY_NAME as SHEETS
from fondaco.sources.files.streams import STREAMS
from fondaco.warehouse import has_table

if TYPE_CHECKING:
    from fondaco.control import Connection, ControlPlane
    from fondaco.orchestration.project import Project
    from fondaco.warehouse import Writer

SOURCE = "files"
MAIN_TABLE = {
    "order_lines": "files__order_lines",
    "order_totals": "files__order_totals",
    "customers": "files__customers",
    "products": "files__products",
    **{name: f"files__{name}" for name in SHEETS},
}
_REMEMBERED = "import_gaps"


@dataclass(frozen=True, slots=True)
class ImportGap:
    """Records of an import that should be in the warehouse, and are not."""

    kept: Import
    stream: str
    records: int
    landed: int

    @property
    def what(self) -> str:
        return f"{self.kept.file} has {self.records:,} records of {self.stream}, and {self.landed:,} are in the warehouse."

    @property
    def remedy(self) -> str:
        return f"Import the file again, or take it back with `fondaco imports remove {self.kept.import_id}`"


def folder_of(project: Project, connection_id: str) -> Path:
    """Where a files connection keeps its imports."""
    return project.data / "imports" / connection_id


def all_imports(project: Project) -> list[tuple[str, Import]]:
    """All imports of files connections, newest first, each with its connection's id."""
    found = [
        (connection.connection_id, one)
        for connection in _connections(project)
        for one in imports(folder_of(project, connection.connection_id))
    ]
    return sorted(found, key=lambda pair: pair[1].instant, reverse=True)


def note_gaps(project: Project) -> list[str]:
    """Look whether all that is kept has landed; what is missing, in words, remembered until the next look."""
    with project.warehouse.writer() as writer:
        reasons = [
            f"{gap.what} {gap.remedy}."
            for connection in _connections(project)
            for gap in gaps(project, writer, connection.connection_id)
        ]
    if reasons:
        project.control.saved.put(project.tenant, _REMEMBERED, {"reasons": reasons})
    else:
        project.control.saved.forget(project.tenant, _REMEMBERED)
    return reasons


def known_gaps(control: ControlPlane, tenant_id: str) -> list[str]:
    """What the last look found missing, in words."""
    found = control.saved.get(tenant_id, _REMEMBERED)
    return [str(reason) for reason in found["reasons"]] if found else []


def gaps(project: Project, writer: Writer, connection_id: str) -> Iterator[ImportGap]:
    """The imports of a connection of which records are missing.

    The warehouse is asked once. A newer import takes over records of an older one: the files are read only where an import has fewer
    records there than it brought, to see whether a newer one has the others.
    """
    folder = folder_of(project, connection_id)
    kept = imports(folder)
    streams = [name for name in MAIN_TABLE if any(one.records.get(name) for one in kept)]
    if not streams:
        return
    landed = _landed(project, writer, connection_id, streams)
    for stream in streams:
        fewer = [one for one in kept if landed.get((stream, one.import_id), 0) < one.records.get(stream, 0)]
        taken_over = _taken_over(folder, stream, fewer) if fewer else {}
        for one in fewer:
            there = landed.get((stream, one.import_id), 0)
            records = one.records[stream] - taken_over[one.import_id]
            if there < records:
                yield ImportGap(one, stream, records, there)


def _connections(project: Project) -> list[Connection]:
    return [one for one in project.connections() if one.source == SOURCE]


def _landed(
    project: Project, writer: Writer, connection_id: str, streams: list[str]
) -> dict[tuple[str, str], int]:
    """How many records of each import are in the warehouse, by stream and import."""
    there = [stream for stream in streams if has_table(writer, "raw", MAIN_TABLE[stream])]
    if not there:
        return {}
    counts = " union all ".join(
        f"select '{stream}' as stream, import_id, count(*) as n from raw.{MAIN_TABLE[stream]} "
        "where tenant_id = $tenant and connection_id = $connection group by import_id"
        for stream in there
    )
    rows = writer.fetch(counts, {"tenant": project.tenant, "connection": connection_id}).to_pylist()
    return {(row["stream"], row["import_id"]): int(row["n"]) for row in rows}


def _taken_over(folder: Path, stream: str, some: list[Import]) -> dict[str, int]:
    """How many records of each of some imports a newer one has too."""
    key = next(each for each in STREAMS if each.name == stream).tables[0].primary_key
    taken: dict[str, int] = {}
    with open_engine() as engine:
        load_imports(engine, folder, stream, "newest", columns=(*key, "import_id"))
        for one in some:
            ((count,),) = engine.execute(
                "select (select count(*) from read_json($path, format = 'newline_delimited', columns = {import_id: 'VARCHAR'}))"
                " - (select count(*) from newest where import_id = $import_id)",
                {"path": str(stream_path(folder, one, stream)), "import_id": one.import_id},
            ).fetchall()
            taken[one.import_id] = int(count)
    return taken
