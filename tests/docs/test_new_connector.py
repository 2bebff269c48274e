"""The page that builds a connector builds one that passes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r'^```python title="([\w.]+)"\n(.*?)^```', re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's two modules and the suite beside them."""
    folder = tmp_path_factory.mktemp("kiosk")
    page = (ROOT / "docs" / "new-connector.md").read_text(encoding="utf-8")
    for name, code in BLOCK.findall(page):
        (folder / name).write_text(code, encoding="utf-8")
    shutil.copy(ROOT / "tests" / "connectors" / "suite.py", folder)
    return folder


def test_the_page_has_one_module_and_one_test_module(written: Path) -> None:
    assert {path.name for path in written.glob("*.py")} == {"kiosk.py", "test_kiosk.py", "suite.py"}


def test_the_connector_is_short(written: Path) -> None:
    """About sixty lines of code beside the declaration of its tables."""
    code = (written / "kiosk.py").read_text(encoding="utf-8")
    body = code[code.index("class KioskSettings") :]
    assert sum(1 for line in body.splitlines() if line.strip()) <= 60


@pytest.mark.slow
def test_the_connector_passes_the_suite_of_all_connectors(written: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_kiosk.py"],
        cwd=written,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) >= 12
