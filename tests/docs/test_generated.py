"""The reference pages say what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "reference/cli.md",
    "reference/settings.md",
    "reference/streams.md",
    "connectors/files.md",
    "customers.md",
    "costs.md",
    "stock.md",
)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_up_to_date(generator: ModuleType, page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == generator.pages()[path], "run `make docs`"


def test_every_generated_page_is_held_to_the_code(generator: ModuleType) -> None:
    assert {path.relative_to(ROOT / "docs").as_posix() for path in generator.pages()} == set(PAGES)


def test_every_command_has_help_with_an_example(generator: ModuleType) -> None:
    """Groups tell what they hold; each command that does something shows how."""
    sections = re.split(r"^#{2,4} (fondaco.*)$", generator.cli_page(), flags=re.MULTILINE)[1:]
    lacking = [
        name
        for name, text in zip(sections[::2], sections[1::2], strict=True)
        if "Commands:\n" not in text and "Example:" not in text
    ]
    assert lacking == []


def test_every_setting_has_a_meaning(generator: ModuleType) -> None:
    rows = [line for line in generator.settings_page().splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    assert [row for row in rows if row.endswith("|  |") or "None |" in row] == []


def test_every_stream_says_what_it_is(generator: ModuleType) -> None:
    from fondaco.sources.source import source_types

    silent = [
        f"{name}.{stream.name}"
        for name, kind in source_types().items()
        for stream in kind.streams
        if not stream.description
    ]
    assert silent == []
