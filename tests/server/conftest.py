"""A project with real control database and warehouse, and a browser-like client on its application."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.published import publish

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.auth.sessions import SESSION

OWNER = "owner@example.com"
PASSWORD = "a long enough password"


class Watch:
    """The project's clock; a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever asks the application of a project is slow: it is no test of one part."""
    if "new_folder" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.slow)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with an owner. Made once, because hashing a password takes its time."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "fondaco.toml").write_text(
        '[project]\nname = "Maison"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n', encoding="utf-8"
    )
    with Project.open(folder, clock=Watch()) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
    return folder


@pytest.fixture
def new_project(new_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    """A project with an owner, and nothing connected, run or published."""
    shutil.copytree(new_folder, tmp_path, dirs_exist_ok=True)
    with Project.open(tmp_path, clock=watch) as project:
        yield project


@pytest.fixture
def stranger(new_project: Project) -> Iterator[TestClient]:
    """A browser that is not logged in."""
    with TestClient(create_app(new_project), follow_redirects=False) as client:
        yield client


def form_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, "the page has no form"
    return found[1]


def log_in(client: TestClient, email: str = OWNER, password: str = PASSWORD, **fields: str) -> Response:
    token = form_token(client.get("/login").text)
    return client.post("/login", data={"csrf": token, "email": email, "password": password, **fields})


def with_session(client: TestClient, project: Project, email: str = OWNER) -> TestClient:
    """The browser as it is once the user has logged in, without the second that checking a password takes."""
    user = project.control.users.find(email)
    assert user is not None
    secret = project.control.sessions.create(user.user_id, valid=timedelta(hours=12))
    client.cookies.set(SESSION, secret, domain="testserver.local")
    return client


@pytest.fixture
def owner(stranger: TestClient, new_project: Project) -> TestClient:
    """A browser in which the owner has logged in."""
    return with_session(stranger, new_project)


ADA, BO, CY = "a" * 32, "b" * 32, "c" * 32
AS_OF = date(2026, 3, 30)


@pytest.fixture(scope="session")
def known_folder(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people: one who buys, one who may be gone, one who never bought."""
    folder = tmp_path_factory.mktemp("known") / "project"
    shutil.copytree(new_folder, folder)
    with Project.open(folder, clock=Watch()) as project:
        _publish_three_people(project)
    return folder


@pytest.fixture
def known(known_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    """A project in which three people are known."""
    with Project.open(shutil.copytree(known_folder, tmp_path / "known"), clock=watch) as project:
        yield project


def _publish_three_people(project: Project) -> None:
    shop = {"connection_id": "aurora", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR"}
    people = [
        {"person_id": ADA, "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "country": "GB", "orders": 2, "net_sales": 300, "first_order_date": date(2025, 6, 1), "last_order_date": AS_OF},
        {"person_id": BO, "first_name": "Bo", "last_name": "100% <b>", "email": "bo@example.org", "orders": 1, "net_sales": 40, "last_order_date": date(2025, 1, 5)},
        {"person_id": CY, "email": "cy@example.net"},
    ]  # fmt: skip
    scores = [
        {"person_id": ADA, "as_of_date": AS_OF, "purchase_days": 2, "days_since_last": 0, "segment": "Champions", "previous_segment": "New Customers", "recency_score": 5, "frequency_score": 5, "monetary_score": 5, "alive_probability": 0.9, "expected_orders": 1.5, "expected_order_value": 80, "expected_value": 120, "value_if_active": 133.3333, "expected_value_low": 0, "expected_value_high": 310, "churn_probability": 0.25, "churn_reasons": '["Bought 2 times in the last year."]'},
        {"person_id": BO, "as_of_date": AS_OF, "purchase_days": 1, "days_since_last": 449, "segment": "Hibernating", "alive_probability": 0.1, "expected_orders": 0.1, "expected_value": 4, "value_if_active": 40, "churn_probability": 0.95},
    ]  # fmt: skip
    moved = [
        {"month_end": date(2026, 2, 28), "from_segment": "", "to_segment": "New Customers", "customers": 1},
        {"month_end": date(2026, 2, 28), "from_segment": "Hibernating", "to_segment": "Hibernating", "customers": 1},
        {"month_end": AS_OF, "from_segment": "New Customers", "to_segment": "Champions", "customers": 1},
        {"month_end": AS_OF, "from_segment": "Hibernating", "to_segment": "Hibernating", "customers": 1},
    ]  # fmt: skip
    order = {"connection_id": "aurora", "person_id": ADA, "channel": "web", "is_cancelled": False}
    orders = [
        {**order, "order_id": "aurora:1", "order_number": "#1001", "ordered_at": datetime(2025, 6, 1, 9), "order_date": date(2025, 6, 1), "units_sold": 1, "net_sales": 100},
        {**order, "order_id": "aurora:2", "order_number": "#1002", "ordered_at": datetime(2026, 3, 30, 9), "order_date": AS_OF, "units_sold": 2, "net_sales": 200, "discount_codes": "SPRING"},
    ]  # fmt: skip
    refund = {"refund_id": "aurora:9", "order_id": "aurora:1", "connection_id": "aurora", "person_id": ADA, "refunded_at": datetime(2025, 7, 1), "refunded_date": date(2025, 7, 1), "amount": 12, "reason": "Too small"}  # fmt: skip
    account = {"connection_id": "aurora", "is_account": True, "known_since": datetime(2025, 6, 1)}
    accounts = [
        {**account, "person_id": ADA, "record_id": "aurora:7", "source_id": "7", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "city": "London", "country": "GB", "orders": 1, "rule": "first record", "explanation": "{}"},
        {**account, "person_id": ADA, "record_id": "guest:5", "connection_id": None, "is_account": False, "email": "a.lovelace@example.com", "known_since": datetime(2025, 9, 1), "orders": 1, "linked_to": "aurora:7", "rule": "alike", "probability": 0.99971, "explanation": '{"agree": ["last name", "city"], "differ": ["e-mail"]}'},
        {**account, "person_id": BO, "record_id": "aurora:8", "source_id": "8", "first_name": "Bo", "email": "bo@example.org", "orders": 1},
        {**account, "person_id": CY, "record_id": "aurora:9", "source_id": "9", "email": "cy@example.net"},
    ]  # fmt: skip
    model = {"run_id": "r1", "model": "mbg_nbd", "as_of_date": AS_OF, "is_used": True, "customers": 2, "parameters": '{"r": 0.5}', "standard_errors": '{"r": 0.1}', "evaluation": "{}", "fitted_at": datetime(2026, 3, 31)}  # fmt: skip
    told = '{"split_day": 1, "days": 90, "customers": 2, "purchases": 4.0, "value": 9.0, "errors": {"naive": {"purchases": 6.0, "purchases_error": 0.5, "value_error": 0.4, "purchases_mae": 1.0}, "mbg_nbd": {"purchases": 4.2, "purchases_error": 0.05, "value_error": null, "purchases_mae": 0.8}}}'
    check = {
        **model,
        "model": "hold_out",
        "is_used": False,
        "parameters": "{}",
        "standard_errors": "{}",
        "evaluation": told,
    }
    other = {**model, "model": "bg_nbd", "is_used": False, "note": "Not used: another one is likelier."}
    spend = {**model, "model": "gamma_gamma", "is_used": False, "note": "Not used: it knows no mean."}
    publish(
        project,
        connections=[shop],
        customers=people,
        customer_accounts=accounts,
        customer_scores=scores,
        segment_movements=moved,
        orders=orders,
        refunds=[refund],
        model_runs=[model, check, other, spend],
    )
