"""Do our figures hold? Reports, never repairs."""

from fondaco.quality.freshness import Freshness, freshness
from fondaco.quality.reconcile import FIGURES, Comparison, compare, reconcile

__all__ = ["FIGURES", "Comparison", "Freshness", "compare", "freshness", "reconcile"]
