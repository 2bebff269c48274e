"""Proposals in one sentence each, with the numbers that they stand on."""

from __future__ import annotations

from datetime import date

from babel import numbers as babel_numbers

from fondaco.jobs.stock_levels import Lead, Level

_LOCALE = "en_GB"


def money(amount: float, currency: str) -> str:
    """Whole units from 100 on, as one would say it."""
    if abs(amount) >= 99.5:
        return str(
            babel_numbers.format_currency(
                round(amount), currency, "¤#,##0", locale=_LOCALE, currency_digits=False
            )
        )
    return str(babel_numbers.format_currency(amount, currency, locale=_LOCALE))


def pieces(count: float) -> str:
    """Units with one digit below ten, if they are not whole."""
    if count >= 10 or count == round(count):
        return f"{round(count):,}"
    return f"{count:.1f}"


def share(probability: float) -> str:
    """A chance in per cent; never 0 % or 100 % of what may or may not be."""
    if 0 < probability < 0.01:
        return "less than 1 %"
    if 0.99 < probability < 1:
        return "more than 99 %"
    return f"{round(probability * 100)} %"


def day(value: date) -> str:
    return f"{value.day} {value:%B}"


def of_reorder(
    level: Level, quantity: int, *, currency: str, cost: float, lost: float, probability: float
) -> str:
    item = level.item
    supplier = f" from {level.supplier.name or level.supplier.supplier_id}" if level.supplier else ""
    return (
        f"Order {quantity:,} of {item.title}{supplier} for {item.location_name}, for {money(cost, currency)}: {_there(level)}, and about "
        f"{pieces(float(level.demand.mean))} will be wanted in {_how_long(level.lead)} until goods come and the {level.order_days} "
        f"days after; without it {share(probability)} chance of running out and about {money(lost, currency)} of margin lost."
    )


def of_transfer(
    level: Level, source: Level, quantity: int, *, currency: str, lost: float, probability: float, days: int
) -> str:
    item = level.item
    return (
        f"Move {quantity:,} of {item.title} from {source.item.location_name}, which has {source.item.on_hand:,} and about "
        f"{pieces(source.daily * 7)} wanted a week, to {item.location_name}: {_there(level)}, and about "
        f"{pieces(level.daily * 7)} wanted a week; they can be there in {_days(days)}, and without them there is a {share(probability)} chance of "
        f"running out and about {money(lost, currency)} of margin lost."
    )


def of_warning(level: Level, *, currency: str, lost: float) -> str:
    item = level.item
    if item.at_start == 0:
        return (
            f"{item.title} is out at {item.location_name}, and nothing can be there before {day(level.receipt_on)}: about "
            f"{pieces(level.shortage)} will be wanted until then, {money(lost, currency)} of margin."
        )
    when = f", most likely by {day(level.runs_out_on)}" if level.runs_out_on else ""
    return (
        f"{item.title} may run out at {item.location_name}{when}: {item.on_hand:,} are there, about {pieces(level.daily)} are wanted a day and nothing "
        f"can be there before {day(level.receipt_on)}, so the chance is {share(level.probability)} and about {money(lost, currency)} of margin will be lost."
    )


def of_markdown(
    level: Level, quantity: int, *, currency: str, tied: float, ahead_days: int, today: date
) -> str:
    item = level.item
    if item.last_sold_date is None:
        silent = f"has not sold since it came on {day(item.stocked_since)} {item.stocked_since.year}"
    else:
        silent = f"last sold {_days((today - item.last_sold_date).days)} ago"
    return (
        f"Mark down {quantity:,} of {item.title} at {item.location_name}: {item.on_hand:,} are there, it {silent} and about "
        f"{pieces(level.daily * ahead_days)} will be wanted in {ahead_days} days, so {money(tied, currency)} lies in it."
    )


def _there(level: Level) -> str:
    coming = f" and {level.item.on_order:,} on order" if level.item.on_order else ""
    verb = "is" if level.item.on_hand == 1 and not coming else "are"
    return (
        f"{level.item.on_hand:,}{coming} {verb} there"
        if not coming
        else f"{level.item.on_hand:,} {verb} there{coming}"
    )


def _how_long(lead: Lead) -> str:
    spread = round(lead.time.sd)
    return f"the {_days(lead.days)}{f', give or take {spread},' if spread else ''}"


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"
