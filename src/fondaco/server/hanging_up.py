"""Readers who hang up before their answer is there: what the database does for them is stopped."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondaco.warehouse.interrupting import Interruption, interruptible

_AGAIN_SECONDS = 0.1


class HangUp:
    """Listens, while a request that only reads is answered, whether its reader is still there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only these have no body that would have to be kept for the application.
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        heard: asyncio.Queue[Message] = asyncio.Queue()
        with interruptible() as interruption:
            listener = asyncio.create_task(_listen(receive, heard, interruption))
            try:
                await self._app(scope, heard.get, send)
            finally:
                listener.cancel()
                with suppress(asyncio.CancelledError):
                    await listener


async def _listen(receive: Receive, heard: asyncio.Queue[Message], interruption: Interruption) -> None:
    while True:
        message = await receive()
        heard.put_nowait(message)
        if message["type"] == "http.disconnect":
            break
    while True:  # until the application has ended
        # In a thread of its own: PostgreSQL is told so over another connection, and the threads of the pages may all wait.
        await asyncio.to_thread(interruption.stop)
        await asyncio.sleep(_AGAIN_SECONDS)
