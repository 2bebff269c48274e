"""What a slice of commercetools holds, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import pytest

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.simulator.commercetools.resources import CUSTOMER, ORDER, PRODUCT, uuid
from fondaco.simulator.faults import Fault
from fondaco.sources.commercetools.client import CommercetoolsClient
from fondaco.sources.commercetools.settings import CommercetoolsSettings
from fondaco.sources.commercetools.streams import ORDERS

if TYPE_CHECKING:
    from .conftest import Project

pytestmark = pytest.mark.slow


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in found]


def expected_orders(project: Project, condition: str = "true") -> list[str]:
    rows = project.rows(
        f"select order_id from orders where deleted_at is null and {condition} order by updated_at, order_id"
    )
    return [uuid(ORDER, row["order_id"]) for row in rows]


def test_history_has_every_order_once_in_the_order_of_change(project: Project) -> None:
    assert ids(project.read("orders", page_size=97)) == expected_orders(project)


def test_a_window_is_closed_at_its_start_and_open_at_its_end(project: Project) -> None:
    rows = project.rows(
        "select distinct date_trunc('second', updated_at) as moment from orders where deleted_at is null "
        "order by moment limit 2 offset 300"
    )
    since, until = (row["moment"].replace(tzinfo=UTC) for row in rows)
    found = project.read("orders", since, until)
    condition = f"updated_at >= timestamp '{since:%Y-%m-%d %H:%M:%S}' and updated_at < timestamp '{until:%Y-%m-%d %H:%M:%S}'"
    assert ids(found) == expected_orders(project, condition) and found


def test_pages_go_on_after_the_last_record_and_never_by_offset(project: Project) -> None:
    project.read("orders", page_size=200)
    asked = [unquote_plus(request) for request in project.requests if "/orders?" in request]
    assert len(asked) > 3
    assert all("offset" not in request and "withTotal=false" in request for request in asked)
    assert all("sort=lastModifiedAt asc&sort=id asc" in request for request in asked)
    assert "(lastModifiedAt > :t or (lastModifiedAt = :t and id > :id))" in asked[1]
    assert "var.t=" in asked[1] and "var.id=" in asked[1]


def test_a_thousand_orders_with_one_last_modified_at_all_come_once(imported_project: Project) -> None:
    found = ids(imported_project.read("orders", page_size=100))
    assert found == expected_orders(imported_project)
    assert len(found) > 1_000


def test_a_page_that_comes_twice_is_asked_for_again(project: Project) -> None:
    project.faults.switch([Fault(name="duplicate_page", times=1, path="orders")])
    assert ids(project.read("orders", page_size=200)) == expected_orders(project)
    assert project.faults.happened["duplicate_page"] == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_record_whose_place_cannot_be_read_stops_no_other(project: Project, seed: int) -> None:
    spoilt = Fault(name="malformed_record", times=3, path="orders", field="lastModifiedAt")
    project.faults.switch([spoilt], seed=seed)
    found = project.read("orders", page_size=97)
    assert sorted(set(ids(found))) == sorted(expected_orders(project))
    assert len([record for record in found if isinstance(record["lastModifiedAt"], dict)]) == 3


def test_a_list_that_never_goes_on_ends_the_slice_in_words(project: Project) -> None:
    project.faults.switch([Fault(name="duplicate_page", path="orders")])
    with pytest.raises(RetryableError, match="does not follow the one before"):
        project.read("orders", page_size=200)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(name="storm", times=4, seconds=7),
        Fault(name="server_error", times=4, status=503),
        Fault(name="cut", times=3),
    ],
    ids=lambda fault: fault.name,
)
def test_passing_faults_change_nothing(project: Project, fault: Fault) -> None:
    project.faults.switch([fault])
    assert ids(project.read("orders")) == expected_orders(project)
    assert project.faults.happened[fault.name] == fault.times


def test_a_token_that_ends_early_is_replaced_once(project: Project) -> None:
    source = project.source()
    source.check()
    project.behaviour.access.revoke_all()
    assert source.check().ok
    assert project.behaviour.access.issued == 2


def test_one_token_serves_all_requests(project: Project) -> None:
    source = project.source(page_size=100)
    list(source.read(ORDERS, part()))
    source.check()
    assert project.behaviour.access.issued == 1


def part() -> Any:
    from fondaco.sources.stream import Slice

    return Slice("orders", "incremental", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def test_a_token_shortly_before_its_end_is_replaced_before_it_is_refused(project: Project) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    settings = project.source()._settings
    client = CommercetoolsClient(settings, clock=lambda: now, sleep=project.slept.append)
    client.get("orders")
    now += timedelta(seconds=172_800 - 60)
    client.get("orders")
    assert project.behaviour.access.issued == 2
    client.close()


def test_a_wrong_secret_is_refused_in_words(project: Project) -> None:
    with pytest.raises(AccessError, match="invalid_client") as caught:
        project.source(client_secret="not-this-one").check()
    assert "not-this-one" not in str(caught.value)


def test_scopes_that_are_missing_are_named_with_their_consequence(project: Project) -> None:
    found = project.source(
        scopes=("view_orders:cedar", "view_products:cedar", "view_project_settings:cedar")
    ).check()
    assert "view_payments: without it no payments and no refunds can be read." in found.missing
    assert not any(each.startswith("view_products") for each in found.missing)


def test_the_check_tells_what_the_project_is(project: Project) -> None:
    found = project.source().check()
    assert (found.shop_name, found.currency, found.time_zone) == ("Cedar Home", "USD", "America/New_York")
    assert found.ok and found.warnings == ()
    project.behaviour.messages_enabled = False
    warnings = project.source(time_zone="UTC").check().warnings
    assert len(warnings) == 2 and "Messages are switched off" in warnings[0] and "UTC" in warnings[1]


def test_deletions_are_told_by_messages_for_as_long_as_they_are_kept(project: Project) -> None:
    buried = list(
        project.source(page_size=2).tombstones(
            datetime(2020, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        )
    )
    horizon = "deleted_at > timestamp '2026-10-17 00:00:00'"
    for stream, table, key, kind in (
        ("orders", "orders", "order_id", ORDER),
        ("customers", "customers", "customer_id", CUSTOMER),
        ("products", "products", "product_id", PRODUCT),
    ):
        rows = project.rows(f"select {key} as id from {table} where {horizon}")
        assert {each.record_id for each in buried if each.stream == stream} == {
            uuid(kind, row["id"]) for row in rows
        }
    assert buried and {each.found_by for each in buried} == {"message"}


def test_ids_are_read_by_key_to_the_last(project: Project) -> None:
    found = project.source(page_size=150).ids(ORDERS)
    assert found is not None
    assert sorted(found) == sorted(expected_orders(project))


def test_products_bring_all_variants_in_one_language_with_unit_cost(project: Project) -> None:
    found = project.read("products", kind="backfill", language="de-DE")
    costs = project.rows("select sku, cost from variants")
    told = {v["sku"]: v["unitCost"] for record in found for v in record["fondaco"]["variants"]}
    assert told == {
        row["sku"]: None if row["cost"] is None else f"{row['cost'] / 100:.2f}"
        for row in costs
        if row["sku"] in told
    }
    assert len(told) > len(found) > 0
    assert all(record["fondaco"]["name"].endswith("(de)") for record in found)
    without = project.read("products", kind="backfill", unit_cost_attribute=None)
    assert {v["unitCost"] for record in without for v in record["fondaco"]["variants"]} == {None}


def test_categories_are_read_whole_with_the_one_above_and_products_name_theirs(project: Project) -> None:
    found = project.read_all("categories", language="de-DE")
    assert len(found) == project.rows("select count(*) as n from collections")[0]["n"]
    named = {record["id"]: record["fondaco"]["name"] for record in found}
    assert all(name.endswith("(de)") for name in named.values())
    above = {named[record["id"]]: named[record["parent"]["id"]] for record in found if "parent" in record}
    assert above["Lamp (de)"] == "Home (de)"
    members = [
        (record["id"], named[category["id"]])
        for record in project.read("products", kind="backfill", language="de-DE")
        for category in record["fondaco"]["categories"]
    ]
    assert len(members) == len(set(members)) > 10


def test_customers_come_without_what_nobody_reads(project: Project) -> None:
    found = project.read("customers", kind="backfill")
    assert found and not any("password" in record or "addresses" in record for record in found)
    assert all(record["fondaco"]["address"]["country"] for record in found)


def test_a_history_of_customers_starts_before_the_start_date(project: Project) -> None:
    late = datetime(2026, 10, 31, tzinfo=UTC)
    everyone = project.rows("select count(*) as n from customers where deleted_at is null")[0]["n"]
    assert len(project.read("customers", late, kind="backfill")) == everyone
    assert len(project.read("customers", late, kind="incremental")) < everyone


def test_a_connection_needs_a_region_or_both_addresses() -> None:
    made = {"project_key": "cedar", "client_id": "id", "client_secret": "s"}
    settings = CommercetoolsSettings(region="europe-west1.gcp", **made)
    assert settings.api_address == "https://api.europe-west1.gcp.commercetools.com/cedar"
    assert settings.token_address == "https://auth.europe-west1.gcp.commercetools.com/oauth/token"
    for wrong in ({"region": "mars"}, {}, {"api_url": "https://a.example"}):
        with pytest.raises(ValueError, match="region"):
            CommercetoolsSettings(**made, **wrong)
    with pytest.raises(ConfigError, match="'Mars' is not a time zone"):
        CommercetoolsSettings(region="us-east-2.aws", time_zone="Mars", **made)
