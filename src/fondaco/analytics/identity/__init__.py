"""One person behind several customer records: normalised, linked by rules and by likeness, explained and reversible.

``resolve`` takes records and gives persons with the reason of every link. It needs `pip install 'fondaco[analytics]'`.
"""

from fondaco.analytics.identity.likeness import THRESHOLD, alike
from fondaco.analytics.identity.resolve import (
    LINK_COLUMNS,
    RECORD_COLUMNS,
    Decision,
    Resolution,
    resolve,
)
from fondaco.analytics.identity.rules import RULES, Rule
from fondaco.analytics.identity.scoring import Score, pairwise

__all__ = [
    "LINK_COLUMNS", "RECORD_COLUMNS", "RULES", "THRESHOLD", "Decision", "Resolution", "Rule", "Score", "alike",
    "pairwise", "resolve",
]  # fmt: skip
