"""``/events``: tells an open page that something new was published, so that it asks for its figures again.

One watcher a process looks at what is published; however many pages are open, that is one look a quarter of a second. A
page that is not seen hangs up and comes back (``live.js``).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from fondaco.clock import format_instant
from fondaco.errors import FondacoError
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import NotLoggedIn, current_user
from fondaco.server.pages.health import freshness
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False)
TheSite = Annotated[Site, Depends(the_site)]

MOST_STREAMS = 500
"""More open pages are answered with 503 and ask again by themselves."""

_LOOK_EVERY_SECONDS = 0.25
_BEAT_SECONDS = 15.0
_RETRY_MILLISECONDS = 3_000
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Bulletin:
    """What is published, as a page hears of it. Belongs to the event loop that it is first asked in."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._version: str | None = None
        self._changed_at: datetime = site.project.clock()
        self._news = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._streams = 0
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        return self._streams >= MOST_STREAMS or self._is_closed

    def close(self) -> None:
        """End all streams; for when the server stops."""
        self._is_closed = True
        self._news.set()

    async def listen(self, request: Request, known: str) -> AsyncIterator[str]:
        """Messages for one page that shows the version ``known``, until it hangs up or its log-in ends."""
        self._streams += 1
        try:
            await self._look()
            yield f"retry: {_RETRY_MILLISECONDS}\n\n"
            yield self._message("state")
            while not self._is_closed:
                if self._version is not None and self._version != known:
                    known = self._version
                    yield self._message("published")
                if not await self._wait(known):
                    yield ": still here\n\n"
                    if not await run_in_threadpool(_may_listen, request, self._site):
                        return
        finally:
            self._streams -= 1

    async def _wait(self, known: str) -> bool:
        """Whether there is something newer than ``known`` before it is time for a sign of life."""
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        if self._version is not None and self._version != known:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BEAT_SECONDS):
                await self._news.wait()
                return True
        return False

    async def _watch(self) -> None:
        """Look for something new as long as anybody listens."""
        while self._streams and not self._is_closed:
            await self._look()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _look(self) -> None:
        try:
            version = await run_in_threadpool(lambda: self._site.published)
        except FondacoError:
            return  # the database may be away for a moment
        if version != self._version:
            self._version, self._changed_at = version, self._site.project.clock()
            self._news.set()
            self._news = asyncio.Event()

    def _message(self, event: str) -> str:
        content = {"version": self._version, "at": format_instant(self._changed_at)}
        return f"event: {event}\nid: {self._version}\ndata: {json.dumps(content)}\n\n"


@router.get("/events")
async def events(request: Request, site: TheSite, version: str = "") -> Response:
    """The stream of one page. ``version`` is what the page shows; after a break the browser says it by itself."""
    if not await run_in_threadpool(_may_listen, request, site):
        return Response(status_code=401)
    bulletin: Bulletin = request.app.state.bulletin
    if bulletin.is_full:
        return Response(status_code=503, headers={"Retry-After": "10"})
    known = request.headers.get("last-event-id") or version
    return StreamingResponse(
        bulletin.listen(request, known), media_type="text/event-stream", headers=_HEADERS
    )


@router.get("/freshness", dependencies=[Depends(page_user)])
def as_of(request: Request, site: TheSite) -> Response:
    """As of when the figures are, in words, for a page whose panels have just moved."""
    return PlainTextResponse(freshness(site, site.numbers(request)).text)


def _may_listen(request: Request, site: Site) -> bool:
    """Whether the page's log-in still holds."""
    try:
        current_user(request, site)
    except NotLoggedIn:
        return False
    return True
