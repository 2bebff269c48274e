"""What a platform module must offer. ``docs/new-connector.md`` builds one from nothing."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict

from fondaco.errors import ConfigError
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone

_log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a connection is to the merchant."""

    SHOP = "shop"  # it sells
    ADS = "ads"  # money is spent there
    MESSAGES = "messages"  # people are written to from there


class SourceSettings(BaseModel):
    """What a connection needs to be reached. Secrets are ``SecretStr``; subclasses add the vendor's own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_date: date = date(2015, 1, 1)
    """History is read back to this day."""

    @property
    def shop_key(self) -> str | None:
        """What tells this shop from all others of its vendor, whatever it is called; None where nothing does."""
        return None


@dataclass(frozen=True, slots=True)
class ReportDay:
    """One shop-local day of the vendor's own sales report, in the shop's currency.

    Signs are ours (docs/metrics.md): discounts and returns are positive amounts that reduce sales. A figure
    that the vendor's report does not have is None.
    """

    day: date
    orders: int | None = None
    gross_sales: Decimal | None = None
    discounts: Decimal | None = None
    returns: Decimal | None = None
    net_sales: Decimal | None = None
    shipping: Decimal | None = None
    taxes: Decimal | None = None
    duties: Decimal | None = None
    total_sales: Decimal | None = None


@runtime_checkable
class Source(Protocol):
    """One connection to one platform. Reads; never writes, neither to the vendor nor to the warehouse.

    One that is no shop says so with ``role: ClassVar[Role]``.
    """

    name: ClassVar[str]
    """Short name, as in ``fondaco connect <name>`` and ``raw.<name>__orders``."""
    title: ClassVar[str]
    """The vendor's own spelling."""
    settings_type: ClassVar[type[SourceSettings]]
    streams: ClassVar[tuple[Stream, ...]]
    report_name: ClassVar[str | None]
    """What the reconciliation compares with, e.g. "ShopifyQL sales report"; None where there is nothing."""

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        """Open a connection. Makes no request yet."""
        ...

    def check(self) -> Check:
        """Reach the vendor, find out the shop's currency and zone, and what the credential lacks.

        Raises
        ------
        AccessError
            If the vendor refuses the credential altogether.
        """
        ...

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        """All records of ``part``. Ends normally only when every record was delivered; otherwise it raises."""
        ...

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """Deletions in [since, until) by the vendor's own means. Empty where the vendor has none."""
        ...

    def ids(self, stream: Stream) -> Iterator[str] | None:
        """Primary keys of all records that exist now, for the monthly comparison; None if not to be had."""
        ...

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """The vendor's own figures for the days [first, last]; None if the vendor has no report."""
        ...

    def close(self) -> None:
        """Let go of network connections."""
        ...


def source_types() -> dict[str, type[Source]]:
    """All installed sources by name, our own and third parties', from the entry points.

    A package that does not import is left out and named in the log: one broken connector must not stop the others.
    """
    found = {}
    for name, entry in _entries().items():
        try:
            found[name] = entry.load()
        except Exception:  # whatever a third party's module does while it is imported
            _log.exception("source does not import", extra={"source": name, "entry": entry.value})
    return found


def source_type(name: str) -> type[Source]:
    """The source called ``name``.

    Raises
    ------
    ConfigError
        If no installed package offers it, or the one that does cannot be imported.
    """
    entries = _entries()
    if name not in entries:
        raise ConfigError(f"There is no source {name!r}.", f"Choose one of: {', '.join(entries)}.")
    try:
        found: type[Source] = entries[name].load()
    except Exception as error:  # as above
        raise ConfigError(
            f"The source {name!r} does not import ({type(error).__name__} in {entries[name].module}).",
            f"Install or update the package that provides {entries[name].module}, then try again.",
        ) from error
    return found


def role_of(name: str) -> Role:
    """What connections of the source ``name`` are; shops where no installed package says otherwise."""
    try:
        return getattr(source_type(name), "role", Role.SHOP)
    except ConfigError:
        return Role.SHOP


def report_streams(name: str) -> frozenset[str]:
    """The streams of the source ``name`` on which its figures depend: those of its report (``Stream.in_report``), or all where it has none."""
    streams = source_type(name).streams
    return frozenset(stream.name for stream in streams if stream.in_report) or frozenset(
        stream.name for stream in streams
    )


def _entries() -> Mapping[str, EntryPoint]:
    return _entries_on(tuple(sys.path))


@lru_cache(maxsize=4)
def _entries_on(_path: tuple[str, ...]) -> Mapping[str, EntryPoint]:
    """Reading what every installed package says of itself takes milliseconds, and pages ask for each shop."""
    return {e.name: e for e in sorted(entry_points(group="fondaco.sources"), key=lambda e: e.name)}
