"""What stock data says that cannot be: a section of Runs & data health, and its file."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from fondaco.metrics.stock_findings import COLUMNS, KINDS, count_findings, list_findings
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


def stock_findings(site: Site, numbers: Numbers) -> list[dict[str, Any]]:
    """Each kind that was found: in words, how often, one case, and what to do."""
    if site.published is None:
        return []
    found = site.remembered(("stock_findings",), lambda: count_findings(site.project.reader, site.tenant_id))
    return [
        {
            "label": KINDS[each.kind].label,
            "remedy": KINDS[each.kind].remedy,
            "count": numbers.count(each.count),
            "subject": each.example["subject"],
            "sku": each.example["sku"],
            "day": numbers.day(each.example["found_date"]) if each.example["found_date"] else "",
            "told": _short(each.example["told"]),
            "against": _short(each.example["against"]),
        }
        for each in found
    ]


def _short(told: str | None) -> str:
    """An amount without the noughts at its end; anything else as it is."""
    text = told or ""
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


@router.get("/runs/stock-findings.csv", dependencies=[Depends(exporting_user)])
def stock_findings_file(site: TheSite) -> Response:
    """All of them."""
    rows = list_findings(site.project.reader, site.tenant_id) if site.published is not None else ()
    return csv_file("stock_findings.csv", COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
