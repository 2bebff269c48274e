"""A shop that answers at once: before the simulator, it remembers what it has been told of single records and of what hangs below them.

A vendor's answer takes some milliseconds of its own machines. The simulator takes 25 of this one for an order that is asked for by its
id, and would be what is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.listening import listening

_PASSED_ON = ("content-type", "x-shopify-access-token", "host")


class _Memory:
    """Passes questions on, and answers ``nodes(ids:)`` of records that it knows."""

    def __init__(self, simulator: str) -> None:
        self._client = httpx.AsyncClient(base_url=simulator, trust_env=False, timeout=120)
        self._nodes: dict[tuple[str, str], Any] = {}
        self._extensions: Any = None
        self._rest: dict[bytes, bytes] = {}

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        asked = _asked(body) if request.method == "POST" else None
        if asked is not None and all((asked[0], gid) in self._nodes for gid in asked[1]):
            nodes = [self._nodes[asked[0], gid] for gid in asked[1]]
            return _json({"data": {"nodes": nodes}, "extensions": self._extensions})
        if body in self._rest:
            return Response(self._rest[body], media_type="application/json")
        answer = await self._client.request(
            request.method,
            request.url.path,
            params=request.url.query,
            content=body,
            headers={name: request.headers[name] for name in _PASSED_ON if name in request.headers},
        )
        if asked is not None:
            self._remember(*asked, answer.json())
        elif _is_of_one_order(body) and answer.is_success and "errors" not in answer.json():
            self._rest[body] = answer.content
        kind = answer.headers.get("content-type")
        return Response(answer.content, answer.status_code, media_type=kind)

    def _remember(self, document: str, ids: list[str], answer: dict[str, Any]) -> None:
        if "errors" in answer:
            return
        self._extensions = answer["extensions"]
        self._nodes |= {(document, gid): node for gid, node in zip(ids, answer["data"]["nodes"], strict=True)}


def _asked(body: bytes) -> tuple[str, list[str]] | None:
    """The document and the ids of a question for single records."""
    try:
        question = json.loads(body)
        return question["query"], question["variables"]["ids"]
    except (ValueError, KeyError, TypeError):
        return None


def _is_of_one_order(body: bytes) -> bool:
    """Whether more is asked for of what hangs below one order."""
    try:
        question = json.loads(body)
        return "node(id: $id) { ... on Order {" in question["query"] and "id" in question["variables"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _json(content: Any) -> Response:
    return Response(json.dumps(content), media_type="application/json")


class PromptShop:
    """It, in a process of its own, on 127.0.0.1. A context manager."""

    def __init__(self, simulator: str) -> None:
        self._simulator = simulator
        self.base_url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.prompt_shop", self._simulator],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("simulator")
    memory = _Memory(parser.parse_args().simulator)
    app = Starlette(routes=[Route("/{path:path}", memory.answer, methods=["GET", "POST"])])
    listener = listening("127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
