"""Published states of a DuckDB warehouse: ``published/<version>.duckdb``, and ``published/current`` that names the newest.

A version is written under a temporary name, synced to disk, renamed, and only then named by ``current``. A crash between
any two of these steps leaves the former version in force. A version that stands on another names it in ``<version>.base``, written before.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from fondaco.warehouse.files import sync_file, sync_folder, write_atomically

KEPT = 3
_VERSION = re.compile(r"\d{8}t\d{12}_[0-9a-f]{6}")


def new_version(after: str | None) -> str:
    """A name that sorts by time, and after ``after`` even when the clock went backwards."""
    stamp = f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}"
    if after is not None and stamp <= after[: len(stamp)]:
        day, time = after[: len(stamp)].split("t")
        stamp = f"{day}t{int(time) + 1:012d}"
    return f"{stamp}_{secrets.token_hex(3)}"


class SnapshotFolder:
    """The folder ``published`` of a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "current"

    def current(self) -> str | None:
        """The newest published version."""
        try:
            version = self._pointer.read_text(encoding="ascii", errors="replace").strip()
        except (FileNotFoundError, IsADirectoryError):
            return None
        return version if _VERSION.fullmatch(version) else None

    def path(self, version: str) -> Path:
        return self.folder / f"{version}.duckdb"

    def draft(self, version: str) -> Path:
        """Where a version is written before it is whole."""
        return self.folder / f"{version}.duckdb.part"

    def base(self, version: str) -> str | None:
        """The version on which ``version`` stands; None where it has all rows itself."""
        try:
            base = self._base_file(version).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return base if _VERSION.fullmatch(base) else None

    def adopt(self, version: str, base: str | None = None) -> None:
        """Make the draft of ``version``, which may stand on another, the current version, and let go of old ones."""
        if base is not None:
            write_atomically(self._base_file(version), f"{base}\n".encode("ascii"))
        sync_file(self.draft(version))
        self.draft(version).replace(self.path(version))
        sync_folder(self.folder)
        write_atomically(self._pointer, f"{version}\n".encode("ascii"))
        self.clean()

    def clean(self) -> None:
        """Remove what a crash left half done, and all but the newest versions and those on which they stand.

        A reader that has an old version open goes on reading it: unlinking takes the name, not the content.
        """
        if not self.folder.is_dir():
            return
        current = self.current()
        whole = sorted((p for p in self.folder.glob("*.duckdb") if _VERSION.fullmatch(p.stem)), reverse=True)
        # A version newer than `current` was renamed but never named by it: its publish did not end.
        unfinished = [p for p in whole if current is None or p.stem > current]
        finished = [p for p in whole if p not in unfinished]
        kept = {path.stem for path in finished[:KEPT]}
        kept |= {base for version in kept if (base := self.base(version))}
        outdated = [p for p in finished if p.stem not in kept]
        bases = [p for p in self.folder.glob("*.base") if p.stem not in kept]
        drafts = [p for p in self.folder.iterdir() if ".duckdb.part" in p.name or p.name.endswith(".new")]
        for path in (*unfinished, *outdated, *bases, *drafts):
            path.unlink(missing_ok=True)

    def _base_file(self, version: str) -> Path:
        return self.folder / f"{version}.base"

    def ensure(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
