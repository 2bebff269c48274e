"""A shop by hand that loses money in every way that is suggested to be mended.

A pan costs 12.00, a pot 5.00, a cup 3.00; a parcel 4.00; taking goods back 2.00. PayPal keeps 3 %, Stripe 1 %; of Klarna nobody knows.

====  =========================================  ==============================================================================
 1-2  a pan for 10                               n 10, c 12, s 4: CM2 -6 each; delivery alone, 4, did not make it so
   3  a pot for 20, 13 off with DEEP, 1 with TIP  n 6, c 5, s 4: CM2 -3; not so without the 14 off, nor without the parcel
   4  a pot for 20 by PayPal                     p 0.60; at Stripe's share 0.20
   5  a pot for 20 by Stripe                     p 0.20
   6  a pot for 20 by Klarna                     p 0: no fee is told, and none entered
   7  a pot for 20, in cash                      no provider
   8  ten cups for 10, five came back broken     return handling 2, goods that are no more 5 x 3
====  =========================================  ==============================================================================

Sold are 2 pans, 5 pots and 10 cups, of which 5 came back: the usual share is 5/17, that of cups 5/10. Their returns cost 17, of which
17 x (1 - (5/17) / (5/10)) = 7 lie above the usual.
"""

from __future__ import annotations

from typing import Any


def write_leaks(shop: Any) -> Any:
    for sku, amount in (("PAN", "12"), ("POT", "5"), ("CUP", "3")):
        shop.cost("product_cost", item=sku, amount=amount, currency="EUR")
        shop.product(sku, sku.title())
    shop.cost("shipping_cost", amount="4", currency="EUR")
    shop.cost("return_handling", amount="2", currency="EUR")
    shop.cost("payment_fee", item="paypal", rate="0.03")
    shop.cost("payment_fee", item="stripe", rate="0.01")
    for number in (1, 2):
        _sale(shop, number, "PAN", "10")
    deep = _sale(shop, 3, "POT", "20", discounts="14")
    shop.discount(deep, "TIP", "1")
    shop.discount(deep, "DEEP", "13")
    for number, gateway in ((4, "PayPal"), (5, "stripe"), (6, "klarna"), (7, "cash")):
        order = _sale(shop, number, "POT", "20")
        shop.payment(order, "sale", "2026-03-05 10:00:00", "20", gateway=gateway)
    cups = _sale(shop, 8, "CUP", "100", quantity=10)
    shop.event(
        cups, "return", "product", "2026-03-09 10:00:00", order_line_id=f"{cups}/1", quantity=-5, returns="50",
        units_restocked=0, product_id=shop.id("CUP"),
    )  # fmt: skip
    return shop


def _sale(shop: Any, number: int, sku: str, gross: str, **given: Any) -> str:
    order: str = shop.sale(
        str(number),
        "2026-03-05 10:00:00",
        gross,
        sku=sku,
        product_id=shop.id(sku),
        title=sku.title(),
        **given,
    )
    return order
