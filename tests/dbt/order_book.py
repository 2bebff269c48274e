"""An order book by hand: one merchant's March 2026, thirty orders, each with one awkward thing, and the statement of each on paper.

The cost sheet
--------------
A mug costs 4.00 and from 10 March 5.00; tea 2.50; the box of both, a bundle, 9.00; the dollar shop's cap 6.00 USD. The shop tells
3.00 for the cup. Nobody knows what a new thing costs: 40 % of its price. A parcel costs 4.00 to Germany, 9.00 elsewhere; packing
1.00 and its box 0.50 an order, 0.20 a piece. PayPal takes 2.9 % and 0.35. Amazon keeps 15 %. Taking goods back costs 2.00, and 0.30
a piece. Switzerland takes 8 %. ANNA gets 10 % of what is ordered with her code. The agency gets 300.00 for 1 to 30 March, so 10.00 a
day, which the day's orders share by their value; rent is 310.00 a month, 10.00 a day.

The statements
--------------
n = net sales, c = cost of goods, o = other income, s = shipping, f = fulfilment (1.50 and 0.20 a piece), p = payment costs,
b = chargebacks, a = marketplace fees, r = return handling, d = duties, m = marketing. What is not named is nought.

====  ==============================================  =====================================================================
  1   plain                                           n 2 x 10 = 20, c 2 x 4, o 4.90, s 4, f 1.90, p 0.60 told, m 10
  2   one of three comes back to the shelf            n 30 - 10, c (3 - 1) x 4, s 4, f 2.10, p 0.90, r 2.30, m 10;
                                                      it came back after the mug's cost rose: what left at 4 returns at 4
  3   one of three comes back broken                  n 20, c 3 x 4, s 4, f 2.10, r 2.30, m 10
  4   one of three comes back, nobody says where to   as 2 without the fee: taken to be on the shelf
  5   all comes back                                  n 0, c 0, s 4, f 1.50 + 4 x 0.20, r 2 + 4 x 0.30, m 10
  6   cancelled before it was sent                    n 0, c 0, m 10: nothing was packed, sent or taken back
  7   exchanged: a mug back, two tea instead          n 10 - 10 + 10, c 4 - 4 + 5, s 4, f 1.50 + 3 x 0.20, r 2.30, m 10
  8   a gift card sold                                n 0: a debt; p 50 x 2.9 % + 0.35 = 1.80, m 10 (alone on its day)
  9   a gift card redeemed                            n 50, c 5 x 4, s 4, f 2.50, m 10
 10   the mug's new cost                              n 10, c 5, s 4, f 1.70, m 10
 11   a bundle                                        n 30, c 9, s 4, f 1.70, m 10
 12   a free order                                    n 5 - 5, c 2.50, s 4, f 1.70, m 10
 13   two orders of one day: of 30                    n 30, c 15, s 4, f 2.10, m 10 x 30 / 40
 14   ... and of 10                                   n 10, c 5, s 4, f 1.90, m 10 x 10 / 40
 15   nobody knows the cost                           n 50 - 10, c 40 % of 50 (the price, not what was paid), s 4, f 1.70, m 10
 16   ... and one of two comes back                   n 100 - 50, c 40 - 20, s 4, f 1.90, r 2.30, m 10
 17   the shop tells the cost                         n 16, c 2 x 3, s 4, f 1.90, m 10
 18   dollars, at 0.80                                n 80, c 4.80, s 9, f 1.70, p 3 x 0.80, m 10
 19   dollars, given back at 0.90                     n 80 - 90, c 4.80 - 4.80, s 9, f 1.70, r 2.30, m 10
 20   a bank takes the money back, and 15 for it      n 20, c 10, s 4, f 2.30, p 0.60 + 15, b 20, m 10
 21   a marketplace gives its share back              n 20 - 10, c 10 - 5, s 4, f 1.90, a 3 - 1.50, r 2.30, m 10
 22   over the counter                                n 10, c 5, p 0.20, m 10
 23   to Switzerland                                  n 40, c 20, s 9, f 2.30, d 3.20, m 10
 24   with ANNA's code                                n 20 - 2, c 10, s 4, f 1.90, m 10 + 1.80
 25   by PayPal, tax and delivery too                 n 10, c 5, o 4.90, s 4, f 1.70, p 17.73 x 2.9 % + 0.35 = 0.86417, m 10
 26   captured two days later                         n 10, c 5, s 4, f 1.70, p 0.50, m 10
 27   a tip of 2 and a fee of 1                       n 10, c 5, o 3, s 4, f 1.70, m 10
 28   delivery given back                             n 10, c 5, o 4.90 - 4.90, s 4, f 1.70, m 10
 29   one of three taken out before it is sent        n 30 - 10, c 2 x 5, s 4, f 1.90, m 10
 30   mug, two tea and something new                  n 10 + 10 + 20, c 5 + 5 + 8, s 4, f 2.30, m 10
====  ==============================================  =====================================================================

Number 30 was placed on the 30th; on the 29th there is only a test order, so its 10.00 of marketing are nobody's. Rent has 31 days.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

D = Decimal

MUG, TEA, BOX, CAP, NEW, CUP = "MUG", "TEA", "BOX", "CAP", "NEW", "CUP"
PRICES = {MUG: 10, TEA: 5, BOX: 30, CAP: 100, NEW: 50, CUP: 8}
LETTERS = {
    "n": "net_sales", "c": "cost_of_goods", "o": "other_income", "s": "shipping_costs", "f": "fulfilment_costs",
    "p": "payment_costs", "b": "chargebacks", "a": "marketplace_fees", "r": "return_costs", "d": "duty_costs",
    "m": "marketing_costs",
}  # fmt: skip
LINES = tuple(LETTERS.values())

STATEMENTS = {
    1: {"n": "20", "c": "8", "o": "4.9", "s": "4", "f": "1.9", "p": "0.6", "m": "10"},
    2: {"n": "20", "c": "8", "s": "4", "f": "2.1", "p": "0.9", "r": "2.3", "m": "10"},
    3: {"n": "20", "c": "12", "s": "4", "f": "2.1", "r": "2.3", "m": "10"},
    4: {"n": "20", "c": "8", "s": "4", "f": "2.1", "r": "2.3", "m": "10"},
    5: {"s": "4", "f": "2.3", "r": "3.2", "m": "10"},
    6: {"m": "10"},
    7: {"n": "10", "c": "5", "s": "4", "f": "2.1", "r": "2.3", "m": "10"},
    8: {"p": "1.8", "m": "10"},
    9: {"n": "50", "c": "20", "s": "4", "f": "2.5", "m": "10"},
    10: {"n": "10", "c": "5", "s": "4", "f": "1.7", "m": "10"},
    11: {"n": "30", "c": "9", "s": "4", "f": "1.7", "m": "10"},
    12: {"c": "2.5", "s": "4", "f": "1.7", "m": "10"},
    13: {"n": "30", "c": "15", "s": "4", "f": "2.1", "m": "7.5"},
    14: {"n": "10", "c": "5", "s": "4", "f": "1.9", "m": "2.5"},
    15: {"n": "40", "c": "20", "s": "4", "f": "1.7", "m": "10"},
    16: {"n": "50", "c": "20", "s": "4", "f": "1.9", "r": "2.3", "m": "10"},
    17: {"n": "16", "c": "6", "s": "4", "f": "1.9", "m": "10"},
    18: {"n": "80", "c": "4.8", "s": "9", "f": "1.7", "p": "2.4", "m": "10"},
    19: {"n": "-10", "s": "9", "f": "1.7", "r": "2.3", "m": "10"},
    20: {"n": "20", "c": "10", "s": "4", "f": "2.3", "p": "15.6", "b": "20", "m": "10"},
    21: {"n": "10", "c": "5", "s": "4", "f": "1.9", "a": "1.5", "r": "2.3", "m": "10"},
    22: {"n": "10", "c": "5", "p": "0.2", "m": "10"},
    23: {"n": "40", "c": "20", "s": "9", "f": "2.3", "d": "3.2", "m": "10"},
    24: {"n": "18", "c": "10", "s": "4", "f": "1.9", "m": "11.8"},
    25: {"n": "10", "c": "5", "o": "4.9", "s": "4", "f": "1.7", "p": "0.86417", "m": "10"},
    26: {"n": "10", "c": "5", "s": "4", "f": "1.7", "p": "0.5", "m": "10"},
    27: {"n": "10", "c": "5", "o": "3", "s": "4", "f": "1.7", "m": "10"},
    28: {"n": "10", "c": "5", "s": "4", "f": "1.7", "m": "10"},
    29: {"n": "20", "c": "10", "s": "4", "f": "1.9", "m": "10"},
    30: {"n": "40", "c": "18", "s": "4", "f": "2.3", "m": "10"},
}  # fmt: skip
"""What the docstring derives, by order."""


def statement(number: int) -> dict[str, D]:
    """The order's statement as ``marts.order_profit`` names its lines."""
    told = STATEMENTS[number]
    return {name: D(told.get(letter, "0")) for letter, name in LETTERS.items()}


