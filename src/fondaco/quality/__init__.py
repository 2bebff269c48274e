"""Do our figures hold? Reports, never repairs."""

from fondaco.quality.reconcile import FIGURES, Comparison, compare, reconcile

__all__ = ["FIGURES", "Comparison", "compare", "reconcile"]
