"""Both ways of telling churn on the same hold-out, and today's probabilities by the better one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fondaco.analytics.churn.behaviour import Behaviour, Floats, Integers
from fondaco.analytics.churn.classifier import Classifier, fit_classifier
from fondaco.analytics.churn.features import Features, features, outcomes
from fondaco.analytics.churn.measures import Report, report
from fondaco.analytics.churn.reasons import is_at_risk, reasons_in_words
from fondaco.analytics.clv import BGNBD, MBGNBD, fit_bg_nbd, fit_mbg_nbd
from fondaco.errors import ConfigError

CLASSIFIER = "classifier"
_BG, _MBG = "BG/NBD", "MBG/NBD"
_BY_PURCHASES = (_BG, _MBG)
MOST_DAYS = 4
"""Days of observation that the classifier learns from."""
SAMPLE = 40_000
"""Customers that tell the parameters of the model well enough to be a feature of the classifier."""
LEAST_OUTCOMES = 50
"""Customers who left, and who stayed, that the classifier needs of each, both to learn from and to be tested on. As many
must have come back for a model of purchases whose parameters they do not tell."""


@dataclass(frozen=True, slots=True)
class ChurnFit:
    """Who is leaving as of ``today``.

    Attributes
    ----------
    method
        The way that was taken: ``BG/NBD``, ``MBG/NBD``, ``classifier``, or None where none can tell anything.
    why
        One or two sentences on why that one.
    reports
        The ways that could be tested, on the customers of ``tested_on``.
    tested_on
        The day of observation of the test, ``horizon_days`` before today; None where there was no test.
    customers
        Codes of all who have bought by today, ascending.
    probability
        That each buys nothing in the next ``horizon_days``, 0..1; NaN for all without a method.
    reasons
        For each a list of at most three sentences, the weightiest first: what speaks for their leaving. Empty where nothing
        does, without a method, and for whoever is less than half as likely to leave as customers are on average.
    model
        The model of purchases as of today; None where the customers cannot tell its parameters.
    """

    today: int
    horizon_days: int
    method: str | None
    why: str
    reports: tuple[Report, ...]
    tested_on: int | None
    customers: Integers
    probability: Floats
    reasons: pa.ListArray
    model: BGNBD | None

    def takes(self, report: Report) -> bool:
        """Whether the way that was tested is the one that was taken; no other forecast is, such as a naive one beside them.

        Today's model of purchases may be of the other family than the tested one, for each time the likelier is taken: a report on either
        speaks for both.
        """
        if self.method in _BY_PURCHASES:
            return report.name in _BY_PURCHASES
        return report.name == self.method


def fit_churn(
    behaviour: Behaviour, today: int, horizon_days: int = 90, *, seed: int = 0, threads: int = 2
) -> ChurnFit:
    """Test the model of purchases and the classifier on the last customers whose outcome is known, and apply the better one.

    The test: customers as they stood ``horizon_days`` before today. The classifier that is tested has learned from days
    whose outcome was known by then, and the model of purchases was fitted as of that day. The one with the lower Brier score is
    made anew for today: a classifier with as many trees, and calibrated by the same line, as the one that was tested. Where the classifier has too little to learn from, the model stands alone; where customers cannot tell its
    parameters either, there is no probability, and ``why`` says so.

    Parameters
    ----------
    today
        The last day observed, counted as in ``behaviour``; what is after it is not looked at.
    horizon_days
        Days without a purchase that count as having left.
    seed
        Of the classifier's samples. The same seed gives the same result.
    threads
        That may work out today's probabilities and their reasons.

    Raises
    ------
    ConfigError
        If the horizon is not positive.
    """
    if horizon_days < 1:
        raise ConfigError(f"A horizon of {horizon_days} days has no end.", "Give one day or more.")
    shop = _Shop(behaviour, horizon_days, seed, threads, {})
    now, test = shop.on(today, of_all=True), shop.on(today - horizon_days, of_all=True)
    left = outcomes(behaviour, test.known, horizon_days)
    reports = []
    if test.model is not None:
        reports.append(report(test.model_name, test.silent, left))
    learned = tested = shop.learned(today - horizon_days)
    if isinstance(learned, Classifier) and not _enough(left):
        learned = _TOO_FEW
    if isinstance(learned, Classifier):
        reports.append(report(CLASSIFIER, learned.probability(test.known), left))
    choice = _choose(reports, now, learned if isinstance(learned, str) else None)
    if choice[0] == CLASSIFIER and isinstance(tested, Classifier):
        return _told(shop, today, reports, choice, shop.learned(today, like=tested))
    return _told(shop, today, reports, choice, None)


_TOO_FEW = (
    f"For the classifier there are too few customers whose outcome is known: it needs {LEAST_OUTCOMES} who left, "
    f"and as many who stayed."
)
_NO_MODEL = "Too few customers have come back to tell who will."


@dataclass(frozen=True, slots=True)
class _Day:
    """Customers as of a day, with what the model of purchases says of them."""

    known: Features
    model: BGNBD | None
    silent: Floats

    @property
    def model_name(self) -> str:
        return _MBG if isinstance(self.model, MBGNBD) else _BG


@dataclass(frozen=True, slots=True)
class _Shop:
    """What customers did, as of any day."""

    behaviour: Behaviour
    horizon: int
    seed: int
    threads: int
    seen: dict[int, _Day]

    def on(self, day: int, *, of_all: bool = False) -> _Day:
        """Customers as of the end of a day; each day is looked at once. The model is fitted to a sample, or ``of_all``."""
        if day not in self.seen:
            self.seen[day] = self._look(day, of_all)
        return self.seen[day]

    def _look(self, day: int, of_all: bool) -> _Day:
        known = features(self.behaviour, day, self.horizon)
        model = _model(known, of_all=of_all)
        nothing = np.full(len(known.owner), np.nan)
        silent = nothing if model is None else model.probability_silent(self.horizon, *known.history)
        alive = nothing if model is None else model.probability_alive(*known.history)
        told = {"silent_by_model": silent, "alive_by_model": alive}
        return _Day(replace(known, columns=known.columns | told), model, silent)

    def learned(self, today: int, like: Classifier | None = None) -> Classifier | str:
        """A classifier that knows nothing of what came after ``today``; or why there can be none.

        One that is ``like`` another has as many trees, and its line.
        """
        first = int(self.behaviour.bought.day.min(initial=today))
        step = max(self.horizon // 3, 1)
        days = [today - self.horizon - step * back for back in range(MOST_DAYS)]
        days = [day for day in days if day - first >= self.horizon]
        if not days:
            return (
                f"The classifier needs a history of {3 * self.horizon + 1} days to be tested on what it has not seen; "
                f"there are {today + self.horizon - first + 1}."
            )
        known = [self.on(day).known for day in days]
        left = [outcomes(self.behaviour, each, self.horizon) for each in known]
        if not _enough(np.concatenate(left)):
            return _TOO_FEW
        return fit_classifier(known, left, seed=self.seed, threads=self.threads, like=like)


def _model(known: Features, *, of_all: bool) -> BGNBD | None:
    """The likelier of BG/NBD and MBG/NBD, by a sample; None where too few have come back.

    Where many have, a parameter that they cannot tell, as a chance to leave where nobody leaves, is one that hardly changes
    what is foretold.
    """
    every = max(1, len(known.owner) // SAMPLE)
    sample = [column[::every] for column in known.history]
    is_told = int((known.frequency > 0).sum()) >= LEAST_OUTCOMES
    fitted = [(fit, _fitted(fit, sample)) for fit in (fit_bg_nbd, fit_mbg_nbd)]
    found = [(fit, model) for fit, model in fitted if model and (is_told or not model.is_undetermined)]
    if not found:
        return None
    fit, model = max(found, key=lambda each: each[1].log_likelihood)
    return (_fitted(fit, known.history) or model) if of_all and every > 1 else model


def _fitted(fit: Callable[..., BGNBD], history: Sequence[Floats]) -> BGNBD | None:
    try:
        return fit(*history)
    except ConfigError:  # no customer, or no optimum
        return None


def _enough(left: NDArray[np.bool_]) -> bool:
    return min(int(left.sum()), int((~left).sum())) >= LEAST_OUTCOMES


def _choose(reports: list[Report], now: _Day, refused: str | None) -> tuple[str | None, str]:
    """Which way is taken, and why."""
    model = None if now.model is None else now.model_name
    ranked = sorted(reports, key=lambda each: each.brier)
    scores = " and ".join(f"{each.brier:.4f} by {each.name}" for each in ranked)
    by_score = (
        f"The lower Brier score on {ranked[0].customers:,} customers is taken: {scores}." if ranked else ""
    )
    if ranked and ranked[0].name == CLASSIFIER:
        return CLASSIFIER, by_score
    if not len(now.known.owner):
        return None, "Nobody has bought yet."
    if model is None:
        return None, _NO_MODEL
    if refused:
        return model, refused
    return model, by_score


def _told(
    shop: _Shop,
    today: int,
    reports: list[Report],
    choice: tuple[str | None, str],
    classifier: Classifier | str | None,
) -> ChurnFit:
    now, (method, why) = shop.on(today), choice
    known, horizon = now.known, shop.horizon
    if isinstance(classifier, Classifier):
        probability = classifier.probability(known)
        weights: dict[str, Floats] | None = classifier.contributions(known, is_at_risk(probability))
    else:
        probability, weights = now.silent if method else np.full(len(known.owner), np.nan), None
    return ChurnFit(
        today=known.day,
        horizon_days=horizon,
        method=method,
        why=why,
        reports=tuple(reports),
        tested_on=known.day - horizon if reports else None,
        customers=shop.behaviour.customers[known.owner],
        probability=probability,
        reasons=reasons_in_words(known, probability, horizon, weights),
        model=now.model,
    )
