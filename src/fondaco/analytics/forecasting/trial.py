"""What a tournament has shown, small enough to be kept and written as text: later forecasts go by it without trying the past anew."""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from fondaco.analytics.forecasting.calibration import Calibration
from fondaco.analytics.forecasting.panel import Floats, Period
from fondaco.analytics.forecasting.tournament import ENDED, Choice, Standing
from fondaco.errors import ConfigError

_FORM = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """A tournament that has been held.

    Attributes
    ----------
    horizon
        Periods ahead; its forecasts reach so far.
    choices
        What forecasts each class.
    coverage
        By class, the share of truths that lay within the interval of 80 %, told by where truths of other stretches lay; without those of which
        nothing is known.
    """

    period: Period
    horizon: int
    choices: Mapping[str, Choice]
    standings: tuple[Standing, ...]
    calibration: Calibration = field(repr=False)
    coverage: Mapping[str, float] = field(default_factory=dict)

    def thinned(self, most: int, *, seed: int) -> Trial:
        """The same with at most so many rows of places a class, drawn at random, in single precision: as ``text`` keeps them."""
        chance = np.random.default_rng(seed)
        places = {name: _drawn(each, most, chance) for name, each in self.calibration.places.items()}
        return replace(self, calibration=replace(self.calibration, places=places))

    def text(self) -> str:
        """All of it, to be kept. Places are kept in single precision, so ``thinned`` before is told the same after."""
        return json.dumps(
            {
                "form": _FORM,
                "period": self.period,
                "horizon": self.horizon,
                "choices": {name: asdict(choice) for name, choice in self.choices.items()},
                "standings": [_with_nulls(asdict(standing)) for standing in self.standings],
                "is_whole": self.calibration.is_whole,
                "coverage": dict(self.coverage),
                "places": {name: _packed(each) for name, each in self.calibration.places.items()},
            }
        )

    @classmethod
    def of_text(cls, text: str) -> Trial:
        """A trial out of what ``text`` wrote.

        Raises
        ------
        ConfigError
            If it is of another version of Fondaco, or no trial.
        """
        try:
            told = json.loads(text)
            if told["form"] != _FORM:
                raise KeyError("form")
            horizon = int(told["horizon"])
            return cls(
                period=told["period"],
                horizon=horizon,
                choices={name: _choice(each) for name, each in told["choices"].items()},
                standings=tuple(_standing(each) for each in told["standings"]),
                calibration=Calibration(
                    {name: _unpacked(each, horizon) for name, each in told["places"].items()},
                    bool(told["is_whole"]),
                ),
                coverage=told["coverage"],
            )
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise ConfigError(
                "What is kept of the tournament of forecasts cannot be read.", "Hold it anew with try_past."
            ) from error


def _drawn(places: Floats, most: int, chance: np.random.Generator) -> Floats:
    kept = places if len(places) <= most else places[np.sort(chance.choice(len(places), most, replace=False))]
    return kept.astype(np.float32).astype(float)


def _packed(places: Floats) -> str:
    return b85encode(zlib.compress(places.astype("<f4").tobytes())).decode()


def _unpacked(text: str, horizon: int) -> Floats:
    flat = np.frombuffer(zlib.decompress(b85decode(text)), dtype="<f4")
    return flat.astype(float).reshape(-1, horizon)


def _choice(told: Mapping[str, Any]) -> Choice:
    choice = Choice(tuple(told["members"]), told["how"])
    return ENDED if choice == ENDED else choice


def _standing(told: Mapping[str, Any]) -> Standing:
    def number(value: float | None) -> float:
        return float("nan") if value is None else float(value)

    return Standing(
        told["series_class"], _choice(told["winner"]), number(told["error"]), number(told["naive_error"]),
        tuple((name, number(score)) for name, score in told["scores"]), told["series"], told["tests"],
    )  # fmt: skip


def _with_nulls(value: Any) -> Any:
    """The same with null for what is no number, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _with_nulls(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_nulls(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
