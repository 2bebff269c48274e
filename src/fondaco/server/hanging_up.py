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
        call = _Call(receive, send)
        with interruptible() as interruption:
            listener = asyncio.create_task(call.listen(interruption))
            try:
                await self._app(scope, call.receive, call.send)
            finally:
                listener.cancel()
                with suppress(asyncio.CancelledError):
                    await listener


class _Call:
    """One request, of which everything that is heard goes on to the application."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        self._is_answered = False

    async def listen(self, interruption: Interruption) -> None:
        message = await self._receive()
        while message["type"] != "http.disconnect":
            self._heard.put_nowait(message)
            message = await self._receive()
        self._heard.put_nowait(message)
        # What is still done once the answer is out, nobody waits for, and it is no reader's. The rest goes on until the application has ended.
        while not self._is_answered:
            # In a thread of its own: PostgreSQL is told so over another connection, and the threads of the pages may all wait.
            await asyncio.to_thread(interruption.stop)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def receive(self) -> Message:
        message = await self._heard.get()
        if message["type"] == "http.disconnect":  # whoever asks again is told so again
            self._heard.put_nowait(message)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._is_answered = True
        await self._send(message)
