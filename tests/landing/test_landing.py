"""What landing promises, on each warehouse."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from tests.landing.conftest import BULK, ORDERS, Bench, money, order, page

from fondaco.errors import FatalError, FondacoError, RetryableError
from fondaco.landing import Landing
from fondaco.landing.raw import raw_spec
from fondaco.sources.stream import Slice, Tombstone


def test_a_record_becomes_one_row_and_a_row_for_each_element_of_its_lists(bench: Bench) -> None:
    result = bench.land(
        order(
            "1",
            "12.30",
            note={"gift": [1, None]},
            refunds=[
                {"id": "r1", "reason": "broken", "lines": {"nodes": [{"amount": "1.10"}, {"amount": "2"}]}},
                {"id": "r2", "reason": None, "lines": {"nodes": []}},
            ],
        ),
        order("2", None, refunds=None),
    )
    assert bench.rows("shop__orders", "order_id", "total", "placed_at", "note") == [
        ("1", money("12.30"), datetime(2026, 3, 1, 10), '{"gift":[1,null]}'),
        ("2", None, datetime(2026, 3, 1, 10), None),
    ]
    assert bench.rows("shop__refunds", "refund_id", "order_id", "reason") == [
        ("r1", "1", "broken"),
        ("r2", "1", None),
    ]
    assert bench.rows("shop__refund_lines", "refund_id", "line_index", "order_id", "amount") == [
        ("r1", 0, "1", money("1.10")),
        ("r1", 1, "1", money("2")),
    ]
    assert (result.extracted, result.loaded, result.quarantined, result.drifted) == (
        2,
        {"orders": 2, "refunds": 2, "refund_lines": 2},
        0,
        (),
    )


def test_every_row_carries_tenant_connection_and_the_instant_its_slice_was_opened(bench: Bench) -> None:
    spooled = bench.spool(order("1", refunds=[{"id": "r1"}]))
    bench.landing.load(spooled)
    for table in ("orders", "refunds"):
        assert bench.rows(f"shop__{table}", "tenant_id", "connection_id", "_synced_at") == [
            ("default", "north", spooled.synced_at)
        ]


def test_a_later_slice_is_always_opened_later_even_when_the_clock_goes_back(bench: Bench) -> None:
    first = bench.spool(order("1"))
    bench.now -= timedelta(days=1)
    second = bench.spool(order("1"))
    bench.landing = bench.reopened()
    third = bench.spool(order("1"))
    assert first.synced_at < second.synced_at < third.synced_at


def test_a_record_that_comes_again_replaces_its_row(bench: Bench) -> None:
    bench.land(order("1", "10.00"), order("2", "20.00"))
    bench.land(order("1", "11.00"))
    assert bench.rows("shop__orders", "order_id", "total") == [("1", money("11")), ("2", money("20"))]


def test_rows_that_the_newest_version_of_a_record_no_longer_has_are_removed(bench: Bench) -> None:
    bench.land(
        order("1", refunds=[{"id": "r1"}, {"id": "r2", "lines": {"nodes": [{"amount": 1}]}}]),
        order("2", refunds=[{"id": "r3"}]),
    )
    bench.land(order("1", refunds=[{"id": "r1"}]))
    assert bench.rows("shop__refunds", "refund_id") == [("r1",), ("r3",)]
    assert bench.rows("shop__refund_lines", "refund_id") == []


def test_the_last_of_two_versions_in_a_slice_wins_whole(bench: Bench) -> None:
    bench.land(
        order("1", "10.00", refunds=[{"id": "r1"}, {"id": "r2"}]),
        order("2"),
        order("1", "9.00", refunds=[{"id": "r2", "reason": "late"}]),
    )
    assert bench.rows("shop__orders", "order_id", "total") == [("1", money("9")), ("2", money("10"))]
    assert bench.rows("shop__refunds", "refund_id", "reason") == [("r2", "late")]


def test_a_page_that_comes_twice_changes_nothing(bench: Bench) -> None:
    records = [order("1", refunds=[{"id": "r1", "lines": {"nodes": [{"amount": "1"}]}}]), order("2")]
    bench.landing.load(bench.spool_pages([page(*records), page(*records)]))
    assert bench.rows("shop__orders", "order_id") == [("1",), ("2",)]
    assert bench.rows("shop__refund_lines", "refund_id", "amount") == [("r1", money("1"))]


def test_loading_a_slice_twice_changes_nothing(bench: Bench, tmp_path: object) -> None:
    bench.land(order("1", refunds=[{"id": "old"}]))
    spooled = bench.spool(order("1", refunds=[{"id": "r1"}]), {"id": "3", "total": {"amount": "bad"}})
    content = {path.name: path.read_bytes() for path in spooled.folder.iterdir()}
    bench.landing.load(spooled)
    once = bench.everything()
    spooled.folder.mkdir()
    for name, data in content.items():
        (spooled.folder / name).write_bytes(data)
    bench.landing.load(spooled)
    assert bench.everything() == once
    assert len(once["quarantine"]) == 1


def test_an_older_slice_that_is_loaded_late_does_not_undo_a_newer_one(bench: Bench) -> None:
    older = bench.spool(order("1", "1.00", refunds=[{"id": "gone"}]), order("2", "2.00"))
    newer = bench.spool(order("1", "5.00", refunds=[{"id": "kept"}]))
    bench.landing.load(newer)
    bench.landing.load(older)
    assert bench.rows("shop__orders", "order_id", "total") == [("1", money("5")), ("2", money("2"))]
    assert bench.rows("shop__refunds", "refund_id") == [("kept",)]


def test_two_connections_with_the_same_ids_do_not_touch_each_other(bench: Bench) -> None:
    bench.land(order("1", "1.00", refunds=[{"id": "r"}]))
    part = Slice("orders", "full")
    bench.landing.load(bench.landing.spool("south", "shop", ORDERS, part, [page(order("1", "2.00"))]))
    assert bench.rows("shop__orders", "connection_id", "total") == [
        ("north", money("1")),
        ("south", money("2")),
    ]
    assert bench.rows("shop__refunds", "connection_id", "refund_id") == [("north", "r")]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (order("1", "twelve"), "column total: expected a number of at most 12 digits before the point"),
        (order("1", 1e12), "column total: expected a number of at most 12 digits before the point"),
        (order("1") | {"placedAt": "yesterday"}, "column placed_at: expected an ISO 8601 instant"),
        (order("1") | {"total": "10.00"}, "field total: expected an object"),
        (order("1", refunds={"id": "r1"}), "field refunds: expected a list"),
        (order("1", refunds=["r1"]), "field itself: expected an object"),
        (order("1", refunds=[{"id": "r1", "lines": {"nodes": 3}}]), "field lines.nodes: expected a list"),
        (order("1", refunds=[{"id": None}]), "column refund_id: part of the key, but missing"),
        ({"total": None}, "column order_id: part of the key, but missing"),
        (order("a\x00b"), "column order_id: holds the character U+0000"),
    ],
)
def test_a_record_that_does_not_fit_goes_to_quarantine_whole(
    bench: Bench, record: dict[str, object], reason: str
) -> None:
    result = bench.land(record, order("2"))
    assert bench.rows("shop__orders", "order_id") == [("2",)]
    assert bench.rows("shop__refunds", "refund_id") == []
    [(found, kept, _)] = bench.quarantine()
    assert found == reason
    assert json.loads(kept) == record
    assert result.quarantined == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "1", ', "the line is not JSON"),
        (b"<html>sorry</html>", "the line is not JSON"),
        (b'{"id": "\xff"}', "the line is not JSON"),
        (b'{"id": "\\ud800"}', "the line is not JSON"),
        (b'["1"]', "the record is not an object"),
        (b"null", "the record is not an object"),
        (b'"x"', "the record is not an object"),
    ],
)
def test_a_line_that_is_no_record_is_set_aside_and_the_others_load(
    bench: Bench, line: bytes, reason: str
) -> None:
    result = bench.landing.load(bench.spool_pages([page(order("1"), line, order("2"))]))
    assert bench.rows("shop__orders", "order_id") == [("1",), ("2",)]
    assert bench.quarantine() == [(reason, line.decode(errors="backslashreplace"), "orders")]
    assert (result.extracted, result.quarantined) == (3, 1)


def test_a_record_in_quarantine_leaves_its_former_version_as_it_is(bench: Bench) -> None:
    bench.land(order("1", "1.00", refunds=[{"id": "r1"}]))
    bench.land(order("1", "broken", refunds=[]))
    assert bench.rows("shop__orders", "order_id", "total") == [("1", money("1"))]
    assert bench.rows("shop__refunds", "refund_id") == [("r1",)]


def test_a_bad_child_line_of_a_bulk_file_sets_its_whole_family_aside(bench: Bench) -> None:
    bench.land({"__typename": "Parent", "id": "p1", "total": 1}, stream=BULK)
    result = bench.land(
        {"__typename": "Parent", "id": "p1", "total": 2},
        {"__typename": "Child", "id": "c1", "__parentId": "p1", "price": "9.99"},
        {"__typename": "Child", "id": "c2", "__parentId": "p1", "price": "free"},
        {"__typename": "Parent", "id": "p2", "total": 3},
        {"__typename": "Child", "id": "c3", "__parentId": "p2", "price": "1"},
        stream=BULK,
    )
    assert bench.rows("shop__parents", "parent_id", "total") == [("p1", money("1")), ("p2", money("3"))]
    assert bench.rows("shop__children", "child_id") == [("c3",)]
    assert [(reason, json.loads(record)["id"]) for reason, record, _ in bench.quarantine()] == [
        ("belongs to a record of which another part was set aside", "c1"),
        ("belongs to a record of which another part was set aside", "p1"),
        ("column price: expected a number of at most 12 digits before the point", "c2"),
    ]
    assert result.quarantined == 3


def test_a_record_of_a_kind_that_no_table_takes_is_set_aside(bench: Bench) -> None:
    bench.land(
        {"__typename": "Parent", "id": "p1"}, {"__typename": "Surprise", "id": "s"}, {"id": "n"}, stream=BULK
    )
    assert bench.rows("shop__parents", "parent_id") == [("p1",)]
    assert [reason for reason, _, _ in bench.quarantine()] == [
        "no table takes records whose __typename is Surprise",
        "no table takes records whose __typename is nothing",
    ]


def test_reading_a_slice_again_replaces_what_it_had_set_aside(bench: Bench) -> None:
    part = Slice("orders", "full")
    bench.land(order("1", "bad"), order("2", "bad"), part=part)
    bench.land(order("1", "1.00"), order("2", "bad"), part=part)
    assert [json.loads(record)["id"] for _, record, _ in bench.quarantine()] == ["2"]
    bench.land(part=part)
    assert bench.quarantine() == []
    assert bench.rows("shop__orders", "order_id") == [("1",)]


def test_an_undeclared_field_is_kept_and_reported(bench: Bench) -> None:
    result = bench.land(
        order(
            "1",
            colour="red",
            **{"odd/na~me 'q'": {"deep": [1.5, None]}},
            dull=1,
            refunds=[{"id": "r", "by": "Jo"}],
        ),
        order("2", colour=None),
    )
    [first, second] = bench.rows("shop__orders", "order_id", "_extra")
    assert json.loads(first[1]) == {"colour": "red", "odd/na~me 'q'": {"deep": [1.5, None]}}
    assert second == ("2", None)
    assert bench.rows("shop__refunds", "_extra") == [('{"by":"Jo"}',)]
    assert result.drifted == ("orders.colour", "orders.odd/na~me 'q'", "refunds.by")


def test_long_numbers_keep_every_digit(bench: Bench) -> None:
    bench.landing.load(
        bench.spool_pages(
            [
                page(
                    b'{"id": 12345678901234567890123, "total": {"amount": 123456789012.123456}, "note": {"x": 0.1000000000000000055}}',
                    b'{"id": "2", "total": {"amount": 0.12345649999999999999}, "note": "1.2345678901234567 stays"}',
                    b'{"id": "3", "total": {"amount": -0.0000005}, "new": 3.14159265358979323846}',
                    b'{"id": "4", "total": {"amount": 9876543210987654.3}}',
                )
            ]
        )
    )
    assert bench.rows("shop__orders", "order_id", "total", "note", "_extra") == [
        ("12345678901234567890123", Decimal("123456789012.123456"), '{"x":0.1000000000000000055}', None),
        ("2", Decimal("0.123456"), '"1.2345678901234567 stays"', None),
        ("3", Decimal("-0.000001"), None, '{"new":3.14159265358979323846}'),
    ]
    [(_, record, _)] = bench.quarantine()
    assert record == '{"id": "4", "total": {"amount": 9876543210987654.3}}'


def test_a_slice_of_several_files_lands_as_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fondaco.landing.spool.PORTION_BYTES", 400)
    monkeypatch.setattr("fondaco.landing.spool.FILE_BYTES", 200)
    spooled = bench.spool_pages([page(order(str(n), "bad" if n == 7 else n)) for n in range(12)])
    assert len(spooled.portions) > 2
    assert min(map(len, spooled.portions[:-1])) > 1
    result = bench.landing.load(spooled)
    assert result.loaded["orders"] == 11
    assert [json.loads(record)["id"] for _, record, _ in bench.quarantine()] == ["7"]


def test_an_empty_slice_loads_and_is_gone(bench: Bench) -> None:
    result = bench.landing.load(bench.spool_pages([]))
    assert (result.extracted, result.loaded["orders"]) == (0, 0)
    assert bench.landing.pending() == []


def test_a_slice_waits_until_it_is_loaded_across_restarts(bench: Bench) -> None:
    spooled = bench.spool(order("1"))
    again = bench.reopened()
    assert again.pending() == [spooled]
    assert again.pending("south") == []
    again.load(spooled)
    assert again.pending() == []
    assert not list(bench.spool_folder.glob("*/*.ndjson*"))


def test_a_slice_whose_pages_break_off_is_not_spooled(bench: Bench) -> None:
    def pages() -> object:
        yield page(order("1"))
        raise RetryableError("The vendor went away.", "Run again.")

    with pytest.raises(RetryableError, match="went away"):
        bench.spool_pages(pages())  # type: ignore[arg-type]
    assert bench.landing.pending() == []
    assert [path.name for path in (bench.spool_folder / "north").iterdir()] == [".last"]


def test_progress_counts_records(bench: Bench) -> None:
    seen: list[int] = []
    bench.landing.spool(
        "north", "shop", ORDERS, Slice("orders", "full"), [page(order("1"), order("2")), page(order("3"))],
        progress=seen.append,
    )  # fmt: skip
    assert seen == [2, 3]


def test_a_slice_of_a_source_that_is_gone_is_kept_and_named(bench: Bench) -> None:
    spooled = bench.spool(order("1"))
    stranger = Landing(bench.warehouse, bench.spool_folder, "default", lambda: bench.now)
    with pytest.raises(FatalError, match=r"shop\.orders"):
        stranger.load(spooled)
    assert stranger.pending() == [spooled]


def test_a_connection_id_cannot_leave_the_spool(bench: Bench) -> None:
    with pytest.raises(FondacoError):
        bench.landing.spool("../north", "shop", ORDERS, Slice("orders", "full"), [])


def test_tombstones_are_noted_once(bench: Bench) -> None:
    gone = Tombstone("orders", "1", datetime(2026, 3, 1, tzinfo=UTC), "event")
    again = Tombstone("orders", "1", datetime(2026, 3, 1, tzinfo=UTC), "id comparison")
    assert bench.landing.land_tombstones("north", [gone, again]) == 1
    bench.landing.land_tombstones("north", [gone])
    assert bench.rows(
        "fondaco__tombstones", "tenant_id", "connection_id", "stream", "record_id", "found_by"
    ) == [("default", "north", "orders", "1", "event")]


def test_rows_of_our_own_tables_are_merged_by_key_from_arrow_or_dicts(bench: Bench) -> None:
    row = {
        "tenant_id": "default",
        "rate_date": date(2026, 3, 1),
        "base_currency": "EUR",
        "currency": "USD",
        "rate": Decimal("1.123456789"),
        "provider": "ecb",
        "_synced_at": datetime(2026, 3, 1),
    }
    bench.landing.land_rows("fondaco__exchange_rates", [row])
    bench.landing.land_rows("fondaco__exchange_rates", pa.Table.from_pylist([row | {"rate": Decimal("1.2")}]))
    assert bench.rows("fondaco__exchange_rates", "currency", "rate") == [("USD", Decimal("1.200000000"))]


def test_land_rows_refuses_a_vendors_table(bench: Bench) -> None:
    with pytest.raises(FatalError, match="shop__orders"):
        bench.landing.land_rows("shop__orders", [{"order_id": "1"}])


def test_raw_columns_stand_in_the_documented_order() -> None:
    assert raw_spec("shop", ORDERS.tables[0]).column_names == (
        "tenant_id", "connection_id", "order_id", "total", "placed_at", "note", "_synced_at", "_extra",
    )  # fmt: skip
