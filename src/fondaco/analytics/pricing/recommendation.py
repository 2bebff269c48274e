"""Which price to ask: the one that is expected to leave most, within guard rails, and only where the data can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from fondaco.analytics.pricing.draws import elasticities_below_zero
from fondaco.analytics.pricing.elasticity import Elasticities
from fondaco.analytics.pricing.guard_rails import Allowed, GuardRails, Offer, allowed_prices
from fondaco.analytics.pricing.panel import Flags, Floats
from fondaco.errors import ConfigError

DRAWS = 1000
NEARLY_AS_GOOD = 0.01
"""Prices that leave less than the best by no more than this share make up the range."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a price is for: the most profit, as long as the other wishes hold.

    Attributes
    ----------
    least_units
        Units to keep, as a share of today's: 0.95 gives up no more than 5 % of them. 0 for profit alone.
    confidence
        Least probability that profit rises, for a price to be changed at all.
    """

    least_units: float = 0.0
    confidence: float = 0.8

    def __post_init__(self) -> None:
        if not self.least_units >= 0 or not 0 <= self.confidence < 1:
            raise ConfigError(
                f"A goal keeps {self.least_units:g} of the units with confidence {self.confidence:g}.",
                "Give a share of units from 0 on, and a confidence from 0 to below 1.",
            )


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to ask for a product.

    Attributes
    ----------
    price
        None where nothing is recommended; today's where it should stay.
    low, high
        Allowed prices that leave nearly as much, around ``price``.
    units
        Expected in a period at ``price``.
    profit_now, profit
        Expected in a period at today's price and at ``price``.
    gain_low, gain_high
        Bounds between which the change of profit lies with 90 %.
    chance
        Probability that profit rises.
    because
        One sentence with numbers.
    """

    product: str
    price: float | None
    low: float
    high: float
    units: float
    profit_now: float
    profit: float
    gain_low: float
    gain_high: float
    chance: float
    because: str

    @property
    def is_change(self) -> bool:
        """Whether another price than today's is recommended."""
        return self.price is not None and self.because.startswith(("Raise", "Lower"))


def recommend(
    offers: Sequence[Offer],
    found: Elasticities,
    rails: GuardRails | Mapping[str, GuardRails] | None = None,
    goal: Goal | None = None,
    *,
    currency: str = "",
    period: str = "period",
    seed: int = 0,
) -> list[Recommendation]:
    """A price for each offer; none for a product of which the data cannot say how its units answer to price.

    Parameters
    ----------
    offers
        Their prices are of the kind that the elasticities were told from, both with tax or both without. Where an offer does not say
        which prices were seen, it is those that were looked at.
    rails
        For all, or by product; a product without its own gets the usual ones.
    currency, period
        For the sentence only.
    """
    place = {str(name): k for k, name in enumerate(found.products)}
    answers = []
    for offer in offers:
        at = place.get(offer.product)
        doubt = "its sales were not among those that were looked at" if at is None else found.doubts[at]
        if doubt or at is None:
            answers.append(_nothing(offer, doubt))
            continue
        own = rails.get(offer.product) if isinstance(rails, Mapping) else rails
        seen = _with_seen(offer, float(found.lowest[at]), float(found.highest[at]))
        answers.append(
            recommend_price(
                seen,
                float(found.mean[at]),
                float(found.sd[at]),
                own,
                goal,
                currency=currency,
                period=period,
                seed=seed,
            )
        )
    return answers


def _with_seen(offer: Offer, lowest: float, highest: float) -> Offer:
    return replace(
        offer,
        lowest_seen=lowest if offer.lowest_seen is None else offer.lowest_seen,
        highest_seen=highest if offer.highest_seen is None else offer.highest_seen,
    )


def recommend_price(
    offer: Offer,
    elasticity: float,
    elasticity_sd: float,
    rails: GuardRails | None = None,
    goal: Goal | None = None,
    *,
    currency: str = "",
    period: str = "period",
    seed: int = 0,
) -> Recommendation:
    """The price that is expected to leave most: units × (price / (1 + tax) − unit cost), units ~ (price / today's)^elasticity.

    The elasticity is drawn from what is believed of it, below 0: nobody should raise a price for the hope that more is bought then.
    Expected profit is the mean over the draws, not the profit at the mean elasticity (Montgomery 1997): it holds back where little is known.

    Parameters
    ----------
    elasticity, elasticity_sd
        What is believed of it.
    """
    aim = goal or Goal()
    allowed = allowed_prices(offer, rails or GuardRails())
    stays = allowed.keeps(offer.price)
    prices = np.unique(np.append(allowed.prices, offer.price)) if stays else allowed.prices
    if not len(prices):
        return _nothing(offer, _contradiction(allowed, currency))
    answers, level = _draws(elasticity, elasticity_sd, offer, np.random.default_rng(seed))
    units = level[:, None] * (prices / offer.price) ** answers[:, None]
    profit = units * (prices / (1 + offer.tax) - offer.unit_cost)
    now = level * (offer.price / (1 + offer.tax) - offer.unit_cost)
    chance, enough = (
        (profit > now[:, None]).mean(axis=0),
        units.mean(axis=0) >= aim.least_units * offer.units * (1 - 1e-9),
    )
    expected = np.where(enough, profit.mean(axis=0), -np.inf)
    best = _best(expected, chance, np.isclose(prices, offer.price, rtol=1e-12), aim.confidence)
    if best is None:
        return _nothing(offer, f"no allowed price keeps {aim.least_units:.0%} of today's units")
    low, high = _range(prices, expected, best)
    gain_low, gain_high = np.quantile(profit[:, best] - now, [0.05, 0.95])
    told = Recommendation(
        offer.product,
        float(prices[best]),
        low,
        high,
        units=float(units[:, best].mean()),
        profit_now=float(now.mean()),
        profit=float(profit[:, best].mean()),
        gain_low=float(gain_low),
        gain_high=float(gain_high),
        chance=float(chance[best]),
        because="",
    )
    return replace(
        told,
        because=_sentence(
            told,
            offer,
            allowed,
            answer=(elasticity, elasticity_sd),
            goal=aim,
            currency=currency,
            period=period,
        ),
    )


