"""What a sheet does to the entries that are kept already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondaco.costs.checks import faults_of, overlaps
from fondaco.costs.entry import CostEntry
from fondaco.costs.faults import CostsError, Fault


@dataclass(frozen=True, slots=True)
class Sheet:
    """Entries out of a file, and for each where it stands (``line 3``)."""

    entries: tuple[CostEntry, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the entries: those that are new, those that change (number, before, after), those that are taken back."""

    added: tuple[CostEntry, ...] = ()
    changed: tuple[tuple[int, CostEntry, CostEntry], ...] = ()
    withdrawn: tuple[tuple[int, CostEntry], ...] = ()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.withdrawn)


def plan(kept: Mapping[int, CostEntry], sheet: Sheet, *, replace: bool = False) -> Plan:
    """What ``sheet`` adds and changes, and with ``replace`` takes back because it does not hold it.

    Raises
    ------
    CostsError
        If an entry breaks a rule, or two would hold for the same on the same day; all faults are named.
    """
    faults = [
        Fault(fault.column, fault.problem, fault.remedy, place)
        for entry, place in zip(sheet.entries, sheet.places, strict=True)
        for fault in faults_of(entry)
    ]
    if faults:
        raise CostsError(faults)
    numbers = {entry.identity: number for number, entry in kept.items()}
    added, changed, unchanged = [], [], 0
    held = {} if replace else {number: f"entry {number}" for number in kept}
    for entry in sheet.entries:
        number = numbers.get(entry.identity)
        if number is None:
            added.append(entry)
            continue
        held.pop(number, None)
        if kept[number] == entry:
            unchanged += 1
        else:
            changed.append((number, kept[number], entry))
    refuse_overlaps([*(kept[number] for number in held), *sheet.entries], [*held.values(), *sheet.places])
    present = {entry.identity for entry in sheet.entries}
    withdrawn = [
        (number, entry) for number, entry in kept.items() if replace and entry.identity not in present
    ]
    return Plan(tuple(added), tuple(changed), tuple(withdrawn), unchanged)


def whole_sheet(entries: Sequence[CostEntry], places: Sequence[str], faults: Sequence[Fault] = ()) -> Sheet:
    """What was read of a file, if all of it is right.

    Raises
    ------
    CostsError
        With ``faults``, and where two of the entries would hold for the same on the same day.
    """
    wrong = [*faults, *_overlap_faults(entries, places)]
    if wrong:
        raise CostsError(wrong)
    return Sheet(tuple(entries), tuple(places))


def refuse_overlaps(entries: Sequence[CostEntry], places: Sequence[str]) -> None:
    """Two entries may not hold for the same on the same day.

    Raises
    ------
    CostsError
        If they would; it names the places of both.
    """
    whole_sheet(entries, places)


def _overlap_faults(entries: Sequence[CostEntry], places: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            "valid_from",
            f"It holds for the same as {places[met] or 'another entry'}, on days on which both would.",
            "End the one that begins earlier with a valid_to before the other begins, or take one of the two out.",
            places[position],
        )
        for position, met in overlaps(entries)
    ]
