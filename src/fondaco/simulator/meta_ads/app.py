"""The Marketing API of the simulator, below ``/meta_ads/<version>``.

Reports are made step by step: each look at one moves it on, and it is called completed before it is. Further faults of this
vendor, asked for by name: ``throttle`` (code 80000 with the time to regain access, ``seconds``), ``user_throttle`` (code 17),
``too_much_data`` (code 1, status 500), ``report_fails`` (Job Failed), ``old_version`` (code 2635), ``busy`` (headers that
tell 90 % of the limits).
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.meta_ads import insights, things
from fondaco.simulator.meta_ads.access import APP_SECRET, TOKEN, RefusalError, admit
from fondaco.simulator.meta_ads.things import Row, WorldStore

VERSIONS = ("v22.0", "v23.0", "v24.0", "v25.0", "v26.0")
_STEPS = (("Job Running", 40), ("Job Completed", 80), ("Job Completed", 100))
_EDGES = {"campaigns": things.campaigns, "adsets": things.ad_sets, "ads": things.ads}
_MOST_ROWS_A_PAGE = 500
_HIDDEN_STATUSES = ("ARCHIVED", "DELETED")


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws."""

    demands_proof: bool = False
    most_rows_at_once: int = 20_000
    """More rows are too much for a direct question."""
    most_rows_a_report: int = 1_000_000
    most_rows_a_page: int = _MOST_ROWS_A_PAGE
    """A page of more than these is too much, whatever limit was asked for."""
    forgets_deleted: bool = False
    """Deleted ads are left out of rows by ad, whatever was asked for."""
    requests: list[str] = field(default_factory=list)
    """Method, path and question of each request that was let in, without its credentials."""
    addresses: list[str] = field(default_factory=list)
    """Whole addresses of all requests, as a server's log would have them."""


@dataclass(slots=True)
class _Run:
    asked: Row
    looks: int = 0
    rows: list[Row] | None = None
    """As they were when the report was made."""


