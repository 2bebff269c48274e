"""Every page for twenty people at once, from a real server process over a large shop.

A load is what a browser does: the page, and then the panels that did not come with it, side by side. Each person reads for
a second between two loads of Overview. The views of Overview that they choose from are those of the menus, which the server works out by
itself once something new is published; the people come when it has. Ranges of somebody's own are measured apart, cold. Then
the twenty wander over all pages, three seconds at each: products, customers, orders and words to search for are others each time.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from urllib.parse import quote

import httpx

from benchmarks.claim import Claim
from benchmarks.dbt_build import NOW, seed, variables, write_project
from fondaco.analytics.rfm import RULES
from fondaco.control import ConnectionRecord, Role
from fondaco.orchestration import Project
from fondaco.orchestration.analysing import analyse_customers
from fondaco.orchestration.progress import silent
from fondaco.server.periods import PRESETS
from fondaco.warehouse.dbt import invoke

USERS = 20
SECONDS = 20
READING_SECONDS = 1.0
WANDERING_READING_SECONDS = 3.0
LIMIT_MS = 200.0
COLD_LIMIT_MS = 1500.0
LAST = NOW.date()
WANDERING_SECONDS = 150
_PENDING = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="load"')
_FORM_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_SEGMENT = {
    "version": 1,
    "root": {"kind": "group", "match": "all", "rules": [
        {"kind": "attribute", "attribute": "country", "operator": "is", "values": ["DE", "AT"]},
        {"kind": "event", "event": "ordered", "operator": "never", "period": {"kind": "last_days", "days": 90}},
    ]},
}  # fmt: skip


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
        analyse_customers(project, "bench", silent)
        with warehouse.writer():
            warehouse.publish()
        control.segments.create(tenant, name="Quiet in DE and AT", definition=_SEGMENT)
        user = control.users.create(tenant, "bench@example.com", role=Role.OWNER)
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


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody goes: an address, or words put into the search."""

    address: str
    words: str = ""


Place = Callable[[Random], Step]


def views() -> list[str]:
    """What people look at: the ranges of the menu, all shops and one, by both clocks."""
    return [
        f"/?range={name}&clock={clock}&shop={shop}"
        for name in PRESETS
        for clock in ("finance", "order")
        for shop in ("", "shop0")
    ]


def places(folder: Path) -> Mapping[str, Place]:
    """Every page of the menu, and pages of single things among thousands."""
    with Project.open(folder) as project:
        reader = project.reader

        def some(column: str, table: str) -> list[str]:
            sql = f"select {column} as id from marts.{table} group by 1 order by md5({column}) limit 2000"
            return [quote(each, safe="") for each in reader.query(sql).column("id").to_pylist()]

        products = some("product_id", "product_sales_daily")
        people = some("person_id", "customer_scores")
        orders = some("order_id", "orders")
        articles = some("variant_id", "stock_items")
    ranges = [f"range={name}&clock={clock}" for name in PRESETS for clock in ("finance", "order")]

    def one_of(choices: Sequence[str]) -> Place:
        return lambda chance: Step(chance.choice(choices))

    return {
        "Overview": one_of(views()),
        "Sales": one_of([f"/sales?{each}" for each in ranges]),
        "Profit": one_of([f"/profit?{each}" for each in ranges]),
        "Orders": one_of([f"/orders?{each}{order}" for each in ranges for order in ("", "&orders_order=contribution_margin_3")]),
        "Payouts": one_of(["/profit/payouts"]),
        "Marketing": one_of([f"/marketing?{each}" for each in ranges]),
        "Costs": one_of(["/costs", "/costs/new"]),
        "Products": one_of(["/products", "/products?level=variant", "/products?range=last_30_days"]),
        "one product": one_of([f"/products/{each}" for each in products]),
        "one order": one_of([f"/orders/{each}" for each in orders]),
        "Stock": one_of(["/stock", "/stock?which=low", "/stock?ages=category"]),
        **({"one article": one_of([f"/stock/{each}" for each in articles])} if articles else {}),
        "Today": one_of(["/today", "/today?kind=reorder"]),
        "Purchase orders": one_of(["/purchase-orders"]),
        "Suppliers": one_of(["/suppliers"]),
        "Prices": one_of(["/prices"]),
        "Forecast quality": one_of(["/forecast-quality"]),
        "Customers": one_of(["/customers", *(f"/customers?segment={quote(rule.segment)}" for rule in RULES)]),
        "one customer": one_of([f"/customers/{each}" for each in people]),
        "Segments": one_of(["/segments"]),
        "one segment": one_of(["/segments/1", "/segments/new"]),
        "Cohorts": one_of(["/cohorts", "/cohorts?by=shop", "/cohorts?by=country", "/cohorts?measure=cumulative"]),
        "Alerts": one_of(["/alerts", "/alerts/rules/sales-drop", "/alerts/rules/new?kind=change"]),
        "Runs & data health": one_of(["/runs"]),
        "Report": one_of([f"/report?{each}" for each in ranges]),
        "Settings": one_of(["/settings/shops", "/settings/schedule", "/settings/currency", "/settings/defaults", "/settings/definitions", "/settings/account"]),
        "search": lambda chance: Step("/search", chance.choice(("sales", "thing", "product ", "person")) + str(chance.randrange(1000))),
    }  # fmt: skip


