"""Collections of a shop: their tree, their names, and which products count in which, on each engine."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

Tree = dict[str, str | None]


def write_shop(shop: Any) -> None:
    """Home with Lamps with Desk lamps, two that are called Sale, two that hang below each other, and one without a known parent."""
    tree: Tree = {
        "home": None, "lamps": "home", "desk": "lamps", "sale": None, "sale-2": None, "chicken": "egg",
        "egg": "chicken", "orphan": "gone",
    }  # fmt: skip
    titles = {"sale": "Sale", "sale-2": "Sale", "desk": "Desk lamps", "egg": None}
    for name, parent in tree.items():
        shop._add(
            "collections",
            {"collection_id": shop.id(name), "source_collection_id": name, "handle": name},
            {"title": titles.get(name, name.title()), "parent_collection_id": parent and shop.id(parent)},
        )
    for product, collections in {
        "desk lamp": ("desk", "sale"), "lamp": ("lamps", "home"), "riddle": ("egg",), "new": ("unread",),
    }.items():  # fmt: skip
        for name in collections:
            shop._add(
                "product_collections", {"product_id": shop.id(product), "collection_id": shop.id(name)}, {}
            )


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("collections_duckdb")),
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("collections_postgres")]
        ),
    ],
)
def books(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    books = open_books(request.param)
    for tenant in ("a", "b"):  # what two merchants call alike is not the same
        shop = shop_type(books, tenant, connection=f"{tenant}-shop")
        write_shop(shop)
        shop.write()
    books.build(select="+collections +product_collections")
    return books


def test_a_collection_is_named_by_its_place_and_by_its_address_where_two_are_called_alike(books: Any) -> None:
    rows = books.rows(
        "select source_collection_id, collection_title, level, products from marts.collections"
        " where tenant_id = 'a' order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("chicken", "Chicken", 1, 1),
        ("desk", "Home > Lamps > Desk lamps", 3, 1),
        ("egg", "egg", 1, 1),
        ("home", "Home", 1, 2),
        ("lamps", "Home > Lamps", 2, 2),
        ("orphan", "Orphan", 1, 0),
        ("sale", "Sale (sale)", 1, 1),
        ("sale-2", "Sale (sale-2)", 1, 0),
    ]


def test_a_product_counts_once_in_its_own_collections_and_in_all_above_them(books: Any) -> None:
    rows = books.rows(
        "select product_id, collection_title, is_direct from marts.product_collections"
        " where tenant_id = 'a' order by 1, 2"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("a-shop:desk lamp", "Home", False),
        ("a-shop:desk lamp", "Home > Lamps", False),
        ("a-shop:desk lamp", "Home > Lamps > Desk lamps", True),
        ("a-shop:desk lamp", "Sale (sale)", True),
        ("a-shop:lamp", "Home", True),
        ("a-shop:lamp", "Home > Lamps", True),
        ("a-shop:riddle", "Chicken", False),
        ("a-shop:riddle", "egg", True),
    ]
