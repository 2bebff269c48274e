"""The pages of the menu, in its order: the one list that the menu, the search and saved views go by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuPage:
    """A page of the menu.

    Attributes
    ----------
    name
        What the page's template calls itself (``page``).
    label
        Its name in the menu; ``more`` follows where there is room.
    meant
        Other words by which it may be searched for.
    beneath
        First parts of further addresses that belong to it.
    has_period
        Whether it shows days, a clock and a shop that a reader chooses; they go along from one such page to the next.
    """

    name: str
    address: str
    icon: str
    label: str
    meant: str
    more: str = ""
    beneath: tuple[str, ...] = ()
    has_period: bool = False

    @property
    def title(self) -> str:
        """Its whole name."""
        return self.label + self.more


MENU = (
    MenuPage("overview", "/", "layout-dashboard", "Overview", "net sales home dashboard start", has_period=True),
    MenuPage("sales", "/sales", "chart-bar", "Sales", "country channel hour", has_period=True),
    MenuPage("profit", "/profit", "coins", "Profit", "margin costs contribution waterfall loss makers", has_period=True),
    MenuPage("orders", "/orders", "shopping-cart", "Orders", "order list profit margin CM3 under water number", has_period=True),
    MenuPage("marketing", "/marketing", "speakerphone", "Marketing", "ads advertising campaigns spend ROAS POAS Meta Google break-even", has_period=True),
    MenuPage("products", "/products", "package", "Products", "articles sku", has_period=True),
    MenuPage("stock", "/stock", "archive", "Stock", "inventory warehouse locations ageing dead stock", beneath=("today", "purchase-orders", "suppliers", "prices", "forecast-quality")),
    MenuPage("customers", "/customers", "users", "Customers", "people buyers value churn"),
    MenuPage("segments", "/segments", "users-group", "Segments", "groups of customers builder"),
    MenuPage("cohorts", "/cohorts", "chart-cohort", "Cohorts", "retention repeat"),
    MenuPage("costs", "/costs", "receipt", "Costs", "cost sheet fees shipping packaging fixed rent staff margin profit"),
    MenuPage("alerts", "/alerts", "bell", "Alerts", "rules anomaly threshold unusual drop spike warnings notifications wrong"),
    MenuPage("connections", "/connections", "plug", "Connections", "shops accounts apis sources status test sync stale webhooks"),
    MenuPage("runs", "/runs", "heartbeat", "Runs", "reconciliation freshness shops pipeline set aside", more=" & data health"),
    MenuPage("report", "/report", "printer", "Report", "print pdf accountant month"),
    MenuPage("settings", "/settings", "settings", "Settings", "preferences configuration"),
)  # fmt: skip

STOCK_PAGES = (
    ("today", "Today", "/today", "what to do reorder transfer warn mark down proposals buy"),
    ("items", "Items", "/stock", ""),
    ("purchase-orders", "Purchase orders", "/purchase-orders", "supplier draft send receive transfers"),
    ("suppliers", "Suppliers", "/suppliers", "lead time fill rate late vendor"),
    ("prices", "Prices", "/prices", "price elasticity margin raise lower markdown promotion competitor"),
    ("forecast-quality", "Forecast quality", "/forecast-quality", "demand accuracy back-test error"),
)
"""The pages of Stock: name, label, address, and other words by which each may be searched for."""

_FIRST_PARTS = frozenset(part for page in MENU for part in (page.address.removeprefix("/"), *page.beneath))


def is_of_menu(path: str) -> bool:
    """Whether an address is of a page of the menu or beneath one, and neither a file nor a way to log in."""
    if path == "/":
        return True
    before, _, rest = path.partition("/")
    first = rest.partition("/")[0]
    return (
        not before and bool(first) and first in _FIRST_PARTS and not path.endswith((".csv", ".pdf", ".toml"))
    )
