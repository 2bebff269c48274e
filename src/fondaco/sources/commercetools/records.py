"""Records on their way to the spool: names in one language, variants in one list, the unit cost as an amount.

What Fondaco adds stands in ``fondaco``, an object of ours inside the record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.money import decimal_of

Record = dict[str, Any]


class Shaper:
    """Turns records into what the tables are cut from.

    Parameters
    ----------
    languages
        Languages of names, the wanted one first; a name that has none of them is taken in any.
    unit_cost_attribute
        The product attribute with the unit cost: money, a number, or text that holds one.
    refunds_without_return
        Carried on each payment, because the models decide by it.
    """

    def __init__(
        self, languages: Sequence[str], unit_cost_attribute: str | None, refunds_without_return: str
    ) -> None:
        self._languages = tuple(languages)
        self._cost_name = unit_cost_attribute
        self._refunds_without_return = refunds_without_return
        self._shapes: dict[str, Callable[[Record], Record]] = {
            "orders": self._order,
            "payments": self._payment,
            "customers": self._customer,
            "products": self._product,
            "categories": self._category,
            "inventory": self._inventory,
            "discount_codes": self._named,
            "cart_discounts": self._named,
        }

    def shape(self, stream: str, record: Record) -> Record:
        return self._shapes[stream](record)

    def text(self, localized: Any) -> str | None:
        """A localized string in the best language there is."""
        if not isinstance(localized, dict) or not localized:
            return None
        for language in self._languages:
            if language in localized:
                return str(localized[language])
        return str(localized[min(localized)])

    def _order(self, record: Record) -> Record:
        for line in record.get("lineItems") or ():
            line["fondaco"] = {"name": self.text(line.get("name"))}
            variant = line.get("variant")
            if isinstance(variant, dict):  # prices, images and attributes would be repeated on every order
                line["variant"] = {key: variant[key] for key in ("id", "sku", "key") if key in variant}
        for line in record.get("customLineItems") or ():
            line["fondaco"] = {"name": self.text(line.get("name"))}
        return record

    def _payment(self, record: Record) -> Record:
        record.pop("interfaceInteractions", None)  # raw gateway traffic, with card holders in it
        record["fondaco"] = {"refunds_without_return": self._refunds_without_return}
        return record

    @staticmethod
    def _customer(record: Record) -> Record:
        """The default address as an object; password hashes and birthdays stay behind."""
        for name in ("password", "dateOfBirth"):
            record.pop(name, None)
        addresses = [each for each in record.pop("addresses", None) or () if isinstance(each, dict)]
        wanted = record.get("defaultBillingAddressId") or record.get("defaultShippingAddressId")
        chosen = next((each for each in addresses if each.get("id") == wanted), None)
        if chosen is None and addresses:
            chosen = addresses[0]
        kept = ("country", "city", "phone", "mobile")
        record["fondaco"] = {
            "address": {key: chosen[key] for key in kept if key in chosen} if chosen else None
        }
        return record

    def _product(self, record: Record) -> Record:
        """The published version (or, never published, the staged one), with all variants in one list."""
        master = record.pop("masterData", None) or {}
        version = "current" if master.get("published") else "staged"
        data = master.get(version) or {}
        variants = [data.get("masterVariant"), *(data.get("variants") or ())]
        record["fondaco"] = {
            "name": self.text(data.get("name")),
            "published": bool(master.get("published")),
            "has_staged_changes": bool(master.get("hasStagedChanges")),
            "variants": [self._variant(each) for each in variants if isinstance(each, dict)],
            "categories": [{"id": each["id"]} for each in data.get("categories") or () if "id" in each],
        }
        return record

    def _variant(self, variant: Record) -> Record:
        kept = {key: variant[key] for key in ("id", "sku", "key", "prices") if key in variant}
        attributes = variant.get("attributes") or ()
        cost = next((each.get("value") for each in attributes if each.get("name") == self._cost_name), None)
        return {**kept, "unitCost": _amount(cost) if self._cost_name else None}

    def _category(self, record: Record) -> Record:
        record["fondaco"] = {"name": self.text(record.get("name")), "slug": self.text(record.get("slug"))}
        return record

    @staticmethod
    def _inventory(record: Record) -> Record:
        channel = (record.get("supplyChannel") or {}).get("obj") or {}
        record["fondaco"] = {"channel_key": channel.get("key")}
        return record

    def _named(self, record: Record) -> Record:
        record["fondaco"] = {"name": self.text(record.get("name"))}
        return record


def _amount(value: Any) -> str | None:
    """Money, a number or its text as decimal text."""
    if isinstance(value, dict) and "centAmount" in value:
        return format(money(value), "f")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        Decimal(str(value))
    except InvalidOperation:  # a cost "on request"
        return None
    return format(decimal_of(value), "f")


def money(value: Record) -> Decimal:
    """An amount of the API as a decimal: cents with as many places as it says, or the precise amount."""
    places = int(value.get("fractionDigits", 2))
    if value.get("type") == "highPrecision" and "preciseAmount" in value:
        return Decimal(value["preciseAmount"]).scaleb(-places)
    return Decimal(value["centAmount"]).scaleb(-places)
