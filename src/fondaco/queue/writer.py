"""Appending to the queue: many callers, one thread that writes, one fsync for all that came meanwhile."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from fondaco.errors import RetryableError
from fondaco.queue.frames import MAGIC, frame
from fondaco.warehouse.files import sync_folder

SUFFIX = ".events"
SEGMENT_BYTES = 16 << 20
"""A new segment is begun after this much."""

MOST_WAITING = 20_000
"""More than the disk can be waited for: whoever comes then is asked to come again."""

_GATHER_SECONDS = 0.002
"""Two fsyncs lie at least this far apart. It costs each answer a little, and spares hundreds of wake-ups a second."""

_log = logging.getLogger(__name__)


class QueueFullError(RetryableError):
    """More waits for the disk than may."""


class QueueWriter:
    """The appending side. Each writer has segments of its own, which it keeps locked, so that several may write at once.

    What could not be written leaves its segment behind: after a failed write nobody knows what of it is on the disk.

    Parameters
    ----------
    sync
        Brings a file's content to the disk.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        most_waiting: int = MOST_WAITING,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._most_waiting = most_waiting
        self._sync = sync
        self._waiting: list[tuple[bytes, Future[None]]] = []
        self._wake = threading.Condition()
        self._ended = False
        self._handle: int | None = None
        self._size = 0
        self._thread: threading.Thread | None = None

    def append(self, contents: Sequence[bytes]) -> Future[None]:
        """Take ``contents``; the future is done when all of them are durable, and fails when they may not be.

        Raises
        ------
        QueueFullError
            If too much waits for the disk already.
        """
        framed = b"".join(map(frame, contents))
        done: Future[None] = Future()
        with self._wake:
            if self._ended or len(self._waiting) >= self._most_waiting:
                raise QueueFullError(
                    f"{len(self._waiting):,} deliveries wait for the disk.", "Send the delivery again later."
                )
            self._waiting.append((framed, done))
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="queue", daemon=True)
                self._thread.start()
            self._wake.notify()
        return done

    def put(self, contents: Sequence[bytes]) -> None:
        """``append``, and wait until it is durable."""
        self.append(contents).result()

    def close(self) -> None:
        """Write what waits, and let go of the segment."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
        self._leave_segment()

    def _write_all(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._ended:
                    self._wake.wait()
                taken, self._waiting = self._waiting, []
            if not taken:
                return
            started = time.monotonic()
            error = self._written(b"".join(framed for framed, _ in taken))
            for _, done in taken:
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)
            time.sleep(max(0.0, _GATHER_SECONDS - (time.monotonic() - started)))

    def _written(self, data: bytes) -> RetryableError | None:
        try:
            if self._handle is None or self._size >= self._segment_bytes:
                self._begin_segment()
            assert self._handle is not None
            view = memoryview(data)
            while view:
                view = view[os.write(self._handle, view) :]
            self._sync(self._handle)
            self._size += len(data)
        except OSError as error:
            _log.error("the queue could not be written", extra={"error": error.strerror})
            self._leave_segment()
            return RetryableError(
                f"The queue in {self._folder} cannot be written: {error.strerror}.",
                "Make room or correct the folder's rights; shops send again what was not answered.",
            )
        return None

    def _begin_segment(self) -> None:
        self._leave_segment()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = 1 + max((number_of(path) for path in segments_in(self._folder)), default=0)
        while True:
            path = self._folder / f"{number:012d}{SUFFIX}"
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
                handle = os.open(path, flags, 0o600)
                break
            except FileExistsError:
                number += 1
        fcntl.flock(handle, fcntl.LOCK_EX)
        self._handle, self._size = handle, len(MAGIC)
        os.write(handle, MAGIC)
        sync_folder(self._folder)

    def _leave_segment(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle, self._size = None, 0


def segments_in(folder: Path) -> list[Path]:
    """Segments of the folder and of what is done in it, oldest first."""
    found = [*folder.glob(f"*{SUFFIX}"), *(folder / "done").glob(f"*{SUFFIX}")]
    return sorted((path for path in found if path.stem.isdigit()), key=number_of)


def number_of(segment: Path) -> int:
    return int(segment.stem)
