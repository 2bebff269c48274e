"""What the API that is called at random knows: names, ids and days, so that calls come further than to "there is no such thing".

Half of the values of a parameter are of these; the others are whatever its description allows, and what it does not. A word of a list,
such as that of metrics, has no place of its own: half of all texts are names of metrics or conditions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

SHARE = 0.5
"""Of the values of a parameter, how many are known ones."""

DAYS = ("2025-12-31", "2026-01-01", "2026-02-28", "2026-10-01", "2026-11-01", "2026-12-31")
SHARES = ("-0.1", "0", "0.1", "0.25", "-1", "1")


def write_words(url: str, secret: str, file: Path) -> Path:
    """A configuration of schemathesis with what the API at ``url`` tells of itself, written to ``file``."""
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {secret}"}) as api:
        words = _of_parameters(api)
    told = [
        f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in words.items() if values
    ]
    bound = [
        f'"{place}" = {{ dictionary = "{name}", probability = {SHARE} }}'
        for place, name in _PLACES.items()
        if words[name]
    ]
    anywhere = f'[generation.dictionaries]\nstring = {{ dictionary = "anything", probability = {SHARE} }}\n'
    file.write_text("\n".join([*told, anywhere, "[parameters]", *bound, ""]), encoding="utf-8")
    return file


_PLACES = {
    "query.by": "dimensions", "query.order_by": "columns",
    "query.from": "days", "query.to": "days", "query.dimension": "cohorts", "query.value": "values",
    "query.measure": "measures", "query.segment": "segment_names", "query.shop": "shops", "query.connection": "shops",
    "query.platform": "platforms", "query.columns": "attributes", "path.name": "names", "path.person_id": "people",
    "path.segment_id": "segments", "path.version": "versions", "path.run_id": "runs", "path.payout_id": "payouts",
    "path.entry_id": "entries", "query.price": "shares", "query.goods": "shares", "query.marketing": "shares",
    "query.fees": "shares", "query.delivery": "shares", "query.returned": "shares", "query.fixed": "shares",
    "query.response": "shares", "query.elasticity": "elasticities", "body.person_id": "people", "body.amount": "amounts",
    "body.rate": "rates", "body.currency": "currencies", "body.shop": "shops", "body.version": "versions",
}  # fmt: skip


def _of_parameters(api: httpx.Client) -> dict[str, list[Any]]:
    def ask(path: str) -> Any:
        return api.get(path, timeout=60).raise_for_status().json()

    metrics = ask("/metrics")
    names = [each["name"] for each in metrics]
    dimensions = sorted({dimension for each in metrics for dimension in each["dimensions"]})
    shops = [each["connection_id"] for each in ask("/connections")]
    campaigns = ask("/campaigns")["rows"]
    for number in range(20):
        definition = {"root": {"kind": "group", "rules": [_AT_LEAST_ONE_ORDER]}}
        api.post("/segments", json={"name": f"Fuzz {number}", "definition": definition}).raise_for_status()
    return {
        "anything": [
            *names,
            *(f"connection_id={shop}" for shop in shops),
            "country=DE",
            "country=",
            "channel=web",
        ],
        "dimensions": ["", *dimensions, *(f"{one},{dimensions[0]}" for one in dimensions[1:])],
        "columns": [*names, *(f"-{name}" for name in names), *dimensions],
        "days": [*DAYS],
        "cohorts": ["all", "channel", "country", "shop", "first_product"],
        "values": ["web", "DE", *shops],
        "measures": ["retention", "orders", "net_sales", "cumulative"],
        "segment_names": ["Champions", "At Risk", "Hibernating"],
        "shops": shops,
        "platforms": sorted({each["platform"] for each in campaigns}),
        "attributes": [each["name"] for each in ask("/segments/attributes")],
        "names": [*names, *(each["name"] for each in ask("/profit/suggestions")["suggestions"])],
        "people": [each["person_id"] for each in ask("/customers?limit=50")["rows"]],
        "segments": [each["segment_id"] for each in ask("/segments")],
        "versions": [1, 2],
        "runs": [each["run_id"] for each in ask("/runs")],
        "payouts": [each["payout_id"] for each in ask("/payouts")["payouts"]],
        "entries": [each["entry_id"] for each in ask("/costs")["entries"]],
        "shares": [*SHARES],
        "elasticities": ["-2", "-0.5", "0"],
        "amounts": ["4.50", "0", "999999999999", "0.000001"],
        "rates": ["40 %", "0.4", "1"],
        "currencies": ["EUR", "GBP", "USD"],
    }


_AT_LEAST_ONE_ORDER = {"kind": "attribute", "attribute": "orders", "operator": "at_least", "values": [1]}
