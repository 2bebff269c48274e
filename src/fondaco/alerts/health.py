"""Rules over the pipeline itself, judged from what is known of each shop. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fondaco.alerts.rule import Kind, Rule

_FAULTY = ("refused", "partly_read", "not_reached", "not_read")
_WORDS = {
    "refused": "refuses the credential",
    "partly_read": "could not be read whole",
    "not_reached": "could not be reached",
    "not_read": "could not be read",
}


@dataclass(frozen=True, slots=True)
class ShopHealth:
    """What the newest run left of a shop.

    Attributes
    ----------
    status, fault
        As ``ConnectionState`` of the orchestration has them.
    read_until
        Up to when its orders are read; None where nothing was, or nothing is read by itself.
    is_read
        Whether runs read it; files come when somebody brings them.
    extracted, set_aside
        Records of the newest run.
    days_off, days_compared
        Of the days that runs look back, those that differ from the shop's report, and those that were compared.
    is_shop
        Whether it sells; accounts of ads and messages do not.
    """

    connection_id: str
    name: str
    time_zone: str
    status: str
    fault: str
    read_until: datetime | None
    is_read: bool
    extracted: int
    set_aside: int
    days_off: tuple[date, ...]
    days_compared: int
    is_shop: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a rule says of a shop; ``fires`` is None where nothing is known."""

    shop: ShopHealth
    fires: bool | None
    said: str = ""
    value: Decimal | None = None


def diagnose_shops(rule: Rule, shops: Iterable[ShopHealth], now: datetime) -> Iterator[Diagnosis]:
    """What ``rule``, which is not over a metric, says of each shop."""
    look = {
        Kind.SYNC_FAILURE: _sync,
        Kind.STALE_DATA: _stale,
        Kind.RECONCILIATION: _reconciliation,
        Kind.QUARANTINE: _quarantine,
    }[rule.kind]
    for shop in shops:
        yield look(rule, shop, now)


def _sync(_rule: Rule, shop: ShopHealth, _now: datetime) -> Diagnosis:
    if shop.status not in _FAULTY:
        return Diagnosis(shop, False)
    return Diagnosis(shop, True, f"{shop.name} {_WORDS[shop.status]}. {shop.fault}".strip())


def _stale(rule: Rule, shop: ShopHealth, now: datetime) -> Diagnosis:
    if not shop.is_read or shop.read_until is None:
        return Diagnosis(shop, None)
    hours = Decimal(int((now - shop.read_until).total_seconds() // 3600))
    limit = rule.above if rule.above is not None else Decimal(48)
    if hours <= limit:
        return Diagnosis(shop, False, value=hours)
    said = f"{shop.name} was read last up to {shop.read_until:%Y-%m-%d %H:%M} UTC, {hours} hours ago; {limit:f} are allowed."
    return Diagnosis(shop, True, said, hours)


def _reconciliation(rule: Rule, shop: ShopHealth, _now: datetime) -> Diagnosis:
    if not shop.days_compared:
        return Diagnosis(shop, None)
    off = len(shop.days_off)
    if off <= (rule.above or 0):
        return Diagnosis(shop, False, value=Decimal(off))
    newest = max(shop.days_off)
    said = f"{off} of {shop.days_compared} compared days of {shop.name} differ from its own report, the newest of them {newest}."
    return Diagnosis(shop, True, said, Decimal(off))


def _quarantine(rule: Rule, shop: ShopHealth, _now: datetime) -> Diagnosis:
    if not shop.extracted:
        return Diagnosis(shop, False if shop.status == "ready" else None)
    share = Decimal(shop.set_aside) / Decimal(shop.extracted)
    if shop.set_aside < rule.least or share <= (rule.above or 0):
        return Diagnosis(shop, False, value=share)
    said = f"{shop.set_aside:,} of {shop.extracted:,} records of {shop.name} were set aside in the newest run ({share:.1%})."
    return Diagnosis(shop, True, said, share)
