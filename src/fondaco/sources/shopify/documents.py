"""Every GraphQL document of the connector, written once in two forms.

*Paged*: connections become ``nodes`` and ``pageInfo``. *Bulk*: connections become ``edges { node }``, without ``first``
(bulk ignores it) and without ``sortKey`` (in a bulk query it silently drops records). A bulk query may hold five
connections in all and none inside a list, so orders are read by two bulk queries, and what hangs in a connection
inside a list (``refunds``) is left to the paged form.
"""

from __future__ import annotations

from fondaco.sources.shopify.forms import Form, PagedForm, Resource
from fondaco.sources.shopify.payments_tables import SUMMARY_FIELDS

_MONEY = "{ shopMoney { amount currencyCode } }"
_BOTH = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
_TAXES = f"taxLines {{ title rate priceSet {_MONEY} }}"
_ALLOCATIONS = f"discountAllocations {{ allocatedAmountSet {_MONEY} discountApplication {{ index }} }}"
_VISIT = "{ occurredAt source sourceType referrerUrl landingPage utmParameters { source medium campaign term content } }"

ORDER = f"""
    __typename id name number email phone createdAt processedAt updatedAt cancelledAt cancelReason closedAt
    test confirmed edited taxesIncluded taxExempt currencyCode presentmentCurrencyCode sourceName tags discountCodes
    displayFinancialStatus displayFulfillmentStatus returnStatus paymentGatewayNames
    customer {{ id }}
    shippingAddress {{ city countryCodeV2 }}
    billingAddress {{ city countryCodeV2 }}
    customerJourneySummary {{ ready customerOrderIndex daysToConversion firstVisit {_VISIT} lastVisit {_VISIT} }}
    originalTotalPriceSet {_BOTH}
    currentTotalPriceSet {_MONEY}
    subtotalPriceSet {_MONEY}
    totalDiscountsSet {_MONEY}
    totalTaxSet {_MONEY}
    totalShippingPriceSet {_MONEY}
    totalTipReceivedSet {_MONEY}
    totalRefundedSet {_MONEY}
    netPaymentSet {_MONEY}
    totalWeight
    transactions {{
        id kind status gateway processedAt createdAt test
        amountSet {_BOTH}
        parentTransaction {{ id }}
        fees {{ id type rate amount {{ amount currencyCode }} taxAmount {{ amount currencyCode }} }}
    }}
"""
REFUND = f"id createdAt processedAt updatedAt note totalRefundedSet {_MONEY}"
LINE_ITEM = f"""
    __typename id sku title variantTitle vendor quantity currentQuantity isGiftCard taxable
    product {{ id }}
    variant {{ id }}
    originalUnitPriceSet {_MONEY}
    originalTotalSet {_MONEY}
    {_TAXES}
    {_ALLOCATIONS}
"""
DISCOUNT_APPLICATION = """
    __typename index allocationMethod targetSelection targetType
    value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } }
    ... on DiscountCodeApplication { code }
    ... on AutomaticDiscountApplication { title }
    ... on ManualDiscountApplication { title description }
    ... on ScriptDiscountApplication { title }
"""
SHIPPING_LINE = f"""
    __typename id code title source isRemoved carrierIdentifier
    originalPriceSet {_MONEY}
    discountedPriceSet {_MONEY}
    {_TAXES}
    {_ALLOCATIONS}
"""
AGREEMENT = "__typename id happenedAt reason ... on RefundAgreement { refund { id } }"
SALE = f"""
    __typename id actionType lineType quantity
    totalAmount {_BOTH}
    totalDiscountAmountBeforeTaxes {_MONEY}
    totalTaxAmount {_MONEY}
    ... on ProductSale {{ lineItem {{ id product {{ id }} variant {{ id }} }} }}
    ... on GiftCardSale {{ lineItem {{ id product {{ id }} variant {{ id }} }} }}
"""
REFUND_LINE = f"""
    __typename id quantity restockType restocked
    lineItem {{ id }}
    subtotalSet {_MONEY}
    totalTaxSet {_MONEY}
"""
REFUND_SHIPPING_LINE = f"__typename id shippingLine {{ id }} subtotalAmountSet {_MONEY} taxAmountSet {_MONEY}"
ORDER_ADJUSTMENT = f"__typename id reason amountSet {_MONEY} taxAmountSet {_MONEY}"
CUSTOMER = """
    __typename id firstName lastName createdAt updatedAt state tags verifiedEmail taxExempt
    defaultEmailAddress { emailAddress marketingState }
    defaultPhoneNumber { phoneNumber }
    defaultAddress { city countryCodeV2 }
"""
PRODUCT = (
    "__typename id title handle vendor productType status tags isGiftCard createdAt updatedAt publishedAt"
)
VARIANT = """
    __typename id title sku barcode price compareAtPrice position taxable createdAt updatedAt
    inventoryItem { id }
"""
COLLECTION = "__typename id title handle updatedAt"
COLLECTION_PRODUCT = "__typename id"
INVENTORY_ITEM = """
    __typename id sku tracked requiresShipping countryCodeOfOrigin createdAt updatedAt
    unitCost { amount currencyCode }
"""
INVENTORY_LEVEL = """
    __typename id isActive createdAt updatedAt
    location { id name }
    quantities(names: ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock",
        "quality_control"]) { name quantity updatedAt }
"""
REDEEM_CODE = "__typename id code asyncUsageCount"
_PLAIN = "{ amount currencyCode }"
BALANCE_TRANSACTION = f"""
    __typename id type sourceType sourceId sourceOrderTransactionId adjustmentReason test transactionDate
    associatedOrder {{ id }}
    associatedPayout {{ id status }}
    amount {_PLAIN}
    fee {_PLAIN}
    net {_PLAIN}
"""
PAYOUT = f"""
    __typename id issuedAt status transactionType externalTraceId
    net {_PLAIN}
    summary {{ {" ".join(f"{field} {_PLAIN}" for field in SUMMARY_FIELDS)} }}
"""
DISPUTE = f"""
    __typename id type status initiatedAt evidenceDueBy evidenceSentOn finalizedOn
    order {{ id }}
    reasonDetails {{ reason networkReasonCode }}
    amount {_PLAIN}
"""


