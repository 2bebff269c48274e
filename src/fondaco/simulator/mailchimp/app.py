"""The Marketing API of the simulator, below ``/mailchimp/3.0``, and what log-in tells of a token.

Faults of this vendor, asked for by name: ``bare_403`` (403 without a body, which is a limit).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.mailchimp import things
from fondaco.simulator.mailchimp.access import ACCESS_TOKEN, API_KEY, LIMITED_KEY, RefusalError, admit
from fondaco.simulator.mailchimp.reports import Reports
from fondaco.simulator.mailchimp.things import Row, WorldStore

_MOST = 1000
_PARTS = {"sent-to": "sent_to", "email-activity": "emails", "unsubscribed": "unsubscribes"}


@dataclass(slots=True)
class Behaviour:
    """What the endpoint has seen; tests look."""

    requests: list[str] = field(default_factory=list)
    """Path of each request that was let in."""
    addresses: list[str] = field(default_factory=list)
    """Whole addresses of all requests, as a server's log would have them."""


class MailchimpEndpoint:
    """The account of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour
        self._reports = Reports(store)

    async def answer(self, request: Request) -> Response:
        """Everything below the version."""
        self._behaviour.addresses.append(str(request.url))
        if self._faults.strikes("bare_403", request.url.path):
            return Response(status_code=403)
        try:
            body = await run_in_threadpool(self._admitted, request)
        except RefusalError as refusal:
            problem = {
                "type": "https://mailchimp.com/developer/marketing/docs/errors/", "title": refusal.title,
                "status": refusal.status, "detail": refusal.detail, "instance": "00000000-0000-0000-0000-000000000000",
            }  # fmt: skip
            return JSONResponse(problem, refusal.status, media_type="application/problem+json")
        return JSONResponse(body)

    async def metadata(self, request: Request) -> Response:
        """Where the account of a token lives."""
        if request.headers.get("authorization") != f"OAuth {ACCESS_TOKEN}":
            return JSONResponse({"error": "invalid_token"})
        return JSONResponse({"dc": "us6", "role": "owner", "api_endpoint": "https://us6.api.mailchimp.com"})

    def _admitted(self, request: Request) -> Row:
        path = request.path_params.get("path", "").strip("/")
        admit(request, path.split("/")[0])
        self._behaviour.requests.append(f"/{path}")
        given = dict(request.query_params)
        if not path:
            return _shaped(things.account(self._store), given)
        found = self._list(path.split("/"), given)
        if isinstance(found, dict):
            return _shaped(found, given)
        member, rows = found
        return _shaped(self._page(rows, member, given), given)

    def _list(self, path: list[str], given: dict[str, str]) -> tuple[str, list[Row]] | Row:
        store = self._store
        match path:
            case ["lists"]:
                return "lists", things.lists(store)
            case ["lists", key, "members"] if key in things.LISTS:
                return "members", things.members(store, key, given)
            case ["lists", key, "segments"] if key in things.LISTS:
                return "segments", things.segments(store, key)
            case ["campaigns"]:
                return "campaigns", things.campaigns(store, given)
            case ["campaigns", key] if (campaign := things.campaign(store, key)) is not None:
                return campaign
            case ["automations"]:
                return "automations", things.automations(store)
            case ["automations", key, "emails"]:
                emails = things.automation_emails(store, key)
                return {"emails": emails, "total_items": len(emails), "_links": []}
            case ["ecommerce", "stores"]:
                return "stores", things.stores(store)
            case ["reports"]:
                return "reports", self._reports.all(given)
            case ["reports", key] if (report := self._reports.one(key)) is not None:
                return report
            case ["reports", key, part] if part in _PARTS and self._reports.one(key) is not None:
                return _PARTS[part], self._reports.part(key, part, given)
        raise RefusalError(404, "Resource Not Found", "The requested resource could not be found.")

    def _page(self, rows: list[Row], member: str, given: dict[str, str]) -> Row:
        count, offset = int(given.get("count", 10)), int(given.get("offset", 0))
        if not 0 <= count <= _MOST:
            raise RefusalError(400, "Invalid Resource", "The resource submitted could not be validated.")
        if offset and self._faults.repeat_page(member):
            offset = max(offset - count, 0)
        page = self._faults.spoil(rows[offset : offset + count], member)
        return {member: page, "total_items": len(rows), "_links": []}


def _shaped(body: Row, given: dict[str, str]) -> Row:
    """The fields asked for, without those that were declined."""
    wanted = [one.split(".") for one in given.get("fields", "").split(",") if one]
    declined = [one.split(".") for one in given.get("exclude_fields", "").split(",") if one]
    kept: Row = _only(body, wanted) if wanted else body
    return _without(kept, declined)  # type: ignore[no-any-return]


def _only(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_only(one, paths) for one in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    below = {name: [path[1:] for path in paths if path[0] == name] for name in {path[0] for path in paths}}
    return {name: _only(one, below[name]) for name, one in value.items() if name in below}


def _without(value: Any, paths: list[list[str]]) -> Any:
    if not paths:
        return value
    if isinstance(value, list):
        return [_without(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    return {
        name: _without(one, [path[1:] for path in paths if path[0] == name and len(path) > 1])
        for name, one in value.items()
        if name not in gone
    }


def create_app(
    store: WorldStore, faults: Faults | None = None, behaviour: Behaviour | None = None
) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = MailchimpEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(
        routes=[
            Route("/mailchimp/oauth2/metadata", endpoint.metadata),
            Route("/mailchimp/3.0/{path:path}", endpoint.answer),
        ]
    )


def demo_settings(base_url: str, account_id: int) -> dict[str, object]:
    """Settings with which the Mailchimp source reads the simulated account."""
    return {"api_key": API_KEY, "base_url": f"{base_url.rstrip('/')}/mailchimp/3.0"}


__all__ = ["API_KEY", "LIMITED_KEY", "Behaviour", "create_app", "demo_settings"]
