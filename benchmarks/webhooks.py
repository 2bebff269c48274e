"""Webhooks at the door: how soon they are answered, and a flood that must neither be lost nor refused.

The server stands in a process of its own, as `fondaco serve` starts it, with a disk that is synced for every answer; the
senders share the machine with it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.claim import Claim
from fondaco.control import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.queue import Queue

STEADY_A_SECOND = 50
STEADY_SECONDS = 20
FLOOD_A_SECOND = 2_000
CONNECTIONS = 64
SECRET = "simulated-secret"


@dataclass
class Answers:
    """What the senders got back: seconds by delivery, and statuses."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    took: float = 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(number: int, host: str, order_id: int | None = None) -> bytes:
    """One delivery of Shopify's, whole, as large as one with an order's ids and some ballast."""
    order = number if order_id is None else order_id
    body = json.dumps(
        {"id": order, "admin_graphql_api_id": f"gid://shopify/Order/{order}", "note": "x" * 400}
    ).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    head = (
        f"POST /webhooks/shopify/aurora HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Shopify-Topic: orders/updated\r\nX-Shopify-Event-Id: event-{number}\r\n"
        f"X-Shopify-Hmac-SHA256: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send(port: int, requests: list[bytes], a_second: float, connections: int) -> Answers:
    """Send all at an even pace over so many connections; a delivery's clock starts when it was due, not when it got its turn."""
    answers = Answers()
    started = time.perf_counter() + 0.2
    numbers = iter(range(len(requests)))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            due = started + number / a_second
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            writer.write(requests[number])
            head = await reader.readuntil(b"\r\n\r\n")
            answers.statuses[int(head[9:12])] += 1
            answers.seconds.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    answers.took = time.perf_counter() - started
    return answers


def _project(folder: Path) -> None:
    with Project.create(folder, name="Flood") as project:
        settings = {"shop": "aurora.myshopify.com", "client_id": "app", "client_secret": SECRET}
        record = ConnectionRecord("aurora", "shopify", "Aurora", "EUR", "Europe/Berlin", settings)
        project.control.connections.add(project.tenant, record)


def measure(flood_seconds: float) -> tuple[Answers, Answers, int, int]:
    """Answers at a steady pace and of a flood; deliveries in the queue afterwards, and how many of them are different."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        _project(folder)
        environment = {**os.environ, "FONDACO_LIVE__DRAIN": "false"}
        server = subprocess.Popen(
            [sys.executable, "-m", "fondaco", "-C", str(folder), "serve", "--port", "0", "--json"],
            stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            port = int(json.loads(server.stdout.readline())["url"].rsplit(":", 1)[1])
            host = f"127.0.0.1:{port}"
            steady_count, flood_count = (
                STEADY_A_SECOND * STEADY_SECONDS,
                int(FLOOD_A_SECOND * flood_seconds),
            )
            steady_requests = [
                request(1 + number, host) for number in range(steady_count)
            ]  # no record has the id 0
            asyncio.run(send(port, [request(10**9 + n, host) for n in range(50)], 50, 4))  # warmed up
            steady = asyncio.run(send(port, steady_requests, STEADY_A_SECOND, 8))
            flood_requests = [request(10**6 + number, host) for number in range(flood_count)]
            flood = asyncio.run(send(port, flood_requests, FLOOD_A_SECOND, CONNECTIONS))
        finally:
            server.terminate()
            server.wait(60)
        events = Queue(folder / ".fondaco" / "queue").read(10_000_000).events
        return steady, flood, len(events) - 50, len({event.event_id for event in events}) - 50


def run(orders: int) -> list[Claim]:
    """``orders`` is of no matter to the door; a million stands for a minute of flood, less for less of it."""
    seconds = max(2.0, min(60.0, 60 * orders / 1_000_000))
    steady, flood, queued, different = measure(seconds)
    sent = sum(steady.statuses.values()) + sum(flood.statuses.values())
    print(
        f"  50/s: median {1000 * steady.percentile(0.5):.1f} ms, 99 % {1000 * steady.percentile(0.99):.1f} ms;"
        f" {FLOOD_A_SECOND:,}/s for {seconds:.0f} s: median {1000 * flood.percentile(0.5):.1f} ms,"
        f" 99 % {1000 * flood.percentile(0.99):.1f} ms, taken at {len(flood.seconds) / flood.took:,.0f}/s;"
        f" answers {dict(steady.statuses + flood.statuses)}",
        flush=True,
    )
    return [
        Claim("A webhook is answered, durable, within 50 ms at the 99th percentile, at 50/s",
              1000 * steady.percentile(0.99), 50, "50 ms", unit="ms", at_most=1),
        Claim(f"A flood of {FLOOD_A_SECOND:,}/s for {seconds:.0f} s is taken at that rate",
              len(flood.seconds) / flood.took, FLOOD_A_SECOND, "rate sent", unit="/s", at_least=0.98),
        Claim("... and none of it is lost or doubled", float(min(queued, different)), float(sent), "deliveries sent",
              unit="deliveries", at_least=1, at_most=1),
    ]  # fmt: skip
