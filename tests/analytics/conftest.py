from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Customers:
    """Histories in the terms of ``fondaco.analytics.clv``."""

    frequency: Floats
    recency: Floats
    age: Floats
    value: Floats

    @property
    def history(self) -> tuple[Floats, Floats, Floats]:
        return self.frequency, self.recency, self.age


@pytest.fixture(scope="session")
def cdnow() -> Customers:
    """The customers of the papers; time in weeks, money in dollars."""
    path = Path(__file__).with_name("data") / "cdnow.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Customers(*(np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")))