def _refunds(form: Form) -> str:
    lines = form.in_list("refundLineItems", REFUND_LINE, 5)
    shipping = form.in_list("refundShippingLines", REFUND_SHIPPING_LINE, 2)
    adjustments = form.in_list("orderAdjustments", ORDER_ADJUSTMENT, 3)
    return f"refunds {{ {REFUND} {lines} {shipping} {adjustments} }}"


def _agreements(form: Form) -> str:
    return form.connection("agreements", f"{AGREEMENT} {form.connection('sales', SALE, 5)}", 2)


def _order_parts(form: Form) -> str:
    return "\n".join(
        (
            ORDER,
            _refunds(form),
            form.connection("lineItems", LINE_ITEM, 8),
            form.connection("discountApplications", DISCOUNT_APPLICATION, 3),
            form.connection("shippingLines", SHIPPING_LINE, 2, "includeRemovals: true"),
        )
    )


def _order(form: Form) -> str:
    return f"{_order_parts(form)}\n{_agreements(form)}"


def _order_ledger(form: Form) -> str:
    return f"__typename id {_agreements(form)}"


def _product(form: Form) -> str:
    return f"{PRODUCT} {form.connection('variants', VARIANT, 50)}"


def _collection(form: Form) -> str:
    return f"{COLLECTION} {form.connection('products', COLLECTION_PRODUCT, 200)}"


def _inventory_item(form: Form) -> str:
    return f"{INVENTORY_ITEM} {form.connection('inventoryLevels', INVENTORY_LEVEL, 10)}"