def write_book(shop: Any) -> None:
    """All thirty orders and the cost sheet, into a shop of euros that gets a second connection in dollars."""
    _write_sheet(shop)
    shop.connect("abroad", "USD")
    for day in range(1, 32):
        shop.rate(f"2026-03-{day:02}", "USD", "1.25" if day < 25 else str(D(1) / D("0.9")))
    shop.variant(CUP, "3")
    _plain_and_returned(shop)
    _gift_cards_and_costs(shop)
    _dollars_and_channels(shop)
    _payments_and_edits(shop)


def _write_sheet(shop: Any) -> None:
    shop.cost("product_cost", item=MUG, amount="4", currency="EUR")
    shop.cost("product_cost", item=MUG, amount="5", currency="EUR", valid_from="2026-03-10")
    shop.cost("product_cost", item=TEA, amount="2.5", currency="EUR")
    shop.cost("product_cost", item=BOX, amount="9", currency="EUR")
    shop.cost("product_cost", item=CAP, amount="6", currency="USD")
    shop.cost("shipping_cost", item="Germany", country="DE", amount="4", currency="EUR")
    shop.cost("shipping_cost", item="World", amount="9", currency="EUR")
    shop.cost("fulfilment", amount="1", currency="EUR")
    shop.cost("packaging", amount="0.5", currency="EUR")
    shop.cost("fulfilment_unit", amount="0.2", currency="EUR")
    shop.cost("payment_fee", item="paypal", rate="0.029", amount="0.35", currency="EUR")
    shop.cost("marketplace_fee", item="amazon", rate="0.15")
    shop.cost("return_handling", amount="2", currency="EUR")
    shop.cost("return_handling_unit", amount="0.3", currency="EUR")
    shop.cost("duty", country="CH", rate="0.08")
    shop.cost("affiliate", item="anna", rate="0.1")
    shop.cost(
        "marketing",
        item="Agency",
        amount="300",
        currency="EUR",
        valid_from="2026-03-01",
        valid_to="2026-03-30",
    )
    shop.cost("fixed", item="Rent", amount="310", currency="EUR")


