"""Shops' own exports are recognised by their headers and read as the shop means them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from fondaco.sources.files.importing import Prepared

Write = Callable[..., Path]
Read = Callable[..., Prepared]


def fetch(prepared: Prepared, sql: str) -> list[tuple[object, ...]]:
    return prepared.engine.execute(sql).fetchall()


def test_shopify_orders_are_recognised_and_every_row_is_a_line(read: Read, shopify_orders: Path) -> None:
    prepared = read(shopify_orders)
    assert prepared.layout is not None
    assert (prepared.layout.name, prepared.rows, prepared.landing_rows) == ("shopify_orders", 4, 4)
    assert fetch(
        prepared, "select order_id, sku, quantity, gross, is_return from order_lines order by all"
    ) == [
        ("#1001", "BOWL", 2, Decimal("60.000000"), False),
        ("#1001", "MUG-B", 1, Decimal("40.000000"), False),
        ("#1002", "VASE", 1, Decimal("119.000000"), False),
        ("#1003", "MUG-B", 1, Decimal("40.000000"), False),
    ]


def test_a_code_on_the_order_and_its_tax_fall_on_the_lines_to_the_cent(
    read: Read, shopify_orders: Path
) -> None:
    prepared = read(shopify_orders)
    assert fetch(
        prepared, "select sku, discount, tax from order_lines where order_id = '#1001' order by sku"
    ) == [
        ("BOWL", Decimal("6.000000"), Decimal("5.400000")),
        ("MUG-B", Decimal("4.000000"), Decimal("3.600000")),
    ]
    assert fetch(
        prepared,
        "select discount_total, shipping, shipping_tax, tax_total, total, prices_include_tax, country, city, "
        "email, channel, discount_code from order_totals where order_id = '#1001'",
    ) == [
        (
            Decimal("10"),
            Decimal("5"),
            Decimal("0.5"),
            Decimal("9.5"),
            Decimal("104.5"),
            False,
            "US",
            "Boston",
            "ada@example.com",
            "web",
            "TEN",
        )
    ]


def test_tax_that_the_total_does_not_add_is_inside_the_prices(read: Read, shopify_orders: Path) -> None:
    prepared = read(shopify_orders)
    assert fetch(
        prepared, "select prices_include_tax, tax_total, returned from order_totals where order_id = '#1002'"
    ) == [(True, Decimal("19"), Decimal("59.5"))]


def test_a_cancelled_shopify_order_counts_and_comes_back_on_the_day_of_its_cancellation(
    read: Read, shopify_orders: Path
) -> None:
    prepared = read(shopify_orders)
    assert fetch(
        prepared,
        "select counts_in_sales, order_status, returned, cast(returned_at as varchar) from order_totals "
        "where order_id = '#1003'",
    ) == [(True, "cancelled", Decimal("40"), "2026-03-05 14:00:00+00")]


def test_a_shopify_export_whose_further_rows_lack_the_name_belongs_to_the_order_above(
    read: Read, write: Write
) -> None:
    path = write(
        "orders.csv",
        "Name,Financial Status,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem price\n"
        "#1,paid,2026-03-01 10:00:00 +0000,EUR,1,A,10.00\n,,,,2,B,5.00\n",
    )
    assert fetch(
        read(path), "select order_id, title, quantity, currency from order_lines order by title"
    ) == [
        ("#1", "A", 1, "EUR"),
        ("#1", "B", 2, "EUR"),
    ]


def test_shopify_customers(read: Read, write: Write) -> None:
    path = write(
        "customers.csv",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address City,Default Address Country Code,Phone,Total Spent,Total Orders,Note,Tax Exempt,Tags\n"
        "'6001,Maria,Garcia,maria@example.com,yes,,Portland,US,'+15550000000,150.00,3,,no,VIP\n"
        ",,,,no,,,,,0.00,0,,no,\n",
    )
    prepared = read(path)
    assert fetch(
        prepared,
        "select customer_id, email, phone, first_name, last_name, city, country, accepts_marketing from customers",
    ) == [("6001", "maria@example.com", "+15550000000", "Maria", "Garcia", "Portland", "US", True)]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (2, "the row has neither an id nor an e-mail")
    ]


def test_shopify_products_with_variants_and_image_rows(read: Read, write: Write) -> None:
    path = write(
        "products.csv",
        "Handle,Title,Vendor,Type,Published,Option1 Value,Variant SKU,Variant Price,Variant Barcode,Image Src,"
        "Cost per item,Status\n"
        "mug,Mug,Acme,Kitchen,true,Blue,MUG-B,40.00,'4000,a.png,12.50,active\n"
        "mug,,,,,Red,MUG-R,41.00,,,,\n"
        "mug,,,,,,,,,b.png,,\n",
    )
    prepared = read(path, currency="USD")
    assert (prepared.rows, prepared.landing_rows) == (3, 3)
    assert fetch(prepared, "select product_id, title, vendor, product_type, status from products") == [
        ("mug", "Mug", "Acme", "Kitchen", "active")
    ]
    assert fetch(
        prepared,
        "select v.variant_id, v.sku, v.barcode, v.price, v.unit_cost, v.currency "
        "from (select unnest(variants) as v from products)",
    ) == [
        ("mug:Blue", "MUG-B", "4000", Decimal("40"), Decimal("12.5"), "USD"),
        ("mug:Red", "MUG-R", None, Decimal("41"), None, "USD"),
    ]


def test_a_products_price_in_another_currency_is_set_aside(read: Read, write: Write) -> None:
    path = write(
        "products.csv",
        "Handle,Title,Vendor,Variant SKU,Variant Price\nmug,Mug,,MUG,40.00 USD\nbowl,Bowl,,BOWL,41.00 EUR\n",
    )
    prepared = read(path, currency="USD")
    assert fetch(prepared, "select product_id from products") == [("mug",)]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (2, "price is in EUR, and its row in USD")
    ]


def test_the_newer_header_names_of_shopify_products(read: Read, write: Write) -> None:
    path = write(
        "products.csv",
        "Title,URL handle,Description,Vendor,Type,Published on online store,Status,SKU,Barcode,Option1 name,"
        "Option1 value,Price,Cost per item\nMug,mug,,Acme,Kitchen,TRUE,Draft,MUG,,,,9.00,\n",
    )
    assert fetch(read(path), "select product_id, status from products") == [("mug", "draft")]


def test_woocommerce_orders_report_counts_what_analytics_counts(read: Read, write: Write) -> None:
    path = write(
        "wc-orders.csv",
        'Date,"Order #","N. Revenue (formatted)",Status,Customer,"Customer type","Product(s)","Items sold",'
        '"Coupon(s)","Net Sales",Attribution\n'
        '"2026-03-01 12:00:00",81,"$1,020.00",completed,Ada,new,"2× Mug",2,TEN,1020.00,Direct\n'
        '"2026-03-02 12:00:00",82,$5.00,cancelled,Bo,new,"1× Bowl, 1× Cup",2,,5.00,Direct\n'
        '"2026-03-03 12:00:00",83,-$20.00,refunded,Ada,returning,"1× Mug",-1,,-20.00,\n',
    )
    prepared = read(path, currency="USD")
    assert fetch(
        prepared, "select order_id, title, quantity, gross, is_return from order_lines order by 1"
    ) == [
        ("81", "Mug", 2, Decimal("1020"), False),
        ("82", "1× Bowl, 1× Cup", 2, Decimal("5"), False),
        ("83", "Mug", -1, Decimal("-20"), True),
    ]
    assert fetch(prepared, "select order_id, counts_in_sales from order_totals order by 1") == [
        ("81", True),
        ("82", False),
        ("83", True),
    ]


def test_woocommerce_customers_report(read: Read, write: Write) -> None:
    path = write(
        "wc-customers.csv",
        'Name,Username,"Last Active","Sign Up",Email,Orders,"Total Spend",AOV,"Country / Region",City,Region,'
        '"Postal Code"\n"Ada King Lovelace",ada,"2026-03-01 10:00:00","2026-01-01 10:00:00",ada@example.com,3,'
        "30.00,10.00,GB,London,,N1\n",
    )
    assert fetch(
        read(path),
        "select customer_id, first_name, last_name, country, cast(created_at as varchar) from customers",
    ) == [("ada@example.com", "Ada", "King Lovelace", "GB", "2026-01-01 10:00:00+00")]


PATHS = "select product_id, c.path, c.title, c.parent from (select product_id, unnest(collections) as c from products) order by all"


def test_categories_of_one_cell_are_told_apart_with_those_above_them(read: Read, write: Write) -> None:
    """WooCommerce puts commas between categories, a > between levels, and a backslash before a comma in a name."""
    path = write(
        "wc-products.csv",
        "ID,Type,SKU,Name,Published,Regular price,Categories\n"
        '44,simple,TEE,Tee,1,20,"Clothing > Tees, Sale\\, last days"\n'
        "50,simple,CAP,Cap,1,9.50,\n",
    )
    assert fetch(read(path), PATHS) == [
        ("44", "Clothing", "Clothing", None),
        ("44", "Clothing > Tees", "Tees", "Clothing"),
        ("44", "Sale, last days", "Sale, last days", None),
    ]


def test_shopifys_column_collection_is_one_name_and_collections_are_several(read: Read, write: Write) -> None:
    header = "Handle,Title,Vendor,Variant SKU,Variant Price"
    one = write("one.csv", f'{header},Collection\nrug,Rug,,RUG,40.00,"Rugs, kilims > more"\n')
    assert fetch(read(one), PATHS) == [("rug", "Rugs, kilims > more", "Rugs, kilims > more", None)]
    several = write(
        "several.csv", f'{header},Collections\nrug,Rug,,RUG,40.00,"Rugs, Sale"\nrug,,,RUG-2,41.00,\n'
    )
    assert fetch(read(several), PATHS) == [("rug", "Rugs", "Rugs", None), ("rug", "Sale", "Sale", None)]


def test_woocommerce_products_with_variations_by_sku_and_by_id(read: Read, write: Write) -> None:
    path = write(
        "wc-products.csv",
        'ID,Type,SKU,Name,Published,"Is featured?","Sale price","Regular price",Categories,Parent\n'
        "44,variable,TEE,Tee,1,0,,,Clothing,\n"
        "45,variation,TEE-R,Tee - Red,1,0,15,20,,TEE\n"
        "46,variation,TEE-G,Tee - Green,1,0,,20,,id:44\n"
        "50,simple,CAP,Cap,0,0,,9.50,Clothing,\n",
    )
    prepared = read(path)
    assert fetch(prepared, "select product_id, title, status from products order by 1") == [
        ("44", "Tee", "active"),
        ("50", "Cap", "draft"),
    ]
    assert fetch(
        prepared,
        "select product_id, v.variant_id, v.sku, v.price from (select product_id, unnest(variants) as v from products) "
        "order by 2",
    ) == [
        ("44", "45", "TEE-R", Decimal("15")),
        ("44", "46", "TEE-G", Decimal("20")),
        ("50", "50", "CAP", Decimal("9.5")),
    ]
