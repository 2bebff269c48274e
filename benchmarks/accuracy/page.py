"""docs/accuracy.md: what each table says, then the table. Every number is measured by the same run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.churning import HORIZON, Churn, churn
from benchmarks.accuracy.datasets import Absent, Dataset
from benchmarks.accuracy.persistence import TOP_SHARE, Persistence, persistence
from benchmarks.accuracy.recovery import Recovery, recovery
from benchmarks.accuracy.value import NAIVE, HoldOut, Score, hold_out
from fondaco.analytics.churn import Report
from fondaco.analytics.rfm import SEGMENTS

TOTAL_WITHIN, CALIBRATION_WITHIN = 0.05, 0.03

_INTRO = """# Accuracy

How right the [models of customers](customers.md) are. `make accuracy` measures everything here anew and writes this page; nothing in it is typed
by hand. On each data set the models see the first days only and are held against the rest, beside forecasts that need no model. Where one of those is
better, the table says so.

How to read it: **total** is the sum of the forecasts against what happened; **MAE** is the mean error a customer, and **RMSE** its root mean square,
which a few large customers rule. **AUC** is 0.5 for chance and 1 for certainty; **Brier** is a squared error, lower is better;
**calibration** is the mean distance of a probability from what came true; **lift** is how many times as many as on average left among the tenth
of the customers with the highest probabilities.
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """What must hold on the simulated world, or is told beside it without a promise."""

    text: str
    measured: str
    limit: str
    holds: bool
    is_promised: bool = True

    @property
    def verdict(self) -> str:
        word = "holds" if self.holds else "miss"
        return word if self.is_promised else f"{word}, not promised"


@dataclass(frozen=True, slots=True)
class Measured:
    """All that is measured of one data set."""

    data: Dataset
    value: HoldOut
    scores: Persistence
    churn: Churn
    recovery: Recovery | None


def measure(data: Dataset, *, worlds: int | None = None) -> Measured:
    """All measures of one data set; ``worlds`` is how many more to draw for recovery."""
    found = None
    if data.instants is not None:
        found = recovery(data.instants) if worlds is None else recovery(data.instants, worlds=worlds)
    return Measured(data, hold_out(data), persistence(data), churn(data), found)


def page(parts: Sequence[Measured | Absent]) -> str:
    """The whole page."""
    lines = [_INTRO]
    kept = [one for part in parts if isinstance(part, Measured) for one in promises(part)]
    lines += _promises(kept)
    for part in parts:
        if isinstance(part, Absent):
            lines += [f"## {part.title}\n", f"Not measured in this run. {part.why}\n"]
        else:
            lines += _of(part)
    return "\n".join(lines).rstrip("\n") + "\n"


def headings(text: str) -> list[str]:
    """The lines of a page that head a part."""
    return [line for line in text.splitlines() if line.startswith("#")]


def promises(part: Measured) -> Iterator[Promise]:
    """What was promised of a simulated world; nothing of any other."""
    if part.recovery is None:
        return
    every = len(part.recovery.parameters)
    for how, inside, is_promised in (
        ("by the second", sum(one.is_covered for one in part.recovery.parameters), True),
        ("by day, as Fondaco fits", sum(one.is_covered_by_day for one in part.recovery.parameters), False),
    ):
        yield Promise(
            f"The 95 % intervals of the parameters, fitted {how}, cover the truth",
            f"{inside} of {every}",
            "all",
            inside == every,
            is_promised,
        )
    for name in ("BG/NBD", "MBG/NBD", "Pareto/NBD"):
        score = next((one for one in part.value.scores if one.method.startswith(f"{name} +")), None)
        if score is not None:
            yield Promise(
                f"Purchases of the hold-out, all together, by {name}",
                _signed(score.purchases_error),
                f"within {_whole(TOTAL_WITHIN)}",
                abs(score.purchases_error) <= TOTAL_WITHIN,
            )
    taken = next((one for one in part.churn.fit.reports if part.churn.fit.takes(one)), None)
    if taken is not None:
        yield Promise(
            f"Calibration error of churn, by the way that is taken ({taken.name})",
            f"{taken.calibration_error:.4f}",
            f"under {CALIBRATION_WITHIN:g}",
            taken.calibration_error < CALIBRATION_WITHIN,
        )


