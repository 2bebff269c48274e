"""Metric answers, remembered for as long as the published state they came from is the newest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Keeps the newest ``size`` answers. Whoever asks for one that is being worked out waits for it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._futures: OrderedDict[Hashable, Future[T]] = OrderedDict()

    def get(self, key: Hashable, work: Callable[[], T]) -> T:
        """The answer to ``key``, worked out once. A failure is raised to all who wait, and not kept."""
        with self._lock:
            future = self._futures.get(key)
            if future is not None:
                self._futures.move_to_end(key)
            else:
                mine: Future[T] = Future()
                self._futures[key] = mine
                while len(self._futures) > self._size:
                    self._futures.popitem(last=False)
        if future is not None:
            return future.result()
        try:
            mine.set_result(work())
        except BaseException as error:
            with self._lock:
                if self._futures.get(key) is mine:
                    del self._futures[key]
            mine.set_exception(error)
            raise
        return mine.result()

    def __len__(self) -> int:
        return len(self._futures)

    def peek(self, key: Hashable) -> T | None:
        """The answer, if it is there already."""
        with self._lock:
            future = self._futures.get(key)
        return future.result() if future is not None and future.done() and not future.exception() else None