class MetaEndpoint:
    """The ad account of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour
        self._runs: dict[str, _Run] = {}
        self._numbers = count(6_023_920_149_050)
        self._newest: tuple[str, list[Row]] = ("", [])

    async def answer(self, request: Request) -> Response:
        """Everything below a version."""
        given = dict(request.query_params)
        if request.method == "POST":
            given |= {name: str(value) for name, value in (await request.form()).items()}
        self._behaviour.addresses.append(str(request.url))
        try:
            body = await run_in_threadpool(self._admitted, request, given)
        except RefusalError as refusal:
            return _refused(refusal)
        return JSONResponse(body, headers=self._headers(request.url.path))

    def _admitted(self, request: Request, given: Row) -> Any:
        version, path = request.path_params["version"], request.path_params["path"].strip("/")
        self._fail(request.url.path, version)
        may_read = admit(request, given, demands_proof=self._behaviour.demands_proof)
        told = {
            name: value for name, value in given.items() if name not in {"access_token", "appsecret_proof"}
        }
        self._behaviour.requests.append(f"{request.method} {path} {json.dumps(told)}")
        account = things.account(self._store)
        if account is None:
            raise _nothing(path)
        match path.split("/"):
            case [node] if node == account["id"]:
                return _fields(account, given)
            case [node, "insights"] if node == account["id"] and request.method == "POST":
                _permit(may_read)
                return self._start(given)
            case [node, "insights"] if node == account["id"]:
                _permit(may_read)
                return self._at_once(given, request)
            case [node, edge] if node == account["id"] and edge in _EDGES:
                _permit(may_read)
                return self._list(_EDGES[edge](self._store), given, request, edge)
            case [number] if number in self._runs:
                return self._look(number)
            case [number, "insights"] if number in self._runs:
                return self._result(number, given, request)
        raise _nothing(path)

    def _fail(self, path: str, version: str) -> None:
        strike = self._faults.strike
        if version not in VERSIONS or strike("old_version", path):
            raise RefusalError(2635, "(#2635) You are calling a deprecated version of the Ads API.")
        if fault := strike("throttle", path):
            minutes = math.ceil(fault.seconds / 60)
            raise RefusalError(
                80_000, "(#80000) There have been too many calls from this ad-account.", 2_446_079,
                headers={"x-business-use-case-usage": _usage(100, minutes)},
            )  # fmt: skip
        if strike("user_throttle", path):
            raise RefusalError(17, "User request limit reached", 2_446_079)
        if strike("too_much_data", path):
            raise _too_much()

    # ---- insights ----------------------------------------------------------------------------------------------------

    def _asked(self, given: Row) -> Row:
        account = things.account(self._store) or {}
        today = self._store.now.astimezone(ZoneInfo(account["timezone_name"])).date()
        asked = insights.understood(given, today)
        if self._behaviour.forgets_deleted:
            asked["filtering"].append(
                {"field": "ad.effective_status", "operator": "IN", "value": ["ACTIVE", "PAUSED"]}
            )
        return asked

    def _rows(self, asked: Row) -> list[Row]:
        """All rows of a question; those of the newest one are kept, for its next page."""
        key = f"{self._store.now} {asked}"
        newest, rows = self._newest
        if newest != key:
            rows = insights.rows(self._store, asked)
            self._newest = (key, rows)
        return rows

    def _at_once(self, given: Row, request: Request) -> Row:
        rows = self._rows(self._asked(given))
        if len(rows) > self._behaviour.most_rows_at_once:
            raise _too_much()
        return self._page(rows, given, request, "insights")

    def _start(self, given: Row) -> Row:
        number = str(next(self._numbers))
        self._runs[number] = _Run(self._asked(given))
        return {"report_run_id": number}

    def _look(self, number: str) -> Row:
        run = self._runs[number]
        status, percent = _STEPS[min(run.looks, len(_STEPS) - 1)]
        run.looks += 1
        found = {
            "id": number,
            "async_status": status,
            "async_percent_completion": percent,
            "is_running": percent < 100,
        }
        if percent < 100:
            return found
        run.rows = run.rows if run.rows is not None else self._rows(run.asked)
        if (
            self._faults.strikes("report_fails", "insights")
            or len(run.rows) > self._behaviour.most_rows_a_report
        ):
            return found | {
                "async_status": "Job Failed", "async_percent_completion": 0, "error_code": 1, "error_subcode": 99,
                "error_message": "An unknown error occurred",
            }  # fmt: skip
        return found

    def _result(self, number: str, given: Row, request: Request) -> Row:
        # A report that is read too early is short of rows, and nothing says so.
        return self._page(self._runs[number].rows or [], given, request, "insights")

    # ---- lists -------------------------------------------------------------------------------------------------------

    def _list(self, rows: list[Row], given: Row, request: Request, edge: str) -> Row:
        wanted = json.loads(given.get("effective_status", "[]"))
        shown = [
            row
            for row in rows
            if (
                row["effective_status"] in wanted
                if wanted
                else row["effective_status"] not in _HIDDEN_STATUSES
            )
        ]
        return self._page([_fields(row, given) for row in shown], given, request, edge)

    def _page(self, rows: list[Row], given: Row, request: Request, kind: str) -> Row:
        limit = int(given.get("limit", 25))
        if limit > self._behaviour.most_rows_a_page:
            raise _too_much()
        place = _place(given.get("after"))
        if place and self._faults.repeat_page(kind):
            place = max(place - limit, 0)
        page = self._faults.spoil(rows[place : place + limit], kind)
        body: Row = {"data": page}
        if page:
            after = _cursor(place + len(page))
            body["paging"] = {"cursors": {"before": _cursor(place), "after": after}}
            if place + len(page) < len(rows):
                query = {**given, "after": after, "access_token": TOKEN}
                body["paging"]["next"] = f"{request.url.replace(query='')}?{urlencode(query)}"
        return body

    def _headers(self, path: str) -> dict[str, str]:
        percent = 90 if self._faults.strikes("busy", path) else 3
        return {
            "x-fb-ads-insights-throttle": json.dumps({"app_id_util_pct": percent, "acc_id_util_pct": 1.5}),
            "x-business-use-case-usage": _usage(2, 0),
            "facebook-api-version": VERSIONS[-1],
        }


def _permit(may_read: bool) -> None:
    if not may_read:
        raise RefusalError(
            200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission", status=403
        )


def _fields(row: Row, given: Row) -> Row:
    """The fields asked for, with the id; one that there is not is an error."""
    wanted = [name for name in given.get("fields", "id").split(",") if name]
    return {name: row[name] for name in dict.fromkeys((*wanted, "id")) if row.get(name) is not None}


def _usage(percent: int, minutes: int) -> str:
    entry = {
        "type": "ads_insights", "call_count": percent, "total_cputime": 1, "total_time": 1,
        "estimated_time_to_regain_access": minutes, "ads_api_access_tier": "standard_access",
    }  # fmt: skip
    return json.dumps({"284739105612345": [entry]})


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("place:"))


def _too_much() -> RefusalError:
    return RefusalError(
        1, "Please reduce the amount of data you're asking for, then retry your request", status=500,
    )  # fmt: skip


def _nothing(path: str) -> RefusalError:
    return RefusalError(
        100, f"Unsupported get request. Object with ID '{path}' does not exist, or cannot be loaded.", 33,
        kind="GraphMethodException",
    )  # fmt: skip


def _refused(refusal: RefusalError) -> Response:
    error: Row = {
        "message": refusal.message, "type": refusal.kind, "code": refusal.code, "fbtrace_id": "A1b2C3d4E5f6",
    }  # fmt: skip
    if refusal.subcode:
        error["error_subcode"] = refusal.subcode
    return JSONResponse({"error": error}, refusal.status, headers=refusal.headers)


def create_app(
    store: WorldStore, faults: Faults | None = None, behaviour: Behaviour | None = None
) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = MetaEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(
        routes=[Route("/meta_ads/{version}/{path:path}", endpoint.answer, methods=["GET", "POST"])]
    )


def demo_settings(base_url: str, account_id: int) -> dict[str, object]:
    """Settings with which the Meta Ads source reads the simulated account."""
    return {
        "account_id": f"act_{account_id}",
        "access_token": TOKEN,
        "app_secret": APP_SECRET,
        "base_url": f"{base_url.rstrip('/')}/meta_ads",
    }
