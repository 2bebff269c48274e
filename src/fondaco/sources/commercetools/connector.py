"""The commercetools source: which list is read for a slice, and what becomes of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self

from fondaco.clock import Clock, parse_instant, utc_now
from fondaco.errors import AccessError
from fondaco.sources.commercetools import records
from fondaco.sources.commercetools.client import CommercetoolsClient
from fondaco.sources.commercetools.recount import REPORT_NAME, Recount
from fondaco.sources.commercetools.settings import CommercetoolsSettings
from fondaco.sources.commercetools.streams import STREAMS
from fondaco.sources.commercetools.webhooks import CommercetoolsWebhooks
from fondaco.sources.http import NotFoundError
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause
from fondaco.sources.webhooks import Webhooks

_PATHS = {
    "orders": "orders",
    "payments": "payments",
    "customers": "customers",
    "products": "products",
    "categories": "categories",
    "inventory": "inventory",
    "discount_codes": "discount-codes",
    "cart_discounts": "cart-discounts",
}
_EXPAND = {"inventory": ("supplyChannel",), "products": ("productType",)}
_DELETED = {"OrderDeleted": "orders", "CustomerDeleted": "customers", "ProductDeleted": "products"}
_LOSSES = {
    "orders": "no sales can be read",
    "payments": "no payments and no refunds can be read",
    "customers": "no customers can be read",
    "products": "no products can be read",
    "categories": "products cannot be grouped",
    "inventory": "no stock can be read",
    "discount_codes": "discount codes have no names",
    "cart_discounts": "discounts have no kind",
}
_IDS_A_PAGE = 50
"""Addresses may have 8,000 letters or so."""
_UNTIL_THE_END = ("customers", "products", "inventory", "discount_codes", "cart_discounts")


class Commercetools:
    """One commercetools project."""

    name: ClassVar[str] = "commercetools"
    title: ClassVar[str] = "commercetools"
    settings_type: ClassVar[type[SourceSettings]] = CommercetoolsSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = REPORT_NAME
    webhooks: ClassVar[Webhooks] = CommercetoolsWebhooks()

    def __init__(
        self,
        settings: CommercetoolsSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._client = CommercetoolsClient(settings, clock=clock, sleep=sleep)
        self._project: dict[str, Any] | None = None

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, CommercetoolsSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of commercetools")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        project = self._read_project()
        missing, warnings = [], []
        for stream in STREAMS:
            if not self._may_read(_PATHS[stream.name]):
                missing.append(f"{stream.scopes[0]}: without it {_LOSSES[stream.name]}.")
        warnings.extend(self._warnings(project))
        return Check(
            shop_name=str(project.get("name") or self._settings.project_key),
            currency=self._currency(project),
            time_zone=self._settings.time_zone,
            missing=tuple(missing),
            warnings=tuple(warnings),
            details={
                "project": self._settings.project_key,
                "currencies": ", ".join(project.get("currencies", ())),
                "languages": ", ".join(project.get("languages", ())),
                "scopes": ", ".join(self._client.tokens.scopes),
            },
        )

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        shaper = self._shaper()
        since = part.since
        if part.kind == "backfill" and stream.name in _UNTIL_THE_END:
            since = None  # what no one has touched since start_date is needed all the same
        path, expand = _PATHS[stream.name], _EXPAND.get(stream.name, ())
        for rows in self._client.changed(path, since, part.until, expand=expand):
            yield Page.of(shaper.shape(stream.name, row) for row in rows)

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        shaper = self._shaper()
        path, expand = _PATHS[stream.name], _EXPAND.get(stream.name, ())
        for start in range(0, len(ids), _IDS_A_PAGE):
            chosen = ids[start : start + _IDS_A_PAGE]
            where = f"id in ({', '.join(f':id{n}' for n in range(len(chosen)))})"
            variables = {f"id{n}": each for n, each in enumerate(chosen)}
            for rows in self._client.by_id(path, where=where, variables=variables, expand=expand):
                yield Page.of(shaper.shape(stream.name, row) for row in rows)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """Deletions told by messages; commercetools keeps them for 15 days unless the project says otherwise."""
        kinds = ", ".join(f'"{kind}"' for kind in _DELETED)
        for rows in self._client.changed(
            "messages", since, until, field="createdAt", where=f"type in ({kinds})"
        ):
            for row in rows:
                yield Tombstone(
                    _DELETED[row["type"]], row["resource"]["id"], parse_instant(row["createdAt"]), "message"
                )

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return self._ids(_PATHS[stream.name])

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """Not the vendor's report, which does not exist, but a second count: see ``recount``."""
        currency = self._currency(self._read_project())
        recount = Recount(
            self._client, self._settings.time_zone, currency, self._settings.refunds_without_return
        )
        return recount.days(first, last)

    def _ids(self, path: str) -> Iterator[str]:
        for rows in self._client.by_id(path):
            yield from (row["id"] for row in rows)

    def _read_project(self) -> dict[str, Any]:
        """What the project says of itself; nothing where the client may not read its settings."""
        if self._project is None:
            try:
                self._project = self._client.get()
            except (AccessError, NotFoundError):
                if not self._may_read("orders") and not self._may_read("products"):
                    raise
                self._project = {}
        assert self._project is not None
        return self._project

    def _may_read(self, path: str) -> bool:
        try:
            self._client.get(path, [("limit", "1"), ("withTotal", "false")])
        except (AccessError, NotFoundError):
            return False
        return True

    def _currency(self, project: dict[str, Any]) -> str:
        return self._settings.currency or str(next(iter(project.get("currencies") or ("",))))

    def _shaper(self) -> records.Shaper:
        languages = list(self._read_project().get("languages") or ())
        if self._settings.language:
            languages.insert(0, self._settings.language)
        return records.Shaper(
            languages, self._settings.unit_cost_attribute, self._settings.refunds_without_return
        )

    def _warnings(self, project: dict[str, Any]) -> list[str]:
        warnings = []
        if not project:
            warnings.append(
                "The project's settings cannot be read (view_project_settings): give currency and language."
            )
        elif not self._currency(project):
            warnings.append("The project has no currency: give one with the setting currency.")
        if len(project.get("currencies") or ()) > 1:
            warnings.append(
                f"The project sells in {', '.join(project['currencies'])}; the recount covers orders in "
                f"{self._currency(project)}."
            )
        if project and not (project.get("messages") or {}).get("enabled"):
            warnings.append(
                "Messages are switched off: deletions are found only by the monthly comparison (Merchant Center, "
                "Settings, Project settings)."
            )
        if self._settings.time_zone == "UTC":
            warnings.append("Days are cut in UTC; give the shop's zone with the setting time_zone.")
        return warnings
