"""Metric answers, remembered for as long as the published state they came from is the newest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from fondaco.warehouse.interrupting import AbandonedError, is_abandoned

T = TypeVar("T")


class Remembered(Generic[T]):
    """Keeps the newest answers. Whoever asks for one that is being worked out waits for it.

    Parameters
    ----------
    size
        How many are kept at most.
    weight, most
        What an answer weighs, such as its bytes, and what all of them may weigh. One that weighs over an eighth of that is not kept:
        a few of them would push out what everybody asks for.
    """

    def __init__(self, size: int, *, weight: Callable[[T], int] | None = None, most: int = 0) -> None:
        self._size = size
        self._weight = weight
        self._most = most
        self._weighs = 0
        self._lock = Lock()
        self._futures: OrderedDict[Hashable, Future[T]] = OrderedDict()

    def get(self, key: Hashable, work: Callable[[], T]) -> T:
        """The answer to ``key``, worked out once. A failure is raised to all who wait, and not kept; where the one who worked it out
        went away, the next of them does."""
        while True:
            try:
                return self._get(key, work)
            except AbandonedError:
                if is_abandoned():
                    raise

    def _get(self, key: Hashable, work: Callable[[], T]) -> T:
        with self._lock:
            future = self._futures.get(key)
            if future is not None:
                self._futures.move_to_end(key)
            else:
                mine: Future[T] = Future()
                self._futures[key] = mine
                while len(self._futures) > self._size:
                    self._forget(next(iter(self._futures)))
        if future is not None:
            return future.result()
        try:
            found = work()
        except BaseException as error:
            with self._lock:
                if self._futures.get(key) is mine:
                    del self._futures[key]
            mine.set_exception(error)
            raise
        self._keep(key, mine, found)
        return found

    def _keep(self, key: Hashable, mine: Future[T], found: T) -> None:
        with self._lock:
            mine.set_result(found)
            if self._weight is None or self._futures.get(key) is not mine:
                return
            own = self._weight(found)
            self._weighs += own
            if own > self._most // 8:
                self._forget(key)
            ended = [each for each, future in self._futures.items() if future.done() and each != key]
            while self._weighs > self._most and ended:
                self._forget(ended.pop(0))

    def _forget(self, key: Hashable) -> None:
        future = self._futures.pop(key)
        if self._weight is not None and future.done():
            self._weighs -= self._weight(future.result())

    def __len__(self) -> int:
        return len(self._futures)

    def peek(self, key: Hashable) -> T | None:
        """The answer, if it is there already."""
        with self._lock:
            future = self._futures.get(key)
        return future.result() if future is not None and future.done() and not future.exception() else None
