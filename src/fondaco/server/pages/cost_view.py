"""What the pages of costs show: entries by kind, each in words, and what changed from version to version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal

from fondaco.control import CostVersion, User
from fondaco.costs import RULES, CostEntry, Fault, Kind, Need, Rule, Value, last_days, rate_text, texts_of
from fondaco.money import minor_digits
from fondaco.orchestration.costs import CostSheet
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.site import Site

LABELS = {
    "item": "Item", "shop": "Shop", "country": "Country", "weight_from": "Weight from, in g", "weight_to": "Weight below, in g",
    "tier_from": "Tier from", "tier_to": "Tier below", "messages": "Number of messages",
    "amount": "Amount", "currency": "Currency", "rate": "Rate", "valid_from": "First day", "valid_to": "Last day",
    "note": "Note",
}  # fmt: skip
"""Columns of a sheet, as forms and histories call them."""


def sheet_of(site: Site, user: User) -> CostSheet:
    """The cost sheet in a user's hands."""
    return CostSheet(site.control, site.project.reader, site.tenant_id, f"user:{user.user_id}")


def choices_of(site: Site, user: User, kind: Kind) -> dict[str, dict[str, str]]:
    """What may be chosen in fields of an entry of this kind: id and name of each shop or account."""
    costs, rule = sheet_of(site, user), RULES[kind]
    found = {"shop": costs.accounts if rule.of_account else costs.shops}
    return found | {"item": costs.spenders} if rule.names_account else found


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in words: what it is for, where, how much and when."""

    entry_id: int
    kind: Kind
    item: str
    where: str
    cost: str
    days: str
    note: str

    @property
    def name(self) -> str:
        """What it is called: its item, else its kind."""
        return self.item or RULES[self.kind].title

    @property
    def title(self) -> str:
        return RULES[self.kind].title

    @property
    def is_whose(self) -> bool:
        """Whether it says whose spend something is, and not how much."""
        return RULES[self.kind].value is Value.NOTHING


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, what stands in it, and what is wrong with that."""

    name: str
    label: str
    value: str
    is_needed: bool
    faults: tuple[str, ...]
    hint: str = ""


class Words:
    """Writes entries for a reader."""

    def __init__(self, site: Site, numbers: Numbers) -> None:
        self._numbers = numbers
        self._places = {
            each.connection_id: each.name for each in site.control.connections.all(site.tenant_id)
        }
        self._users = {
            each.user_id: each.name or each.email for each in site.control.users.all(site.tenant_id)
        }
        self._tokens = {each.token_id: each.name for each in site.control.tokens.all(site.tenant_id)}

    def cost(self, entry: CostEntry) -> str:
        """How much it is; of an entry that says whose spend something is, the shop."""
        if RULES[entry.kind].value is Value.NOTHING:
            return self._place(entry.connection_id)
        parts = [] if entry.rate is None else [rate_text(entry.rate)]
        if entry.amount is not None and entry.currency is not None:
            least = minor_digits(entry.currency)
            pattern = f"#,##0.{'0' * least}{'#' * (6 - least)}"
            parts.append(
                f"{format_decimal(entry.amount, pattern, self._numbers.locale)}\N{NO-BREAK SPACE}{entry.currency}"
            )
        return " + ".join(parts)

    def where(self, entry: CostEntry) -> str:
        shop = "" if RULES[entry.kind].value is Value.NOTHING else self._place(entry.connection_id)
        return ", ".join(
            part for part in (shop, entry.country, self._weight(entry), self._tier(entry)) if part
        )

    def item(self, entry: CostEntry) -> str:
        return self._place(entry.item) if RULES[entry.kind].names_account else entry.item or ""

    def _place(self, connection_id: str | None) -> str:
        """The name of a shop or account; its id once it is gone."""
        return self._places.get(connection_id, connection_id) if connection_id else ""

    def days(self, first: date | None, last: date | None) -> str:
        if first and last:
            return self._numbers.period(first, last)
        if first:
            return f"from {self._numbers.day(first)}"
        return f"until {self._numbers.day(last)}" if last else "always"

    def row(self, number: int, entry: CostEntry, last: date | None) -> Row:
        return Row(
            number, entry.kind, self.item(entry), self.where(entry), self.cost(entry), self.days(entry.valid_from, last),
            entry.note or "",
        )  # fmt: skip

    def rows(self, kept: Iterable[Kept]) -> list[Row]:
        return [self.row(one.entry_id, one.entry, one.last) for one in kept]

    def sought(self, entry: CostEntry) -> str:
        """What an entry is found by."""
        shop = self._place(entry.connection_id)
        return f"{entry.item or ''} {self.item(entry)} {shop} {self.where(entry)} {entry.note or ''}"

    def who(self, actor: str) -> str:
        """``user:7`` by name; who has left by what they were."""
        sort, _, number = actor.partition(":")
        known = {"user": self._users, "token": self._tokens}.get(sort, {})
        name = known.get(int(number)) if number.isdecimal() else None
        return {
            "cli": "the command line",
            "user": name or "a former user",
            "token": f"token {name or number}",
        }.get(sort, actor)

    def history(self, versions: Sequence[CostVersion]) -> list[dict[str, Any]]:
        """Versions, the newest first, each with what it changed."""
        told = []
        for version, before in zip(versions, [*versions[1:], None], strict=True):
            told.append(
                {
                    "version": version.version,
                    "who": self.who(version.entered_by),
                    "when": self._numbers.instant(version.entered_at),
                    "is_withdrawn": version.is_withdrawn,
                    "cost": self.cost(version.entry),
                    "changes": [] if before is None else changes(before.entry, version.entry),
                }
            )
        return told

    def _tier(self, entry: CostEntry) -> str:
        """Of which tier a plan's price is, or of how many messages a price is told."""
        low, high, of = entry.tier_from, entry.tier_to, RULES[entry.kind].tier
        if entry.messages is not None:
            return f"{self._numbers.count(entry.messages)} messages"
        if low is None and high is None:
            return ""
        if high is None:
            return f"from {self._numbers.count(low or 0)} {of}"
        return f"{self._numbers.count(low or 0)} to below {self._numbers.count(high)} {of}"

    @staticmethod
    def _weight(entry: CostEntry) -> str:
        low, high = entry.weight_from, entry.weight_to
        if low is None and high is None:
            return ""
        return f"from {low} g" if high is None else f"{low or 0} to below {high} g"


