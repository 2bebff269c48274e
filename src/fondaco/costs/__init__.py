"""The cost sheet: what products, shipping, payments and everything beside them cost, and from when on.

docs/costs.md tells the columns of a sheet and what each kind of cost means. This room reads, checks and writes sheets; it
keeps nothing.
"""

from fondaco.costs.checks import faults_of, last_days, overlaps
from fondaco.costs.entry import COLUMNS, CostEntry, Identity
from fondaco.costs.faults import CostsError, Fault
from fondaco.costs.kinds import RULES, Kind, Need, Rule, Value
from fondaco.costs.merge import Plan, Sheet, plan, refuse_overlaps
from fondaco.costs.naming import is_named_like
from fondaco.costs.reading import Shops, entry_of, texts_of
from fondaco.costs.sheet_csv import read_csv, write_csv
from fondaco.costs.sheet_toml import read_toml, write_toml
from fondaco.costs.size import LARGEST_BYTES, MOST_ENTRIES
from fondaco.costs.values import rate_text, unmistakable

__all__ = [
    "COLUMNS",
    "LARGEST_BYTES",
    "MOST_ENTRIES",
    "RULES",
    "CostEntry",
    "CostsError",
    "Fault",
    "Identity",
    "Kind",
    "Need",
    "Plan",
    "Rule",
    "Sheet",
    "Shops",
    "Value",
    "entry_of",
    "faults_of",
    "is_named_like",
    "last_days",
    "overlaps",
    "plan",
    "rate_text",
    "read_csv",
    "read_toml",
    "refuse_overlaps",
    "texts_of",
    "unmistakable",
    "write_csv",
    "write_toml",
]
