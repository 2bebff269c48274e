"""The folder of a files connection: what was imported, in canonical form, ready to be read again at any time.

Each import is a folder named by its import id: one ``<stream>.ndjson.gz`` per stream and ``import.json``. It is written
beside its place and renamed, so an import is there whole or not at all.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from fondaco.clock import Clock, format_instant, parse_instant
from fondaco.sources.stream import Page

_PAGE_BYTES = 4 << 20
_MANIFEST = "import.json"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported file."""

    import_id: str
    file: str
    layout: str
    currency: str
    timezone: str
    rows: int
    """Rows of the file, without its header."""
    set_aside: int
    """Rows that went to quarantine."""
    records: dict[str, int]
    """Records per stream."""
    imported_at: str = ""

    @property
    def instant(self) -> datetime:
        return parse_instant(self.imported_at)


def imports(folder: Path) -> list[Import]:
    """All imports in ``folder``, oldest first."""
    found = [
        Import(**json.loads(path.read_text(encoding="utf-8")))
        for path in folder.glob(f"*/{_MANIFEST}")
        if not path.parent.name.startswith(".")  # being written, or being replaced
    ]
    return sorted(found, key=lambda one: (one.imported_at, one.import_id))


def stream_path(folder: Path, one: Import, stream: str) -> Path:
    return folder / one.import_id / f"{stream}.ndjson.gz"


def pages(path: Path) -> Iterator[Page]:
    """The records of a stored stream, in pages of whole lines."""
    with gzip.open(path) as lines:
        while block := lines.readlines(_PAGE_BYTES):
            yield Page(b"".join(block), len(block))


def store(folder: Path, one: Import, prepared: Path, clock: Clock) -> Import:
    """Move the folder ``prepared``, which holds the streams' files, to its place as the import ``one``.

    The same file again replaces its earlier import. Its instant is the second after the move, so that whoever reads
    all imports before some instant has every one of them before his eyes: none can appear behind a cursor. No two
    imports have the same one, since the later decides where both have an order.
    """
    place = folder / one.import_id
    others = [each.instant for each in imports(folder) if each.import_id != one.import_id]
    newest = max(others, default=None)
    dated = _dated(one, clock, newest)
    _write_manifest(prepared, dated)
    if place.exists():
        old = folder / f".{one.import_id}.old"
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        prepared.rename(place)
        shutil.rmtree(old)
    else:
        prepared.rename(place)
    while clock() >= dated.instant:  # the move took longer than that second
        dated = _dated(one, clock, newest)
        _write_manifest(place, dated)
    return dated


def drop(folder: Path, one: Import) -> None:
    """Delete an import. It is out of sight at once, however long deleting takes."""
    old = folder / f".{one.import_id}.old"
    shutil.rmtree(old, ignore_errors=True)
    (folder / one.import_id).rename(old)
    shutil.rmtree(old)


def _dated(one: Import, clock: Clock, newest: datetime | None) -> Import:
    now = clock().replace(microsecond=0)
    before = now if newest is None else max(now, newest)
    return replace(one, imported_at=format_instant(before + timedelta(seconds=1)))


def _write_manifest(folder: Path, one: Import) -> None:
    path = folder / f".{_MANIFEST}"
    path.write_text(json.dumps(asdict(one), indent=2) + "\n", encoding="utf-8")
    path.replace(folder / _MANIFEST)
