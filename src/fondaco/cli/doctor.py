"""``fondaco doctor``: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError


def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the shops.")] = False,
    settings: Annotated[bool, typer.Option("--settings", help="List all settings and end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check settings, key, databases, disk, connections, schedule and the last run.

    Example: fondaco doctor
    """
    from fondaco.orchestration.diagnosis import diagnose, settings_table

    if settings:
        rows = settings_table()
        if as_json:
            print_json(rows)
        else:
            print_table(["setting", "default", "meaning"], [list(row.values()) for row in rows])
        return
    with ctx.obj.project() as project:
        findings = []
        for finding in diagnose(project, ask_shops=not offline):
            findings.append(finding)
            if not as_json:
                typer.echo(f"{_SIGNS[finding.state]} {finding.subject}: {finding.what}")
                if finding.remedy:
                    typer.echo(f"    {finding.remedy}")
    if as_json:
        print_json(
            [{"subject": f.subject, "state": f.state, "what": f.what, "remedy": f.remedy} for f in findings]
        )
    failed = [finding for finding in findings if finding.state == "fail"]
    if failed:
        raise ConfigError(
            f"{len(failed)} of {len(findings)} checks failed: {', '.join(f.subject for f in failed)}.",
            "Do what stands under each of them, then run `fondaco doctor` again.",
        )


_SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}
