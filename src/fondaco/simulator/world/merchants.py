"""The shops of the world, and the words that recur in its tables."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Place:
    """A town people live in. Goods sent to an ``export`` place carry no tax, and often duties."""

    city: str
    country: str
    weight: float
    export: bool = False


@dataclass(frozen=True, slots=True)
class Merchant:
    """One shop: what its vendor, its tax office and its customers make of it."""

    shop_id: str
    platform: str
    name: str
    currency: str
    time_zone: str
    country: str
    taxes_included: bool
    tax_percent: int
    share: float  # of all orders, against the shares of the shops beside it
    dialling_code: str
    gateways: tuple[str, str, str]  # card, wallet, bank transfer
    presentment: dict[str, tuple[str, float]]  # country → currency shown there and its units per shop unit
    places: tuple[Place, ...]


MERCHANTS: dict[str, Merchant] = {
    "aurora": Merchant(
        "aurora", "shopify", "Aurora Outdoor", "EUR", "Europe/Berlin", "DE", True, 19, 0.60, "+49",
        ("shopify_payments", "paypal", "manual"),
        {"CH": ("CHF", 0.94), "US": ("USD", 1.09), "NO": ("NOK", 11.6)},
        (
            Place("Berlin", "DE", 24), Place("Hamburg", "DE", 14), Place("München", "DE", 13),
            Place("Köln", "DE", 10), Place("Leipzig", "DE", 8), Place("Düsseldorf", "DE", 7),
            Place("Wien", "AT", 8), Place("Amsterdam", "NL", 4), Place("Lyon", "FR", 3),
            Place("Zürich", "CH", 4, export=True), Place("Oslo", "NO", 2, export=True),
            Place("New York", "US", 3, export=True),
        ),
    ),
    "brick": Merchant(
        "brick", "woocommerce", "Brick & Mortar Goods", "GBP", "Europe/London", "GB", True, 20, 0.25, "+44",
        ("stripe", "paypal", "bacs"),
        {},
        (
            Place("London", "GB", 40), Place("Manchester", "GB", 18), Place("Bristol", "GB", 14),
            Place("Leeds", "GB", 12), Place("Glasgow", "GB", 12), Place("Dublin", "IE", 4, export=True),
        ),
    ),
    "cedar": Merchant(
        "cedar", "commercetools", "Cedar Home", "USD", "America/New_York", "US", False, 8, 0.15, "+1",
        ("adyen", "paypal", "invoice"),
        {},
        (
            Place("New York", "US", 40), Place("Boston", "US", 20), Place("Chicago", "US", 18),
            Place("Austin", "US", 12), Place("Toronto", "CA", 10, export=True),
        ),
    ),
    "delta": Merchant(
        "delta", "magento", "Delta Garden", "EUR", "Europe/Amsterdam", "NL", True, 21, 0.20, "+31",
        ("braintree", "paypal", "banktransfer"),
        {},
        (
            Place("Amsterdam", "NL", 40), Place("Rotterdam", "NL", 24), Place("Utrecht", "NL", 16),
            Place("Antwerpen", "BE", 14), Place("Zürich", "CH", 6, export=True),
        ),
    ),
}  # fmt: skip
DEMO_SHOPS: tuple[str, ...] = ("aurora", "brick", "cedar")
"""The shops of a world that is asked for none by name; ``delta`` stands only where it is."""

CITIES: tuple[str, ...] = tuple(
    dict.fromkeys(place.city for merchant in MERCHANTS.values() for place in merchant.places)
)
COUNTRIES: tuple[str, ...] = tuple(
    dict.fromkeys(place.country for merchant in MERCHANTS.values() for place in merchant.places)
)
CURRENCIES: tuple[str, ...] = ("EUR", "GBP", "USD", "CHF", "NOK")
GATEWAYS: tuple[str, ...] = (
    "shopify_payments", "paypal", "manual", "gift_card", "stripe", "bacs", "adyen", "invoice",
    "braintree", "banktransfer",
)  # fmt: skip
ACQUISITION: tuple[str, ...] = ("google", "meta", "newsletter", "organic", "tiktok", "direct")
AD_PLATFORMS: tuple[str, ...] = ("meta", "google")
TOUCH_KINDS: tuple[str, ...] = ("click", "view", "engaged_view")
UTM_SOURCES: tuple[str, ...] = (*ACQUISITION, "Klaviyo", "mailchimp", "postscript")
MEDIA: tuple[str, ...] = ("cpc", "paid_social", "email", "sms")
REFERRERS: tuple[str, ...] = (
    "https://www.google.com/", "https://l.facebook.com/", "https://www.instagram.com/", "https://www.tiktok.com/",
)  # fmt: skip
STATUSES: tuple[str, ...] = ("pending", "open", "completed", "cancelled", "failed")
FINANCIAL: tuple[str, ...] = (
    "pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided",
)  # fmt: skip
CHANNELS: tuple[str, ...] = ("web", "pos", "draft", "api")
DISCOUNT_KINDS: tuple[str, ...] = ("percentage", "fixed", "shipping")
SHIPPING_TITLES: tuple[str, ...] = ("Standard", "Express")
REFUND_KINDS: tuple[str, ...] = ("whole", "partial", "adjustment", "shipping", "discrepancy", "cancellation")
REFUND_REASONS: tuple[str, ...] = (
    "returned", "damaged", "goodwill", "late delivery", "tax exemption shown", "cancelled", "exchange",
)  # fmt: skip
PIECE_TYPES: tuple[str, ...] = ("product", "shipping", "adjustment")
TRANSACTION_KINDS: tuple[str, ...] = ("authorization", "capture", "sale", "refund", "void")
TRANSACTION_STATUSES: tuple[str, ...] = ("success", "pending", "failure")
ACTIONS: tuple[str, ...] = ("order", "edit", "return")
LINE_TYPES: tuple[str, ...] = ("product", "shipping", "tip", "gift_card", "duty", "adjustment")


def merchants(shop_ids: tuple[str, ...]) -> tuple[Merchant, ...]:
    """The shops with these ids, in this order.

    Raises
    ------
    ConfigError
        If there is no such shop in the world, or one is named twice.
    """
    unknown = [shop for shop in shop_ids if shop not in MERCHANTS]
    if unknown or not shop_ids or len(set(shop_ids)) < len(shop_ids):
        raise ConfigError(
            f"The simulated world cannot have the shops {', '.join(shop_ids) or '(none)'}.",
            f"Name each of these at most once: {', '.join(MERCHANTS)}.",
        )
    return tuple(MERCHANTS[shop] for shop in shop_ids)
