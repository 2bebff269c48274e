"""One entry out of texts, as a cell, a field of a form or an option has them; and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fondaco.costs.checks import faults_of
from fondaco.costs.entry import COLUMNS, CostEntry
from fondaco.costs.faults import CostsError, Fault
from fondaco.costs.kinds import RULES, Kind
from fondaco.costs.values import (
    UnreadableError,
    number_text,
    rate_text,
    read_count,
    read_day,
    read_grams,
    read_number,
    read_rate,
)

Shops = Mapping[str, str]
"""Shops, or accounts from which people are written to or in which money is spent: id, and the name it may be written by."""


def entry_of(
    texts: Mapping[str, str],
    shops: Shops,
    *,
    accounts: Shops | None = None,
    spenders: Shops | None = None,
    decimal_comma: bool = False,
    typed: bool = False,
    place: str = "",
) -> CostEntry:
    """The entry that ``texts`` (column and what is written there) mean. Spaces around and doubled within count for nothing,
    and what is empty is not there. What messages cost is for one of ``accounts``, the rest for one of ``shops``;
    an entry that says whose spend an account's is names one of ``spenders``. ``decimal_comma`` and ``typed`` are those of ``read_number``.

    Raises
    ------
    CostsError
        With every fault, of which each names its column.
    """
    told = {column: " ".join(texts.get(column, "").split()) for column in COLUMNS}
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    word = told["kind"].lower()
    if word in set(Kind) and RULES[Kind(word)].of_account:
        where = partial(_shop, shops=accounts or {}, called="account")
    else:
        where = partial(_shop, shops=shops, called="shop")
    readers = _readers(where, decimal_comma, typed)
    if word in set(Kind) and RULES[Kind(word)].names_account:
        readers["item"] = partial(_shop, shops=spenders or {}, called="account", is_needed=True)
    for column, read in readers.items():
        text = told[column]
        try:
            values[column] = read(text) if text else None
        except UnreadableError as error:
            faults.append(Fault(column, error.problem, error.remedy, place))
    if not told["kind"]:
        faults.insert(0, Fault("kind", "It has no kind.", f"Write one of {', '.join(Kind)}.", place))
    if faults:
        raise CostsError(faults)
    values["connection_id"] = values.pop("shop")
    if values["kind"] is Kind.AFFILIATE and values["item"]:
        values["item"] = values["item"].upper()
    if RULES[values["kind"]].of_account and values["item"]:
        values["item"] = values["item"].lower()
    if values["amount"] is None:
        values["currency"] = None  # a column that is filled to its end says nothing beside a rate
    entry = CostEntry(**values)
    wrong = faults_of(entry)
    if wrong:
        raise CostsError([Fault(each.column, each.problem, each.remedy, place) for each in wrong])
    return entry


def texts_of(entry: CostEntry) -> dict[str, str]:
    """What ``entry_of`` reads as this entry; shops by their id."""
    told: dict[str, str | None] = {
        "kind": entry.kind,
        "item": entry.item,
        "shop": entry.connection_id,
        "country": entry.country,
        "weight_from": None if entry.weight_from is None else str(entry.weight_from),
        "weight_to": None if entry.weight_to is None else str(entry.weight_to),
        "tier_from": None if entry.tier_from is None else str(entry.tier_from),
        "tier_to": None if entry.tier_to is None else str(entry.tier_to),
        "messages": None if entry.messages is None else str(entry.messages),
        "amount": None if entry.amount is None else number_text(entry.amount),
        "rate": None if entry.rate is None else rate_text(entry.rate),
        "currency": entry.currency,
        "valid_from": None if entry.valid_from is None else entry.valid_from.isoformat(),
        "valid_to": None if entry.valid_to is None else entry.valid_to.isoformat(),
        "note": entry.note,
    }
    return {column: str(told[column] or "") for column in COLUMNS}


def _readers(
    where: Callable[[str], str], decimal_comma: bool, typed: bool
) -> dict[str, Callable[[str], Any]]:
    return {
        "kind": _kind,
        "item": str,
        "shop": where,
        "country": str.upper,
        "weight_from": read_grams,
        "weight_to": read_grams,
        "tier_from": read_count,
        "tier_to": read_count,
        "messages": read_count,
        "amount": partial(read_number, decimal_comma=decimal_comma, typed=typed),
        "rate": partial(read_rate, decimal_comma=decimal_comma),
        "currency": str.upper,
        "valid_from": read_day,
        "valid_to": read_day,
        "note": str,
    }


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise UnreadableError(
            f"{text[:40]!r} is not a kind of costs.", f"Write one of {', '.join(Kind)}."
        ) from None


def _shop(text: str, *, shops: Shops, called: str, is_needed: bool = False) -> str:
    """A shop or account by its id or, where no other has it, by its name."""
    if text in shops:
        return text
    named = [shop for shop, name in shops.items() if name.casefold() == text.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise UnreadableError(
            f"{len(named)} {called}s are named {text[:40]!r}.", f"Write one of {', '.join(named)}."
        )
    known = ", ".join(sorted(shops)) or "none yet"
    raise UnreadableError(
        f"There is no {called} {text[:40]!r}.",
        f"Write the id of one ({known}){'' if is_needed else ', or leave it empty for all'}.",
    )
