"""The simulator as a web server: every vendor's endpoint over one store, and a back door for tests.

Each vendor's application answers below its own prefix and sees whole paths (``/shopify/aurora/…``). The back door:

    GET  /_simulator/health          {"now": …}
    GET  /_simulator/shops           [{"shop_id": …, "platform": …, "name": …, …}]
    GET  /_simulator/ad_accounts     [{"platform": …, "account_id": …, "name": …}]
    GET  /_simulator/report/{shop}   hidden truth by day; ?first=…&last=…&clock=finance|order
    GET  /_simulator/message_accounts  [{"platform": …, "account_id": …, "name": …}]
    GET  /_simulator/messages/{platform}  what klaviyo or mailchimp reports by campaign and day; ?first=…&last=…
    GET  /_simulator/ads/{platform}  what meta or google reports by ad and day; ?first=…&last=…
    POST /_simulator/advance         {"seed": 1, "share": 0.001, "minutes": 60}
    GET, POST, DELETE /_simulator/faults
    POST /_simulator/subscribe       {"shop": …, "topic": …, "address": …, "secret": …}, as a person does in a shop's admin
    POST /_simulator/deliver         tell subscribers what has changed; {"seed": 1, "doubled": 0.2, "shuffled": true, …}
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from datetime import date
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from fondaco.clock import format_instant
from fondaco.errors import ConfigError, RetryableError
from fondaco.listening import listening
from fondaco.simulator.connections import ask
from fondaco.simulator.faults import Fault, FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.vendors import AD_VENDORS, MARKETPLACES, MESSAGE_VENDORS, VENDORS
from fondaco.simulator.webhooks import Manner, Sender, WebhookBook
from fondaco.simulator.world.generate import STORE_FILE

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    share: float = Field(0.001, ge=0, le=1)
    minutes: int = Field(60, ge=1)


class _Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    faults: list[Fault] = []


class _Subscribe(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop: str
    topic: str
    address: str
    secret: str


class BackDoor:
    """What tests may ask of the simulator that no vendor would answer."""

    def __init__(self, store: Store, faults: Faults, book: WebhookBook) -> None:
        self._store = store
        self._faults = faults
        self._book = book
        self._sender = Sender(store, book)
        self._sender.skip()

    @property
    def routes(self) -> list[Route]:
        """All routes below ``/_simulator``."""
        return [
            Route("/_simulator/health", self.health),
            Route("/_simulator/shops", self.shops),
            Route("/_simulator/report/{shop}", self.report),
            Route("/_simulator/ad_accounts", self.ad_accounts),
            Route("/_simulator/ads/{platform}", self.ads),
            Route("/_simulator/message_accounts", self.message_accounts),
            Route("/_simulator/messages/{platform}", self.messages),
            Route("/_simulator/advance", self.advance, methods=["POST"]),
            Route("/_simulator/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/_simulator/subscribe", self.subscribe, methods=["POST"]),
            Route("/_simulator/deliver", self.deliver, methods=["POST"]),
        ]

    async def health(self, request: Request) -> JSONResponse:
        return JSONResponse({"now": format_instant(await run_in_threadpool(lambda: self._store.now))})

    async def shops(self, request: Request) -> JSONResponse:
        return JSONResponse(await run_in_threadpool(self._store.shops))

    async def report(self, request: Request) -> JSONResponse:
        query = request.query_params
        try:
            first = date.fromisoformat(query.get("first", "1970-01-02"))
            last = date.fromisoformat(query.get("last", "2999-12-31"))
            shop, clock = request.path_params["shop"], query.get("clock", "finance")
            rows = await run_in_threadpool(lambda: self._store.daily_report(shop, first, last, clock=clock))
        except (ConfigError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(rows)

    async def ad_accounts(self, request: Request) -> JSONResponse:
        sql = "select platform, account_id, name, currency, time_zone from ad_accounts order by platform"
        return JSONResponse(await run_in_threadpool(lambda: self._store.rows(sql)))

    async def ads(self, request: Request) -> JSONResponse:
        query, platform = request.query_params, request.path_params["platform"]
        try:
            first = date.fromisoformat(query.get("first", "1970-01-02"))
            last = date.fromisoformat(query.get("last", "2999-12-31"))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(await run_in_threadpool(lambda: self._store.ad_days(platform, first, last)))

    async def message_accounts(self, request: Request) -> JSONResponse:
        sql = "select platform, account_id, name, currency, time_zone from message_accounts order by platform"
        return JSONResponse(await run_in_threadpool(lambda: self._store.rows(sql)))

    async def messages(self, request: Request) -> JSONResponse:
        query, platform = request.query_params, request.path_params["platform"]
        try:
            first = date.fromisoformat(query.get("first", "1970-01-02"))
            last = date.fromisoformat(query.get("last", "2999-12-31"))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(
            await run_in_threadpool(lambda: self._store.message_figures(platform, first, last))
        )

    async def advance(self, request: Request) -> JSONResponse:
        try:
            step = _Step.model_validate_json(await request.body() or b"{}")
            done = await run_in_threadpool(lambda: self._store.advance(**step.model_dump()))
        except (ValidationError, ConfigError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({**asdict(done), "now": format_instant(done.now)})

    async def faults(self, request: Request) -> JSONResponse:
        if request.method != "GET":
            try:
                switch = _Switch.model_validate_json(await request.body() or b"{}")
            except ValidationError as error:
                return JSONResponse({"error": str(error)}, status_code=400)
            self._faults.switch([] if request.method == "DELETE" else switch.faults, seed=switch.seed)
        return JSONResponse(self._faults.describe())

    async def subscribe(self, request: Request) -> JSONResponse:
        try:
            wanted = _Subscribe.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        made = self._book.add(wanted.shop, wanted.topic, wanted.address, wanted.secret)
        return JSONResponse({"id": made.subscription_id})

    async def deliver(self, request: Request) -> JSONResponse:
        try:
            manner = Manner.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(await run_in_threadpool(self._sender.deliver, manner))


def create_app(store: Store, faults: Faults) -> ASGIApp:
    """The back door and the endpoints of all platforms that the world has shops or accounts of."""
    book = WebhookBook()
    vendors = {
        platform: import_module(VENDORS[platform]).create_app(store, faults, webhooks=book)
        for platform in sorted({row["platform"] for row in store.shops()})
    }
    for row in store.rows("select platform from ad_accounts"):
        if row["platform"] in AD_VENDORS:
            source, module = AD_VENDORS[row["platform"]]
            vendors[source] = import_module(module).create_app(store, faults)

    # Any shop may be read as if it stood on a marketplace.
    vendors |= {
        name: import_module(module).create_app(store, faults) for name, (_, module) in MARKETPLACES.items()
    }
    for row in store.rows("select platform from message_accounts"):
        if row["platform"] in MESSAGE_VENDORS:
            source, module = MESSAGE_VENDORS[row["platform"]]
            vendors[source] = import_module(module).create_app(store, faults)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        async with AsyncExitStack() as stack:
            for vendor in vendors.values():
                if (own := getattr(getattr(vendor, "router", None), "lifespan_context", None)) is not None:
                    await stack.enter_async_context(own(vendor))
            yield

    back_door = Starlette(routes=BackDoor(store, faults, book).routes, lifespan=lifespan)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        first = str(scope.get("path", "")).split("/", 2)[1:2]
        app = vendors.get(first[0], back_door) if first else back_door
        await app(scope, receive, send)

    return FaultMiddleware(dispatch, faults)


class SimulatorServer:
    """The simulator in a process of its own, on 127.0.0.1. A context manager.

    Parameters
    ----------
    world_folder
        A generated or replayed world. Its store is built if it is not there yet.
    port
        0 takes a free one.
    faults
        Switched on from the first request.
    """

    def __init__(self, world_folder: Path, port: int = 0, faults: Iterable[Fault] | None = None) -> None:
        self.world_folder = world_folder
        self.base_url = ""
        self._port = port
        self._faults = list(faults or ())
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        faults = json.dumps([fault.model_dump() for fault in self._faults])
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "fondaco.simulator.serve", str(self.world_folder),
                "--port", str(self._port), "--faults", faults, "--end-with-stdin",
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            self.base_url = self._announced()
            self._await_health()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process. Does nothing when it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _announced(self) -> str:
        process = self._process
        if process is None or process.stdout is None:
            raise self._silent()
        # Building the store of a large world may take its time; a dead process ends the wait.
        ready, _, _ = select.select([process.stdout], [], [], 20 * _START_SECONDS)
        line = process.stdout.readline() if ready else ""
        if not line:
            raise self._silent()
        return str(json.loads(line)["base_url"])

    def _await_health(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                if ask(f"{self.base_url}/_simulator/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise self._silent()

    def _silent(self) -> RetryableError:
        code = self._process.poll() if self._process else None
        return RetryableError(
            f"The simulator of {self.world_folder} did not start (exit code {code}).",
            f"Run `python -m fondaco.simulator.serve {self.world_folder}` to see why.",
        )


def _end_with_parent() -> None:
    """Leave when the starter does, tidily: its end closes our standard input."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """``python -m fondaco.simulator.serve FOLDER``: serve until stopped. Prints its address as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m fondaco.simulator.serve", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="a generated or replayed world")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--faults", default="[]", help="faults to begin with, as a JSON list")
    parser.add_argument("--end-with-stdin", action="store_true", help="leave when standard input is closed")
    chosen = parser.parse_args(arguments)
    if chosen.end_with_stdin:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    path = chosen.folder / STORE_FILE
    store = Store(path) if path.is_file() else Store.build(chosen.folder)
    faults = Faults([Fault.model_validate(fault) for fault in json.loads(chosen.faults)])
    listener = listening("127.0.0.1", chosen.port)
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stdout.write(json.dumps({"base_url": base_url}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(create_app(store, faults), log_level="critical", access_log=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    store.close()


if __name__ == "__main__":
    main()
