"""Everything the connector reads and asks for is in commercetools' own OpenAPI description."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fondaco.sources.commercetools.connector import _EXPAND, _PATHS
from fondaco.sources.commercetools.streams import STREAMS
from fondaco.sources.stream import Stream

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("commercetools_specification")]

SCHEMAS = {
    "orders": "Order",
    "payments": "Payment",
    "customers": "Customer",
    "products": "Product",
    "categories": "Category",
    "inventory": "InventoryEntry",
    "discount_codes": "DiscountCode",
    "cart_discounts": "CartDiscount",
}
OURS = "fondaco"


@lru_cache(maxsize=1)
def read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.load(file, Loader=loader)
    return found


@pytest.fixture(scope="module")
def description(request: pytest.FixtureRequest) -> dict[str, Any]:
    shared: Path = request.getfixturevalue("shared_folder")
    return read(shared / "specs" / "commercetools" / "openapi.yaml")


def properties(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """All properties of a schema, those of its parts and subtypes among them."""
    schemas = description["components"]["schemas"]
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        found.update(properties(description, part))
    for reference in schema.get("discriminator", {}).get("mapping", {}).values():
        name = reference.rpartition("/")[2]
        for part in schemas.get(name, {}).get("allOf", ()):
            if "$ref" not in part:
                found.update(part.get("properties", {}))
        found.update(schemas.get(name, {}).get("properties", {}))
    return found


def step(description: dict[str, Any], schema: dict[str, Any], name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = properties(description, schema).get(name)
    return found.get("items", found) if found else None


def resolve(description: dict[str, Any], stream: Stream, each: tuple[str, ...], path: str) -> bool:
    """Whether the path exists. References that are asked to be expanded hold the whole object in ``obj``."""
    start = list(each)[: len(each) - (len(path) - len(path.lstrip("^")))]
    steps = [part for level in [*start, path] for part in level.lstrip("$^").split(".") if part]
    if path == "#" or OURS in steps:
        return True
    schema: dict[str, Any] | None = description["components"]["schemas"][SCHEMAS[stream.name]]
    for name in steps:
        if name == "obj" and stream.name in _EXPAND:
            return True
        schema = step(description, schema, name) if schema else None
    return schema is not None


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_declared_path_is_in_the_description(stream: Stream, description: dict[str, Any]) -> None:
    unknown = [
        (table.name, column.path)
        for table in stream.tables
        for column in table.columns
        if not resolve(description, stream, table.each, column.path)
    ]
    assert unknown == []


def test_a_path_that_does_not_exist_is_found_out(description: dict[str, Any]) -> None:
    assert not resolve(description, STREAMS[0], (), "$.totalPrise.centAmount")
    assert not resolve(description, STREAMS[0], ("$.lineItems",), "$.taxedPrice.totalNett.centAmount")


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_no_documented_field_is_drift(stream: Stream, description: dict[str, Any]) -> None:
    main = stream.tables[0]
    read_fields = {
        column.path.removeprefix("$.").split(".")[0] for table in stream.tables for column in table.columns
        if not table.each
    }  # fmt: skip
    lists = {path.removeprefix("$.").split(".")[0] for table in stream.tables for path in table.each[:1]}
    documented = set(properties(description, description["components"]["schemas"][SCHEMAS[stream.name]]))
    assert documented - read_fields - lists - set(main.ignored) == set()


@pytest.mark.parametrize("path", [*_PATHS.values(), "messages"])
def test_the_lists_and_their_parameters_exist(path: str, description: dict[str, Any]) -> None:
    operation = description["paths"][f"/{{projectKey}}/{path}"]["get"]
    names = set()
    for parameter in operation["parameters"]:
        shared = description["components"].get("parameters", {})
        names.add(
            shared[parameter["$ref"].rpartition("/")[2]]["name"] if "$ref" in parameter else parameter["name"]
        )
    assert {"where", "sort", "limit", "withTotal"} <= names
    assert any(name.startswith(("/^var", "var")) for name in names)


@pytest.mark.parametrize("kind", ["OrderDeleted", "CustomerDeleted", "ProductDeleted"])
def test_the_messages_of_deletions_exist(kind: str, description: dict[str, Any]) -> None:
    assert f"{kind}Message" in description["components"]["schemas"]
