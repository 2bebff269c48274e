"""What an entry has to keep by itself, and beside the others."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import is_currency

from fondaco.costs.entry import CostEntry
from fondaco.costs.faults import Fault
from fondaco.costs.kinds import RULES, Kind, Need, Rule, Value
from fondaco.money import MONEY_PRECISION, MONEY_SCALE

LONGEST_ITEM = 200
LONGEST_NOTE = 500
RATE_SCALE = 9
FIRST_YEAR, LAST_YEAR = 2000, 2100
HEAVIEST_GRAMS = 999_999_999
MOST_MESSAGES = 999_999_999
CHANNELS = ("email", "sms", "mms", "push", "other")
"""By which a platform writes to people, as the item of what messages cost names them."""

_JOINERS = "\u200c\u200d"
"""U+200C keeps letters apart that would be drawn as one; U+200D draws those as one that would stand apart."""

_PLATFORM = re.compile(rf"[a-z0-9][a-z0-9_-]*( ({'|'.join(CHANNELS)}))?")

_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
"""Two letters of the list that are no country: unions, and places that stand for none."""


def faults_of(entry: CostEntry) -> list[Fault]:
    """What is wrong with an entry by itself; empty where it keeps the rules of its kind."""
    rule = RULES[entry.kind]
    return [
        *_text_faults(entry, rule),
        *_place_faults(entry, rule),
        *_tier_faults(entry, rule),
        *_value_faults(entry, rule),
        *_message_faults(entry, rule),
        *_time_faults(entry, rule),
    ]


def _text_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    if rule.item is Need.NEEDED and entry.item is None:
        yield Fault("item", f"A {entry.kind} is for an item.", f"Write its {rule.item_means}.")
    if rule.item is Need.FORBIDDEN and entry.item is not None:
        yield Fault(
            "item", f"A {entry.kind} has no item.", "Leave it empty; what you want to remember is a note."
        )
    for column, text, longest in (("item", entry.item, LONGEST_ITEM), ("note", entry.note, LONGEST_NOTE)):
        if text is None:
            continue
        if len(text) > longest:
            yield Fault(column, f"It has {len(text)} letters.", f"Use at most {longest}.")
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
            yield Fault(
                column, "It has a letter that cannot be kept.", "Write it with letters only, in one line."
            )
        elif (unseen := _unseen(text, joiners=column == "note")) is not None:
            yield Fault(
                column,
                f"It has a letter that nobody sees, U+{ord(unseen):04X}, after {text.index(unseen)} others.",
                "Take it out, or type the text anew.",
            )
        elif not text.strip() or text != " ".join(text.split()):
            yield Fault(column, "It has spaces that nobody sees.", "Take them out.")
    if entry.kind is Kind.CAMPAIGNS_OF_SHOP and entry.item is not None and not entry.item.strip("* "):
        yield Fault(
            "item",
            "It is the name of every campaign.",
            "Write a part of the name, or enter the account instead.",
        )
    if entry.kind is Kind.AFFILIATE and entry.item is not None and entry.item != entry.item.upper():
        yield Fault("item", "Discount codes are kept in capitals.", f"Write {entry.item.upper()!r}.")


def _unseen(text: str, *, joiners: bool) -> str | None:
    """The first letter that is not drawn: one that turns the direction of others, or has no width. Two texts that look the same
    would be two items. Persian and Indian scripts need joiners between letters: ``joiners`` allows them there."""
    for at, letter in enumerate(text):
        if unicodedata.category(letter) != "Cf":
            continue
        stands_between = 0 < at < len(text) - 1 and all(
            unicodedata.category(text[beside])[0] in "LMS" for beside in (at - 1, at + 1)
        )
        if not (joiners and letter in _JOINERS and stands_between):
            return letter
    return None


def _place_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    if rule.shop is Need.NEEDED and entry.connection_id is None:
        yield Fault(
            "shop",
            f"A {entry.kind} says whose spend it is, and names no shop.",
            "Write the id or the name of a shop; without an entry it is every shop’s.",
        )
    if entry.country is not None:
        if not rule.country:
            yield Fault("country", f"A {entry.kind} does not depend on the country.", "Leave it empty.")
        elif entry.country not in _countries():
            yield Fault(
                "country",
                f"{entry.country[:20]!r} is not a country.",
                "Write its two letters, such as DE, GB or US.",
            )
    weights = (entry.weight_from, entry.weight_to)
    if weights == (None, None):
        return
    if not rule.weight:
        column = "weight_from" if entry.weight_from is not None else "weight_to"
        yield Fault(column, f"A {entry.kind} does not depend on the weight.", "Leave it empty.")
    elif any(grams is not None and not 0 <= grams <= HEAVIEST_GRAMS for grams in weights):
        yield Fault(
            "weight_from", "The weight is out of all bounds.", f"Write grams from 0 to {HEAVIEST_GRAMS}."
        )
    elif entry.weight_to is not None and entry.weight_to <= (entry.weight_from or 0):
        yield Fault(
            "weight_to",
            f"The weights from {entry.weight_from or 0} to below {entry.weight_to} g hold no order.",
            "Write an upper weight above the lower one; it is the first that no longer counts.",
        )


def _tier_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    tiers = (entry.tier_from, entry.tier_to)
    if tiers == (None, None):
        return
    if not rule.tier:
        column = "tier_from" if entry.tier_from is not None else "tier_to"
        yield Fault(column, f"A {entry.kind} has no tiers.", "Leave it empty.")
    elif any(count is not None and not 0 <= count <= MOST_MESSAGES for count in tiers):
        yield Fault(
            "tier_from", "The tier is out of all bounds.", f"Write {rule.tier} from 0 to {MOST_MESSAGES}."
        )
    elif entry.tier_to is not None and entry.tier_to <= (entry.tier_from or 0):
        yield Fault(
            "tier_to",
            f"The tier from {entry.tier_from or 0} to below {entry.tier_to} {rule.tier} holds no account.",
            "Write an upper end above the lower one; it is the first that no longer counts.",
        )


def _message_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    if entry.messages is not None and not rule.counted:
        yield Fault("messages", f"A {entry.kind} has no number of messages.", "Leave it empty.")
    if not rule.of_account or entry.item is None:
        return
    if not _PLATFORM.fullmatch(entry.item):
        yield Fault(
            "item",
            f"{entry.item[:40]!r} is not a platform, or a platform and a channel.",
            f"Write it such as `klaviyo` or `postscript sms`; a channel is one of {', '.join(CHANNELS)}.",
        )
    if not rule.counted:
        return
    if entry.messages is not None:
        if not 1 <= entry.messages <= MOST_MESSAGES:
            yield Fault(
                "messages", "The number of messages is out of all bounds.", f"Write 1 to {MOST_MESSAGES}."
            )
        for column, day in (("valid_from", entry.valid_from), ("valid_to", entry.valid_to)):
            if day is None:
                yield Fault(
                    column,
                    "A number of messages was sent within days.",
                    "Write the first and the last day, such as those of the bill.",
                )
    elif entry.country is not None:
        yield Fault(
            "country",
            "No platform tells to which countries its messages went.",
            "Write how many messages it were as well, or leave the country empty.",
        )
    elif entry.item.endswith(" mms"):
        yield Fault(
            "messages",
            "No platform tells which of its texts were MMS.",
            "Write how many it were, as the bill has it.",
        )


def _value_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    if rule.value is Value.NOTHING:
        for column, number in (("amount", entry.amount), ("rate", entry.rate)):
            if number is not None:
                yield Fault(column, f"A {entry.kind} has no {column}.", "Leave it empty.")
        return
    told = f"A {entry.kind} is {rule.value}."
    if entry.amount is not None and not rule.value.takes_amount:
        yield Fault("amount", told, "Leave the amount empty and write a rate.")
    if entry.rate is not None and not rule.value.takes_rate:
        yield Fault("rate", told, "Leave the rate empty and write an amount.")
    if entry.amount is None and entry.rate is None:
        yield Fault("amount" if rule.value.takes_amount else "rate", told, f"Write {rule.value}.")
    if entry.amount is not None and entry.rate is not None and rule.value.name == "ONE_OF_BOTH":
        yield Fault("rate", told, "Leave one of the two empty.")
    if entry.amount is not None:
        yield from _amount_faults(entry.amount, entry.currency)
    elif entry.currency is not None:
        yield Fault("currency", "A currency without an amount says nothing.", "Leave it empty.")
    if entry.rate is not None and not 0 <= entry.rate <= 1:
        yield Fault("rate", "The rate is below 0 % or above 100 %.", "Write a share such as `40 %`.")
    elif entry.rate is not None and _decimals(entry.rate) > RATE_SCALE:
        yield Fault("rate", "The rate has too many decimals.", f"Use at most {RATE_SCALE - 2} in per cent.")


def _amount_faults(amount: Decimal, currency: str | None) -> Iterator[Fault]:
    if amount < 0:
        yield Fault("amount", "The amount is negative.", "Write what it costs without a sign.")
    elif amount >= Decimal(10) ** (MONEY_PRECISION - MONEY_SCALE):
        yield Fault("amount", "The amount is too large to be kept.", "Write less than 1,000,000,000,000.")
    elif _decimals(amount) > MONEY_SCALE:
        yield Fault("amount", "The amount has too many decimals.", f"Use at most {MONEY_SCALE}.")
    if currency is None:
        yield Fault("currency", "The amount has no currency.", "Write its three letters, such as EUR.")
    elif not is_currency(currency):
        yield Fault(
            "currency", f"{currency[:20]!r} is not a currency.", "Write its three letters, such as EUR."
        )


def _time_faults(entry: CostEntry, rule: Rule) -> Iterator[Fault]:
    for column, day in (("valid_from", entry.valid_from), ("valid_to", entry.valid_to)):
        if day is None and rule.dates is Need.NEEDED:
            yield Fault(
                column, f"A {entry.kind} has a first and a last day.", "Write both, such as 2026-01-31."
            )
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Fault(
                column,
                f"{day} is not in the years {FIRST_YEAR} to {LAST_YEAR}.",
                "Leave it empty where it is open.",
            )
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        yield Fault(
            "valid_to",
            f"The last day {entry.valid_to} is before the first, {entry.valid_from}.",
            "Write a last day on or after the first.",
        )


def last_days(entries: Sequence[CostEntry]) -> list[date | None]:
    """The last day on which each entry holds, by the others: its own ``valid_to``, else the day before the next entry for the
    same item, shop, country and weights or tier begins; None is open."""
    told = [entry.valid_to for entry in entries]
    followed: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        followed[(*_subject(entry), *_band(entry))].append(position)
    for positions in followed.values():
        begins: date | None = None
        later: date | None = None
        for position in sorted(positions, key=lambda one: _first(entries[one]), reverse=True):
            if _first(entries[position]) != begins:
                begins, later = _first(entries[position]), begins
            if told[position] is None and later is not None:
                told[position] = later - timedelta(days=1)
    return told


def overlaps(entries: Sequence[CostEntry]) -> list[tuple[int, int]]:
    """Positions of entries of which both would hold for the same on the same day: the later begun, and the one it meets."""
    ends = last_days(entries)
    subjects: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        subjects[_subject(entry)].append(position)
    found = []
    for positions in subjects.values():
        # The bands that hold now, which share no weight: those that ended are dropped when one is met.
        bands: list[tuple[float, float, int]] = []
        for position in sorted(positions, key=lambda one: (_first(entries[one]), one)):
            low, high = _band(entries[position])
            met = _drop_ended(bands, low, high, ends, _first(entries[position]))
            if met is not None:
                found.append((position, met))
            else:
                bands.insert(bisect_left(bands, (low, high, position)), (low, high, position))
    return sorted(found)


def _drop_ended(
    bands: list[tuple[float, float, int]], low: float, high: float, ends: Sequence[date | None], today: date
) -> int | None:
    """A band that shares a weight with these and still holds on ``today``; those that do not are taken out."""
    at = max(bisect_left(bands, (low,)) - 1, 0)
    while at < len(bands) and bands[at][0] < high:
        _, upper, position = bands[at]
        if upper <= low:
            at += 1
        elif (ends[position] or date.max) < today:
            del bands[at]
        else:
            return position
    return None


def _subject(entry: CostEntry) -> tuple[object, ...]:
    """What an entry is for, but for its weights and tiers: a zone's name is only a name."""
    item = None if entry.kind is Kind.SHIPPING_COST else entry.item
    return (entry.kind, item, entry.connection_id, entry.country)


def _band(entry: CostEntry) -> tuple[float, float]:
    low, high = (
        (entry.tier_from, entry.tier_to) if RULES[entry.kind].tier else (entry.weight_from, entry.weight_to)
    )
    return (low or 0, float("inf") if high is None else high)


def _first(entry: CostEntry) -> date:
    return entry.valid_from or date.min


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@cache
def _countries() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").territories if len(str(code)) == 2) - _NO_COUNTRY
