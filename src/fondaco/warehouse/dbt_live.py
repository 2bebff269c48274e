"""Build what follows from a few changed records, again and again in one process.

dbt reads its project once. Only models that descend from what changed are built; views that stand already, what is tagged
``each_run`` and all tests are left out: the next whole build has them. DuckDB runs what dbt compiled without it, over the changed
orders alone (``duckdb_live``); PostgreSQL, and whatever that cannot build, is left to dbt.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb

from fondaco.clock import utc_now
from fondaco.warehouse import duckdb_live
from fondaco.warehouse.dbt import BuildResult, invoke, judged, project_folder
from fondaco.warehouse.definition import built_definition, definition_of
from fondaco.warehouse.engine import Warehouse
from fondaco.warehouse.live_changes import Changes
from fondaco.warehouse.live_models import Models, compile_models

_NOT_LIVE = ("path:models/staging", "path:models/conformed", "tag:each_run")
"""Views that stand already, and what only a run makes anew: who a contact is can wait, and lists have millions."""

_log = logging.getLogger(__name__)


class LiveBuilder:
    """Builds parts of one warehouse. Not safe for threads."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._definition = definition_of(project_folder(), {})
        self._manifest: Any = None
        self._models: Models | None = None

    @property
    def can_build(self) -> bool:
        """Whether the warehouse was built by the models of this version of Fondaco, so that a part of them is enough."""
        return built_definition(self._warehouse) == self._definition

    def read(self) -> None:
        """Read dbt's project, which takes seconds, before it is needed."""
        if self._manifest is None:
            self._manifest = invoke(self._warehouse, ["parse"], definition=self._definition)

    def build_changes(self, changes: Changes, *, now: datetime | None = None) -> bool:
        """Build what follows from these changes in one transaction; False, and nothing is changed, where ``build`` has to do it."""
        if self._warehouse.dialect != "duckdb":
            return False
        self.read()
        if self._models is None:
            self._models = compile_models(self._warehouse, self._manifest, self._definition)
        if not duckdb_live.can_build(self._models, changes):
            return False
        try:
            with self._warehouse.writer() as writer:
                duckdb_live.build(writer.bench, self._models, changes, now or utc_now())
        except duckdb.Error as error:
            _log.warning(
                "changes could not be built by themselves; dbt builds them",
                extra={"reason": str(error).splitlines()[0]},
            )
            return False
        return True

    def build(self, raw_tables: Sequence[str], *, now: datetime | None = None) -> BuildResult:
        """Build all models that descend from these raw tables, such as ``shopify__orders``.

        Raises
        ------
        BuildError
            If a model failed.
        """
        self.read()
        started = time.monotonic()
        staged = [f"stg_{table}+" for table in sorted(set(raw_tables))]
        outcome = invoke(
            self._warehouse,
            ["run", "--select", *staged, "--exclude", *_NOT_LIVE],
            now=now,
            definition=self._definition,
            manifest=self._manifest,
        )
        return judged(outcome, time.monotonic() - started)