def _discount(form: Form) -> str:
    shared = "title status startsAt endsAt createdAt updatedAt asyncUsageCount discountClasses"
    gets = """customerGets { value { __typename ... on DiscountPercentage { percentage }
        ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem } } }"""
    codes = f"codesCount {{ count precision }} usageLimit {form.connection('codes', REDEEM_CODE, 50)}"
    return f"""
        __typename id
        discount {{
            __typename
            ... on DiscountAutomaticApp {{ {shared} }}
            ... on DiscountAutomaticBasic {{ {shared} {gets} }}
            ... on DiscountAutomaticBxgy {{ {shared} }}
            ... on DiscountAutomaticFreeShipping {{ {shared} }}
            ... on DiscountCodeApp {{ {shared} {codes} }}
            ... on DiscountCodeBasic {{ {shared} {gets} {codes} }}
            ... on DiscountCodeBxgy {{ {shared} {codes} }}
            ... on DiscountCodeFreeShipping {{ {shared} {codes} }}
        }}
    """


ORDERS = Resource("orders", "Order", _order, (_order_parts, _order_ledger), 24, "UPDATED_AT", "ordersCount")
CUSTOMERS = Resource(
    "customers",
    "Customer",
    lambda form: CUSTOMER,
    (lambda form: CUSTOMER,),
    100,
    "UPDATED_AT",
    "customersCount",
)
PRODUCTS = Resource("products", "Product", _product, (_product,), 24, "UPDATED_AT", "productsCount")
COLLECTIONS = Resource("collections", "Collection", _collection, (_collection,), 4, "ID")
INVENTORY_ITEMS = Resource("inventoryItems", "InventoryItem", _inventory_item, (_inventory_item,), 50)
DISCOUNTS = Resource("discountNodes", "DiscountNode", _discount, (_discount,), 24, "ID", "discountNodesCount")

BALANCE_TRANSACTIONS = Resource(
    "balanceTransactions",
    "ShopifyPaymentsBalanceTransaction",
    lambda form: BALANCE_TRANSACTION,
    (),
    100,
    "ID",
    within="shopifyPaymentsAccount",
    cursor="processed_at",
    arguments="hideTransfers: true",
)
PAYOUTS = Resource(
    "payouts",
    "ShopifyPaymentsPayout",
    lambda form: PAYOUT,
    (),
    50,
    "ID",
    within="shopifyPaymentsAccount",
    cursor="issued_at",
)
DISPUTES = Resource(
    "disputes",
    "ShopifyPaymentsDispute",
    lambda form: DISPUTE,
    (),
    100,
    within="shopifyPaymentsAccount",
    cursor="initiated_at",
)


def refund_details_document(scale: float) -> str:
    """What a bulk query may not hold: the connections inside the list of refunds, for orders by their ids."""
    refunds = _refunds(PagedForm(scale))
    return (
        f"query Refunds($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{ __typename id {refunds} }} }} }}"
    )


_MORE: dict[tuple[str, str], tuple[str, str]] = {
    ("Order", "lineItems"): (LINE_ITEM, ""),
    ("Order", "discountApplications"): (DISCOUNT_APPLICATION, ""),
    ("Order", "shippingLines"): (SHIPPING_LINE, "includeRemovals: true"),
    ("Refund", "refundLineItems"): (REFUND_LINE, ""),
    ("Refund", "refundShippingLines"): (REFUND_SHIPPING_LINE, ""),
    ("Refund", "orderAdjustments"): (ORDER_ADJUSTMENT, ""),
    ("Product", "variants"): (VARIANT, ""),
    ("Collection", "products"): (COLLECTION_PRODUCT, ""),
    ("InventoryItem", "inventoryLevels"): (INVENTORY_LEVEL, ""),
}
_MORE_SIZE = 100


