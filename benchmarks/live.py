"""From a webhook's answer to the changed figure on an open page, with fifty webhooks a second.

A simulated Shopify shop, read once, and beside it in the same connection older orders up to the size that was asked for, landed from a
bulk file: to read them all page by page would take longer than all the rest. Then the server, the drain and an open page, each as
`fondaco serve` has them. Deliveries tell of some of the simulated orders, of two years. The page hears of each publication and
asks for the panel of the headline; the clock of a delivery runs from its answer to the panel's last byte.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.claim import Claim, timed
from benchmarks.prompt_shop import PromptShop
from benchmarks.shopify_orders import write_orders
from benchmarks.webhooks import request, send
from fondaco.control import Role
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect
from fondaco.orchestration.modelling import build
from fondaco.orchestration.progress import silent
from fondaco.server.auth.sessions import SESSION
from fondaco.simulator.connections import demo_connections
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import generate_world
from fondaco.sources.exchange_rates import static_rates
from fondaco.sources.shopify.streams import ORDERS
from fondaco.sources.stream import Page, Slice
from fondaco.sources.webhooks import Rereads

SIMULATED_ORDERS = 20_000
TOLD_ORDERS = 1_000
"""Of so many of these the deliveries tell, of two years; the shop answers at once what they are."""
_PAGE_BYTES = 4 << 20
A_SECOND = 50
SECONDS = 60
_PATIENCE_SECONDS = 600


@dataclass
class OpenPage:
    """An open page: when which version was on it."""

    seen: dict[str, float] = field(default_factory=dict)
    ended: bool = False

    def watch(self, url: str, cookies: dict[str, str]) -> None:
        with (
            httpx.Client(trust_env=False, timeout=None, cookies=cookies) as client,
            client.stream("GET", f"{url}/events") as answer,
        ):
            for line in answer.iter_lines():
                if self.ended:
                    return
                if line.startswith("data: "):
                    version = json.loads(line[6:])["version"]
                    client.get(f"{url}/overview/headline").raise_for_status()
                    self.seen.setdefault(version, time.perf_counter())


def run(orders: int) -> list[Claim]:
    simulated = min(orders, SIMULATED_ORDERS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        generate_world(folder / "world", seed=1, orders=simulated, days=730, end=end)
        with SimulatorServer(folder / "world") as simulator, PromptShop(simulator.base_url) as shop:
            cookies, ids = _prepared(folder / "shop", shop.base_url, end, older=orders - simulated)
            lags, batches = _measured(folder / "shop", cookies, ids)
    lags.sort()
    p95 = lags[int(0.95 * len(lags))] if lags else float("inf")
    steps: dict[str, float] = {}
    for batch in batches:
        for step, seconds in batch["step_seconds"].items():
            steps[step] = steps.get(step, 0.0) + seconds / len(batches)
    print(
        f"  {len(lags):,} deliveries in {len(batches)} batches: median {lags[len(lags) // 2]:.1f} s, 95 % {p95:.1f} s, longest "
        f"{lags[-1]:.1f} s; a batch takes {', '.join(f'{step} {seconds:.1f} s' for step, seconds in steps.items())}",
        flush=True,
    )
    return [
        Claim(f"From a webhook's answer to the figure on an open page, {A_SECOND}/s, {orders:,} orders: 95th percentile",
              p95, 5, "5 s", at_most=1),
    ]  # fmt: skip


def _prepared(folder: Path, base_url: str, end: datetime, *, older: int) -> tuple[dict[str, str], list[int]]:
    """A project that has read the shop, and so many older orders; a log-in's cookie, and orders of the shop that it can read again."""
    with Project.create(folder, name="Live", currency="EUR", timezone="Europe/Berlin") as project:
        rates = [
            {"tenant_id": project.tenant, **row, "_synced_at": end.replace(tzinfo=None)}
            for row in static_rates().to_pylist()
        ]
        project.landing.land_rows("fondaco__exchange_rates", rates)
        start = (end - timedelta(days=730)).date().isoformat()
        shop = next(each for each in demo_connections(base_url) if each.source == "shopify")
        connect(project, "shopify", "aurora", shop.settings | {"start_date": start})
        with timed() as first:
            outcome = run_pipeline(project)
        if outcome.error is not None:
            raise outcome.error
        print(f"  first run: {first.seconds:.1f} s", flush=True)
        with project.warehouse.writer() as writer:
            known = (
                writer.fetch("select order_id from raw.shopify__orders order by order_id")
                .column("order_id")
                .to_pylist()
            )
        told = random.Random(1).sample(known, min(TOLD_ORDERS, len(known)))
        source = project.source(project.connections()[0])
        assert isinstance(source, Rereads)
        for _ in source.read_again(ORDERS, told):  # from now on the shop knows the answers
            pass
        source.close()
        if older:
            with timed() as rest:
                _add_older(project, older, folder / "older.ndjson")
            print(f"  {older:,} older orders landed, built and published: {rest.seconds:.1f} s", flush=True)
        user = project.control.users.create(project.tenant, "reader@example.com", role=Role.OWNER)
        secret = project.control.sessions.create(user.user_id, valid=timedelta(hours=12))
    return {SESSION: secret}, [int(str(gid).rsplit("/", 1)[-1]) for gid in told]


