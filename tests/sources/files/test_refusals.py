"""Files, columns and mappings that cannot be read: refused in two lines that name the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.files.mapped import HEADER, MAP, Read, Write, lines, refusal

from fondaco.errors import ConfigError
from fondaco.sources.files.fields import parse_map, read_mapping


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", HEADER.encode(), "has a header and no rows"),
        (
            "half.csv",
            (HEADER + "7,2026-07-01,,A,,1,1.00,\n8,2026-07").encode(),
            "cut off in the middle of row 2",
        ),
        (
            "quote.csv",
            (HEADER + '7,2026-07-01,,"A,,1,1.00,\n8,2026-07-01,,A,,1,1.00,\n').encode(),
            "in line 2",
        ),
        ("umlaut.csv", (HEADER + "7,2026-07-01,,A,Käse,1,1.00,\n").encode("cp1252"), "--encoding cp1252"),
        ("wide.csv", (HEADER + "7,2026-07-01,,A,,1,1.00,\n").encode("utf-16"), "--encoding utf-16"),
        ("twice.csv", b"Invoice,Invoice\n1,2\n", "'Invoice' twice"),
        ("book.xlsx", b"PK\x03\x04rest", "Save it as CSV"),
        ("half.parquet", b"PAR1rest", "not a whole Parquet file"),
        ("half.jsonl", b'{"Invoice": 1}\n{"Invo', "cut off in the middle of row 2"),
        ("ended.jsonl", b'{"Invoice": 1}\n{"Invoice": 2, "Name": "Mug }\n', "cut off in the middle of row 2"),
        ("nested.jsonl", b'{"Invoice": 1}\n{"Invoice": {"n": 2}\n\n', "cut off in the middle of row 2"),
        ("text.jsonl", b"hello\n", "not JSON lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_two_lines(
    read: Read, write: Write, name: str, content: bytes, said: str
) -> None:
    assert said in refusal(read, write(name, content), mapping=MAP)


def test_the_encoding_that_the_error_names_reads_the_file(read: Read, write: Write) -> None:
    path = write("umlaut.csv", (HEADER + "7,2026-07-01,,A,Käse,1,1.00,\n").encode("cp1252"))
    assert lines(read(path, mapping=MAP, encoding="cp1252"), "title") == [("Käse",)]


def test_a_missing_file_is_refused(read: Read, tmp_path: Path) -> None:
    assert "There is no file" in refusal(read, tmp_path / "nowhere.csv")


def test_an_unknown_column_names_the_closest(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,2026-07-01,,A,,1,1.00,\n")
    assert "'Invoice'" in refusal(read, path, mapping={**MAP, "order_id": "InvoiceNo"})


def test_an_unknown_layout_names_what_must_be_mapped(read: Read, write: Write) -> None:
    said = refusal(read, write("s.csv", HEADER + "7,2026-07-01,,A,,1,1.00,\n"))
    assert "order_id, ordered_at, unit_price" in said
    assert "--map order_id=COLUMN" in said


@pytest.mark.parametrize("pair", ["order_id", "order_id=", "order=Invoice"])
def test_a_wrong_map_argument_is_refused(pair: str) -> None:
    with pytest.raises(ConfigError):
        parse_map([pair])


def test_a_mapping_file_is_toml(write: Write) -> None:
    assert read_mapping(write("m.toml", 'order_id = "Invoice"\n')) == {"order_id": "Invoice"}
    with pytest.raises(ConfigError, match="Did you mean: order_id"):
        read_mapping(write("n.toml", 'orderid = "Invoice"\n'))
