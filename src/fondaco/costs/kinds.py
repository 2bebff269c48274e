"""The kinds of costs: a closed list, and for each which fields it needs, allows and forbids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cost is for. The order is that in which pages and files list them."""

    PRODUCT_COST = "product_cost"
    DEFAULT_PRODUCT_COST = "default_product_cost"
    SHIPPING_COST = "shipping_cost"
    FULFILMENT = "fulfilment"
    FULFILMENT_UNIT = "fulfilment_unit"
    PACKAGING = "packaging"
    PAYMENT_FEE = "payment_fee"
    MARKETPLACE_FEE = "marketplace_fee"
    RETURN_HANDLING = "return_handling"
    RETURN_HANDLING_UNIT = "return_handling_unit"
    DUTY = "duty"
    AFFILIATE = "affiliate"
    MARKETING = "marketing"
    ACCOUNT_OF_SHOP = "account_of_shop"
    CAMPAIGNS_OF_SHOP = "campaigns_of_shop"
    MESSAGE_PLAN = "message_plan"
    MESSAGE_PLAN_SENDS = "message_plan_sends"
    MESSAGE_PRICE = "message_price"
    FIXED = "fixed"


class Need(StrEnum):
    """Whether a field has to be filled."""

    NEEDED = "needed"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Value(StrEnum):
    """How a cost says how much it is."""

    AMOUNT = "an amount"
    RATE = "a rate"
    ONE_OF_BOTH = "an amount or a rate, not both"
    ANY_OF_BOTH = "an amount, a rate or both"
    NOTHING = "no amount; it says whose spend it is"

    @property
    def takes_amount(self) -> bool:
        return self not in (Value.RATE, Value.NOTHING)

    @property
    def takes_rate(self) -> bool:
        return self not in (Value.AMOUNT, Value.NOTHING)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an entry of a kind means and holds. A shop, first and last day and a note may stand beside every kind.

    Attributes
    ----------
    item_means
        What stands in ``item``; empty where nothing may.
    formula
        How the cost follows from the entry, as it is shown.
    tier
        What of a month its price may go by, such as contacts; empty where it goes by nothing.
    counted
        Whether it may say of how many messages it is.
    of_account
        Whether ``shop`` names an account from which people are written to, and not a shop.
    names_account
        Whether ``item`` is an account in which money is spent.
    shop
        Whether it has to name a shop.
    """

    title: str
    sentence: str
    formula: str
    value: Value
    item: Need = Need.FORBIDDEN
    item_means: str = ""
    country: bool = False
    weight: bool = False
    tier: str = ""
    counted: bool = False
    of_account: bool = False
    names_account: bool = False
    shop: Need = Need.ALLOWED
    dates: Need = Need.ALLOWED


_PLATFORM = "platform, such as `klaviyo`; of one channel alone with that behind it, such as `klaviyo email` or `postscript sms`"

RULES: dict[Kind, Rule] = {
    Kind.PRODUCT_COST: Rule(
        "Product costs",
        "What one unit of a product costs you. It goes before the cost that the shop itself tells.",
        "units sold × amount, or price × rate",
        Value.ONE_OF_BOTH,
        Need.NEEDED,
        "SKU, or the id of a variant or product as Fondaco shows it, such as `my-shop:1234`",
    ),
    Kind.DEFAULT_PRODUCT_COST: Rule(
        "Cost of goods without a known cost",
        "What is assumed of goods whose cost neither this sheet nor the shop tells; it is always counted and shown as assumed.",
        "price × rate",
        Value.RATE,
    ),
    Kind.SHIPPING_COST: Rule(
        "Shipping",
        "What the carrier bills for an order, by the country it goes to and what it weighs.",
        "orders shipped × amount",
        Value.AMOUNT,
        Need.ALLOWED,
        "name of the zone; a name only: country and weight say which orders it is for, and what no shop weighs is light",
        country=True,
        weight=True,
    ),
    Kind.FULFILMENT: Rule(
        "Fulfilment, an order",
        "What it costs to pick and pack an order.",
        "orders shipped × amount",
        Value.AMOUNT,
    ),
    Kind.FULFILMENT_UNIT: Rule(
        "Fulfilment, a unit",
        "What each unit adds to picking and packing.",
        "units shipped × amount",
        Value.AMOUNT,
    ),
    Kind.PACKAGING: Rule(
        "Packaging",
        "Boxes, filling and labels of an order.",
        "orders shipped × amount",
        Value.AMOUNT,
    ),
    Kind.PAYMENT_FEE: Rule(
        "Payment fees",
        "What the gateway keeps of a payment.",
        "amount paid × rate + payments × amount",
        Value.ANY_OF_BOTH,
        Need.ALLOWED,
        "gateway as payments name it; empty for every one but gift cards, cash and transfers",
        country=True,
    ),
    Kind.MARKETPLACE_FEE: Rule(
        "Marketplace fees",
        "What a channel keeps of an order that is sold there.",
        "net sales × rate + orders × amount",
        Value.ANY_OF_BOTH,
        Need.NEEDED,
        "name of the channel, else of the source, as orders have them",
    ),
    Kind.RETURN_HANDLING: Rule(
        "Returns, a refund",
        "What it costs to take goods back, once for all of an order that comes back on one day.",
        "returns × amount",
        Value.AMOUNT,
    ),
    Kind.RETURN_HANDLING_UNIT: Rule(
        "Returns, a unit",
        "What each unit that comes back adds.",
        "units returned × amount",
        Value.AMOUNT,
    ),
    Kind.DUTY: Rule(
        "Duties",
        "Duties and taxes that nobody pays back to you.",
        "net sales × rate",
        Value.RATE,
        country=True,
    ),
    Kind.AFFILIATE: Rule(
        "Affiliates",
        "What is paid for orders that used a discount code.",
        "net sales of orders with the code × rate + orders with the code × amount",
        Value.ANY_OF_BOTH,
        Need.NEEDED,
        "discount code",
    ),
    Kind.MARKETING: Rule(
        "Marketing by hand",
        "Influencers, agencies and campaigns that no account reports: an amount in total, spread evenly over its days.",
        "amount ÷ days from first to last, each day",
        Value.AMOUNT,
        Need.NEEDED,
        "name of the influencer, agency or campaign",
        dates=Need.NEEDED,
    ),
    Kind.ACCOUNT_OF_SHOP: Rule(
        "Accounts and their shops",
        "For which shop an ad account, or an account from which people are written to, spends; for several shops an entry each.",
        "spend of campaigns without a known order, shared by the shop’s orders",
        Value.NOTHING,
        Need.NEEDED,
        "id or name of the account, such as `meta-main`",
        names_account=True,
        shop=Need.NEEDED,
    ),
    Kind.CAMPAIGNS_OF_SHOP: Rule(
        "Campaigns and their shops",
        "For which shop the campaigns of such a name spend, whatever is said of their account; for several shops an entry each.",
        "spend of campaigns without a known order, shared by the shop’s orders",
        Value.NOTHING,
        Need.NEEDED,
        "name of the campaigns, `*` for anything, such as `UK *`; the longest name that fits a campaign holds",
        shop=Need.NEEDED,
    ),
    Kind.MESSAGE_PLAN: Rule(
        "Message plans, by contacts",
        "The monthly price of an e-mail or SMS platform, by how many contacts its account has.",
        "amount of the tier, shared by the month’s messages",
        Value.AMOUNT,
        Need.NEEDED,
        _PLATFORM,
        tier="contacts",
        of_account=True,
    ),
    Kind.MESSAGE_PLAN_SENDS: Rule(
        "Message plans, by messages",
        "The monthly price of an e-mail or SMS platform, by how many messages its account sends in the month.",
        "amount of the tier, shared by the month’s messages",
        Value.AMOUNT,
        Need.NEEDED,
        _PLATFORM,
        tier="messages",
        of_account=True,
    ),
    Kind.MESSAGE_PRICE: Rule(
        "Prices of messages",
        "What a message, or a segment of a text, costs where its platform does not tell; with a number of messages, as a bill has it, "
        "where the platform does not even tell how many there were.",
        "messages × amount",
        Value.AMOUNT,
        Need.NEEDED,
        _PLATFORM,
        country=True,
        counted=True,
        of_account=True,
    ),
    Kind.FIXED: Rule(
        "Fixed costs",
        "Rent, staff and tools: an amount a calendar month, spread evenly over the days of each month.",
        "amount ÷ days of the month, each day",
        Value.AMOUNT,
        Need.NEEDED,
        "what it is: rent, staff, a tool",
    ),
}
"""Every kind has its rule."""