def _add_older(project: Project, orders: int, file: Path) -> None:
    """As a bulk result of the same shop brings them."""
    write_orders(file, orders)
    part = Slice("orders", "backfill")
    project.landing.load(project.landing.spool("aurora", "shopify", ORDERS, part, _pages(file)))
    file.unlink()
    build(project, silent)
    project.warehouse.publish()


def _pages(file: Path) -> Iterator[Page]:
    with file.open("rb") as lines:
        while block := lines.read(_PAGE_BYTES):
            block += lines.readline()
            yield Page(block, block.count(b"\n"))


def _measured(
    folder: Path, cookies: dict[str, str], ids: list[int]
) -> tuple[list[float], list[dict[str, Any]]]:
    """Seconds of each delivery from its answer to the page, and what each batch did."""
    environment = {**os.environ, "FONDACO_LIVE__DRAIN": "false"}
    command = [sys.executable, "-m", "fondaco", "-C", str(folder)]
    server = subprocess.Popen([*command, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
    drain = subprocess.Popen([*command, "live", "--json"], stdout=subprocess.PIPE, text=True)
    page, batches = OpenPage(), list[dict[str, Any]]()
    try:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        threading.Thread(target=_collect, args=(drain, batches), daemon=True).start()
        threading.Thread(target=page.watch, args=(url, cookies), daemon=True).start()
        dice = random.Random(1)
        port = int(url.rsplit(":", 1)[1])
        asyncio.run(send(port, [_delivery(0, dice.choice(ids), url)], 1, 1))  # dbt's project is read by then
        _await(lambda: sum(each["events"] for each in batches) >= 1)
        batches.clear()
        deliveries = [_delivery(1 + n, dice.choice(ids), url) for n in range(A_SECOND * SECONDS)]
        started = time.perf_counter() + 0.2
        answers = asyncio.run(send(port, deliveries, A_SECOND, 8))
        answered = sorted(started + n / A_SECOND + s for n, s in enumerate(answers.seconds))
        _await(lambda: sum(each["events"] for each in batches) >= len(deliveries))
        _await(lambda: all(each["published"] in page.seen for each in batches[-1:]))
    finally:
        page.ended = True
        for process in (drain, server):
            process.terminate()
            process.wait(120)
    return _lags(answered, batches, page), batches


def _lags(answered: list[float], batches: list[dict[str, Any]], page: OpenPage) -> list[float]:
    """Deliveries are drained in the order in which they were answered; a version that the page has passed over was on it with
    the next one."""
    lags: list[float] = []
    at = 0
    later = sorted(page.seen.items())
    for batch in batches:
        shown = next(seen for version, seen in later if version >= batch["published"])
        lags += [shown - moment for moment in answered[at : at + batch["events"]]]
        at += batch["events"]
    return lags


def _delivery(number: int, order_id: int, url: str) -> bytes:
    return request(number, url.removeprefix("http://"), order_id=order_id)


def _collect(drain: subprocess.Popen[str], batches: list[dict[str, Any]]) -> None:
    assert drain.stdout is not None
    for line in drain.stdout:
        found = json.loads(line)
        if found["events"]:
            batches.append(found)


def _await(condition: Any) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the drain did not come to an end")
        time.sleep(0.05)
