"""By which models a warehouse was built: a fingerprint of a dbt project, and the one that the last whole build left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from fondaco.warehouse.engine import Warehouse, has_table

_PARTS = ("dbt_project.yml", "macros", "models", "tests")


def definition_of(project: Path, vars: Mapping[str, Any]) -> str:
    """A fingerprint of all that decides what a dbt project builds: its files, by name and content, and its variables."""
    found = sha256(json.dumps(dict(vars), sort_keys=True, default=str).encode())
    files = [
        path for part in _PARTS for path in (project / part, *(project / part).rglob("*")) if path.is_file()
    ]
    for path in sorted(files):
        for part in (path.relative_to(project).as_posix().encode(), path.read_bytes()):
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
    return found.hexdigest()


def built_definition(warehouse: Warehouse) -> str | None:
    """The fingerprint that the last whole build was made by; None where none has ended yet."""
    with warehouse.writer() as writer:
        if not has_table(writer, "core", "build_state"):
            return None
        found: list[str] = (
            writer.fetch("select definition from core.build_state").column("definition").to_pylist()
        )
    return found[0] if len(found) == 1 else None
