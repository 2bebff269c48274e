"""``requests`` that reads the beginning of an answer only: by itself it reads an answer to its end, gigabytes of it too."""

from __future__ import annotations

import io
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

LONGEST_ANSWER = 8_192
"""Bytes of an answer that are read; what comes after them is nobody's news."""


class _ShortAnswers(HTTPAdapter):  # type: ignore[misc]
    """Reads the beginning of an answer and hangs up."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        try:
            begun = resp.read(LONGEST_ANSWER, decode_content=False)
        except HTTPError as error:
            raise requests.ConnectionError(error, request=req) from error
        finally:
            resp.close()
        headers = {name: value for name, value in resp.headers.items() if name.lower() != "content-length"}
        short = HTTPResponse(
            io.BytesIO(begun), headers, resp.status, reason=resp.reason, preload_content=False
        )
        return super().build_response(req, short)


class ShortRequests:
    """``requests`` for a library that calls its functions: all of it, but that answers are read up to ``LONGEST_ANSWER``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, _ShortAnswers())
            return session.request(method, url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        return self.request("POST", url, **options)