def changes(before: CostEntry, after: CostEntry) -> list[tuple[str, str, str]]:
    """Which fields differ: label, before, after."""
    old, new = texts_of(before), texts_of(after)
    return [
        (LABELS[name], old[name] or NOTHING, new[name] or NOTHING)
        for name in LABELS
        if old[name] != new[name]
    ]


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that holds, and the last day on which it does."""

    entry_id: int
    entry: CostEntry
    last: date | None


def entries_by_kind(site: Site) -> dict[Kind, list[Kept]]:
    """The entries that hold, each kind by item and first day; worked out once for each state of the sheet."""
    # Versions are only ever added, so that their number tells one state from another.
    return site.remembered(
        ("costs", site.control.costs.count(site.tenant_id)), lambda: _by_kind(site), large=True
    )


def _by_kind(site: Site) -> dict[Kind, list[Kept]]:
    versions = site.control.costs.current(site.tenant_id)
    entries = [each.entry for each in versions]
    kept = [
        Kept(version.entry_id, entry, last)
        for version, entry, last in zip(versions, entries, last_days(entries), strict=True)
    ]
    found: dict[Kind, list[Kept]] = {kind: [] for kind in Kind}
    for one in sorted(kept, key=lambda one: (one.entry.item or "", one.entry.valid_from or date.min)):
        found[one.entry.kind].append(one)
    return found


def fields_of(kind: Kind, texts: Mapping[str, str], faults: Iterable[Fault]) -> list[Field]:
    """The fields that a kind has, filled with ``texts``."""
    rule = RULES[kind]
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.column, []).append(f"{fault.problem} {fault.remedy}")
    needed = {
        "item": rule.item is Need.NEEDED,
        "shop": rule.shop is Need.NEEDED,
        "valid_from": rule.dates is Need.NEEDED,
        "valid_to": rule.dates is Need.NEEDED,
    }
    return [
        Field(
            name,
            _label(name, rule),
            texts.get(name, ""),
            needed.get(name, False),
            tuple(told.get(name, ())),
            _hint(name, rule),
        )
        for name in LABELS
        if _has(rule, name)
    ]


def faults_elsewhere(fields: Sequence[Field], faults: Iterable[Fault]) -> list[str]:
    """Faults that belong to no field of the form."""
    shown = {field.name for field in fields}
    return [f"{fault.problem} {fault.remedy}" for fault in faults if fault.column not in shown]


def _label(column: str, rule: Rule) -> str:
    if (column == "shop" and rule.of_account) or (column == "item" and rule.names_account):
        return "Account"
    if column == "item" and rule.value is Value.NOTHING:
        return "Name of the campaigns"
    tiers = {"tier_from": f"{rule.tier.capitalize()} from", "tier_to": f"{rule.tier.capitalize()} below"}
    return tiers.get(column, LABELS[column])


def _has(rule: Rule, column: str) -> bool:
    match column:
        case "kind":
            return False
        case "item":
            return rule.item is not Need.FORBIDDEN
        case "country":
            return rule.country
        case "weight_from" | "weight_to":
            return rule.weight
        case "tier_from" | "tier_to":
            return bool(rule.tier)
        case "messages":
            return rule.counted
        case "amount" | "currency":
            return rule.value.takes_amount
        case "rate":
            return rule.value.takes_rate
        case _:
            return True


def _hint(column: str, rule: Rule) -> str:
    match column:
        case "item" if rule.names_account:
            return ""
        case "valid_to" if rule.value is Value.NOTHING:
            return "Empty: for good. To move it to another shop, end it here and add another entry"
        case "item":
            return (rule.item_means[:1].upper() + rule.item_means[1:]).replace("`", "")
        case "country":
            return "Its two letters; empty for every country"
        case "tier_from":
            return "Of a month; empty: from none"
        case "tier_to":
            return "The first number that no longer counts; empty: any"
        case "messages":
            return "Only where the platform does not tell how many there were; with first and last day"
        case "rate":
            return "Such as 40 % or 0.4"
        case "valid_from":
            return "" if rule.dates is Need.NEEDED else "Empty: since ever"
        case "valid_to":
            return "" if rule.dates is Need.NEEDED else "Empty: until another entry for the same begins"
        case _:
            return ""