def _promises(kept: Sequence[Promise]) -> list[str]:
    promised = [one.holds for one in kept if one.is_promised]
    said = f"{sum(promised)} of {len(promised)} hold." if kept else "The simulated world was not measured."
    rows = [(one.text, one.measured, one.limit, one.verdict) for one in kept]
    lines = ["## What is promised\n", f"Of customers whose truth is known, the simulated ones. {said}\n"]
    return lines + (_table(("promise", "measured", "limit", ""), rows) if rows else [])


def _of(part: Measured) -> list[str]:
    data, title = part.data, part.data.title
    lines = [f"## {title}\n", f"{data.about} {data.last - data.first + 1} days.\n"]
    if part.recovery is not None:
        lines += _of_recovery(title, part.recovery)
    return lines + _of_value(part) + _of_groups(part) + _of_scores(part) + _of_churn(part)


def _of_recovery(title: str, found: Recovery) -> list[str]:
    rows = [
        (
            f"`{one.name}`", f"{one.truth:.3g}", _interval(one.by_instant), "yes" if one.is_covered else "no",
            _interval(one.by_day), "yes" if one.is_covered_by_day else "no", f"{one.by_other_model:.3g}",
        )
        for one in found.parameters
    ]  # fmt: skip
    likelier = found.likelihoods[0] - found.likelihoods[1]
    text = (
        "MBG/NBD is the model that the world was drawn by. Fitted to every order at its second, its 95 % intervals are in the third "
        f"column; in {found.intervals // len(found.parameters)} more worlds they covered the truth {found.covered} times of {found.intervals}. "
        "Fondaco fits by day, and counts orders of one day as one. That its intervals then cover the truth is not promised: the days that the "
        "most frequent customers lose move the parameters of all, "
        f"by up to {found.moved_by_days:.1f} of half an interval. The day alone does not: with orders of one day counted one by one, "
        f"{found.covered_apart} of {len(found.parameters)} are covered. What is forecast is days with a purchase, and is held against such days. "
        "BG/NBD, in which nobody leaves after the first order, cannot find "
        f"them; its log-likelihood is {'lower' if likelier > 0 else 'higher'} by {abs(likelier):,.0f}.\n"
    )
    columns = (
        "parameter",
        "truth",
        "MBG/NBD, by the second",
        "covers the truth",
        "MBG/NBD, by day",
        "covers the truth",
        "BG/NBD, by day",
    )
    return [f"### {title}: parameters found again\n", text, *_table(columns, rows)]


def _of_value(part: Measured) -> list[str]:
    found, currency = part.value, part.data.currency
    naive = next(one for one in found.scores if one.method == NAIVE)
    rows = [
        (
            one.method, _signed(one.purchases_error), f"{one.purchases_mae:.3f}", f"{one.purchases_rmse:.3f}",
            _signed(one.value_error), f"{one.value_mae:,.2f}", f"{one.value_rmse:,.2f}",
        )
        for one in found.scores
    ]  # fmt: skip
    text = (
        f"The first {found.span} days are known, the last {found.ahead} forecast, for the {found.customers:,} customers known by then. "
        f"They made {found.purchases:,.0f} purchases for {found.value:,.0f} {currency}. {_best(found.scores, naive)}"
        f"{' ' + '. '.join(found.notes) + '.' if found.notes else ''}\n"
    )
    columns = (
        "method", "purchases: total", "MAE", "RMSE", f"{currency}: total", f"MAE ({currency})", f"RMSE ({currency})",
    )  # fmt: skip
    return [f"### {part.data.title}: value\n", text, *_table(columns, rows)]


def _best(scores: Sequence[Score], naive: Score) -> str:
    """Which way is nearest, and which are nearer than the naive forecast."""
    others = [one for one in scores if one is not naive]
    said = []
    for what, name in (("purchases", "purchases_mae"), ("money", "value_mae")):
        nearest = min(scores, key=lambda one: getattr(one, name))
        nearer = [one for one in others if getattr(one, name) < getattr(naive, name)]
        said.append(
            f"For {what}, by MAE, {_short(nearest.method)} is nearest; {len(nearer)} of {len(others)} are nearer than the naive forecast."
        )
    return " ".join(said)


