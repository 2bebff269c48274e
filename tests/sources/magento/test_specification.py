"""Everything the connector reads and asks for is in Adobe's own description of the API; prism serves it and refuses the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.prism import SPECS, cut_down, serving

from fondaco.errors import FondacoError
from fondaco.sources.magento import Magento, MagentoSettings
from fondaco.sources.magento.lists import LISTS
from fondaco.sources.magento.streams import STREAMS
from fondaco.sources.stream import Slice, Stream, SyncMode

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("magento_specification")]

SPEC = SPECS / "magento" / "admin-2.4.9.get-subset.json"
OURS = "fondaco"
OTHERS = ("/V1/store/storeConfigs", "/V1/store/websites", "/V1/configurable-products/{sku}/children")


def path_of(stream: Stream) -> str:
    return f"/V1/{LISTS[stream.name].path}"


@pytest.fixture(scope="module")
def description(shared_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (shared_folder / "specs" / "magento" / SPEC.name).read_text(encoding="utf-8")
    )
    return found


def definition(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to; of a list, one of its items."""
    while "$ref" in schema or "items" in schema:
        if "$ref" in schema:
            schema = description["definitions"][schema["$ref"].rpartition("/")[2]]
        else:
            schema = schema["items"]
    return schema


def record(description: dict[str, Any], stream: Stream) -> dict[str, Any]:
    answer = description["paths"][path_of(stream)]["get"]["responses"]["200"]["schema"]
    return definition(description, definition(description, answer)["properties"]["items"])


def resolves(description: dict[str, Any], stream: Stream, each: tuple[str, ...], path: str) -> bool:
    """Whether the path exists; what Fondaco makes of attributes is its own."""
    start = list(each)[: len(each) - (len(path) - len(path.lstrip("^")))]
    steps = [part for level in [*start, path] for part in level.lstrip("$^").split(".") if part]
    if path == "#" or OURS in steps:
        return True
    schema = record(description, stream)
    for name in steps:
        if name not in schema.get("properties", {}):
            return False
        schema = definition(description, schema["properties"][name])
    return True


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_declared_path_is_in_the_description(stream: Stream, description: dict[str, Any]) -> None:
    unknown = [
        (table.name, column.path)
        for table in stream.tables
        for column in table.columns
        if not resolves(description, stream, table.each, column.path)
    ]
    assert unknown == []


def test_a_path_that_does_not_exist_is_found_out(description: dict[str, Any]) -> None:
    assert not resolves(description, STREAMS[0], (), "$.base_grand_totale")
    assert not resolves(description, STREAMS[0], ("$.items",), "$.base_row_totale")


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_no_documented_field_is_drift(stream: Stream, description: dict[str, Any]) -> None:
    for table in stream.tables:
        if any(OURS in level for level in table.each):
            continue
        schema = record(description, stream)
        for level in table.each:
            schema = definition(description, schema["properties"][level.removeprefix("$.")])
        read = {
            column.path.removeprefix("$.").split(".")[0]
            for column in table.columns
            if column.path.startswith("$")
        }
        assert set(schema["properties"]) - read - set(table.ignored) - {"items"} == set(), table.name


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_lists_are_searched_by_the_parameters_that_are_published(
    stream: Stream, description: dict[str, Any]
) -> None:
    from fondaco.sources.magento.client import Filter, criteria

    parameters = description["paths"][path_of(stream)]["get"]["parameters"]
    asked = {name for name, _ in criteria([Filter("entity_id", "gt", "1")], "entity_id", 10)}
    assert asked == {parameter["name"] for parameter in parameters}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prism with the lists where they stand in a shop: it leaves the base path away."""
    served = tmp_path_factory.mktemp("specs") / "magento.json"
    if SPEC.is_file():
        cut_down(SPEC, {*map(path_of, STREAMS), *OTHERS}, served)
        document = json.loads(served.read_text(encoding="utf-8"))
        document["paths"] = {f"/rest/all{path}": rules for path, rules in document["paths"].items()}
        document.pop("basePath", None)
        config = document["definitions"]["store-data-store-config-interface"]["properties"]
        config["timezone"]["example"], config["base_currency_code"]["example"] = "Europe/Amsterdam", "EUR"
        served.write_text(json.dumps(document), encoding="utf-8")
    with serving(served if SPEC.is_file() else SPEC) as found:
        yield found


@pytest.fixture
def source(address: str) -> Iterator[Magento]:
    """A connection to the mocked API."""
    given = {
        "url": address, "access_token": "t", "consumer_key": "k", "consumer_secret": "s", "access_token_secret": "u",
    }  # fmt: skip
    opened = Magento(MagentoSettings.model_validate(given), sleep=lambda _: None)
    yield opened
    opened.close()


@pytest.mark.npm
@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_request_is_one_of_the_published_api(source: Magento, stream: Stream) -> None:
    """Prism answers 4xx to an unknown path or a parameter of the wrong kind. Its records are made up, and there is one."""
    until = datetime(2026, 11, 1, tzinfo=UTC)
    part = Slice(stream.name, "incremental", until - timedelta(days=5), until)
    if stream.mode is SyncMode.FULL:
        part = Slice(stream.name, "full")
    assert sum(page.records for page in source.read(stream, part)) >= 1


@pytest.mark.npm
def test_the_check_understands_the_published_shape(source: Magento) -> None:
    found = source.check()
    assert found.missing == ()
    assert (found.currency, found.time_zone) == ("EUR", "Europe/Amsterdam")


@pytest.mark.npm
def test_an_address_that_magento_does_not_have_would_be_found(source: Magento) -> None:
    with pytest.raises(FondacoError, match="404"):
        source._client.get("V1/order")
