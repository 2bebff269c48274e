"""Records as they are spooled: extension attributes and lists become fields, whatever shape a version gives them."""

from __future__ import annotations

from fondaco.sources.magento.records import Shaper


def test_what_paid_an_order_beside_money_is_told() -> None:
    """Adobe Commerce: store credit, gift cards, reward points, and three kinds of wrapping."""
    extra = {
        "base_customer_balance_amount": "5.00", "base_gift_cards_amount": "10.00", "base_reward_currency_amount": "2.50",
        "gw_base_price": "3.00", "gw_items_base_price": "1.50", "gw_base_tax_amount": "0.63",
        "gift_cards": [{"code": "SECRET"}], "coupon_codes": ["SPRING", "VIP"],
        "shipping_assignments": [{"shipping": {"address": {"city": "Gent", "country_id": "BE"}}}],
    }  # fmt: skip
    shaped = Shaper(weight_units={3: "lbs"}).shape(
        "orders", {"entity_id": 1, "store_id": 3, "remote_ip": "192.0.2.1", "extension_attributes": extra}
    )
    assert shaped["fondaco"] == {
        "customer_balance_amount": "5.00", "gift_cards_amount": "10.00", "reward_currency_amount": "2.50",
        "wrapping_amount": "4.50", "wrapping_tax_amount": "0.63", "shipping_city": "Gent", "shipping_country": "BE",
        "placed_by_visitor": True, "weight_unit": "lbs", "coupons": [{"code": "SPRING"}, {"code": "VIP"}],
    }  # fmt: skip
    assert "SECRET" not in str(shaped) and "192.0.2.1" not in str(shaped)


def test_wrapping_that_is_no_amount_is_told_as_none_so_that_landing_sets_the_order_aside() -> None:
    def wrapped(**extra: object) -> list[object]:
        told = Shaper().shape("orders", {"extension_attributes": extra})["fondaco"]
        return [told["wrapping_amount"], told["wrapping_tax_amount"]]

    assert wrapped(gw_base_price="1e9", gw_items_base_price="1.50", gw_base_tax_amount="Infinity") == [
        "NaN",
        "NaN",
    ]
    assert wrapped(gw_base_price="", gw_base_tax_amount=None) == [None, None]
    assert wrapped(gw_base_price=1e-7, gw_base_tax_amount="0.00") == ["0.0000001", "0.00"]


def test_a_code_that_stands_alone_and_several_in_one_text_are_codes() -> None:
    shaper = Shaper()
    one = shaper.shape("orders", {"coupon_code": "SPRING"})
    several = shaper.shape("orders", {"coupon_code": "SPRING, VIP,SPRING", "extension_attributes": []})
    none = shaper.shape("orders", {"coupon_code": None})
    assert one["fondaco"]["coupons"] == [{"code": "SPRING"}]
    assert several["fondaco"]["coupons"] == [{"code": "SPRING"}, {"code": "VIP"}]
    assert none["fondaco"]["coupons"] == []


def test_the_item_above_another_is_not_kept_twice() -> None:
    item = {"item_id": 2, "parent_item_id": 1, "parent_item": {"item_id": 1}, "product_option": {"x": 1}}
    shaped = Shaper().shape("orders", {"items": [item, "nonsense"]})
    assert shaped["items"] == [{"item_id": 2, "parent_item_id": 1}]


def test_attributes_of_a_product_come_as_a_list_or_as_an_object() -> None:
    shaper = Shaper(
        vendors={"7": "North & Co"},
        unit_cost_attribute="cost",
        vendor_attribute="brand",
        barcode_attribute="ean",
    )
    attributes = {"cost": "4.5000", "brand": "7", "ean": "4012345678901", "category_ids": ["3", "4", "3"]}
    listed = [{"attribute_code": code, "value": value} for code, value in attributes.items()]
    expected = {
        "special_price": None, "special_from": None, "special_until": None, "unit_cost": "4.5000",
        "vendor": "North & Co", "barcode": "4012345678901", "url_key": None, "children": [],
        "categories": [{"id": 3}, {"id": 4}],
    }  # fmt: skip
    for given in (listed, attributes):
        assert shaper.shape("products", {"id": 1, "custom_attributes": given})["fondaco"] == expected


def test_a_brand_that_is_no_choice_of_a_list_is_its_own_name() -> None:
    shaper = Shaper(vendors={"7": "North & Co"}, vendor_attribute="brand")
    given = [{"attribute_code": "brand", "value": "Own words"}]
    assert shaper.shape("products", {"custom_attributes": given})["fondaco"]["vendor"] == "Own words"


def test_the_usual_address_says_where_a_customer_lives() -> None:
    addresses = [
        {"city": "Gent"},
        {"city": "Brugge", "country_id": "BE", "telephone": "1", "default_billing": True},
    ]
    shaped = Shaper().shape("customers", {"id": 1, "addresses": addresses, "dob": "1980-01-01"})
    assert shaped == {
        "id": 1,
        "fondaco": {"phone": "1", "city": "Brugge", "country": "BE", "is_subscribed": None},
    }
