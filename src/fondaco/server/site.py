"""What all pages and the API stand on: one object per application."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pyarrow as pa
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket
from starlette.requests import Request

from fondaco.clock import zone
from fondaco.control import Connection, ControlPlane, Run, Shown, User
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.metrics import (
    Beginnings,
    Metric,
    MetricQuery,
    OrderRecord,
    OrdersAsked,
    SemanticLayer,
    bridge,
    has_marketing,
    has_profit,
    list_losses,
    list_order_profits,
    list_orders,
    one_order,
    read_beginnings,
    sum_order_profits,
)
from fondaco.metrics.collections import read_collections
from fondaco.metrics.stock import Known, stock_known
from fondaco.server.answers import Remembered
from fondaco.server.assets import packaged
from fondaco.server.auth.arrivals import Arrivals
from fondaco.server.auth.throttle import Throttle
from fondaco.server.menu import MENU, STOCK_PAGES
from fondaco.server.notices import Notices
from fondaco.server.numbers import Numbers, negotiate
from fondaco.server.rate import RateLimit
from fondaco.sources.source import Role, role_of

if TYPE_CHECKING:
    from fondaco.orchestration import Project


class NotThereError(ConfigError):
    """What the address names does not exist."""


T = TypeVar("T")
_LOCALES_AT_MOST = 3
TEMPLATES = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """Templates are compiled once a process, however many applications it makes."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


_ANSWERS_BYTES = 256 * 2**20
"""What all answers that are remembered may take."""


