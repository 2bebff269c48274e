from __future__ import annotations

from pathlib import Path

from fondaco.metrics import SemanticLayer
from fondaco.metrics.docs import main, write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_the_page_is_what_the_definitions_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == write(), (
        "Write it anew: python -m fondaco.metrics.docs docs/metrics.md"
    )


def test_every_metric_has_its_words() -> None:
    for metric in SemanticLayer.load().metrics:
        assert metric.label and metric.description.endswith(".") and metric.formula
        assert metric.unit in {"money", "count", "ratio", "rate"}
        assert metric.good_direction in {"up", "down", "none"}


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    assert main([str(tmp_path / "metrics.md")]) == 0
    assert (tmp_path / "metrics.md").read_text(encoding="utf-8") == write()
