"""Pages whose links lead somewhere, and that name nothing private."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_the_index() -> None:
    """By links, over any number of pages."""
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            found = (page.parent / target).resolve()
            waiting += (
                [found] if found.suffix == ".md" else list(found.glob("*.md")) if found.is_dir() else []
            )
    docs = {page for page in pages() if (ROOT / "docs") in page.parents}
    assert {str(page.relative_to(ROOT)) for page in docs - seen} == set()


def test_decisions_are_numbered_once_and_titled_by_their_number() -> None:
    numbers: list[str] = []
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        number = page.name[:4]
        assert number.isdigit(), page.name
        numbers.append(number)
        assert re.match(rf"# 0*{int(number)}[.:] \S", page.read_text(encoding="utf-8")), page.name
    assert len(numbers) == len(set(numbers))


def test_no_committed_file_names_a_registry_or_this_machine() -> None:
    hosts = r"registry\.npmjs\.org|files\.pythonhosted\.org|pypi\.org/simple|--(extra-)?index-url"
    found = subprocess.run(
        ["git", "grep", "-nIE", hosts, "--", ".", ":!.ci/run", ":!tests/docs/test_pages.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_the_licence_is_the_plain_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert text.rstrip().endswith("limitations under the License.")
    assert "END OF TERMS AND CONDITIONS" in text
