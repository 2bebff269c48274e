"""What the connector asks is what eBay's own OpenAPI documents allow; prism serves them and refuses the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.prism import SPECS, cut_down, serving

from fondaco.errors import FondacoError
from fondaco.sources.ebay import Ebay, EbaySettings

from .conftest import END, Account, read, stream_of

pytestmark = [pytest.mark.slow, pytest.mark.npm, pytest.mark.xdist_group("ebay_specification")]
TOKEN = {"access_token": "mocked", "expires_in": 7200, "token_type": "User Access Token"}
FORM = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
LOGIN = {
    "post": {
        "security": [],
        "requestBody": FORM,
        "responses": {"200": {"description": "", "content": {"application/json": {"example": TOKEN}}}},
    }
}
FULFILLMENT, FINANCES = "/sell/fulfillment/v1", "/sell/finances/v1"


def _below(spec: Path, prefix: str, paths: tuple[str, ...], into: Path) -> Path:
    """The specification with these paths only, where they stand on eBay's hosts: prism leaves the base path away. The log-in
    stands beside them, which no document of eBay's describes."""
    if not spec.is_file():
        return spec
    cut_down(spec, paths, into)
    document: dict[str, Any] = json.loads(into.read_text(encoding="utf-8"))
    document["paths"] = {f"{prefix}{path}": rules for path, rules in document["paths"].items()}
    document["paths"]["/identity/v1/oauth2/token"] = LOGIN
    into.write_text(json.dumps(document), encoding="utf-8")
    return into


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("specs")
    orders = _below(
        SPECS / "ebay" / "sell_fulfillment_v1_oas3.json", FULFILLMENT, ("/order",), folder / "orders.json"
    )
    finances = _below(
        SPECS / "ebay" / "sell_finances_v1_oas3.json", FINANCES, ("/transaction", "/payout"), folder / "finances.json"
    )  # fmt: skip
    with serving(orders) as first, serving(finances) as second:
        yield first, second


@pytest.fixture
def source(addresses: tuple[str, str], account: Account) -> Iterator[Ebay]:
    """A connection to the mocked APIs."""
    settings = {**account.settings, "api_url": addresses[0], "finances_url": addresses[1]}
    opened = Ebay(EbaySettings.model_validate(settings), clock=lambda: END, sleep=lambda _: None)
    yield opened
    opened.close()


@pytest.mark.parametrize("stream", ["orders", "transactions", "payouts"])
def test_every_request_is_one_of_the_published_api(source: Ebay, stream: str) -> None:
    """Prism answers 4xx to an unknown path or parameter and to a missing log-in; its made-up answer need not hold together."""
    try:
        read(source, stream, END - timedelta(days=5))
    except FondacoError as error:
        assert "changed on every one" in str(error)


def test_an_address_that_ebay_does_not_have_would_be_found(source: Ebay) -> None:
    with pytest.raises(FondacoError, match="404"):
        source._client.get("/sell/fulfillment/v1/orders", {"limit": 1})


@pytest.mark.parametrize(
    ("stream", "spec", "schema"),
    [
        ("orders", "sell_fulfillment_v1_oas3.json", "Order"),
        ("transactions", "sell_finances_v1_oas3.json", "Transaction"),
        ("payouts", "sell_finances_v1_oas3.json", "Payout"),
    ],
)
def test_every_column_and_every_simulated_field_is_published(
    account: Account, stream: str, spec: str, schema: str
) -> None:
    path = SPECS / "ebay" / spec
    if not path.is_file():
        pytest.skip("the specification is not at hand")
    schemas = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]
    for table in stream_of(stream).tables:
        where = "".join(f"{step.removeprefix('$')}[]" for step in table.each)
        for column in table.columns:
            if column.path.startswith("$.") and not column.path.startswith("$._"):
                assert _is_published(schemas, schema, f"{where}.{column.path[2:]}"), (table.name, column.path)
    for row in read(account.to(), stream)[:50]:
        unknown = [name for name in _paths(row) if not _is_published(schemas, schema, name)]
        assert unknown == []


def _is_published(schemas: dict[str, Any], schema: str, path: str) -> bool:
    rules: dict[str, Any] = {"$ref": f"#/components/schemas/{schema}"}
    for step in path.replace("[]", ".[]").strip(".").split("."):
        while "$ref" in rules:
            rules = schemas[rules["$ref"].rpartition("/")[2]]
        rules = rules.get("items", {}) if step == "[]" else rules.get("properties", {}).get(step, {})
        if not rules:
            return False
    return True


def _paths(value: Any, before: str = "") -> Iterator[str]:
    """Every field of a record that is eBay's own, as a path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.startswith("_"):
                yield from _paths(inner, f"{before}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{before}[]")
    else:
        yield before