class _Order:
    """One order of the book: its parts are told one by one."""

    def __init__(self, shop: Any, number: int, day: int, **given: Any) -> None:
        self._shop, self._at = shop, f"2026-03-{day:02} 10:00:00"
        self._currency = {"currency": given["currency"]} if "currency" in given else {}
        self._lines: dict[str, str] = {}
        self.order_id = shop.order(str(number), self._at, **given)

    def has(self, sku: str, quantity: int = 1, *, price: int | None = None, discounts: str = "0") -> _Order:
        """A line, sold as it was ordered."""
        gross = str((PRICES[sku] if price is None else price) * quantity)
        self._lines[sku] = self._line(sku, quantity, gross)
        return self._event("order", sku, quantity, self._at, gross_sales=gross, discounts=discounts)

    def edited(self, day: int, sku: str, quantity: int) -> _Order:
        """Pieces added or taken out after the order was placed."""
        gross = str(PRICES[sku] * quantity)
        if sku not in self._lines:
            self._lines[sku] = self._line(sku, quantity, gross)
        return self._event("edit", sku, quantity, f"2026-03-{day:02} 11:00:00", gross_sales=gross,
                           units_restocked=max(-quantity, 0))  # fmt: skip

    def returned(
        self, day: int, sku: str, quantity: int, restocked: int | None, value: str | None = None
    ) -> _Order:
        return self._event("return", sku, -quantity, f"2026-03-{day:02} 12:00:00", returns=value or str(PRICES[sku] * quantity),
                           units_restocked=restocked)  # fmt: skip

    def beside(self, line_type: str, *, day: int | None = None, **amounts: str) -> _Order:
        at = self._at if day is None else f"2026-03-{day:02} 13:00:00"
        kind = "order" if day is None else "return"
        self._shop.event(self.order_id, kind, line_type, at, **amounts, **self._currency)
        return self

    def paid(self, amount: str, *, kind: str = "sale", day: int | None = None, **given: Any) -> _Order:
        at = self._at if day is None else f"2026-03-{day:02} 14:00:00"
        self._shop.payment(self.order_id, kind, at, amount, **given, **self._currency)
        return self

    def _line(self, sku: str, quantity: int, gross: str) -> str:
        line: str = self._shop.line(
            self.order_id,
            sku,
            sku=sku,
            title=sku.title(),
            quantity=quantity,
            gross_sales=gross,
            **self._currency,
        )
        return line

    def _event(self, kind: str, sku: str, quantity: int, at: str, **amounts: Any) -> _Order:
        variant = {"variant_id": self._shop.id(CUP)} if sku == CUP else {}
        self._shop.event(
            self.order_id, kind, "product", at, order_line_id=self._lines[sku], quantity=quantity, **variant, **amounts,
            **self._currency,
        )  # fmt: skip
        return self


