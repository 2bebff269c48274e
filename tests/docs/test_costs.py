"""The example sheets of the page on costs are read as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

from fondaco.costs import COLUMNS, Kind, read_csv, read_toml

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")


SHOPS, SPENDERS = {"my-shop": "My shop", "uk-shop": "UK shop"}, {"meta-main": "Meta"}


def example(language: str) -> bytes:
    found = re.search(f"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1].encode()


def test_the_csv_of_the_page_has_an_entry_of_every_kind() -> None:
    entries = read_csv(example("csv"), SHOPS, {}, SPENDERS).entries
    assert {entry.kind for entry in entries} == set(Kind)
    assert len(entries) == 27


def test_the_toml_of_the_page_says_the_same_as_its_csv() -> None:
    entries = read_toml(example("toml"), SHOPS, {}, SPENDERS).entries
    assert {*entries} < {*read_csv(example("csv"), SHOPS, {}, SPENDERS).entries}


def test_every_column_is_told() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {*COLUMNS} <= told
