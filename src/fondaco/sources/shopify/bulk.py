"""Bulk operations: Shopify runs a query by itself and leaves the result as a JSONL file.

A result counts only when every line was seen: the lines are counted against ``objectCount``, and parents whose nested
lists reach the length at which Shopify cuts them are handed back to be read by pages.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fondaco.errors import AccessError, FatalError, FondacoError, RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify import documents
from fondaco.sources.shopify.graphql import GraphQLClient
from fondaco.sources.stream import Page
from fondaco.sources.waiting import pause

NESTED_LIMIT = 100
"""Nested lists in a bulk result may end here without a word."""

_FIRST_POLL_SECONDS = 0.1
_LONGEST_POLL_SECONDS = 30.0
_POLL_GROWTH = 1.5
_QUEUE_ATTEMPTS = 120  # at most an hour of waiting for other apps' operations
_DOWNLOADS = 4
_BUSY = frozenset({"OPERATION_IN_PROGRESS", "LIMIT_REACHED"})
_PAGE_BYTES = 4 << 20

_PARENT = re.compile(rb'"__parentId":\s*"([^"]+)"')
_ID = re.compile(rb'"id":\s*"([^"]+)"')
_REFUNDED = re.compile(rb'"refunds":\s*\[\s*\{')
_CONCRETE = re.compile(
    rb'"__typename":\s*"(?:(\w*Agreement)|(\w+Sale)|(DiscountCodeApplication|\w+DiscountApplication))"'
)


class BulkFailedError(FondacoError):
    """Shopify gave an operation up: ask again for less at a time, and never go on without it."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished operation. ``url`` is None when nothing matched."""

    id: str
    url: str | None
    lines: int


@dataclass(slots=True)
class Seen:
    """What the lines of a result told about its completeness."""

    lines: int = 0
    roots: set[bytes] = field(default_factory=set)
    refunded: list[bytes] = field(default_factory=list)
    children: Counter[bytes] = field(default_factory=Counter)

    @property
    def cut(self) -> set[bytes]:
        """Parents whose lists may have been cut."""
        return {parent for parent, count in self.children.items() if count >= NESTED_LIMIT}


class BulkReader:
    """Starts, awaits and downloads bulk operations of one shop."""

    def __init__(
        self, client: GraphQLClient, http: VendorHttp, *, sleep: Callable[[float], None] = pause
    ) -> None:
        self._client = client
        self._http = http
        self._sleep = sleep

    def start(self, text: str) -> str:
        """Start an operation and give its id; wait in line while too many others run."""
        pause = _FIRST_POLL_SECONDS
        for _ in range(_QUEUE_ATTEMPTS):
            answer = self._client.run(documents.BULK_RUN, {"query": text})["bulkOperationRunQuery"]
            errors = answer["userErrors"]
            if not errors:
                return str(answer["bulkOperation"]["id"])
            if not any(error["code"] in _BUSY for error in errors):
                raise FatalError(
                    f"Shopify does not accept a bulk query of this connector: {errors[0]['message']}.",
                    "Check api_version with `fondaco doctor`; if it is a supported one, report this.",
                )
            self._sleep(pause)
            pause = min(pause * _POLL_GROWTH, _LONGEST_POLL_SECONDS)
        raise RetryableError(
            "Other bulk operations of this app have not ended for an hour.", "Run `fondaco run` again later."
        )

    def wait(self, operation: str) -> Result:
        """Wait until an operation has ended.

        Raises
        ------
        BulkFailedError
            If Shopify gave it up; a partial result is not taken.
        """
        pause = _FIRST_POLL_SECONDS
        while True:
            found = self._client.run(documents.BULK_POLL, {"id": operation})["bulkOperation"]
            if found is None:
                raise BulkFailedError(
                    "Shopify no longer knows a bulk operation of this run.", "Run `fondaco run` again."
                )
            if found["status"] == "COMPLETED":
                return _completed(found)
            if found["status"] not in ("CREATED", "RUNNING", "CANCELING"):
                raise _failure(found)
            self._sleep(pause)
            pause = min(pause * _POLL_GROWTH, _LONGEST_POLL_SECONDS)

    def lines(self, result: Result) -> Iterator[bytes]:
        """The result in pieces of whole lines, every line once, however often the download has to start anew.

        Raises
        ------
        RetryableError
            If the file does not hold as many lines as Shopify counted.
        """
        if result.url is None:
            return
        delivered = 0
        for attempt in range(1, _DOWNLOADS + 1):
            try:
                for piece, count in self._download(result.url, skip=delivered, lines=result.lines):
                    delivered += count
                    yield piece
            except RetryableError:
                if attempt == _DOWNLOADS:
                    raise
            if delivered >= result.lines:
                break
            self._sleep(min(2.0**attempt, _LONGEST_POLL_SECONDS))
        if delivered != result.lines:
            raise RetryableError(
                f"A bulk result has {delivered} lines where Shopify counted {result.lines}.",
                "Run `fondaco run` again; nothing of this slice was taken over.",
            )

    def _download(self, url: str, skip: int, lines: int) -> Iterator[tuple[bytes, int]]:
        """Pieces of whole lines and their number; the first ``skip`` of all ``lines`` are left out.

        A download may end early without an error: an end within a line is only an end where it is that of the last.
        """
        with self._http.stream(url) as chunks:
            rest = b""
            seen = 0
            for chunk in chunks:
                rest += chunk
                if len(rest) < _PAGE_BYTES:
                    continue
                end = rest.rfind(b"\n") + 1
                piece, rest = rest[:end], rest[end:]
                seen += piece.count(b"\n")
                skip, piece = _without_first(piece, skip)
                if piece:
                    yield piece, piece.count(b"\n")
            if rest.strip():
                if not rest.endswith(b"\n"):
                    rest += b"\n"
                    if seen + rest.count(b"\n") != lines or not _is_json(rest[:-1].rpartition(b"\n")[2]):
                        rest = rest[: rest[:-1].rfind(b"\n") + 1]
                skip, rest = _without_first(rest, skip)
                if rest:
                    yield rest, rest.count(b"\n")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def look_at(piece: bytes, seen: Seen) -> None:
    """Note roots, refunds and children of a piece."""
    parents = _PARENT.findall(piece)
    seen.children.update(parents)
    count = piece.count(b"\n")
    seen.lines += count
    if len(parents) == count:
        return
    for line in piece.splitlines():
        if b'"__parentId"' in line:
            continue
        found = _ID.search(line)
        if found is None:
            continue
        seen.roots.add(found[1])
        if _REFUNDED.search(line):
            seen.refunded.append(found[1])