def _plain_and_returned(shop: Any) -> None:
    _Order(shop, 1, 1).has(MUG, 2).beside("shipping", shipping="4.9", taxes="4.73").paid("29.63", fee="0.6")
    _Order(shop, 2, 2).has(MUG, 3).returned(20, MUG, 1, 1).paid("30", fee="0.9")
    _Order(shop, 3, 3).has(MUG, 3).returned(5, MUG, 1, 0)
    _Order(shop, 4, 4).has(MUG, 3).returned(6, MUG, 1, None)
    _Order(shop, 5, 5).has(TEA, 4).returned(6, TEA, 4, 4)
    _Order(shop, 6, 6, is_cancelled=True).has(MUG).returned(6, MUG, 1, 1)
    _Order(shop, 7, 7).has(MUG).returned(9, MUG, 1, 1).edited(9, TEA, 2)


def _gift_cards_and_costs(shop: Any) -> None:
    _Order(shop, 8, 8).beside("gift_card", gift_card_sales="50").paid("50", gateway="paypal")
    _Order(shop, 9, 9).has(MUG, 5).paid("50", gateway="gift_card")
    _Order(shop, 10, 10).has(MUG)
    _Order(shop, 11, 11).has(BOX)
    _Order(shop, 12, 12).has(TEA, discounts="5")
    _Order(shop, 13, 13).has(MUG, 3)
    _Order(shop, 14, 13).has(TEA, 2)
    _Order(shop, 15, 14).has(NEW, discounts="10")
    _Order(shop, 16, 15).has(NEW, 2).returned(16, NEW, 1, 1)
    _Order(shop, 17, 16).has(CUP, 2)


def _dollars_and_channels(shop: Any) -> None:
    abroad = {"connection_id": "abroad", "currency": "USD", "country": "US"}
    _Order(shop, 18, 17, **abroad).has(CAP).paid("100", fee="3")
    _Order(shop, 19, 18, **abroad).has(CAP).returned(25, CAP, 1, 1)
    _Order(shop, 20, 19).has(TEA, 4).paid("20", fee="0.6").paid("20", kind="chargeback", day=28, fee="15")
    _Order(shop, 21, 20, channel="amazon").has(MUG, 2).returned(22, MUG, 1, 1)
    _Order(shop, 22, 21, channel="pos").has(MUG).paid("10", fee="0.2")
    _Order(shop, 23, 22, country="CH").has(MUG, 4)
    shop.discount(_Order(shop, 24, 23).has(MUG, 2, discounts="2").order_id, "ANNA", "2")


def _payments_and_edits(shop: Any) -> None:
    _Order(shop, 25, 24).has(MUG).beside("shipping", shipping="4.9", taxes="2.83").paid(
        "17.73", gateway="paypal"
    )
    late = _Order(shop, 26, 25).has(MUG).paid("10", kind="authorization", gateway="klarna")
    late.paid("10", kind="capture", day=27, gateway="klarna", fee="0.5")
    _Order(shop, 27, 26).has(MUG).beside("tip", tips="2").beside("fee", additional_fees="1")
    _Order(shop, 28, 27).has(MUG).beside("shipping", shipping="4.9").beside(
        "shipping", day=28, shipping="-4.9"
    )
    _Order(shop, 29, 28).has(MUG, 3).edited(28, MUG, -1)
    _Order(shop, "test", 29, counts_in_sales=False).has(MUG)
    _Order(shop, 30, 30).has(MUG).has(TEA, 2).has(NEW, price=20)