class Site:
    """The project behind the pages, the semantic layer, and what has been asked of it already."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.assets = packaged()
        self.throttle = Throttle(project.clock)
        self.arrivals = Arrivals(project.clock)
        self.rates = RateLimit(project.clock, project.settings.server.api_requests_a_minute)
        self.notices = Notices()
        self.panels: Remembered[str] = Remembered(4096)
        self._kept: Remembered[Any] = Remembered(64)
        self._locales: tuple[str, ...] = (negotiate(""),)
        self._currencies: Remembered[str] = Remembered(4)
        self._findings: Remembered[Any] = Remembered(1024)
        self._large_findings: Remembered[Any] = Remembered(8)
        self._answers: Remembered[pa.Table] = Remembered(
            4096, weight=lambda table: table.nbytes, most=_ANSWERS_BYTES
        )
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED,
        )
        self._templates.globals |= {
            "site": self,
            "asset": self.assets.url,
            "may": may,
            "menu": MENU,
            "stock_pages": STOCK_PAGES,
        }

    @property
    def control(self) -> ControlPlane:
        return self.project.control

    @property
    def tenant_id(self) -> str:
        return self.project.tenant

    @property
    def name(self) -> str:
        """The merchant's name."""
        return self.project.settings.project.name

    @cached_property
    def release(self) -> str:
        return version("fondaco")

    @property
    def layer(self) -> SemanticLayer:
        return self.project.metrics

    @property
    def published(self) -> str | None:
        """Version of the newest published state."""
        return self.project.reader.version

    def connections(self) -> list[Connection]:
        """All that is connected: shops, files, ad accounts, accounts that write to people."""
        return self.control.connections.all(self.tenant_id)

    def shops(self) -> list[Connection]:
        """The connections that sell."""
        return [each for each in self.connections() if role_of(each.source) is Role.SHOP]

    def ad_accounts(self) -> list[Connection]:
        """The connections where money is spent on advertisements."""
        return [each for each in self.connections() if role_of(each.source) is Role.ADS]

    def messaging(self) -> list[Connection]:
        """The connections from which people are written to."""
        return [each for each in self.connections() if role_of(each.source) is Role.MESSAGES]

    def views_of(self, user: User) -> list[Shown]:
        """The views that a user has saved, then those that others share; not those of others who may share no more."""
        sharing = {
            one.user_id for one in self.control.users.all(self.tenant_id) if may(one.role, Permission.EXPORT)
        }
        found = self.control.views.visible_to(self.tenant_id, user.user_id)
        return [one for one in found if one.is_own or one.view.user_id in sharing]

    @property
    def open_alerts(self) -> int:
        """How many alerts are open, but for those that are snoozed."""
        return self.control.alerts.count_open(self.tenant_id)

    def metric(self, name: str) -> Metric:
        """The metric an address names."""
        try:
            return self.layer.metric(name)
        except ConfigError as error:
            raise NotThereError(error.what, error.remedy) from error

    def run(self, run_id: str) -> Run:
        """The run an address names."""
        try:
            return self.control.runs.get(self.tenant_id, run_id)
        except ConfigError as error:
            raise NotThereError(error.what, error.remedy) from error

    @property
    def answered(self) -> int:
        """How many answers are remembered."""
        return len(self._answers) + len(self._findings) + len(self._large_findings)

    def ask(self, query: MetricQuery) -> pa.Table:
        """The answer of the newest published state, remembered until the next is published."""
        key = (self.published, self.tenant_id, _frozen(query))
        return self._answers.get(key, lambda: self.layer.query(self.project.reader, query, self.tenant_id))

    def clock_bridge(self, first: date, last: date, connection_id: str | None) -> list[dict[str, Any]]:
        """What lies between the two clocks over a period, figure by figure; remembered like ``ask``."""
        key = (self.published, self.tenant_id, "bridge", first, last, connection_id)
        table = self._answers.get(
            key,
            lambda: bridge(self.project.reader, first, last, self.tenant_id, connection_id=connection_id),
        )
        found: list[dict[str, Any]] = table.to_pylist()
        return found

    def orders(
        self, query: MetricQuery, *, find: str, order_by: str, limit: int, offset: int
    ) -> list[dict[str, Any]]:
        """The orders behind a figure, some at a time; remembered like ``ask``."""
        chosen = {"find": find, "order_by": order_by, "limit": limit, "offset": offset}
        key = (self.published, self.tenant_id, "orders", _frozen(query), _frozen(chosen))
        table = self._answers.get(
            key,
            lambda: list_orders(
                self.layer,
                self.project.reader,
                query,
                self.tenant_id,
                find=find,
                order_by=order_by,
                limit=limit,
                offset=offset,
            ),
        )
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows

    def losses(
        self, query: MetricQuery, *, which: str, find: str, order_by: str, limit: int, offset: int
    ) -> list[dict[str, Any]]:
        """Orders that lost money, some at a time; remembered like ``ask``."""
        key = (self.published, self.tenant_id, "losses", _frozen(query), which, find, order_by, limit, offset)
        table = self._answers.get(
            key,
            lambda: list_losses(
                self.layer, self.project.reader, query, self.tenant_id,
                which=which, find=find, order_by=order_by, limit=limit, offset=offset,
            ),
        )  # fmt: skip
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows

    def order_profits(self, asked: OrdersAsked, *, order_by: str, limit: int, offset: int) -> pa.Table:
        """Orders with what each brought, some at a time; remembered like ``ask``."""
        key = (self.published, self.tenant_id, "order_profits", _orders_key(asked), order_by, limit, offset)
        return self._answers.get(
            key,
            lambda: list_order_profits(
                self.layer, self.project.reader, asked, self.tenant_id, order_by=order_by, limit=limit, offset=offset,
            ),
        )  # fmt: skip

    def order_profits_sum(self, asked: OrdersAsked) -> Mapping[str, Any]:
        """How many orders there are, and what they brought together; remembered."""
        return self.remembered(
            ("order_profits_sum", _orders_key(asked)),
            lambda: sum_order_profits(self.layer, self.project.reader, asked, self.tenant_id),
        )

    @property
    def collections(self) -> Sequence[tuple[str, int]]:
        """Names of all collections with their numbers of products; none where no shop has any."""
        found: Sequence[tuple[str, int]] = self.remembered(
            ("collections",), lambda: read_collections(self.project.reader, self.tenant_id)
        )
        return found

    @property
    def has_profit(self) -> bool:
        """Whether what is published has profit in it; remembered with it."""
        return self.remembered(("has_profit",), lambda: has_profit(self.project.reader))

    @property
    def has_marketing(self) -> bool:
        """Whether what is published knows of advertising; remembered with it."""
        return self.remembered(("has_marketing",), lambda: has_marketing(self.project.reader))

    @property
    def stock(self) -> Known:
        """What is known of stock: see ``stock_known``; remembered with what is published."""
        return self.remembered(("stock",), lambda: stock_known(self.project.reader, self.tenant_id))

    def order(self, order_id: str) -> OrderRecord:
        """The order an address names."""
        found = one_order(self.project.reader, self.tenant_id, order_id)
        if found is None:
            raise NotThereError(
                f"There is no order {order_id[:100]!r}.", "Open it from the list on the page Orders."
            )
        return found

    def remembered(self, key: tuple[Hashable, ...], work: Callable[[], T], *, large: bool = False) -> T:
        """What ``work`` finds in the newest published state, worked out once; ``key`` tells it from everything else.

        Of what is ``large``, thousands of rows, only the newest few are kept.
        """
        among = self._large_findings if large else self._findings
        found: T = among.get((self.published, self.tenant_id, *key), work)
        return found

    @property
    def beginnings(self) -> Beginnings:
        """When each shop's data begins, remembered with the published state; of none before anything is published."""
        if self.published is None:
            return Beginnings()
        return self.remembered(("beginnings",), lambda: read_beginnings(self.project.reader, self.tenant_id))

    @property
    def currency(self) -> str:
        """What the newest published state counts money in, remembered with it."""
        return self._currencies.get(self.published, lambda: self.project.currency)

    def numbers(self, request: Request, currency: str | None = None) -> Numbers:
        """How this reader writes figures; pages without any ask for no currency, so that they need no warehouse."""
        own = self.project.settings.project
        locale = negotiate(request.headers.get("accept-language", ""))
        return Numbers(locale, currency or own.currency, zone(own.timezone))

    def kept(self, make: Callable[[Self], T]) -> T:
        """What a room of pages keeps between requests, made on first use."""
        made: T = self._kept.get(make, lambda: make(self))
        return made

    def note_reader(self, numbers: Numbers) -> None:
        """Remember how a reader of Overview writes figures; of two who come at once, one may be forgotten."""
        others = (locale for locale in self._locales if locale != numbers.locale)
        self._locales = (*others, numbers.locale)[-_LOCALES_AT_MOST:]

    def usual_numbers(self) -> list[Numbers]:
        """How the readers who were here last write figures; before there are any, as those who ask for no language do."""
        time_zone = zone(self.project.settings.project.timezone)
        return [Numbers(locale, self.currency, time_zone) for locale in self._locales]

    def prepare_templates(self) -> None:
        """Compile all templates, so that nobody waits for it."""
        for name in self._templates.list_templates(extensions=["html"]):
            self._templates.get_template(name)

    def render(self, template: str, request: Request, /, **context: Any) -> str:
        """A page for a reader."""
        return self.write(template, **({"numbers": self.numbers(request)} | context))

    def write(self, template: str, /, **context: Any) -> str:
        """A template, with all that it needs."""
        return self._templates.get_template(template).render(context)


def _orders_key(asked: OrdersAsked) -> tuple[Hashable, ...]:
    return str(_frozen(asked.query)), asked.which, asked.campaign_id, asked.find


def _frozen(value: object) -> object:
    """A key for a query: mappings and lists in it become tuples."""
    if isinstance(value, MetricQuery):
        return tuple(_frozen(getattr(value, name)) for name in value.__dataclass_fields__)
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(part)) for key, part in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_frozen(part) for part in value)
    return value


def the_site(request: Request) -> Site:
    """Dependency: the application's site."""
    site: Site = request.app.state.site
    return site
