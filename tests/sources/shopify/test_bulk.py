"""Downloading a bulk result: every line once, whole, whatever becomes of the connection."""

from __future__ import annotations

import httpx
import pytest

from fondaco.errors import RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify.bulk import BulkReader, Result

WHOLE = b'{"id":"1"}\n{"id":"2"}\n{"id":"3"}\n'


def lines_of(*answers: bytes, lines: int) -> bytes:
    """What is delivered when the store answers in turn, then always as at last."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=left.pop(0) if len(left) > 1 else left[0])

    http = VendorHttp("Shopify", client=httpx.Client(transport=httpx.MockTransport(answer)))
    reader = BulkReader(None, http, sleep=lambda _seconds: None)  # type: ignore[arg-type]
    return b"".join(reader.lines(Result("1", "https://store.invalid/result", lines)))


@pytest.mark.parametrize("end", [*range(1, len(WHOLE)), None])
def test_a_download_that_ends_early_without_an_error_is_completed(end: int | None) -> None:
    assert lines_of(WHOLE[:end], WHOLE, lines=3) == WHOLE


def test_a_last_line_without_a_line_feed_is_whole() -> None:
    assert lines_of(WHOLE[:-1], lines=3) == WHOLE


def test_a_result_that_stays_short_is_not_taken() -> None:
    with pytest.raises(RetryableError, match="2 lines where Shopify counted 3"):
        lines_of(WHOLE[:-2], lines=3)
