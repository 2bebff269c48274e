"""The spool: slices of a stream on disk, each there whole or not at all.

::

    spool/<connection_id>/<instant>-<stream>-<slice>/     a whole slice
        manifest.json                                     what it holds
        00000-00000.ndjson.zst, 00000-00001.ndjson.zst, … the records, one a line: number of the portion, and of the file in it
    spool/<connection_id>/.<instant>-<stream>-<slice>/    a slice being written; its lock dies with its writer
    spool/<connection_id>/.last                           instant of the newest slice
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from fondaco.clock import Clock
from fondaco.errors import FatalError, RetryableError
from fondaco.landing.numbers import mark_long_numbers
from fondaco.sources.stream import Page, Slice, Stream
from fondaco.warehouse.files import sync_folder, write_atomically

PORTION_BYTES = 512 << 20
"""A new portion is begun after this much text, so that loading needs memory for one portion and not for the slice.

DuckDB works on 122,880 rows a thread: a smaller portion would leave threads idle.
"""

FILE_BYTES = 32 << 20
"""A portion's files hold this much text: threads read them side by side, for a compressed file is read by one."""

_COMPRESSION_LEVEL = 1

_SAFE = re.compile(r"[A-Za-z0-9._-]+")
_MANIFEST = "manifest.json"
_PORTION_DIGITS = 5
_LAST = ".last"

Progress = Callable[[int], None]
"""Takes the number of records so far."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole slice on disk.

    Attributes
    ----------
    synced_at
        Naive UTC; unique within the connection and later than that of every slice opened before.
    longest
        No record is longer than this many bytes.
    marked
        Some numbers are marked texts (``fondaco.landing.numbers``).
    has_nul
        Some text holds U+0000.
    """

    folder: Path
    connection_id: str
    source: str
    stream: str
    slice: Slice
    synced_at: datetime
    records: int
    longest: int
    marked: bool
    has_nul: bool

    @property
    def opened_at(self) -> datetime:
        """``synced_at`` as an aware instant."""
        return self.synced_at.replace(tzinfo=UTC)

    @property
    def portions(self) -> list[list[Path]]:
        """The files of each portion, in the order in which they were written."""
        files = sorted(self.folder.glob("*.ndjson*"))
        return [list(portion) for _, portion in groupby(files, key=lambda path: path.name[:_PORTION_DIGITS])]