async def load(client: httpx.AsyncClient, step: Step) -> float:
    """Milliseconds until the page and all its panels are there."""
    form = {}
    if step.words:
        token = _FORM_TOKEN.search((await client.get("/runs")).text)
        assert token is not None
        form = {"q": step.words, "csrf": html.unescape(token[1])}
    started = time.perf_counter()
    if form:
        page = await client.post(step.address, data=form, headers={"HX-Request": "true"})
    else:
        page = await client.get(step.address)
    page.raise_for_status()
    for panel in await asyncio.gather(
        *(client.get(html.unescape(each)) for each in _PENDING.findall(page.text))
    ):
        panel.raise_for_status()
    return (time.perf_counter() - started) * 1000


def _browser(url: str, cookie: str) -> httpx.AsyncClient:
    """A client that reads no certificates: that would take its own time, and stand in everybody's way."""
    return httpx.AsyncClient(
        base_url=url, cookies={"fondaco_session": cookie}, timeout=60, verify=False, trust_env=False
    )


async def crowd(
    url: str, cookie: str, places: Mapping[str, Place], seconds: float, reading_seconds: float
) -> dict[str, list[float]]:
    """All loads of ``USERS`` people within ``seconds``, by place."""
    taken: dict[str, list[float]] = defaultdict(list)
    browsers = [_browser(url, cookie) for _ in range(USERS)]
    end = time.perf_counter() + seconds

    async def person(number: int, browser: httpx.AsyncClient) -> None:
        chance = Random(number)
        async with browser:
            await asyncio.sleep(chance.random() * reading_seconds)
            while time.perf_counter() < end:
                place = chance.choice(list(places))
                taken[place].append(await load(browser, places[place](chance)))
                await asyncio.sleep(reading_seconds)

    await asyncio.gather(*(person(number, browser) for number, browser in enumerate(browsers)))
    return taken


async def cold(url: str, cookie: str) -> list[float]:
    """Loads of views that nobody has asked for, one after the other."""
    async with _browser(url, cookie) as client:
        await load(client, Step(f"/?range=custom&from={LAST - timedelta(900)}&to={LAST - timedelta(895)}"))
        return [
            await load(
                client, Step(f"/?range=custom&from={LAST - timedelta(40 + n)}&to={LAST - timedelta(n)}")
            )
            for n in range(1, 16)
        ]


def _p95(taken: Sequence[float]) -> float:
    return quantiles(taken, n=20)[-1]


def run(orders: int) -> list[Claim]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cookie = make_shop(folder, orders)
        everywhere = places(folder)
        with served(folder) as url:
            alone = asyncio.run(cold(url, cookie))
            overview = {"Overview": everywhere["Overview"]}
            together = asyncio.run(crowd(url, cookie, overview, SECONDS, READING_SECONDS))["Overview"]
            wandering = asyncio.run(
                crowd(url, cookie, everywhere, WANDERING_SECONDS, WANDERING_READING_SECONDS)
            )
    p95 = _p95(together)
    print(
        f"  {len(together)} Overviews by {USERS} people: median {median(together):.0f} ms, p95 {p95:.0f} ms"
    )
    for place in everywhere:
        taken = wandering[place]
        print(f"  {place}: {len(taken)} loads, median {median(taken):.0f} ms, p95 {_p95(taken):.0f} ms")
    worst = max(wandering, key=lambda place: _p95(wandering[place]))
    return [
        Claim(f"95 of 100 Overviews over {orders:,} orders stand in under {LIMIT_MS:.0f} ms, with {USERS} people at once",
              p95, LIMIT_MS, f"{LIMIT_MS:.0f} ms", unit="ms", at_most=1),
        Claim(f"An Overview that nobody has asked for yet stands in under {COLD_LIMIT_MS:.0f} ms", median(alone),
              COLD_LIMIT_MS, f"{COLD_LIMIT_MS:.0f} ms", unit="ms", at_most=1),
        Claim(f"95 of 100 of every page stand in under {LIMIT_MS:.0f} ms while {USERS} people wander; slowest: {worst}",
              _p95(wandering[worst]), LIMIT_MS, f"{LIMIT_MS:.0f} ms", unit="ms", at_most=1),
    ]  # fmt: skip