def _of_groups(part: Measured) -> list[str]:
    groups = part.value.groups
    methods = [
        name
        for name in (groups[0].forecast if groups else ())
        if name == NAIVE or name.endswith("+ Gamma-Gamma")
    ]
    rows = [
        (
            one.label,
            f"{one.customers:,}",
            f"{one.actual:.2f}",
            *(f"{one.forecast[name]:.2f}" for name in methods),
        )
        for one in groups
    ]
    text = (
        "Purchases a customer in the hold-out, by the days with a purchase that were known: what happened, and what each way said. It shows whether "
        "customers of one purchase, and heavy ones, are taken for what they are.\n"
    )
    columns = ("purchases known", "customers", "actual", *(_short(name) for name in methods))
    return [f"### {part.data.title}: by purchases known\n", text, *_table(columns, rows)]


def _of_scores(part: Measured) -> list[str]:
    found = part.scores
    naive, scored = found.rankings[0], found.rankings[-1]
    top = next((one for one in found.segments if one.name == SEGMENTS[0]), None)
    text = (
        f"Customers are scored after {found.days} days and looked at over the next {found.days}. The top {_whole(TOP_SHARE)} of the {found.customers:,} customers "
        f"by RFM brought {_share(scored.revenue_share)} of the revenue that followed; the top {_whole(TOP_SHARE)} by money alone, which is the naive "
        f"order, {_share(naive.revenue_share)}; chance would bring {_whole(TOP_SHARE)}."
    )
    if top is not None:
        text += f" {top.name}, {_share(top.customer_share)} of the customers, brought {_share(top.revenue_share)}."
    rankings = [
        (one.name, _share(one.revenue_share), _share(one.stayed), _figure(one.correlation, 3))
        for one in found.rankings
    ]
    segments = [
        (
            one.name,
            f"{one.customers:,}",
            _share(one.customer_share),
            _share(one.revenue_share),
            _share(one.came_back),
        )
        for one in found.segments
    ]
    columns = (
        "customers in the order of",
        "revenue of the top fifth",
        "of it still in the top fifth",
        "rank correlation with money",
    )
    return [
        f"### {part.data.title}: do scores last?\n",
        text + "\n",
        *_table(columns, rankings),
        *_table(("segment at half-time", "customers", "share", "revenue that followed", "bought again"), segments),
    ]  # fmt: skip


def _of_churn(part: Measured) -> list[str]:
    found, fit = part.churn, part.churn.fit
    lines = [f"### {part.data.title}: who left\n"]
    if not found.reports:
        return [*lines, f"Not tested. {fit.why}\n"]
    one = found.reports[0]
    text = (
        f"{one.customers:,} customers as they stood {HORIZON} days before the end; {_share(one.churn_rate)} of them bought nothing after that. "
        f"{fit.why} The naive forecasts know the share who left {HORIZON} days earlier, of all customers or of those silent for as long.\n"
    )
    rows = [
        (
            report.name + (" (taken)" if fit.takes(report) else ""), _figure(report.auc, 3), f"{report.brier:.4f}",
            f"{report.calibration_error:.4f}", _figure(report.lift, 2),
        )
        for report in found.reports
    ]  # fmt: skip
    lines += [text, *_table(("way", "AUC", "Brier", "calibration", "lift"), rows)]
    return lines + _calibration(fit.reports)


def _calibration(reports: Sequence[Report]) -> list[str]:
    """The ten bins of each way, side by side: customers, mean probability, share who left."""
    if not reports:
        return []
    columns = ["probability"]
    for report in reports:
        columns += [f"{report.name}: customers", "predicted", "left"]
    rows = []
    for number, one in enumerate(reports[0].bins):
        row = [f"{one.low:.1f}–{one.high:.1f}"]
        for report in reports:
            same = report.bins[number]
            row += [f"{same.customers:,}", _figure(same.predicted, 3), _figure(same.observed, 3)]
        rows.append(row)
    return _table(columns, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    head = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _short(method: str) -> str:
    return method.split(":", maxsplit=1)[0].removesuffix(" + Gamma-Gamma")


def _signed(share: float) -> str:
    return f"{share * 100:+.1f} %".replace("-", "−")


def _share(share: float) -> str:
    return f"{share * 100:.1f} %"


def _whole(share: float) -> str:
    return f"{share * 100:.0f} %"


def _figure(number: float | None, digits: int) -> str:
    return "" if number is None else f"{number:.{digits}f}"


def _interval(found: tuple[float, float, float]) -> str:
    return f"{found[0]:.3g} ({found[1]:.3g} to {found[2]:.3g})"
