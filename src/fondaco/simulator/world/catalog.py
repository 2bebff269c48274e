"""What the shops sell, at what price, in which season, and the discounts they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fondaco.simulator.world.frames import DAY, NULL, Array, Frame
from fondaco.simulator.world.merchants import Merchant

WEEK = 7 * DAY
PROMOTED_PERCENT = 80  # price in a promotion week, per cent of the list price
_PROMOTED_WEEKS = 0.08
_SIZES = ("S", "M", "L", "XL")
_THINGS = ("Jacket", "Lamp", "Mug", "Backpack", "Blanket", "Bottle", "Chair", "Notebook", "Scarf", "Tent")
_STYLES = ("Alder", "Birch", "Copper", "Dune", "Ember", "Fjord", "Granite", "Harbour", "Ivory", "Juniper")
_BRANDS = ("North & Co", "Handwerk", "Little River", "Own brand")

PERCENT_CODES, FIXED_CODES, AUTOMATIC, FREE_SHIPPING, TWO_VALUES, TOKENS = range(6)
TOKEN_COUNT = 120
_FIXED_OFFERS: tuple[tuple[int, str | None, str, str, float], ...] = (
    (PERCENT_CODES, "WELCOME10", "WELCOME10", "percentage", 0.10),
    (PERCENT_CODES, "SUMMER15", "SUMMER15", "percentage", 0.15),
    (PERCENT_CODES, "VIP20", "VIP20", "percentage", 0.20),
    (FIXED_CODES, "FIVER", "FIVER", "fixed", 500.0),
    (FIXED_CODES, "TENNER", "TENNER", "fixed", 1000.0),
    (AUTOMATIC, None, "Five per cent off everything", "percentage", 0.05),
    (FREE_SHIPPING, "FREESHIP", "FREESHIP", "shipping", 1.0),
    (TWO_VALUES, "BUNDLE", "BUNDLE", "percentage", 0.10),
)


@dataclass(slots=True)
class Catalog:
    """Products, variants and offers of all shops; variants of a shop stand together, cheapest first.

    ``choice`` holds, for every shop and week, the cumulative chance of each variant, padded with 1.
    """

    products: Frame
    variants: Frame
    inventory: Frame
    offers: Frame
    offer_group: Array
    first_variant: Array  # per shop
    variant_count: Array  # per shop, gift cards left out
    gift_variants: Array  # shop × 3, -1 where the shop sells none
    choice: Array  # (shop × week × widest), flat
    promoted: Array  # week × variant
    appetite: Array  # week × variant: expected further units in a line
    weeks: int
    widest: int
    wanted: Array | None = None
    """As ``choice``, were nothing ever out of stock; in worlds with stock only."""
    absent: Array | None = None  # week × variant: out of stock

    def pick(self, shop: Array, week: Array, uniform: Array) -> Array:
        """Variants (global indices) by the chances of that shop and week."""
        return self._found(self.choice, shop, week, uniform)

    def missed(self, shop: Array, week: Array, uniform: Array) -> Array:
        """The variant that was wanted and is out of stock, or -1."""
        if self.wanted is None or self.absent is None:
            return np.full(len(shop), -1)
        wanted = self._found(self.wanted, shop, week, uniform)
        return np.where(self.absent[week, wanted], wanted, -1)

    def _found(self, choice: Array, shop: Array, week: Array, uniform: Array) -> Array:
        group = shop.astype(np.int64) * self.weeks + week
        found = np.searchsorted(choice, group + uniform, side="right") - group * self.widest
        return np.asarray(self.first_variant[shop] + np.minimum(found, self.variant_count[shop] - 1))

    def offers_of(self, group: int) -> list[Array]:
        """Per shop, the offers (indices) of a group."""
        chosen = self.offer_group == group
        return [
            np.flatnonzero(chosen & (self.offers["shop_id"] == s)) for s in range(len(self.first_variant))
        ]


def make_catalog(seed: int, shops: tuple[Merchant, ...], orders: int, start: int, end: int) -> Catalog:
    """The catalog of a world: the larger the world, the more products."""
    rng = np.random.default_rng([seed, 4])
    per_shop = int(min(500, 40 + orders // 4_000))
    products = _products(rng, shops, per_shop, start, end)
    variants = _variants(rng, products, len(shops))
    weeks = int((end - start) // WEEK) + 1
    promoted = rng.random((weeks, len(products["product_id"]))) < _PROMOTED_WEEKS
    weight, appetite = _demand(rng, products, variants, promoted, start)
    count = np.bincount(variants["shop_id"][~variants["is_gift_card"]], minlength=len(shops))
    first = np.searchsorted(variants["shop_id"], np.arange(len(shops)))
    widest = int(count.max())
    choice = np.ones((len(shops), weeks, widest))
    for shop in range(len(shops)):
        cumulative = weight[:, first[shop] : first[shop] + count[shop]].cumsum(axis=1)
        choice[shop, :, : count[shop]] = cumulative / cumulative[:, -1:]
    choice += np.arange(len(shops) * weeks).reshape(len(shops), weeks, 1)
    offers, group = _offers(shops, start, end)
    return Catalog(
        products=products, variants=variants, inventory=_inventory(rng, variants, end), offers=offers,
        offer_group=group, first_variant=first, variant_count=count,
        gift_variants=_gift_variants(variants, shops), choice=choice.ravel(),
        promoted=promoted[:, variants["product"]], appetite=appetite, weeks=weeks, widest=widest,
    )  # fmt: skip


def _products(
    rng: np.random.Generator, shops: tuple[Merchant, ...], per_shop: int, start: int, end: int
) -> Frame:
    count = per_shop * len(shops)
    index = np.arange(count)
    within = index % per_shop
    span = end - start
    created = np.where(
        rng.random(count) < 0.8, start - 30 * DAY, start + (span * rng.random(count) * 0.6).astype(np.int64)
    )
    gone = np.where(within == 3, start + span * 6 // 10, NULL)  # one deleted product per shop
    created[within == 3] = start - 30 * DAY
    gift = within == per_shop - 1
    titles = np.array([f"{_STYLES[i % 10]} {_THINGS[(i // 10) % 10]} {i // 100 + 1}" for i in within], object)
    kinds = np.array([_THINGS[(i // 10) % 10] for i in within], object)
    titles[gift], kinds[gift] = "Gift card", "Gift card"
    created[gift] = start - 30 * DAY
    return {
        "shop_id": (index // per_shop).astype(np.int8),
        "product_id": 100_000_000_001 + index,
        "title": titles,
        "vendor": np.array([_BRANDS[i % 4] for i in within], object),
        "product_type": kinds,
        "status": np.where(gone != NULL, "archived", "active").astype(object),
        "created_at": created,
        "updated_at": np.where(gone != NULL, gone, created + 5 * DAY).clip(max=end),
        "deleted_at": gone,
        "elasticity": np.where(gift, 0.0, rng.uniform(-3.0, -0.8, count)),
        "season_peak_day": rng.integers(1, 366, count).astype(np.int32),
        "season_strength": np.where(gift, 0.0, rng.uniform(0.0, 0.8, count)),
        "gift": gift,
    }


def _variants(rng: np.random.Generator, products: Frame, shops: int) -> Frame:
    sizes = np.where(products["gift"], 3, rng.integers(1, 5, len(products["gift"])))
    product = np.repeat(np.arange(len(sizes)), sizes)
    position = np.arange(len(product)) - np.repeat(sizes.cumsum() - sizes, sizes)
    gift = products["gift"][product]
    base = (np.exp(rng.normal(3.4, 0.6, len(sizes))).clip(9, 400).round() * 100 - 5).astype(np.int64)
    price = np.where(gift, np.array([2_500, 5_000, 10_000])[position % 3], base[product] + 200 * position)
    # Gift cards stand behind the others of their shop; the others from cheap to dear.
    order = np.lexsort((price, gift, products["shop_id"][product]))
    product, position, gift, price = product[order], position[order], gift[order], price[order]
    count = len(product)
    deleted = (rng.random(count) < 0.02) & ~gift
    for shop in range(shops):  # even a small shop has a deleted variant
        deleted[np.searchsorted(products["shop_id"][product], shop) + 7] = True
    deleted |= products["deleted_at"][product] != NULL
    return {
        "shop_id": products["shop_id"][product],
        "variant_id": 200_000_000_001 + np.arange(count),
        "product_id": products["product_id"][product],
        "sku": np.array([f"SKU-{p:05d}-{_SIZES[v]}" for p, v in zip(product, position, strict=True)], object),
        "barcode": np.array([f"40{200_000_000_0 + i:010d}" for i in range(count)], object),
        "title": np.array([_SIZES[v] for v in position], object),
        "price": price,
        "cost": np.where(gift, NULL, (price * rng.uniform(0.3, 0.6, count)).astype(np.int64)),
        "inventory_item_id": 300_000_000_001 + np.arange(count),
        "is_gift_card": gift,
        "updated_at": products["updated_at"][product],
        "product": product,
        "deleted": deleted,
    }


def _demand(
    rng: np.random.Generator, products: Frame, variants: Frame, promoted: Array, start: int
) -> tuple[Array, Array]:
    """Weight of each variant per week, and the further units a buyer is expected to take."""
    weeks = promoted.shape[0]
    day = (start // DAY + np.arange(weeks) * 7 + 3)[:, None]
    season = 1 + products["season_strength"] * np.cos(
        2 * np.pi * (day - products["season_peak_day"]) / 365.25
    )
    response = np.where(promoted, (PROMOTED_PERCENT / 100) ** products["elasticity"], 1.0)
    on_sale = (start + np.arange(weeks) * WEEK)[:, None] >= products["created_at"]
    gone = products["deleted_at"]
    on_sale &= (gone == NULL) | ((start + np.arange(1, weeks + 1) * WEEK)[:, None] <= gone)
    popularity = rng.lognormal(0.0, 0.8, len(variants["product"]))
    demand = (season * response)[:, variants["product"]]
    # A variant that the shop has deleted sold in the first half of the time only.
    available = ~variants["deleted"] | (np.arange(weeks) < weeks / 2)[:, None]
    weight = demand * on_sale[:, variants["product"]] * available * popularity * ~variants["is_gift_card"]
    return weight, 0.18 * demand


def _gift_variants(variants: Frame, shops: tuple[Merchant, ...]) -> Array:
    found = np.full((len(shops), 3), -1)
    for index, shop in enumerate(shops):
        if shop.platform == "shopify":
            found[index] = np.flatnonzero(variants["is_gift_card"] & (variants["shop_id"] == index))
    return found


def _inventory(rng: np.random.Generator, variants: Frame, end: int) -> Frame:
    kept = np.flatnonzero(~variants["deleted"] & ~variants["is_gift_card"])
    rows = np.repeat(kept, 2)
    location = np.tile(np.array([0, 1]), len(kept))
    on_hand = rng.integers(0, 200, len(rows))
    committed = np.minimum(on_hand, rng.integers(0, 6, len(rows)))
    return {
        "shop_id": variants["shop_id"][rows],
        "variant_id": variants["variant_id"][rows],
        "location_id": 400_000_000_001 + variants["shop_id"][rows].astype(np.int64) * 2 + location,
        "location_name": np.array(["Main warehouse", "Store"], object)[location],
        "available": on_hand - committed,
        "on_hand": on_hand,
        "committed": committed,
        "incoming": np.where(rng.random(len(rows)) < 0.1, 50, 0),
        "updated_at": end - rng.integers(60, 86_400 * 20, len(rows)) * 1_000_000,
    }


def _offers(shops: tuple[Merchant, ...], start: int, end: int) -> tuple[Frame, Array]:
    plain = [*_FIXED_OFFERS]
    plain += [(TOKENS, f"TOKEN{n:03d}", f"TOKEN{n:03d}", "fixed", 100.0) for n in range(1, TOKEN_COUNT + 1)]
    rows = [(shop, n, *offer) for shop in range(len(shops)) for n, offer in enumerate(plain)]
    shop, number, group, code, title, kind, value = zip(*rows, strict=True)
    count = len(rows)
    return {
        "shop_id": np.array(shop, np.int8),
        "discount_id": 500_000_000_001 + np.array(shop, np.int64) * 1_000 + np.array(number),
        "code": np.array(code, object),
        "coded": np.array([word is not None for word in code]),
        "title": np.array(title, object),
        "kind": np.array(kind, object),
        "value": np.array(value),
        "starts_at": np.full(count, start - 30 * DAY),
        "ends_at": np.where(np.array(number) == 1, end + 30 * DAY, NULL),
        "usage_count": np.zeros(count, np.int64),
        "updated_at": np.full(count, start),
    }, np.array(group)