def _best(expected: Floats, chance: Floats, today: Flags, confidence: float) -> int | None:
    """The place of the price to ask; ``expected`` is −∞ where too few units would be sold.

    Today's price stays where no other is surely better. Where it is not allowed, or sells too few units, there is no staying, and the
    best of the others is taken however sure.
    """
    may_stay = today & np.isfinite(expected)
    if not may_stay.any():
        return int(expected.argmax()) if np.isfinite(expected).any() else None
    best = int(np.where((chance >= confidence) | today, expected, -np.inf).argmax())
    return best if expected[best] > expected[may_stay].max() else int(may_stay.argmax())


def _draws(mean: float, sd: float, offer: Offer, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Elasticities and units at today's price, each by its quantiles, paired by chance."""
    if not np.isfinite([mean, sd]).all() or sd < 0:
        raise ConfigError(
            f"The elasticity of {offer.product!r} is {mean:g} ± {sd:g}.", "Give finite numbers."
        )
    answers = elasticities_below_zero(mean, sd, DRAWS)
    units = np.full(DRAWS, offer.units)
    # An error of three times the units says as much as any greater one.
    error = min(offer.units_error, 3 * offer.units)
    if error > 1e-6 * offer.units:
        ratio = offer.units / error
        units = random.permutation(
            stats.gamma.ppf((np.arange(DRAWS) + 0.5) / DRAWS, ratio**2, scale=error / ratio)
        )
    return answers, units


def _range(prices: Floats, expected: Floats, best: int) -> tuple[float, float]:
    """The unbroken run of prices around the best that leave nearly as much."""
    near = expected >= expected[best] - NEARLY_AS_GOOD * abs(expected[best])
    low = high = best
    while low > 0 and near[low - 1]:
        low -= 1
    while high < len(prices) - 1 and near[high + 1]:
        high += 1
    return float(prices[low]), float(prices[high])


def _sentence(
    told: Recommendation,
    offer: Offer,
    allowed: Allowed,
    *,
    answer: tuple[float, float],
    goal: Goal,
    currency: str,
    period: str,
) -> str:
    price = told.price or 0.0
    sensitive = f"an elasticity of {answer[0]:.1f} (90 %: {answer[0] - 1.645 * answer[1]:.1f} to {answer[0] + 1.645 * answer[1]:.1f})"
    if np.isclose(price, offer.price, rtol=1e-12):
        if np.allclose(allowed.prices, offer.price, rtol=1e-12):
            return f"Stay at {_money(offer.price, currency)}: {_no_other(allowed, currency)}."
        wish = f" and keeps {goal.least_units:.0%} of the units" if goal.least_units else ""
        return (
            f"Stay at {_money(offer.price, currency)}: at {sensitive} no allowed price raises profit with a probability of "
            f"{goal.confidence:.0%} or more{wish}."
        )
    gain, change = told.profit - told.profit_now, told.units / offer.units - 1 if offer.units else 0.0
    held = _held(price, allowed)
    must = f", to sell {goal.least_units:.0%} of today's units" if goal.least_units > 1 else ""
    must = must if allowed.keeps(offer.price) else ", as today's price is outside the guard rails"
    return (
        f"{'Raise' if price > offer.price else 'Lower'} from {_money(offer.price, currency)} to {_money(price, currency)} "
        f"({price / offer.price - 1:+.1%}){must}: at {sensitive} units change by {change:+.1%} and profit a {period} by "
        f"{_money(gain, currency, '+')} (90 %: {_money(told.gain_low, currency, '+')} to {_money(told.gain_high, currency, '+')}), "
        f"and it rises with a probability of {told.chance:.0%}{held}."
    )


def _held(price: float, allowed: Allowed) -> str:
    if len(allowed.prices) and price >= allowed.prices[-1]:
        return f"; {allowed.high_by} allows no more than {allowed.high:.2f}"
    if len(allowed.prices) and price <= allowed.prices[0]:
        return f"; {allowed.low_by} allows no less than {allowed.low:.2f}"
    return ""


def _contradiction(allowed: Allowed, currency: str) -> str:
    low, high = _money(allowed.low, currency), _money(allowed.high, currency)
    if allowed.low > allowed.high:
        return f"{allowed.low_by} asks for at least {low}, {allowed.high_by} for at most {high}"
    return _no_other(allowed, currency)


def _no_other(allowed: Allowed, currency: str) -> str:
    low, high = _money(allowed.low, currency), _money(allowed.high, currency)
    other = "other " if len(allowed.prices) else ""
    return f"no {other}price with a wished ending lies between {low} ({allowed.low_by}) and {high} ({allowed.high_by})"


def _nothing(offer: Offer, doubt: str) -> Recommendation:
    nan = float("nan")
    return Recommendation(
        offer.product, None, nan, nan, nan, nan, nan, nan, nan, nan, f"No price is recommended: {doubt}."
    )


def _money(amount: float, currency: str, sign: str = "") -> str:
    return f"{amount:{sign},.2f}{' ' + currency if currency else ''}"
