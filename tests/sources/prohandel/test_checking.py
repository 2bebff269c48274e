"""``check`` compares what the server answers with the mapping, and names each difference with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.errors import AccessError, ConfigError
from fondaco.sources.prohandel.checking import weighed
from fondaco.sources.prohandel.mapping import read_mapping

if TYPE_CHECKING:
    from .conftest import Erp

pytestmark = pytest.mark.slow


def test_a_server_that_answers_as_the_mapping_says_lacks_nothing(erp: Erp) -> None:
    found = erp.source(name="Aurora ERP").check()
    assert (found.shop_name, found.currency, found.time_zone, found.missing) == (
        "Aurora ERP", "EUR", "Europe/Berlin", (),
    )  # fmt: skip
    assert all("stays unknown" in warning for warning in found.warnings), found.warnings


def test_lists_that_are_not_there_or_may_not_be_read_are_named_with_what_follows(erp: Erp) -> None:
    erp.behaviour.gone, erp.behaviour.refused = {"order"}, {"inventory"}
    assert erp.source().check().missing == (
        "The key may not read 'inventory' (streams.inventory.resource): no stock can be read.",
        "ProHandel has no list at 'order' (streams.orders.resource): no purchase orders can be read.",
    )


def test_a_field_that_is_called_otherwise_is_named_beside_what_the_server_has(erp: Erp) -> None:
    erp.behaviour.renamed = {"salePrice": "grossPrice", "ean": "gtin"}
    found = erp.source().check()
    [lost] = found.missing
    assert lost.startswith("None of ")
    assert lost.endswith(
        "records has 'salePrice' of 'sale' (streams.sales.fields.sale_price): no sales can be read."
    )
    assert (
        "ProHandel's list 'sale' also has grossPrice, which the mapping of sales does not read."
        in found.warnings
    )
    assert any(
        "'ean' of 'articlesize' (streams.article_sizes.fields.barcode): barcode stays unknown." in warning
        for warning in found.warnings
    )
    assert any("also has gtin" in warning for warning in found.warnings)


def test_the_merchants_own_mapping_mends_it(erp: Erp) -> None:
    erp.behaviour.renamed = {"salePrice": "grossPrice"}
    source = erp.mapped('[streams.sales]\nfields.sale_price = { from = "grossPrice" }\n')
    assert source.check().missing == ()
    assert all(row["paid"] is not None for row in erp.read("sales", source))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("quantity", "a dozen", "'quantity' of 'sale' (streams.sales.fields.quantity) is not a whole number"),
        ("quantity", 1.5, "'quantity' of 'sale' (streams.sales.fields.quantity) is not a whole number"),
        ("salePrice", {"amount": 1}, "'salePrice' of 'sale' (streams.sales.fields.sale_price) is not a number"),
        ("salePrice", "1e9", "'salePrice' of 'sale' (streams.sales.fields.sale_price) is not a number"),
        ("date", "01.03.2026", "'date' of 'sale' (streams.sales.fields.sold_at) is not a time"),
        ("isDeleted", "vielleicht", "'isDeleted' of 'sale' (streams.sales.fields.is_deleted) is not true or false"),
    ],
)  # fmt: skip
def test_values_of_another_type_are_counted_and_named(erp: Erp, field: str, value: object, said: str) -> None:
    erp.behaviour.worded = {field: value}
    assert any(said in missing for missing in erp.source().check().missing)


def test_amounts_that_mean_something_else_are_found_by_the_labels_price(erp: Erp) -> None:
    found = erp.mapped('[meaning]\nafter_discount = false\nsale_price = "piece"\n').check()
    [warning] = [one for one in found.warnings if "sales are probably wrong" in one]
    assert 'with sale_price = "line", discount = "line", after_discount = true' in warning


readings = st.tuples(st.sampled_from(["line", "piece"]), st.sampled_from(["line", "piece"]), st.booleans())
priced = st.tuples(st.integers(2, 5), st.integers(500, 10_000), st.integers(100, 499))


@given(meant=readings, said=readings, lines=st.lists(priced, min_size=20, max_size=30))
def test_whatever_the_amounts_mean_another_meaning_is_found_and_the_right_one_is_not_doubted(
    meant: tuple[str, str, bool], said: tuple[str, str, bool], lines: list[tuple[int, int, int]]
) -> None:
    """Pieces, the label's price and what is taken off a piece, in cents, as a till of that meaning writes them."""
    price, discount, after = meant
    sales: list[dict[str, Any]] = [
        {
            "quantity": pieces,
            "labelPrice": label / 100,
            "salePrice": (label - off if after else label) * (pieces if price == "line" else 1) / 100,
            "discount": off * (pieces if discount == "line" else 1) / 100,
        }
        for pieces, label, off in lines
    ]
    mapping = read_mapping(None)
    meaning = mapping.meaning.model_copy(
        update=dict(zip(("sale_price", "discount", "after_discount"), said, strict=True))
    )
    found = weighed(sales, mapping.model_copy(update={"meaning": meaning}))
    # What is told before the discount comes out whatever the discount means.
    is_right = said == meant or (not after and (said[0], said[2]) == (price, after))
    assert (found == []) == is_right
    for warning in found:
        assert f'sale_price = "{price}"' in warning
        assert f"after_discount = {str(after).lower()}" in warning


def test_orders_that_are_told_in_dozens_are_found_by_what_came(erp: Erp) -> None:
    erp.behaviour.worded = {"quantity": 4, "deliveredQuantity": 48}
    [warning] = [one for one in erp.source().check().warnings if "not counted alike" in one]
    assert "12 times as many pieces came as were ordered" in warning


def test_a_wrong_path_in_the_answer_to_the_key_is_named(erp: Erp) -> None:
    with pytest.raises(ConfigError, match=r"has no text at 'token.value' \(token.access of the mapping\)"):
        erp.mapped('[token]\naccess = "token.value"\n').check()


def test_where_nothing_may_be_read_the_credential_is_refused(erp: Erp) -> None:
    erp.behaviour.refused = {
        "branch", "article", "articlesize", "inventory", "sale", "customer", "supplier", "order",
    }  # fmt: skip
    with pytest.raises(AccessError):
        erp.source().check()
