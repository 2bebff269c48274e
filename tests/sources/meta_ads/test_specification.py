"""Every name that Meta is asked for stands in the API's own specification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from fondaco.sources.meta_ads import fields
from fondaco.sources.meta_ads.settings import AttributionWindow


@pytest.fixture
def spec(shared_folder: Path) -> Any:
    def read(name: str) -> Any:
        return json.loads((shared_folder / "specs" / "meta" / "api_specs" / f"{name}.json").read_text())

    return read


def parameters_of(node: Any, method: str, edge: str) -> dict[str, str]:
    api = next(one for one in node["apis"] if one["method"] == method and one.get("endpoint") == edge)
    return {one["name"]: one["type"] for one in api["params"]}


def values_of(enums: Any, name: str) -> set[str]:
    return set(next(one["values"] for one in enums if one["name"] == name))


@pytest.mark.parametrize(
    ("node", "asked"),
    [
        ("AdAccount", fields.ACCOUNT_FIELDS),
        ("Campaign", fields.CAMPAIGN_FIELDS),
        ("AdSet", fields.AD_SET_FIELDS),
        ("Ad", fields.AD_FIELDS),
        ("AdsInsights", fields.INSIGHT_FIELDS),
        ("AdReportRun", fields.REPORT_RUN_FIELDS),
        ("AdsActionStats", ("action_type", "value", *get_args(AttributionWindow))),
    ],
)
def test_every_field_is_one_of_its_node(spec: Any, node: str, asked: tuple[str, ...]) -> None:
    assert set(asked) - {one["name"] for one in spec(node)["fields"]} == set()
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_parameter_of_insights_is_known(spec: Any, method: str) -> None:
    known = parameters_of(spec("AdAccount"), method, "insights")
    asked = {
        "level", "fields", "time_range", "time_increment", "action_attribution_windows",
        "use_unified_attribution_setting", "filtering", "limit", "date_preset",
    }  # fmt: skip
    assert asked - set(known) == set()
    assert known["time_increment"] == "string"


@pytest.mark.parametrize("edge", ["campaigns", "adsets", "ads"])
def test_the_lists_take_a_filter_by_status(spec: Any, edge: str) -> None:
    assert "effective_status" in parameters_of(spec("AdAccount"), "GET", edge)


def test_a_list_of_campaigns_has_no_filter_for_changed_ones(spec: Any) -> None:
    assert "updated_since" not in parameters_of(spec("AdAccount"), "GET", "campaigns")


@pytest.mark.parametrize(
    ("enum", "asked"),
    [
        ("Campaign_effective_status", fields.CAMPAIGN_STATUSES),
        ("AdSet_effective_status", fields.AD_SET_STATUSES),
        ("Ad_effective_status", fields.AD_STATUSES),
    ],
)
def test_every_status_there_is_is_asked_for(spec: Any, enum: str, asked: tuple[str, ...]) -> None:
    assert set(asked) == values_of(spec("enum_types"), enum)


def test_the_attribution_windows_are_values_of_the_parameter(spec: Any) -> None:
    known = values_of(spec("enum_types"), "adaccountinsights_action_attribution_windows_enum_param")
    assert set(get_args(AttributionWindow)) - known == set()


def test_the_level_is_one_that_there_is(spec: Any) -> None:
    assert {"ad", "campaign"} <= values_of(spec("enum_types"), "adaccountinsights_level_enum_param")
