"""Marts written by hand and published, where a test needs figures but no build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.metrics.conftest import columns

from fondaco.jobs.analysing import create_tables
from fondaco.jobs.tables import TABLES
from fondaco.orchestration import Project
from fondaco.warehouse.dbt import project_folder


def publish(project: Project, **rows: list[Mapping[str, Any]]) -> None:
    """Publish all marts with the given rows; amounts and counts that are not given are 0, everything else null.

    In the tables of the analyses all that is not given is null.
    """
    marts = [path.stem for path in (project_folder() / "models" / "marts").glob("[!_]*.yml")]
    with project.warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        for mart in marts:
            types = columns(mart)
            declared = ", ".join(f"{name} {kind}" for name, kind in types.items())
            writer.execute(f"drop table if exists marts.{mart}")
            writer.execute(f"create table marts.{mart} ({declared})")
            for row in rows.get(mart, ()):
                blank = {
                    name: 0 if kind.startswith(("decimal", "bigint")) else None
                    for name, kind in types.items()
                }
                whole = blank | {"tenant_id": project.tenant} | row
                names = ", ".join(whole)
                writer.execute(
                    f"insert into marts.{mart} ({names}) values ({', '.join(f'${name}' for name in whole)})",
                    whole,
                )
        create_tables(project.warehouse)
        for spec in TABLES:
            given = [{"tenant_id": project.tenant} | row for row in rows.get(spec.name, ())]
            writer.execute(f"delete from {spec.qualified}")
            for row in given:
                names = ", ".join(row)
                writer.execute(
                    f"insert into {spec.qualified} ({names}) values ({', '.join(f'${name}' for name in row)})",
                    row,
                )
        project.warehouse.publish()
