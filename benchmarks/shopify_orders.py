"""A bulk result of Shopify orders of any size, made line by line: orders with payments, and their lines with taxes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path


def write_orders(path: Path, orders: int, *, seed: int = 7) -> int:
    """Write ``orders`` orders, about 2.5 lines of JSON for each; the number of lines."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(orders, random.Random(seed)):
            file.write(line)
            count += 1
    return count


def _money(cents: int) -> str:
    amount = f"{cents // 100}.{cents % 100:02d}"
    return f'{{"shopMoney":{{"amount":"{amount}","currencyCode":"EUR"}}}}'


def _lines(orders: int, chance: random.Random) -> Iterator[str]:
    for n in range(orders):
        order_id = f"gid://shopify/Order/{5_000_000_000_000 + n}"
        at = f"2025-{1 + n % 12:02d}-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:00Z"
        cents = chance.randrange(500, 50_000)
        total, tax = _money(cents), _money(cents * 19 // 119)
        yield (
            f'{{"__typename":"Order","id":"{order_id}","name":"#{n}","number":{n},"email":"c{n % 9000}@example.com",'
            f'"customer":{{"id":"gid://shopify/Customer/{n % 9000}"}},"createdAt":"{at}","processedAt":"{at}",'
            f'"updatedAt":"{at}","cancelledAt":null,"test":false,"confirmed":true,"taxesIncluded":true,'
            '"currencyCode":"EUR","displayFinancialStatus":"PAID","tags":[],'
            '"shippingAddress":{"city":"Berlin","countryCodeV2":"DE"},'
            f'"originalTotalPriceSet":{total},"currentTotalPriceSet":{total},"totalTaxSet":{tax},'
            f'"totalDiscountsSet":{_money(0)},"transactions":[{{"id":"gid://shopify/OrderTransaction/{n}",'
            f'"kind":"SALE","status":"SUCCESS","gateway":"shopify_payments","processedAt":"{at}","test":false,'
            f'"amountSet":{total},"fees":[]}}],"refunds":[]}}\n'
        )
        for line in range(1 + (chance.random() < 0.35) + (chance.random() < 0.15)):
            yield (
                f'{{"__typename":"LineItem","__parentId":"{order_id}","id":"gid://shopify/LineItem/{n * 4 + line}",'
                f'"product":{{"id":"gid://shopify/Product/{n % 60}"}},"variant":{{"id":"gid://shopify/ProductVariant/{n % 300}"}},'
                f'"sku":"SKU-{n % 300}","title":"Thing {n % 300}","quantity":{1 + line},"currentQuantity":{1 + line},'
                f'"originalUnitPriceSet":{total},"taxLines":[{{"title":"VAT","rate":0.19,"priceSet":{tax}}}],'
                '"discountAllocations":[]}\n'
            )
