"""A shop with fourteen months of orders behind a running server, and Chromium in front of it."""

from __future__ import annotations

import csv
import math
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.parsed import give_built

from fondaco.control import ReconciliationDay, Role
from fondaco.costs import CostEntry, Kind
from fondaco.orchestration import Project
from fondaco.orchestration.costs import CostSheet
from fondaco.orchestration.importing import import_file, options_for
from fondaco.server.app import create_app
from fondaco.server.assets import STATIC
from fondaco.sources.files.importing import prepare

NOW = datetime(2026, 3, 31, 15, 20, tzinfo=UTC)
FIRST = date(2025, 1, 1)
OWNER, PASSWORD = "owner@example.com", "a long enough password"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PRODUCTS = [
    ("LIN-THROW", "Linen throw, undyed", "119.00"),
    ("WAL-BOARD", "Walnut serving board", "64.00"),
    ("STO-MUG-4", "Stoneware mugs, set of four", "58.00"),
    ("MER-SCARF", "Merino scarf, ink", "79.00"),
    ("BRA-LAMP", "Brass desk lamp", "189.00"),
    ("GLA-CARAFE", "Recycled glass carafe", "34.50"),
    ("WOO-BLANKET", "Wool blanket, windowpane check, extra large", "149.00"),
    ("OAK-STOOL", "Oak stool", "132.00"),
    ("CER-PLANTER", "Ceramic planter", "27.90"),
    ("BEE-CANDLE", "Beeswax candle", "18.50"),
    ("COT-TOWEL", "Cotton tea towel", "12.00"),
    ("PAP-BOX", "Gift box", "6.50"),
]
COUNTRIES = ["DE"] * 9 + ["FR"] * 4 + ["IT"] * 3 + ["NL"] * 2 + ["AT"] * 2 + ["GB"]
FIELDS = (
    "order_id",
    "line_id",
    "ordered_at",
    "customer_id",
    "sku",
    "title",
    "quantity",
    "unit_price",
    "country",
)


_STARTED = time.monotonic()


def ticking() -> datetime:
    """An afternoon in March that goes on: an import waits for its second to end."""
    return NOW + timedelta(seconds=time.monotonic() - _STARTED)


@dataclass(frozen=True, slots=True)
class Shop:
    """A running application and the project behind it."""

    url: str
    project: Project

    def login_link(self, email: str) -> str:
        """The address of a one-time link for a new user."""
        users = self.project.control.users
        user = users.create(self.project.tenant, email, role=Role.ANALYST)
        return f"{self.url}/login/link/{users.create_login_link(user.user_id)}"


def _orders(seed: int, per_day: float) -> Iterator[tuple[str, ...]]:
    """Lines of orders: more on weekends and before the year's end, a few of them sent back some days later."""
    chance = random.Random(seed)
    number = seed * 100_000
    returns: list[tuple[datetime, tuple[str, ...]]] = []
    day = FIRST
    while day <= NOW.date():
        age = (day - FIRST).days
        season = (
            0.7 + age / 600 + 0.15 * math.sin(age / 25) + (0.9 if day.month == 12 and day.day < 22 else 0)
        )
        weekend = 1.25 if day.weekday() > 4 else 1.0
        for _ in range(round(per_day * season * weekend * chance.uniform(0.75, 1.25))):
            number += 1
            moment = datetime(day.year, day.month, day.day, chance.randint(7, 14), chance.randint(0, 59))
            customer = f"c{int(chance.random() ** 0.7 * (number % 100_000) * 0.55)}"
            country = chance.choice(COUNTRIES)
            for line in range(chance.choice((1, 1, 2, 3))):
                sku, title, price = PRODUCTS[min(int(chance.expovariate(0.35)), len(PRODUCTS) - 1)]
                row = (f"{number}", f"{number}-{line}", moment.isoformat(), customer, sku, title)
                quantity = chance.choice((1, 1, 1, 2))
                yield (*row, str(quantity), price, country)
                if chance.random() < 0.05:
                    back = moment + timedelta(days=chance.randint(2, 20))
                    if back.date() <= NOW.date():
                        gone = (f"{number}", f"{number}-{line}-back", back.isoformat(), customer, sku, title)
                        returns.append((back, (*gone, str(-quantity), price, country)))
        day += timedelta(1)
    for _, row in returns:
        yield row


def _import_shop(project: Project, folder: Path, name: str, seed: int, per_day: float) -> None:
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        writer.writerows(_orders(seed, per_day))
    options = options_for(project, name, {field: field for field in FIELDS}, timezone="Europe/Berlin")
    prepared = prepare(path, options)
    try:
        import_file(project, prepared, name)
    finally:
        prepared.close()


