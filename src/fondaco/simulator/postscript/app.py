"""Postscript's API of the simulator, below ``/postscript/api/v2``.

It tells who may be sent text messages and by which keywords people join; what was sent it does not tell, as the real one.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults

Row = dict[str, Any]

API_KEY = "sk_simulated0private0key"  # a fixed word: the simulated account holds nothing to protect
LIMITED_KEY = "sk_simulated0key0without0keywords"
SIGNING_TOKEN = "simulated0signing0token"
EVENTS = (
    "shop.test", "shop.incoming_message", "shop.subscriber.opt_in", "shop.subscriber.opt_out", "shop.shop.email_collected",
)  # fmt: skip
_PAGE = 10  # small, so that a small world has second pages
_SUBSCRIBERS = """
    select * from (
        select *, left_at <= $now::timestamp as is_gone,
            greatest(text_since, case when left_at <= $now::timestamp then left_at else text_since end) as updated_at
        from message_contacts
        where platform = 'postscript' and text_since is not null and phone is not null and created_at <= $now::timestamp
    ) order by updated_at, contact_id
"""


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[Row]: ...

    @property
    def now(self) -> datetime: ...


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves and what it has seen; tests turn and look."""

    page_size: int = _PAGE
    requests: list[str] = field(default_factory=list)
    """Method and path of each request that was let in."""
    addresses: list[str] = field(default_factory=list)
    """Whole addresses of all requests, as a server's log would have them."""


@dataclass(frozen=True, slots=True)
class _RefusalError(Exception):
    status: int
    body: Row


class PostscriptEndpoint:
    """The account of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour
        self._webhooks: dict[str, Row] = {}

    async def answer(self, request: Request) -> Response:
        """Everything below the version."""
        self._behaviour.addresses.append(str(request.url))
        body = await request.json() if request.method == "POST" else {}
        try:
            return JSONResponse(await run_in_threadpool(self._admitted, request, body))
        except _RefusalError as refusal:
            return JSONResponse(refusal.body, refusal.status)

    def _admitted(self, request: Request, body: Row) -> Row:
        path = request.path_params["path"].strip("/").split("/")
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key not in (API_KEY, LIMITED_KEY):
            raise _RefusalError(401, {"error": "Invalid API key."})
        if key == LIMITED_KEY and path[0] == "keywords":
            raise _RefusalError(403, {"error": "You do not have permission to do that."})
        if self._faults.strikes("too_many", request.url.path):
            raise _RefusalError(429, {"error_code": 3002, "error": "Too many requests."})
        self._behaviour.requests.append(f"{request.method} /{'/'.join(path)}")
        match request.method, path:
            case "GET", ["me"]:
                name = self._store.rows("select name from message_accounts where platform = 'postscript'")[0][
                    "name"
                ]
                return {"resource_id": "shop_41003", "resource_name": name, "resource_type": "shop"}
            case "GET", ["subscribers"]:
                return self._subscribers(dict(request.query_params))
            case "GET", ["subscribers", key]:
                return next((row for row in self._all() if row["id"] == key), None) or _nothing()
            case "GET", ["keywords"]:
                return {"keywords": self._keywords()}
            case _, ["webhooks", *_]:
                return self._hooks(request.method, path[1:], body)
        return _nothing()

    def _hooks(self, method: str, path: list[str], body: Row) -> Row:
        match method, path:
            case "GET", []:
                return {"webhook_subscriptions": list(self._webhooks.values())}
            case "GET", ["token"]:
                return {"token": SIGNING_TOKEN}
            case "POST", [] if body.get("event") in EVENTS and str(body.get("callback_url", "")).startswith(
                "https://"
            ):
                now = _iso(self._store.now.replace(tzinfo=None))
                made = {**body, "id": str(uuid.uuid4()), "created_at": now, "updated_at": now}
                self._webhooks[made["id"]] = made
                return made
            case "DELETE", [key] if self._webhooks.pop(key, None) is not None:
                return {}
            case "POST", []:
                raise _RefusalError(
                    400, {"errors": [{"loc": ["event"], "msg": "invalid", "type": "value_error"}]}
                )
        return _nothing()

    def _all(self) -> list[Row]:
        rows = self._store.rows(_SUBSCRIBERS, {"now": self._store.now.replace(tzinfo=None)})
        return [_subscriber(row) for row in rows]

    def _subscribers(self, given: dict[str, str]) -> Row:
        since, before = given.get("updated_at__gte", ""), given.get("updated_at__lt", "9999")
        kept = [row for row in self._all() if _plain(since) <= row["updated_at"] < _plain(before)]
        size = self._behaviour.page_size
        page = int(given.get("page", 1))
        if page > 1 and self._faults.repeat_page("subscribers"):
            page -= 1
        shown = self._faults.spoil(kept[(page - 1) * size : page * size], "subscribers")
        total = max(math.ceil(len(kept) / size), 1)
        return {"page_info": {"page": page, "total_pages": total}, "subscribers": shown}

    def _keywords(self) -> list[Row]:
        began = self._store.rows("select created_at from message_accounts where platform = 'postscript'")[0][
            "created_at"
        ]
        told = {"created_at": _iso(began), "updated_at": _iso(began)}
        return [
            {"id": f"kw_{number}", "keyword": word, "triggered_count": len(self._all()) // number, **told}
            for number, word in enumerate(("JOIN", "VIP"), 2)
        ]


def _subscriber(row: Row) -> Row:
    may = {"can_send": not row["is_gone"]}
    return {
        "id": f"s_{row['contact_id']}", "ps_id": row["contact_id"], "email": row["email"], "phone_number": row["phone"],
        "shopify_customer_id": None, "data": {}, "properties": {"birthday": "1991-01-01"},
        "tags": ["VIP", "Regular"][: row["contact_id"] % 3], "subscriptions": {"promotional": may, "transactional": may},
        "created_at": _iso(row["text_since"]), "updated_at": _iso(row["updated_at"]),
    }  # fmt: skip


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


def _plain(text: str) -> str:
    """A filter's instant as this account writes its own."""
    if not text or text == "9999":
        return text
    return _iso(datetime.fromisoformat(text).replace(tzinfo=None))


def _nothing() -> Row:
    raise _RefusalError(404, {"error": "Not found."})


def create_app(
    store: WorldStore, faults: Faults | None = None, behaviour: Behaviour | None = None
) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = PostscriptEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(
        routes=[Route("/postscript/api/v2/{path:path}", endpoint.answer, methods=["GET", "POST", "DELETE"])]
    )


def demo_settings(base_url: str, account_id: int) -> dict[str, object]:
    """Settings with which the Postscript source reads the simulated account."""
    return {
        "api_key": API_KEY,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "base_url": f"{base_url.rstrip('/')}/postscript",
    }
