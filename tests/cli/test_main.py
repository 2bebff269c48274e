from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from fondaco.cli.main import app

FONDACO = [sys.executable, "-c", "from fondaco.cli.main import main; main()"]


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if hasattr(command, "commands"):
        return [found for name, inner in command.commands.items() for found in commands(inner, (*path, name))]
    return [(path, command)]


ALL = commands(get_command(app))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_every_command_has_an_example_and_speaks_json(path: tuple[str, ...], command: Any) -> None:
    options = {name for parameter in command.params for name in parameter.opts}

    assert f"Example: fondaco {' '.join(path)}" in (command.help or "")
    assert "--json" in options


def test_the_public_names_are_there() -> None:
    names = {" ".join(path) for path, _ in ALL}

    assert names >= {
        "demo", "init", "import", "connect", "run", "serve", "up", "doctor", "runs", "docs",
        "metrics list", "metrics query", "reconcile", "sql",
    }  # fmt: skip


def test_help_is_there_at_once() -> None:
    """Half a second of processor time, the best of three: the clock on the wall also counts the machine's other work."""
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*FONDACO, "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert min(took) < 0.5


def test_help_loads_nothing_heavy() -> None:
    heavy = [
        "duckdb",
        "pyarrow",
        "sqlalchemy",
        "dbt",
        "dlt",
        "fastapi",
        "numpy",
        "pydantic_settings",
        "cryptography",
        "httpx",
    ]
    code = (
        "import sys\nfrom fondaco.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )

    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert found.stderr.strip() == "[]"


def test_a_wrong_command_line_ends_with_2(fondaco: Any) -> None:
    assert fondaco("no-such-command").code == 2
    assert fondaco("runs", "--limit", "none").code == 2
    assert fondaco("run", "--step", "dance").code == 2
    assert fondaco("users", "add", "ana@example.com", "--role", "king").code == 2


def test_an_error_is_two_lines_on_standard_error_and_ends_with_1(fondaco: Any, tmp_path: Path) -> None:
    answer = fondaco("-C", tmp_path, "run")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        f"There is no fondaco.toml in {tmp_path}.",
        "Make a project with `fondaco init shop` and go into its folder.",
    ]


@pytest.mark.slow
def test_an_unknown_error_is_two_lines_too_and_its_trace_is_kept(fondaco: Any, shop: Path) -> None:
    (shop / ".fondaco" / "spool").rmdir()
    (shop / ".fondaco" / "spool").write_text("a file where a folder belongs")

    answer = fondaco("-C", shop, "run")

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert "does not know (FileExistsError)" in answer.err
    assert "FileExistsError" in (shop / ".fondaco" / "logs" / "errors.log").read_text()


def test_the_version_is_told(fondaco: Any) -> None:
    assert fondaco("--version").out.startswith("fondaco 0.")
