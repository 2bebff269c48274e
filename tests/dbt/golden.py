"""The golden cases of this field: bugs that cost other products their users' trust, frozen with numbers by hand.

Every case is a merchant of its own in one warehouse, written into the conformed layer and read from the marts.

Cases 13 (ad cost converted and conversion value not), 14 (ad spend restated up to 30 days later) and 15 (spend without a
conversion) are about ad spend, which no source delivers yet; their rule that can exist now, every amount of a row
converted at one and the same day's rate, is tested here as case 13. What depends on a vendor's raw shape (sale and
capture of one payment, `subtotal_price` after discounts, more than 100 lines) has its raw twin with that source's tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any], None]
CASES: dict[str, tuple[dict[str, Any], Case]] = {}


def case(name: str, **shop: Any) -> Callable[[Case], Case]:
    """Registers a merchant; its test asks for it by the same name."""

    def register(write: Case) -> Case:
        CASES[name] = (shop, write)
        return write

    return register
