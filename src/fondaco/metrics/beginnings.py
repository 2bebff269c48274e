"""When each shop's data begins: before that day nothing is known, which is not the same as nothing sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fondaco.numbers import Numbers
from fondaco.warehouse.engine import Reader

# The smallest mart that knows it. Its fillers are days without sales, and a shop without any has one for today.
_SQL = """
select connection_id, min(sales_date) as first_date
from marts.sales_daily
where tenant_id = $tenant_id and not is_filler
group by connection_id
"""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The first day with data of every shop that has any.

    Everywhere ``shops`` are connection ids; none stand for all shops. A period is known if the data of the shops begins on its
    first day or before, by the earliest of them: a shop that joins a merchant who sells already is growth, and is told beside
    the rate; a merchant whose data begins within a period has no figure for it, and no rate from it.
    """

    days: Mapping[str, date] = field(default_factory=dict)

    def of(self, shops: Collection[str] = ()) -> date | None:
        """The day on which the first of the shops begins; None if none of them has data."""
        return min((day for shop, day in self.days.items() if not shops or shop in shops), default=None)

    def knows(self, first: date, shops: Collection[str] = ()) -> bool:
        """Whether a period that begins on ``first`` can be compared with. Where there is no data at all there is nothing
        to be misled by either."""
        begins = self.of(shops)
        return begins is None or begins <= first

    def joined(self, first: date, last: date, shops: Collection[str] = ()) -> list[tuple[str, date]]:
        """Those of several shops whose data begins after ``first``, up to ``last``, the earliest first, with the day."""
        later = ((day, shop) for shop, day in self.days.items() if not shops or shop in shops)
        return [(shop, day) for day, shop in sorted(later) if first < day <= last]


def read_beginnings(reader: Reader, tenant_id: str) -> Beginnings:
    """The first day of each shop in the newest published state."""
    rows = reader.query(_SQL, {"tenant_id": tenant_id}).to_pylist()
    return Beginnings({row["connection_id"]: row["first_date"] for row in rows})


def told(
    known: Beginnings,
    numbers: Numbers,
    names: Mapping[str, str],
    compared: Sequence[tuple[date, str]],
    *,
    last: date,
    shops: Collection[str] = (),
) -> list[str]:
    """What a reader has to know of the periods that figures are held against; nothing where all of them is known of every shop.

    Parameters
    ----------
    names
        What the shops are called.
    compared
        The first day of each period, and the period in words.
    last
        The last day of the period that is shown.
    """
    unknown = [words for first, words in compared if not known.knows(first, shops)]
    sentences = []
    if unknown:
        sentences.append(
            f"{numbers.begins(known.of(shops))}: there is no comparison with {' or '.join(unknown)}."
        )
    unlike: dict[str, list[str]] = defaultdict(list)
    for first, words in compared:
        if words not in unknown and (joined := known.joined(first, last, shops)):
            unlike[", ".join(f"{names.get(shop, shop)} {numbers.day(day)}" for shop, day in joined)].append(
                words
            )
    sentences += [
        f"Not like for like with {' or '.join(words)}; data of these shops begins later: {joined}."
        for joined, words in unlike.items()
    ]
    return sentences