def _give_costs(project: Project) -> None:
    """A parcel, rent and marketing, so that some days and orders lose money. What goods cost nobody knows."""
    costs = CostSheet(project.control, project.reader, project.tenant, "cli")
    costs.add(CostEntry(Kind.SHIPPING_COST, "World", amount=Decimal(6), currency="EUR"))
    costs.add(CostEntry(Kind.FIXED, "Rent", amount=Decimal(30_000), currency="EUR"))
    costs.add(
        CostEntry(
            Kind.MARKETING,
            "Agency",
            amount=Decimal(24_000),
            currency="EUR",
            valid_from=FIRST,
            valid_to=date(2026, 3, 30),
        )
    )


@pytest.fixture(scope="session")
def built_assets() -> None:
    """The npm assets and Chromium; with ``CI`` set they must be there."""
    missing = [str(p) for p in (STATIC / "vendor" / "tabler.min.css", CHROMIUM) if not p.exists()]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing: {', '.join(missing)}; run `make assets test-system`")
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}; run `make assets test-system`")


@contextmanager
def serving(project: Project) -> Iterator[str]:
    """The application on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(project), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def shop(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Two imported shops, built, published and compared: one day of one shop is off."""
    folder = tmp_path_factory.mktemp("shop")
    project = Project.create(
        folder / "project", name="Maison Aurora", currency="EUR", timezone="Europe/Berlin", clock=ticking
    )
    with project:
        give_built(project.warehouse)
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        _give_costs(project)
        _import_shop(project, folder, "aurora", 1, 9)
        _import_shop(project, folder, "brick", 2, 4)
        with serving(project) as url:
            yield Shop(url, project)


@pytest.fixture
def one_day_off(shop: Shop) -> Iterator[None]:
    """The comparison of one shop finds a gap on one day, with its cause and orders."""
    control, tenant = shop.project.control, shop.project.tenant
    day = NOW.date() - timedelta(9)
    before = control.reconciliation.days(tenant, "brick", day, day)
    figures: dict[str, Any] = {"tenant_id": tenant, "connection_id": "brick", "day": day, "currency": "EUR"}
    gap = ReconciliationDay(
        **figures,
        figure="net_sales",
        ours=Decimal("812.40"),
        vendors=Decimal("824.80"),
        gap=Decimal("-12.40"),
        cause="An order was edited after the report was made.",
        orders=["200123"],
        compared_at=NOW,
    )
    control.reconciliation.replace(tenant, "brick", day, day, [gap])
    yield
    names = [column.name for column in ReconciliationDay.__table__.columns]
    again = [ReconciliationDay(**{name: getattr(old, name) for name in names}) for old in before]
    control.reconciliation.replace(tenant, "brick", day, day, again)


@pytest.fixture(scope="session")
def empty_shop(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A project right after it was made."""
    folder = tmp_path_factory.mktemp("empty") / "project"
    with Project.create(folder, name="New Shop", clock=ticking) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        with serving(project) as url:
            yield Shop(url, project)


@pytest.fixture(scope="session")
def chromium(built_assets: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens a page that fails the test on any console error, script error, failed answer or request to another host.

    With ``refusals`` the server may refuse what the page asks for (422); a ``script`` runs before the page's own.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_(
        shop: Shop,
        path: str = "/",
        *,
        logged_in: bool = True,
        width: int = 1440,
        theme: str = "light",
        refusals: bool = False,
        script: str = "",
    ) -> Page:
        def told(fault: str) -> None:
            if not (refusals and "status of 422" in fault):
                faults.append(fault)

        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            locale="en-GB",
            accept_downloads=True,
        )
        contexts.append(context)
        if logged_in:
            owner = shop.project.control.users.find(OWNER)
            assert owner is not None
            secret = shop.project.control.sessions.create(owner.user_id, valid=timedelta(hours=1))
            context.add_cookies([{"name": "fondaco_session", "value": secret, "url": shop.url}])
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("console", lambda m: told(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((shop.url, "data:", "blob:")) else faults.append(f"asked {r.url}")
            ),
        )
        page.on("response", lambda r: told(f"status of {r.status}: {r.url}") if r.status >= 400 else None)
        page.goto(shop.url + path)
        settle(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def settle(page: Page) -> None:
    """Wait until every panel is there and every visible chart is drawn."""
    page.wait_for_load_state("load")
    expect(page.locator("[data-pending], .htmx-request")).to_have_count(0, timeout=30_000)
    expect(page.locator("[data-chart]:not([data-drawn]):visible")).to_have_count(0)
