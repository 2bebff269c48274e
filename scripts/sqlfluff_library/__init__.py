"""What dbt knows and SQLFluff's Jinja templater does not: the variables of dbt_project.yml, and the project's state."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

_PROJECT = Path(__file__).resolve().parents[2] / "src" / "fondaco" / "dbt" / "dbt_project.yml"
_VARS = yaml.safe_load(_PROJECT.read_text(encoding="utf-8"))["vars"]

target = SimpleNamespace(type="duckdb", schema="main", name="fondaco", database="warehouse")
run_started_at = datetime(2026, 1, 1, tzinfo=UTC)
graph: dict[str, Any] = {"nodes": {}, "macros": {}}
execute = False
project_name = "fondaco"
adapter = SimpleNamespace(dispatch=lambda name: lambda *given: "'2026-01-01'")
api = SimpleNamespace(Relation=SimpleNamespace(create=SimpleNamespace))


def var(name: str, default: Any = None) -> Any:
    """A variable as dbt gives it."""
    return _VARS.get(name, default)


def load_cached_relation(relation: SimpleNamespace) -> str:
    """As if everything had been built before."""
    return f"{relation.schema}.{relation.identifier}"


def local_md5(text: str) -> str:
    return "0" * 32


def env_var(name: str, default: str = "") -> str:
    """The linter's environment says nothing."""
    return default