class Spool:
    """The folder of all slices that are not yet loaded."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True)
        self._throw_away_halves()

    def write(
        self,
        connection_id: str,
        source: str,
        stream: Stream,
        part: Slice,
        pages: Iterable[Page],
        *,
        progress: Progress | None = None,
    ) -> Spooled:
        """Write all ``pages``. Whatever goes wrong, in ``pages`` or on the disk, nothing of the slice is kept."""
        home = self._home(connection_id)
        synced_at = self._next_instant(home)
        name = f"{synced_at:%Y%m%dT%H%M%S%f}-{stream.name}-{part.id}"
        draft = home / f".{name}"
        draft.mkdir()
        lock = _lock(draft)
        try:
            writing = _Files(draft)
            try:
                for page in pages:
                    writing.add(page)
                    if progress is not None:
                        progress(writing.records)
            finally:
                writing.close()
            manifest = {
                "connection_id": connection_id,
                "source": source,
                "stream": stream.name,
                "kind": part.kind,
                "since": part.since.isoformat() if part.since else None,
                "until": part.until.isoformat() if part.until else None,
                "synced_at": synced_at.isoformat(),
                "records": writing.records,
                "longest": writing.longest,
                "marked": writing.marked,
                "has_nul": writing.has_nul,
            }
            write_atomically(draft / _MANIFEST, json.dumps(manifest, indent=2).encode())
            draft.rename(home / name)
            sync_folder(home)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise _disk_error(error, home) from error
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        finally:
            os.close(lock)
        return _read(home / name)

    def pending(self, connection_id: str | None = None) -> list[Spooled]:
        """Whole slices that are not yet loaded, in the order in which they were opened."""
        homes = [self.folder / connection_id] if connection_id else sorted(self.folder.iterdir())
        found = [
            _read(path)
            for home in homes
            if home.is_dir()
            for path in sorted(home.iterdir())
            if path.is_dir() and not path.name.startswith(".")
        ]
        return sorted(found, key=lambda spooled: (spooled.synced_at, spooled.connection_id))

    def remove(self, spooled: Spooled) -> None:
        """Let go of a loaded slice: out of sight first, in one step, then off the disk."""
        gone = spooled.folder.with_name(f".{spooled.folder.name}")
        spooled.folder.rename(gone)
        sync_folder(gone.parent)
        # Another process that begins just now may be clearing up too.
        shutil.rmtree(gone, ignore_errors=True)

    def _home(self, connection_id: str) -> Path:
        if not _SAFE.fullmatch(connection_id) or connection_id.startswith("."):
            raise FatalError(
                f"{connection_id!r} cannot name a folder of the spool.",
                "Give the connection a name of letters, digits, dots, dashes and underscores.",
            )
        home = self.folder / connection_id
        home.mkdir(exist_ok=True)
        return home

    def _next_instant(self, home: Path) -> datetime:
        now = self._clock().astimezone(UTC).replace(tzinfo=None)
        try:
            last = datetime.fromisoformat((home / _LAST).read_text(encoding="ascii"))
            instant = max(now, last + timedelta(microseconds=1))
        except FileNotFoundError:
            instant = now
        write_atomically(home / _LAST, instant.isoformat().encode("ascii"))
        return instant

    def _throw_away_halves(self) -> None:
        for home in self.folder.iterdir():
            if not home.is_dir():
                continue
            for draft in home.iterdir():
                if draft.name.startswith(".") and draft.is_dir() and not _is_locked(draft):
                    shutil.rmtree(draft, ignore_errors=True)


class _Files:
    """Writes pages into compressed files of bounded size and keeps the figures of the manifest.

    A thread looks through a page, compresses and writes it while the next is fetched. Compressing text
    and writing what is left takes less time than writing it as it is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codec = pa.Codec("zstd", compression_level=_COMPRESSION_LEVEL)
        self._file: BinaryIO | None = None
        self._portion, self._number = 0, 0
        self._portion_size, self._file_size = 0, 0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._writing: Future[None] | None = None
        self.records = 0
        self.longest = 0
        self.marked = False
        self.has_nul = False

    def add(self, page: Page) -> None:
        self._wait()
        self.records += page.records
        if page.lines:
            self._writing = self._writer.submit(self._take, page.lines)

    def close(self) -> None:
        """Everything is on the disk afterwards; raises what the writing met."""
        try:
            self._wait()
        finally:
            self._writer.shutdown()
            self._end_file()

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _take(self, lines: bytes) -> None:
        lines, marked = mark_long_numbers(lines)
        if not lines.endswith(b"\n"):
            lines += b"\n"
        self.longest = max(self.longest, len(lines))
        self.marked = self.marked or marked
        # Most pages have no escape at all, which is seen at the speed of memory.
        self.has_nul = self.has_nul or (b"\\" in lines and b"\\u0000" in lines)
        self._write(lines)

    def _write(self, lines: bytes) -> None:
        if self._portion_size + len(lines) > PORTION_BYTES and self._portion_size:
            self._end_file()
            self._portion, self._number, self._portion_size = self._portion + 1, 0, 0
        elif self._file_size + len(lines) > FILE_BYTES:
            self._end_file()
        if self._file is None:
            name = f"{self._portion:0{_PORTION_DIGITS}d}-{self._number:05d}.ndjson.zst"
            self._file = (self._folder / name).open("wb")
            self._number += 1
        self._file.write(self._codec.compress(lines, asbytes=True))
        self._portion_size += len(lines)
        self._file_size += len(lines)

    def _end_file(self) -> None:
        if self._file is None:
            return
        file, self._file, self._file_size = self._file, None, 0
        try:
            file.flush()
            os.fsync(file.fileno())
        finally:
            file.close()


def _lock(folder: Path) -> int:
    """A lock on a draft's folder; another process can tell by it that the writer lives."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _is_locked(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _read(folder: Path) -> Spooled:
    content: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
    return Spooled(
        folder=folder,
        connection_id=content["connection_id"],
        source=content["source"],
        stream=content["stream"],
        slice=Slice(
            content["stream"], content["kind"], _instant(content["since"]), _instant(content["until"])
        ),
        synced_at=datetime.fromisoformat(content["synced_at"]),
        records=content["records"],
        longest=content["longest"],
        marked=content["marked"],
        has_nul=content["has_nul"],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _disk_error(error: OSError, folder: Path) -> RetryableError:
    return RetryableError(
        f"The spool in {folder.parent} cannot be written: {error.strerror}.",
        "Make room or correct the folder's rights, then run `fondaco run` again; nothing half-written is left.",
    )