def more_document(parent_type: str, field: str, scale: float) -> str:
    """The next page of one record's nested connection."""
    first = max(1, int(_MORE_SIZE * scale))
    if (parent_type, field) == ("DiscountNode", "codes"):
        kinds = ("DiscountCodeApp", "DiscountCodeBasic", "DiscountCodeBxgy", "DiscountCodeFreeShipping")
        codes = _after("codes", REDEEM_CODE, first)
        inner = f"discount {{ {' '.join(f'... on {kind} {{ {codes} }}' for kind in kinds)} }}"
    elif (parent_type, field) == ("Order", "agreements"):
        inner = _after(
            "agreements", f"{AGREEMENT} {PagedForm(scale).connection('sales', SALE, 5)}", max(1, first // 20)
        )
    else:
        body, arguments = _MORE[parent_type, field]
        inner = _after(field, body, first, arguments)
    return (
        f"query More($id: ID!, $after: String) {{ node(id: $id) {{ ... on {parent_type} {{ {inner} }} }} }}"
    )


def more_sales_document(scale: float) -> str:
    """Sales of the agreement that follows ``$before`` in an order. Agreements cannot be asked for by their own id."""
    first = max(1, int(_MORE_SIZE * scale))
    sales = (
        f"sales(first: {first}, after: $after) {{ nodes {{ {SALE} }} pageInfo {{ hasNextPage endCursor }} }}"
    )
    return f"""query Sales($id: ID!, $before: String, $after: String) {{ node(id: $id) {{ ... on Order {{
        agreements(first: 1, after: $before) {{ nodes {{ {AGREEMENT} {sales} }} pageInfo {{ hasNextPage endCursor }} }}
    }} }} }}"""


def _after(field: str, body: str, first: int, arguments: str = "") -> str:
    extra = f", {arguments}" if arguments else ""
    return f"{field}(first: {first}, after: $after{extra}) {{ nodes {{ {body} }} pageInfo {{ hasNextPage endCursor }} }}"


SHOP = """query Shop {
    shop { name myshopifyDomain currencyCode ianaTimezone taxesIncluded }
    currentAppInstallation { accessScopes { handle } }
}"""
OLDEST_ORDER = "query OldestOrder { orders(first: 1, sortKey: CREATED_AT) { nodes { createdAt } } }"
FIRST_CHANGE = "query FirstChange { orders(first: 1, sortKey: UPDATED_AT) { nodes { updatedAt } } }"
DELETIONS = """query Deletions($query: String!, $after: String) {
    events(first: 250, after: $after, query: $query, sortKey: CREATED_AT) {
        nodes { __typename id action createdAt ... on BasicEvent { subjectId subjectType } }
        pageInfo { hasNextPage endCursor }
    }
}"""
SALES_REPORT = """query SalesReport($query: String!) {
    shopifyqlQuery(query: $query) { parseErrors tableData { columns { name dataType } rows } }
}"""
BULK_RUN = """mutation BulkRun($query: String!) {
    bulkOperationRunQuery(query: $query, groupObjects: false) {
        bulkOperation { id status } userErrors { code field message }
    }
}"""
BULK_POLL = """query BulkPoll($id: ID!) {
    bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount url partialDataUrl }
}"""

RESOURCES = {
    "orders": ORDERS,
    "customers": CUSTOMERS,
    "products": PRODUCTS,
    "collections": COLLECTIONS,
    "inventory_items": INVENTORY_ITEMS,
    "discounts": DISCOUNTS,
    "balance_transactions": BALANCE_TRANSACTIONS,
    "payouts": PAYOUTS,
    "disputes": DISPUTES,
}
"""Stream name → how it is read."""


def all_documents() -> list[str]:
    """Every document that can be sent, for the test that holds them against Shopify's schema."""
    documents = [SHOP, OLDEST_ORDER, FIRST_CHANGE, DELETIONS, SALES_REPORT, BULK_RUN, BULK_POLL]
    for scale in (1.0, 0.1):
        for resource in RESOURCES.values():
            documents += [resource.page_document(5, scale), resource.nodes_document(scale)]
        documents += [refund_details_document(scale), more_sales_document(scale)]
        documents += [more_document(parent, field, scale) for parent, field in _MORE]
        documents += [
            more_document("Order", "agreements", scale),
            more_document("DiscountNode", "codes", scale),
        ]
    documents += [resource.count_document() for resource in RESOURCES.values() if resource.count]
    return documents


def bulk_documents(query: str) -> list[str]:
    """Every bulk text, with ``query`` as its search."""
    texts = [
        resource.bulk_document(part, query)
        for resource in RESOURCES.values()
        for part in range(len(resource.bulk_parts))
    ]
    return texts + [resource.ids_document() for resource in RESOURCES.values() if resource.bulk_parts]
