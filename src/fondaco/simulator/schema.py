"""Tables of the simulated world: what the vendor endpoints serve from, and what the truth is computed from.

Amounts are integers in minor units (cents; yen) of the shop's currency. Instants are naive UTC. ``price``-like amounts
on lines are as displayed (tax included where ``taxes_included``); the ledger is always before tax.
"""

from __future__ import annotations

TABLES: dict[str, dict[str, str]] = {
    "shops": {
        "shop_id": "text",  # "aurora", "brick", "cedar", "delta": also the vendor's domain part / project key
        "platform": "text",  # shopify, woocommerce, commercetools, magento
        "name": "text",
        "currency": "text",
        "time_zone": "text",
        "country": "text",
        "taxes_included": "bool",
        "tax_rate": "double",
    },
    # Hidden: never served.
    "people": {
        "person_id": "bigint",
        "purchase_rate": "double",  # expected orders per day while alive
        "dropout_rate": "double",  # chance to leave after an order
        "spend_factor": "double",
        "born_at": "timestamp",  # first contact
        "dropped_at": "timestamp",  # null while alive at the end
        "city": "text",
        "country": "text",
        "channel": "text",  # acquisition channel
    },
    "customers": {
        "shop_id": "text",
        "customer_id": "bigint",
        "person_id": "bigint",  # hidden
        "email": "text",
        "phone": "text",
        "first_name": "text",
        "last_name": "text",
        "city": "text",
        "country": "text",
        "accepts_marketing": "bool",
        "created_at": "timestamp",
        "updated_at": "timestamp",
        "deleted_at": "timestamp",
    },
    "products": {
        "shop_id": "text",
        "product_id": "bigint",
        "title": "text",
        "vendor": "text",
        "product_type": "text",
        "status": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
        "deleted_at": "timestamp",
        "elasticity": "double",  # hidden
        "season_peak_day": "int",  # hidden
        "season_strength": "double",  # hidden
    },
    # Served as collections (Shopify) and categories (WooCommerce, commercetools, Magento).
    "collections": {
        "shop_id": "text",
        "collection_id": "bigint",
        "title": "text",
        "handle": "text",
        "parent_id": "bigint",  # null at the top; Shopify's know no parents
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "product_collections": {
        "shop_id": "text",
        "product_id": "bigint",
        "collection_id": "bigint",
    },
    "variants": {
        "shop_id": "text",
        "variant_id": "bigint",
        "product_id": "bigint",
        "sku": "text",
        "barcode": "text",
        "title": "text",
        "price": "bigint",
        "cost": "bigint",  # of today; what it was stands in unit_costs
        "inventory_item_id": "bigint",
        "is_gift_card": "bool",
        "updated_at": "timestamp",
    },
    # Hidden: what a piece has cost since when. Vendors tell today's cost only.
    "unit_costs": {
        "shop_id": "text",
        "variant_id": "bigint",
        "valid_from": "timestamp",  # 1970 for the first
        "cost": "bigint",
    },
    "inventory": {
        "shop_id": "text",
        "variant_id": "bigint",
        "location_id": "bigint",
        "location_name": "text",
        "available": "bigint",
        "on_hand": "bigint",
        "committed": "bigint",
        "incoming": "bigint",
        "updated_at": "timestamp",
    },
    "discounts": {
        "shop_id": "text",
        "discount_id": "bigint",
        "code": "text",  # null: automatic
        "title": "text",
        "kind": "text",  # percentage, fixed, shipping
        "value": "double",  # 0.10 for 10 %, or minor units
        "starts_at": "timestamp",
        "ends_at": "timestamp",
        "usage_count": "bigint",
        "updated_at": "timestamp",
    },
    "orders": {
        "shop_id": "text",
        "order_id": "bigint",
        "order_number": "bigint",
        "customer_id": "bigint",  # null: guest
        "person_id": "bigint",  # hidden
        "email": "text",
        "phone": "text",
        "created_at": "timestamp",
        "processed_at": "timestamp",  # earlier than created_at for imported orders
        "updated_at": "timestamp",
        "cancelled_at": "timestamp",
        "deleted_at": "timestamp",
        "edited_at": "timestamp",
        "is_test": "bool",
        "status": "text",  # pending, open, completed, cancelled, failed
        "financial_status": "text",  # pending, authorized, partially_paid, paid, partially_refunded, refunded, voided
        "channel": "text",  # web, pos, draft, api
        "gateway": "text",  # shopify_payments, paypal, manual, gift_card, …
        "acquisition_channel": "text",  # utm source of the visit
        "currency": "text",  # the shop's
        "presentment_currency": "text",
        "presentment_rate": "double",  # presentment units per shop unit
        "country": "text",
        "city": "text",
        "tax_exempt": "bool",  # reverse charge
        "placed_subtotal": "bigint",  # lines after discounts, as displayed, as placed
        "placed_discount": "bigint",  # as displayed
        "placed_shipping": "bigint",  # as displayed, after shipping discount
        "placed_tax": "bigint",
        "placed_tip": "bigint",
        "placed_duty": "bigint",
        "placed_total": "bigint",  # what the customer was to pay
        # What the shop saw of the visit that led to the order; null where there was none.
        "landing_site": "text",  # path and query
        "referring_site": "text",
        "utm_source": "text",
        "utm_medium": "text",
        "utm_campaign": "text",  # Meta's links carry the campaign's name, Google's its id
        "utm_content": "text",  # the ad's id
        "utm_term": "text",  # the keyword
        "click_id": "text",  # fbclid or gclid; some are lost on the way
    },
    "order_lines": {
        "shop_id": "text",
        "line_id": "bigint",
        "order_id": "bigint",
        "product_id": "bigint",
        "variant_id": "bigint",
        "sku": "text",
        "title": "text",
        "quantity": "bigint",  # as placed or as added by an edit
        "current_quantity": "bigint",  # after edits and returns
        "unit_price": "bigint",  # as displayed
        "discount": "bigint",  # of the whole line, as displayed, positive
        "tax": "bigint",
        "is_gift_card": "bool",
        "added_at": "timestamp",  # equal to the order's created_at unless added by an edit
        "removed_at": "timestamp",  # by an edit
    },
    "order_discounts": {
        "shop_id": "text",
        "order_id": "bigint",
        "discount_index": "int",
        "discount_id": "bigint",
        "code": "text",
        "title": "text",
        "kind": "text",  # percentage, fixed, shipping
        "value": "double",
        "amount": "bigint",  # as displayed, positive, over all lines
    },
    "line_discounts": {  # how order_discounts fall on lines; sums to order_lines.discount
        "shop_id": "text",
        "order_id": "bigint",
        "line_id": "bigint",
        "discount_index": "int",
        "amount": "bigint",
    },
    "shipping_lines": {
        "shop_id": "text",
        "shipping_line_id": "bigint",
        "order_id": "bigint",
        "title": "text",
        "price": "bigint",  # as displayed, before shipping discount
        "discount": "bigint",
        "tax": "bigint",
    },
    "refunds": {
        "shop_id": "text",
        "refund_id": "bigint",
        "order_id": "bigint",
        "created_at": "timestamp",
        "reason": "text",
        "kind": "text",  # whole, partial, adjustment (money only), shipping, discrepancy, cancellation
        "amount": "bigint",  # money given back, tax included
        "moves_order_updated_at": "bool",  # false: only the refund's own feed shows it (a PayPal refund in WooCommerce)
    },
    "refund_lines": {
        "shop_id": "text",
        "refund_line_id": "bigint",
        "refund_id": "bigint",
        "order_id": "bigint",
        "line_id": "bigint",  # null: shipping or adjustment
        "line_type": "text",  # product, shipping, adjustment
        "quantity": "bigint",
        "amount": "bigint",  # before tax, positive
        "tax": "bigint",
        "restocked": "bool",  # the units are in stock again, or never left it; damaged ones are not
    },
    "transactions": {
        "shop_id": "text",
        "transaction_id": "bigint",
        "order_id": "bigint",
        "parent_id": "bigint",
        "refund_id": "bigint",
        "kind": "text",  # authorization, capture, sale, refund, void
        "status": "text",  # success, pending, failure
        "gateway": "text",
        "processed_at": "timestamp",
        "amount": "bigint",
        "fee": "bigint",
        "is_test": "bool",
    },
    # Hidden truth and, for Shopify, the sales agreements: one row per money movement, before tax, signed.
    # gross − discount + tax is what the movement adds to the order's total; returns are negative throughout.
    "ledger": {
        "shop_id": "text",
        "ledger_id": "bigint",
        "agreement_id": "bigint",  # groups rows that happened together
        "order_id": "bigint",
        "line_id": "bigint",
        "refund_id": "bigint",
        "happened_at": "timestamp",
        "action": "text",  # order, edit, return
        "line_type": "text",  # product, shipping, tip, gift_card, duty, adjustment
        "quantity": "bigint",
        "gross": "bigint",
        "discount": "bigint",
        "tax": "bigint",
    },
    "ad_accounts": {
        "platform": "text",  # meta, google
        "account_id": "bigint",
        "name": "text",
        "currency": "text",
        "time_zone": "text",
        "created_at": "timestamp",
    },
    "ad_campaigns": {
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "shop_id": "text",  # hidden: whose goods it shows
        "name": "text",
        "kind": "text",  # prospecting, retargeting, brand_search, search, shopping, performance_max
        "status": "text",  # active, paused, archived, removed
        "daily_budget": "bigint",  # minor units of the account's currency
        "starts_at": "timestamp",
        "ends_at": "timestamp",  # null while it goes on
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "ad_groups": {  # Meta: ad sets
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "ad_group_id": "bigint",
        "name": "text",
        "status": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "ads": {
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "ad_group_id": "bigint",
        "ad_id": "bigint",
        "name": "text",
        "status": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "ad_keywords": {  # Google only; an ad group's figures are those of its keywords together
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "ad_group_id": "bigint",
        "keyword_id": "bigint",
        "keyword": "text",
        "match_type": "text",  # exact, phrase
        "status": "text",
        "share": "double",  # of the ad group's figures
    },
    # Hidden: figures of each ad (or campaign without ads) and day of the account, as first reported and as they settle.
    # ``Store.ad_days`` says what the platform reports now.
    "ad_days": {
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "ad_group_id": "bigint",
        "ad_id": "bigint",  # null: the campaign has no ads
        "unit_id": "bigint",  # ad_id, else campaign_id
        "day": "text",  # ISO date of the account
        "begins_at": "timestamp",
        "ends_at": "timestamp",
        "impressions": "bigint",
        "reach": "bigint",
        "clicks": "bigint",  # all clicks, those that led to orders among them
        "link_clicks": "bigint",
        "spend": "bigint",  # as it settles; minor units of the account's currency
        "first_spend": "bigint",  # as it is reported until then
        "settles_at": "timestamp",
        "vanishes_at": "timestamp",  # the platform takes the row back then; null for most
    },
    # Hidden: what a platform knows of an order. Platforms claim the same orders, and orders they did not bring.
    "ad_touches": {
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "ad_group_id": "bigint",
        "ad_id": "bigint",
        "unit_id": "bigint",
        "keyword_id": "bigint",
        "shop_id": "text",
        "order_id": "bigint",
        "kind": "text",  # click, view, engaged_view
        "touched_at": "timestamp",
        "converted_at": "timestamp",  # when the order was placed
        "reported_at": "timestamp",  # from when on the platform claims it
        "brought": "bool",  # the truth: this click led to the order
        "credit": "double",  # the part that the platform gives itself
        "value": "bigint",  # what it takes the order to be worth, in minor units of the account's currency
        "click_id": "text",
    },
    "message_accounts": {
        "platform": "text",  # klaviyo, …; no rows in a world without messages
        "account_id": "bigint",
        "name": "text",
        "currency": "text",
        "time_zone": "text",
        "created_at": "timestamp",
    },
    "message_campaigns": {
        "platform": "text",
        "account_id": "bigint",
        "campaign_id": "bigint",
        "message_id": "bigint",  # of the one message in it
        "kind": "text",  # campaign, flow
        "channel": "text",  # email, sms
        "name": "text",
        "message": "text",  # name of the message
        "status": "text",  # sent, draft, cancelled; flows: live
        "sent_at": "timestamp",  # null: a flow, or never sent
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    "message_contacts": {
        "platform": "text",
        "contact_id": "bigint",
        "person_id": "bigint",  # hidden; null for a lead, who never bought
        "email": "text",
        "phone": "text",
        "first_name": "text",
        "email_since": "timestamp",  # null: may not be written to
        "text_since": "timestamp",
        "left_at": "timestamp",  # of both channels; may lie in the future, when it is no fact yet
        "created_at": "timestamp",
    },
    # What became of each message. ``happened_at`` may lie in the future, when it is no fact yet.
    "message_events": {
        "event_id": "bigint",
        "contact_id": "bigint",
        "campaign_id": "bigint",
        "kind": "text",  # received, bounced, opened, clicked, unsubscribed, marked_spam
        "happened_at": "timestamp",
        "sent_at": "timestamp",  # of the message
    },
    # Hidden: the truth, which click led to which order.
    "message_touches": {
        "shop_id": "text",
        "order_id": "bigint",
        "campaign_id": "bigint",
        "contact_id": "bigint",
        "clicked_at": "timestamp",
        "sent_at": "timestamp",
    },
}
"""Table name → column name → type word (text, bigint, int, double, bool, timestamp)."""

HIDDEN: dict[str, frozenset[str]] = {
    "customers": frozenset({"person_id"}),
    "orders": frozenset({"person_id"}),
    "ad_campaigns": frozenset({"shop_id"}),
    "message_contacts": frozenset({"person_id"}),
    "products": frozenset({"elasticity", "season_peak_day", "season_strength"}),
}
"""Columns that no endpoint may serve."""
