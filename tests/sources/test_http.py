"""The HTTP client towards vendors, against a small server that misbehaves on demand."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError, VendorHttp

Answer = Callable[[BaseHTTPRequestHandler], None]


class Vendor:
    """Answers as told, one answer a request; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests = 0
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                vendor.requests += 1
                answer = vendor.answers[min(vendor.requests, len(vendor.answers)) - 1]
                answer(self)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


def say(status: int, body: object = None, **headers: str) -> Answer:
    """An answer with a JSON body, or a page where ``body`` is text."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        is_page = isinstance(body, str)
        raw = (body if is_page else json.dumps(body)).encode()
        handler.send_response(status)
        kind = "text/html" if is_page else "application/json"
        for name, value in {"content-type": kind, "content-length": str(len(raw)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half": ')


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    served = Vendor()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def http(waits: list[float]) -> Iterator[VendorHttp]:
    client = VendorHttp("Vendor", attempts=4, sleep=waits.append)
    yield client
    client.close()


@pytest.mark.parametrize("status", [408, 425, 429, 430, 500, 502, 503, 504, 508, 520, 524])
def test_a_passing_status_is_tried_again(
    vendor: Vendor, http: VendorHttp, waits: list[float], status: int
) -> None:
    vendor.answers = [say(status, {}), say(status, {}), say(200, {"fine": True})]
    assert http.json("GET", vendor.url) == {"fine": True}
    assert len(waits) == 2


def test_a_connection_that_breaks_within_an_answer_is_tried_again(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [cut_off, say(200, [1])]
    assert http.json("GET", vendor.url) == [1]


def test_a_page_where_json_was_expected_is_tried_again(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [say(200, "<html>Maintenance</html>"), say(200, [1])]
    assert http.json("GET", vendor.url) == [1]


def test_a_fault_that_stays_leaves_with_its_status_after_all_attempts(
    vendor: Vendor, http: VendorHttp
) -> None:
    vendor.answers = [say(502, {})]
    with pytest.raises(VendorFaultError, match="Vendor answered 502") as caught:
        http.request("GET", vendor.url)
    assert (caught.value.status, vendor.requests) == (502, 4)
    assert isinstance(caught.value, RetryableError)


def test_a_caller_may_ask_for_fewer_attempts(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [say(502, {})]
    with pytest.raises(VendorFaultError):
        http.retrying(lambda: http.once("GET", vendor.url), attempts=2)
    assert vendor.requests == 2


def test_no_answer_at_all_has_no_status(http: VendorHttp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(VendorFaultError, match="could not be reached") as caught:
        http.request("GET", f"http://127.0.0.1:{port}")
    assert caught.value.status is None


@pytest.mark.parametrize(("text", "seconds"), [("7", 7), ("0", 0), ("-3", 0), ("9999", 120)])
def test_the_wait_is_what_retry_after_asks_for_within_reason(
    vendor: Vendor, http: VendorHttp, waits: list[float], text: str, seconds: float
) -> None:
    vendor.answers = [say(429, {}, retry_after=text), say(200, {})]
    http.request("GET", vendor.url)
    assert waits == [seconds]


def test_retry_after_may_be_a_date(vendor: Vendor, http: VendorHttp, waits: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    vendor.answers = [say(503, {}, retry_after=later), say(200, {})]
    http.request("GET", vendor.url)
    assert 25 <= waits[0] <= 30


@pytest.mark.parametrize("text", ["soon", "", "Thu, 99 Foo 2026"])
def test_a_retry_after_that_says_nothing_is_passed_over(
    vendor: Vendor, http: VendorHttp, waits: list[float], text: str
) -> None:
    vendor.answers = [say(429, {}, retry_after=text), say(200, {})]
    http.request("GET", vendor.url)
    assert 0 < waits[0] <= 1.5


def test_waits_grow_while_the_vendor_says_nothing(
    vendor: Vendor, http: VendorHttp, waits: list[float]
) -> None:
    vendor.answers = [say(500, {}), say(500, {}), say(500, {}), say(200, {})]
    http.request("GET", vendor.url)
    assert waits[0] < waits[1] < waits[2]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, UnauthorizedError),
        (403, AccessError),
        (404, NotFoundError),
        (410, NotFoundError),
        (400, ConfigError),
        (422, ConfigError),
    ],
)
def test_a_lasting_refusal_leaves_at_once(
    vendor: Vendor, http: VendorHttp, status: int, kind: type[ConfigError]
) -> None:
    vendor.answers = [say(status, {"code": "rest_forbidden", "message": "ada@example.com may not"})]
    with pytest.raises(ConfigError) as caught:
        http.request("GET", f"{vendor.url}/wp-json/orders?token=hidden")
    assert type(caught.value) is kind
    assert vendor.requests == 1
    assert f"{status}, rest_forbidden" in str(caught.value)
    assert "ada" not in str(caught.value) and "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"error": "invalid_token"}, "invalid_token"),
        ({"errors": [{"code": "insufficient_scope"}]}, "insufficient_scope"),
        ({"errors": "a sentence about ada@example.com"}, None),
        ({"code": "ada@example.com is unknown"}, None),
        ([1], None),
    ],
)
def test_only_the_vendors_own_word_gets_into_an_error(
    vendor: Vendor, http: VendorHttp, body: object, word: str | None
) -> None:
    vendor.answers = [say(401, body)]
    with pytest.raises(AccessError) as caught:
        http.request("GET", vendor.url)
    assert (f"(401, {word})" if word else "(401)") in caught.value.what


def test_a_firewall_is_told_apart_from_a_wrong_key(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [say(403, "<html>Attention required</html>")]
    with pytest.raises(AccessError, match="web page where JSON was expected") as caught:
        http.request("GET", vendor.url)
    assert "firewall" in caught.value.remedy


def test_an_address_that_is_none_is_a_setting_to_correct(vendor: Vendor, http: VendorHttp) -> None:
    for nothing in ("shop.example/orders", "ftp://shop.example", "http://shop.example/\x00"):
        with pytest.raises(ConfigError, match="leads nowhere"):
            http.request("GET", nothing)
    vendor.answers = [say(302, {}, location=vendor.url)]
    with pytest.raises(ConfigError, match="leads nowhere"):
        http.request("GET", vendor.url)


def test_a_certificate_that_is_not_valid_is_not_worth_a_second_try(
    http: VendorHttp, waits: list[float]
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        try:
            raise ssl.SSLCertVerificationError("self-signed certificate")
        except ssl.SSLCertVerificationError as error:
            raise httpx.ConnectError("certificate verify failed") from error

    http.client = httpx.Client(transport=httpx.MockTransport(refuse))
    with pytest.raises(ConfigError, match="certificate is not valid"):
        http.request("GET", "https://shop.example")
    assert waits == []


def test_a_download_that_is_cut_is_a_passing_fault(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [cut_off]
    with pytest.raises(RetryableError), http.stream(vendor.url) as pieces:
        list(pieces)


def test_a_download_comes_in_pieces(vendor: Vendor, http: VendorHttp) -> None:
    vendor.answers = [say(200, "x" * 3_000_000)]
    with http.stream(vendor.url) as pieces:
        found = list(pieces)
    assert len(found) > 1 and sum(map(len, found)) == 3_000_000


def test_no_query_reaches_a_log(vendor: Vendor, http: VendorHttp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    vendor.answers = [say(500, {}), say(200, {})]
    http.request("GET", f"{vendor.url}/?oauth_signature=hidden", headers={"Authorization": "Bearer hidden"})
    assert "hidden" not in caplog.text
