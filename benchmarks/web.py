"""Overview for twenty people at once, from a real server process over a large shop.

A load is what a browser does: the page, and then the panels that did not come with it, side by side. Each person reads for
a second between two loads. The forty views that they choose from are those of the menus, which the server works out by
itself once something new is published; the people come when it has. Ranges of somebody's own are measured apart, cold.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx

from benchmarks.claim import Claim
from benchmarks.dbt_build import NOW, seed, variables, write_project
from fondaco.control import ConnectionRecord, Role
from fondaco.orchestration import Project
from fondaco.server.periods import PRESETS
from fondaco.warehouse.dbt import invoke

USERS = 20
SECONDS = 20
READING_SECONDS = 1.0
LIMIT_MS = 200.0
COLD_LIMIT_MS = 1500.0
LAST = NOW.date()
_PENDING = re.compile(r'data-pending hx-get="([^"]+)"')


def make_shop(folder: Path, orders: int) -> str:
    """A published project of ``orders`` orders; gives a session's cookie."""
    (folder / "fondaco.toml").write_text(
        '[project]\nname = "Bench"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n[warehouse]\nmemory_limit = "1500MB"\n'
    )
    with Project.open(folder) as project:
        control, tenant = project.control, project.tenant
        for number in range(3):
            shop = ConnectionRecord(f"shop{number}", "files", f"Shop {number}", "EUR", "Europe/Berlin", {})
            control.connections.add(tenant, shop)
        warehouse = project.warehouse
        seed(warehouse, orders)
        models = write_project(folder / "models")
        invoke(warehouse, ["run"], project=models, vars=variables(), now=NOW)
        with warehouse.writer():
            warehouse.publish()
        user = control.users.create(tenant, "bench@example.com", role=Role.VIEWER)
        return control.sessions.create(user.user_id, valid=timedelta(hours=1))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """``fondaco serve`` as a process of its own, once it has worked out the usual views."""
    command = [str(Path(sys.executable).parent / "fondaco"), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url: str = json.loads(server.stdout.readline())["url"]
            _until_idle(server.pid)
            yield url
        finally:
            server.terminate()


def _until_idle(pid: int) -> None:
    """Return when a process has hardly worked for three seconds."""
    quiet, before = 0, 0
    while quiet < 3:
        time.sleep(1)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # of user and of system time, a hundred a second
        quiet, before = (quiet + 1 if ticks - before < 10 else 0), ticks


def views() -> list[str]:
    """What people look at: the ranges of the menu, all shops and one, by both clocks."""
    return [
        f"/?range={name}&clock={clock}&shop={shop}"
        for name in PRESETS
        for clock in ("finance", "order")
        for shop in ("", "shop0")
    ]


async def load(client: httpx.AsyncClient, view: str) -> float:
    """Milliseconds until the page and all its panels are there."""
    started = time.perf_counter()
    page = await client.get(view)
    page.raise_for_status()
    assert "Overview" in page.text
    pending = [address.replace("&amp;", "&") for address in _PENDING.findall(page.text)]
    for panel in await asyncio.gather(*(client.get(address) for address in pending)):
        panel.raise_for_status()
    return (time.perf_counter() - started) * 1000


def _browser(url: str, cookie: str) -> httpx.AsyncClient:
    """A client that reads no certificates: that would take its own time, and stand in everybody's way."""
    return httpx.AsyncClient(
        base_url=url, cookies={"fondaco_session": cookie}, timeout=60, verify=False, trust_env=False
    )


async def crowd(url: str, cookie: str) -> list[float]:
    """All loads of ``USERS`` people within ``SECONDS``."""
    taken: list[float] = []
    browsers = [_browser(url, cookie) for _ in range(USERS)]
    end = time.perf_counter() + SECONDS

    async def person(number: int, browser: httpx.AsyncClient) -> None:
        chance = random.Random(number)
        async with browser:
            await asyncio.sleep(chance.random() * READING_SECONDS)
            while time.perf_counter() < end:
                taken.append(await load(browser, chance.choice(views())))
                await asyncio.sleep(READING_SECONDS)

    await asyncio.gather(*(person(number, browser) for number, browser in enumerate(browsers)))
    return taken


async def cold(url: str, cookie: str) -> list[float]:
    """Loads of views that nobody has asked for, one after the other."""
    async with _browser(url, cookie) as client:
        await load(client, f"/?range=custom&from={LAST - timedelta(900)}&to={LAST - timedelta(895)}")
        return [
            await load(client, f"/?range=custom&from={LAST - timedelta(40 + n)}&to={LAST - timedelta(n)}")
            for n in range(1, 16)
        ]


def run(orders: int) -> list[Claim]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cookie = make_shop(folder, orders)
        with served(folder) as url:
            alone = asyncio.run(cold(url, cookie))
            together = asyncio.run(crowd(url, cookie))
    p95 = quantiles(together, n=20)[-1]
    print(f"{len(together)} loads by {USERS} people: median {median(together):.0f} ms, p95 {p95:.0f} ms")
    return [
        Claim(f"95 of 100 Overviews over {orders:,} orders stand in under {LIMIT_MS:.0f} ms, with {USERS} people at once",
              p95, LIMIT_MS, f"{LIMIT_MS:.0f} ms", unit="ms", at_most=1),
        Claim(f"An Overview that nobody has asked for yet stands in under {COLD_LIMIT_MS:.0f} ms", median(alone),
              COLD_LIMIT_MS, f"{COLD_LIMIT_MS:.0f} ms", unit="ms", at_most=1),
    ]  # fmt: skip
