"""Questions that do not wait for each other, asked side by side: the warehouse answers them outside Python."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, overload

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

_THREADS = 4
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="together")
"""One for the process: more threads than that only stand in each other's way."""


@overload
def together(first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def together(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A, B, C]: ...
@overload
def together(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], fourth: Callable[[], D], /
) -> tuple[A, B, C, D]: ...
def together(*works: Callable[[], object]) -> tuple[object, ...]:
    """What each of ``works`` gives, in their order; the last is done by the thread that asks.

    A work must not itself ask for others in this way: with all threads waiting for works that wait for a thread, nothing would end.

    Raises
    ------
    Exception
        The first failure, once all have ended.
    """
    futures = [_POOL.submit(work) for work in works[:-1]]
    try:
        last = works[-1]()
    finally:
        for future in futures:
            future.exception()
    return (*(future.result() for future in futures), last)