def parents_of(piece: bytes, children: set[bytes]) -> set[bytes]:
    """The parents of those lines whose id is one of ``children``."""
    found = set()
    for line in piece.splitlines():
        own, parent = _ID.search(line), _PARENT.search(line)
        if own is not None and parent is not None and own[1] in children:
            found.add(parent[1])
    return found


def as_page(piece: bytes, *, roots: bool) -> Page | None:
    """A piece as a page, types of interfaces named by the interface; without its root lines if they came elsewhere."""
    if not roots:
        piece = b"".join(line for line in piece.splitlines(keepends=True) if b'"__parentId"' in line)
    piece = _CONCRETE.sub(_by_interface, piece)
    return Page(piece, piece.count(b"\n")) if piece else None


def plain(gid: bytes) -> str:
    """An id out of JSON bytes, its slashes possibly escaped."""
    return gid.replace(b"\\/", b"/").decode()


def _by_interface(match: re.Match[bytes]) -> bytes:
    agreement, sale, application = match.groups()
    if agreement:
        return b'"__typename":"SalesAgreement","__subtype":"%s"' % agreement
    if sale:
        return b'"__typename":"Sale","__subtype":"%s"' % sale
    return b'"__typename":"DiscountApplication","__subtype":"%s"' % application


def _without_first(piece: bytes, skip: int) -> tuple[int, bytes]:
    """Drop ``skip`` lines off the front; gives how many are still to be dropped, and what is left."""
    if skip == 0:
        return 0, piece
    count = piece.count(b"\n")
    if count <= skip:
        return skip - count, b""
    return 0, piece.split(b"\n", skip)[skip]


def _completed(found: dict[str, Any]) -> Result:
    count = int(found["objectCount"])
    if found["url"] is None and count > 0:
        raise RetryableError(
            f"Shopify finished a bulk operation with {count} objects and no file.",
            "Run `fondaco run` again later.",
        )
    return Result(found["id"], found["url"], count)


def _failure(found: dict[str, Any]) -> FondacoError:
    if found["errorCode"] == "ACCESS_DENIED":
        return AccessError(
            "Shopify denies a bulk operation.",
            "Check the app's scopes with `fondaco doctor`, then connect again with `fondaco connect shopify`.",
        )
    return BulkFailedError(
        f"Shopify ended a bulk operation as {found['status']} ({found['errorCode'] or 'no reason given'}).",
        "Run `fondaco run` again later; the slice is asked for anew.",
    )
