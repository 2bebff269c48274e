"""Faults of the far side, switched on while it runs, and counted, so that a test can see that each one happened.

Transport faults (``slow``, ``server_error``, ``storm``, ``cut``) are done by ``FaultMiddleware``. Payload faults
(``malformed_record``, ``new_field``, ``type_change``, ``duplicate_page``) are asked for by the vendor applications, through
``Faults.spoil`` and ``Faults.repeat_page``. Vendors may ask for further faults of their own by ``Faults.strikes``.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRANSPORT = ("slow", "server_error", "storm", "cut")
PAYLOAD = ("malformed_record", "new_field", "type_change", "duplicate_page")
NEW_FIELD = "loyalty_tier"


class Fault(BaseModel):
    """One fault that is switched on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="One of TRANSPORT, PAYLOAD, or a vendor's own.")
    times: int | None = Field(None, ge=0, description="How often it happens in all; None: without end.")
    chance: float = Field(1.0, ge=0, le=1, description="How likely it is at each occasion.")
    skip: int = Field(0, ge=0, description="How many occasions it lets pass first.")
    path: str = Field("", description="Only requests whose path contains this, or records of this kind.")
    seconds: float = Field(
        1.0, ge=0, description="For slow: the delay; for storm: what Retry-After asks for."
    )
    field: str = Field("", description="For malformed_record: which; default: the first instant or number.")
    status: int = Field(503, ge=500, le=599, description="For server_error.")


class Faults:
    """The faults of one simulator, seeded: the same requests in the same order meet the same faults."""

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._occasions: Counter[int] = Counter()
        self._strikes: Counter[int] = Counter()
        self.happened: Counter[str] = Counter()
        """How often each fault happened, by name."""
        self.switch(faults, seed=seed)

    def switch(self, faults: Iterable[Fault], *, seed: int = 0) -> None:
        """Replace all faults and start counting anew."""
        with self._lock:
            self._faults = list(faults)
            self._random = random.Random(seed)
            for counts in (self._occasions, self._strikes, self.happened):
                counts.clear()

    def strike(self, name: str, where: str = "") -> Fault | None:
        """The fault ``name`` if it happens now, at the request path or kind of record ``where``; it is counted."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.name != name or fault.path not in where:
                    continue
                if fault.times is not None and self._strikes[number] >= fault.times:
                    continue
                self._occasions[number] += 1
                if self._occasions[number] <= fault.skip or self._random.random() >= fault.chance:
                    continue
                self._strikes[number] += 1
                self.happened[name] += 1
                return fault
        return None

    def strikes(self, name: str, where: str = "") -> bool:
        """Whether the fault ``name`` happens now."""
        return self.strike(name, where) is not None

    def repeat_page(self, kind: str = "") -> bool:
        """Whether the vendor is to give the page before once more, as if the cursor had not moved."""
        return self.strikes("duplicate_page", kind)

    def spoil(self, records: Sequence[dict[str, Any]], kind: str = "") -> list[dict[str, Any]]:
        """The records of a page of ``kind``, some of them as no documentation says they may be.

        ``malformed_record`` puts nonsense where one record has an instant or a number, ``new_field`` adds ``NEW_FIELD``
        to all, ``type_change`` turns a number of all of them into text, or text that holds a number into a number.
        """
        page = list(records)
        if not page:
            return page
        if malformed := self.strike("malformed_record", kind):
            with self._lock:
                chosen = self._random.randrange(len(page))
            page[chosen] = _malform(page[chosen], malformed.field)
        if self.strikes("new_field", kind):
            page = [{**record, NEW_FIELD: {"name": "gold", "since": 2026}} for record in page]
        if self.strikes("type_change", kind):
            page = [_change_type(record) for record in page]
        return page

    def describe(self) -> dict[str, Any]:
        """What is switched on, and what happened."""
        with self._lock:
            return {
                "faults": [fault.model_dump() for fault in self._faults],
                "happened": dict(self.happened),
            }


def _malform(record: dict[str, Any], named: str) -> dict[str, Any]:
    instants = [name for name, value in record.items() if _is_instant(value)]
    numbers = [name for name, value in record.items() if _is_number(value) and name != "id"]
    field = named or next(iter([*instants, *numbers, *record]))
    return {**record, field: {"unexpected": ["not", "a", "value"]}}


def _change_type(record: dict[str, Any]) -> dict[str, Any]:
    for name, value in record.items():
        if name == "id":
            continue
        if _is_number(value):
            return {**record, name: str(value)}
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            return {**record, name: float(value) if "." in value else int(value)}
    return record


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_instant(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T"


class FaultMiddleware:
    """ASGI middleware for the transport faults. Requests below ``spared`` never meet one."""

    def __init__(self, app: ASGIApp, faults: Faults, spared: str = "/_simulator") -> None:
        self._app = app
        self._faults = faults
        self._spared = spared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or path.startswith(self._spared):
            await self._app(scope, receive, send)
            return
        if slow := self._faults.strike("slow", path):
            await asyncio.sleep(slow.seconds)
        if storm := self._faults.strike("storm", path):
            await _refuse(send, 429, "Too many requests", {"retry-after": f"{storm.seconds:g}"})
        elif broken := self._faults.strike("server_error", path):
            await _refuse(send, broken.status, "The simulated vendor fell over", {})
        elif self._faults.strike("cut", path):
            await self._app(scope, receive, _Cut(send))
        else:
            await self._app(scope, receive, send)


class _Cut:
    """Passes the head of an answer and half of its first piece. The server closes the connection over what is missing."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._over = False

    async def __call__(self, message: Message) -> None:
        if self._over:
            return
        if message["type"] == "http.response.body":
            self._over = True
            body: bytes = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await self._send(message)


async def _refuse(send: Send, status: int, text: str, headers: dict[str, str]) -> None:
    body = json.dumps({"errors": text}).encode()
    head = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in head.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
