"""What in the cost sheet would count twice, or nowhere: entries that are right by themselves, and wrong beside what is connected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fondaco.costs import CostEntry, Kind, is_named_like

_PLANS = (Kind.MESSAGE_PLAN, Kind.MESSAGE_PLAN_SENDS)
_OF_MESSAGES = (*_PLANS, Kind.MESSAGE_PRICE)
_BY_HAND = (Kind.FIXED, Kind.MARKETING)
_TELLS = frozenset({("klaviyo", "sms")})
"""Platforms that tell what the messages of a channel cost."""


@dataclass(frozen=True, slots=True)
class Warned:
    """An entry, by its number, and what is the matter with it."""

    entry_id: int
    name: str
    text: str


def warnings(
    kept: Iterable[tuple[int, CostEntry, date | None]],
    accounts: Mapping[str, str],
    platforms: Collection[str],
    campaigns: Collection[str] | None = None,
) -> list[Warned]:
    """What a reader should look at.

    Parameters
    ----------
    kept
        The entries that hold: number, entry and the last day on which it does.
    accounts
        Accounts from which people are written to: id and name.
    platforms
        Their platforms, such as klaviyo.
    campaigns
        Names of all campaigns; None where they are not known.
    """
    every = [(number, entry, last) for number, entry, last in kept]
    return [
        *_twice(every, accounts),
        *_told_already(every, platforms),
        *_nowhere(every, platforms),
        *_unnamed(every, campaigns),
    ]


def _twice(
    kept: Collection[tuple[int, CostEntry, date | None]], accounts: Mapping[str, str]
) -> Iterator[Warned]:
    """Fixed costs and marketing by hand that are called as a platform whose messages have a cost on the same days."""
    for number, entry, last in kept:
        if entry.kind not in _BY_HAND:
            continue
        for other, messages, other_last in kept:
            names = {_platform(messages), accounts.get(messages.connection_id or "", "").casefold()} - {""}
            if messages.kind not in _OF_MESSAGES or not _meet(entry, last, messages, other_last):
                continue
            if any(name in (entry.item or "").casefold() for name in names):
                yield Warned(
                    number,
                    entry.item or "",
                    f"It is called as the platform of entry {other}, which says what its messages cost on the same days. If both are"
                    " the same bill, it is counted twice: end or withdraw this one.",
                )
                break


def _told_already(
    kept: Collection[tuple[int, CostEntry, date | None]], platforms: Collection[str]
) -> Iterator[Warned]:
    for number, entry, _ in kept:
        platform, _, channel = (entry.item or "").partition(" ")
        if entry.kind in _PLANS and (platform, channel) in _TELLS and platform in platforms:
            yield Warned(
                number,
                entry.item or "",
                f"{platform.capitalize()} tells by itself what each text costs. A plan of credits beside it is counted twice: withdraw"
                " this one, unless it is a fee that comes on top.",
            )


def _nowhere(
    kept: Collection[tuple[int, CostEntry, date | None]], platforms: Collection[str]
) -> Iterator[Warned]:
    for number, entry, _ in kept:
        if entry.kind in _OF_MESSAGES and entry.messages is None and _platform(entry) not in platforms:
            yield Warned(
                number,
                entry.item or "",
                f"No account of {_platform(entry)} is connected, so it counts nowhere. Connect one, or enter the amount as marketing.",
            )


def _unnamed(
    kept: Collection[tuple[int, CostEntry, date | None]], campaigns: Collection[str] | None
) -> Iterator[Warned]:
    for number, entry, _ in kept:
        item = entry.item or ""
        if entry.kind is not Kind.CAMPAIGNS_OF_SHOP or campaigns is None:
            continue
        if not any(is_named_like(name, item) for name in campaigns):
            yield Warned(
                number, item, "No campaign is called so, so it says nothing. Look at the names on the page Marketing; * stands for anything."
            )  # fmt: skip


def _platform(entry: CostEntry) -> str:
    return (entry.item or "").partition(" ")[0] if entry.kind in _OF_MESSAGES else ""


def _meet(one: CostEntry, one_last: date | None, other: CostEntry, other_last: date | None) -> bool:
    """Whether both hold on a day."""
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one_last or date.max, other_last or date.max)
