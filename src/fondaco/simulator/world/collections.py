"""How the shops arrange what they sell: Shopify's collections stand beside each other, the others' categories in a tree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.catalog import Catalog
from fondaco.simulator.world.frames import DAY, NULL, Frame
from fondaco.simulator.world.merchants import Merchant

_GROUPS: dict[str, tuple[str, ...]] = {
    "Wear": ("Jacket", "Scarf"),
    "Home": ("Lamp", "Mug", "Blanket", "Chair", "Notebook"),
    "Outdoor": ("Backpack", "Bottle", "Tent"),
}
_GROUP_OF = {thing: group for group, things in _GROUPS.items() for thing in things}
_SALE = "Sale"
_A_SHOP = 1_000
"""Numbers that a shop's collections may take."""

_FIRST_ID = 600_000_000_001
_ON_SALE_EVERY = 5
_UNSORTED_EVERY = 7


def collection_tables(shops: Sequence[Merchant], catalog: Catalog, start: int) -> dict[str, Frame]:
    """Collections, and which product is in which.

    Every fifth product of a shop is on sale, in a second collection; every seventh, and gift cards, are in none. WooCommerce
    leaves no product without a category, so there these are in its own *Uncategorized*. Nothing of it is drawn by chance: a
    world keeps everything else that it had without collections.
    """
    names = [_names_of(shop) for shop in shops]
    return {
        "collections": _collections(names, start),
        "product_collections": _members(shops, names, catalog),
    }


def _names_of(shop: Merchant) -> list[tuple[str, str | None]]:
    """Titles with that of the parent, parents first."""
    flat: list[tuple[str, str | None]] = [(group, None) for group in _GROUPS]
    if shop.platform == "shopify":
        return [*flat, (_SALE, None)]
    tree = [*flat, *((thing, group) for thing, group in _GROUP_OF.items()), (_SALE, None)]
    return [*tree, ("Uncategorized", None)] if shop.platform == "woocommerce" else tree


def _id(shop: int, place: int) -> int:
    return _FIRST_ID + shop * _A_SHOP + place


def _collections(names: Sequence[list[tuple[str, str | None]]], start: int) -> Frame:
    rows = [
        (shop, _id(shop, place), title, _id(shop, _place(own, parent)) if parent else NULL)
        for shop, own in enumerate(names)
        for place, (title, parent) in enumerate(own)
    ]
    shop_index, ids, titles, parents = zip(*rows, strict=True)
    return {
        "shop_id": np.array(shop_index, np.int8),
        "collection_id": np.array(ids, np.int64),
        "title": pa.array(titles, pa.string()),
        "handle": pa.array([title.lower() for title in titles], pa.string()),
        "parent_id": np.array(parents, np.int64),
        "created_at": np.full(len(rows), start - 30 * DAY),
        "updated_at": np.full(len(rows), start - 30 * DAY),
    }


def _place(names: list[tuple[str, str | None]], title: str) -> int:
    return next(place for place, (name, _) in enumerate(names) if name == title)


def _members(
    shops: Sequence[Merchant], names: Sequence[list[tuple[str, str | None]]], catalog: Catalog
) -> Frame:
    products = catalog.products
    seen = [0] * len(shops)
    rows: list[tuple[int, int, int]] = []
    for shop, product, kind in zip(
        products["shop_id"].tolist(), products["product_id"].tolist(), products["product_type"], strict=True
    ):
        seen[shop] += 1
        for title in _titles(shops[shop], str(kind), seen[shop]):
            rows.append((shop, product, _id(shop, _place(names[shop], title))))
    shop_index, product_ids, ids = zip(*rows, strict=True)
    return {
        "shop_id": np.array(shop_index, np.int8),
        "product_id": np.array(product_ids, np.int64),
        "collection_id": np.array(ids, np.int64),
    }


def _titles(shop: Merchant, kind: str, number: int) -> list[str]:
    """What the ``number``-th product of a shop is in."""
    if kind not in _GROUP_OF or number % _UNSORTED_EVERY == 0:
        return ["Uncategorized"] if shop.platform == "woocommerce" else []
    first = _GROUP_OF[kind] if shop.platform == "shopify" else kind
    return [first, _SALE] if number % _ON_SALE_EVERY == 0 else [first]
