"""The mapping: the shipped one is whole, a merchant's lines take its place, and whatever cannot hold is named with its line."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.sources.prohandel.mapping import fields_of, read_mapping, shipped
from fondaco.sources.prohandel.streams import STREAMS

SHIPPED = files("fondaco.sources.prohandel").joinpath("mapping.toml").read_text(encoding="utf-8")


def own(folder: Path, text: str) -> Path:
    path = folder / "prohandel.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_mapping_names_every_stream_and_every_column() -> None:
    mapping = read_mapping(None)
    assert list(mapping.streams) == [stream.name for stream in STREAMS]
    for stream in STREAMS:
        assert set(mapping.stream(stream.name).fields) == set(fields_of(stream.name)), stream.name


def test_each_line_says_whether_it_was_observed_or_is_assumed() -> None:
    for line in SHIPPED.splitlines():
        if "=" in line and not line.startswith("#") and not line.startswith("ignored"):
            assert "# observed" in line or "# assumed" in line or "assumed = true" in line, line


def test_a_merchants_lines_take_the_place_of_the_shipped_and_leave_the_others(tmp_path: Path) -> None:
    mapping = read_mapping(
        own(
            tmp_path,
            '[pages]\nsize = "limit"\n[streams.article_sizes]\nfields.barcode = { from = "codes.gtin" }\n[streams.customers]\nresource = ""\n',
        )
    )
    before = read_mapping(None)
    assert (mapping.pages.size, mapping.pages.page) == ("limit", "page")
    assert mapping.stream("article_sizes").fields["barcode"].path == ("codes", "gtin")
    assert mapping.stream("article_sizes").fields["size"] == before.stream("article_sizes").fields["size"]
    assert not mapping.stream("customers").is_read
    assert mapping.stream("sales") == before.stream("sales")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[streams.sale]\nresource = 'sale'", r"\[streams.sale\] is none of Fondaco's streams: branches, articles, "),
        ("[streams.sales]\nfields.price = { from = 'p' }", r"\[streams.sales\] fields.price is no column; there are sale_id, "),
        ("[streams.sales]\nfields.sale_id = { from = '' }", r"fields.sale_id tells its records apart and cannot be empty"),
        ("[streams.sales]\nfields.sale_id = { form = 'id' }", r"streams.sales.fields.sale_id.form: Extra inputs are not permitted"),
        ("[streams.orders]\nfields.ordered_at = { from = '^.date' }", r"begins with \^\. and lines is empty"),
        ("[pages]\npage = ''", r"pages.page: String should have at least 1 character"),
        ("[page]\nsize = 'x'", r"page: Extra inputs are not permitted"),
        ("[token]\naddress = 'auth.example'", r"token.address: String should match pattern"),
        ("[meaning]\nsale_price = 'total'", r"meaning.sale_price: Input should be 'line' or 'piece'"),
        ("[meaning]\nvat_percent = 190", r"meaning.vat_percent: Input should be less than 100"),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        read_mapping(own(tmp_path, text))
    assert "The mapping prohandel.toml does not hold" in refused.value.what


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_mapping(tmp_path / "gone.toml")
    with pytest.raises(ConfigError, match=r"prohandel.toml is no TOML.*line 1"):
        read_mapping(own(tmp_path, "fields = = 1"))


def test_the_page_of_the_docs_shows_the_shipped_mapping_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs/connectors/prohandel.md").read_text(encoding="utf-8")
    found = re.search(r"```toml title=\"mapping.toml\"\n(.*?)```", page, re.DOTALL)
    assert found is not None
    assert tomllib.loads(found[1]) == shipped()
    assert json.dumps(shipped())  # texts, numbers, lists and tables only
