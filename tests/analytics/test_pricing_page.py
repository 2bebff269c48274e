"""The page of prices: its examples run and say what stands there, and its figures are those that were measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fondaco.analytics.pricing import MarkdownPlan, recommend

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(r"```python\n(.*?)```", (DOCS / "pricing.md").read_text(encoding="utf-8"), re.DOTALL)


def _run(example: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(example, names)
    return names


def test_the_example_of_a_recommendation_says_what_stands_there() -> None:
    names = _run(EXAMPLES[0])
    because = recommend(
        [names["today"]], names["found"], names["GuardRails"](endings=(0.49, 0.99)), currency="EUR"
    )[0].because
    assert because.startswith(EXAMPLES[0].split("# ")[1].split(" …")[0])


def test_the_example_of_a_markdown_lowers_the_price() -> None:
    plan = _run(EXAMPLES[1])["plan"]
    assert isinstance(plan, MarkdownPlan)
    assert plan.prices.tolist() == [39.99, 39.99, 29.99, 29.99]


def test_the_figures_are_those_that_were_measured() -> None:
    said = (DOCS / "pricing.md").read_text(encoding="utf-8").split("## Measured")[1]
    page = (DOCS / "accuracy-pricing.md").read_text(encoding="utf-8")
    measured = {
        row[0]: row
        for line in page.splitlines()
        if (row := [cell.strip() for cell in line.strip("| ").split(" | ")])
    }
    covered = measured["Truths inside the 90 % intervals, all products"][1]
    assert covered.replace("%", " %") in said
    assert (
        f"The error of the elasticities is {float(re.findall(r'pooled . ([0-9.]+) .', page)[0]):.2f}" in said
    )
    for way in ("pooled, within the rules", "plain log-log with controls, taken at its word", "the truth"):
        assert f"{float(measured[way][2].strip('+%')):.1f} %" in said
