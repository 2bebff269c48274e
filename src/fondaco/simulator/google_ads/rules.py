"""Which fields a query may name together: by the official protos, and by what Google documents of its resources.

The names and types of fields come from ``GoogleAdsRow`` of the API's version. Which of them go together stands in no
proto; here is what the field reference and the facts tell of the resources that Fondaco asks for. Everything else is refused.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any

from fondaco.simulator.google_ads.gaql import Condition, Query
from fondaco.simulator.google_ads.refusals import bad_query

_CAMPAIGN = ("campaign", "campaign_budget", "bidding_strategy", "customer")
_AD_GROUP = ("ad_group", "campaign", "bidding_strategy", "customer")
ATTRIBUTED = {
    "customer": ("customer",),
    "customer_client": ("customer_client", "customer"),
    "campaign": _CAMPAIGN,
    "ad_group": _AD_GROUP,
    "ad_group_ad": ("ad_group_ad", "ad_group", "campaign", "customer"),
    "ad_group_criterion": ("ad_group_criterion", *_AD_GROUP),
    "keyword_view": ("keyword_view", "ad_group_criterion", *_AD_GROUP),
}
"""What may be selected beside each resource without splitting its rows."""

_FIGURES = frozenset({
    "impressions", "clicks", "cost_micros", "conversions", "conversions_value", "all_conversions", "all_conversions_value",
    "view_through_conversions",
})  # fmt: skip
_BY_CONVERSION_DATE = frozenset({
    "conversions_by_conversion_date", "conversions_value_by_conversion_date", "all_conversions_by_conversion_date",
    "all_conversions_value_by_conversion_date",
})  # fmt: skip
METRICS = {
    "customer": _FIGURES | _BY_CONVERSION_DATE,
    "campaign": _FIGURES | _BY_CONVERSION_DATE,
    "ad_group": _FIGURES | _BY_CONVERSION_DATE,
    "ad_group_ad": _FIGURES | _BY_CONVERSION_DATE,
    "keyword_view": _FIGURES,
}
_NOT_BY_ACTION = frozenset({"impressions", "clicks", "cost_micros"})
_DATES = frozenset({"date"})
_ACTIONS = frozenset({"conversion_action", "conversion_action_name", "conversion_action_category"})


@lru_cache(maxsize=8)
def row_type(version: str) -> Any:
    """The protobuf class GoogleAdsRow of an API version."""
    types = import_module(f"google.ads.googleads.{version}.services.types.google_ads_service")
    return type(types.GoogleAdsRow.pb(types.GoogleAdsRow()))


def check(query: Query, version: str) -> None:
    """Refuse a query that names what is not there or does not go together."""
    if query.resource not in ATTRIBUTED:
        known = query.resource in row_type(version).DESCRIPTOR.fields_by_name
        code = "PROHIBITED_RESOURCE_TYPE_IN_FROM_CLAUSE" if known else "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"
        raise bad_query(code, f"{query.resource} cannot be asked for here")
    for field in query.named:
        _check_field(field, query.resource, version)
    _check_dates(query)
    _check_actions(query)
    for field, _ in query.order:
        if field not in query.fields:
            raise bad_query(
                "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"{field} is sorted by and not selected"
            )
    for one in query.conditions:
        _check_condition(one, query, version)


def leaf_of(field: str, version: str) -> Any:
    """The proto field that ``field`` names."""
    descriptor = row_type(version).DESCRIPTOR
    *above, name = field.split(".")
    for step in above:
        found = descriptor.fields_by_name.get(step)
        if found is None or found.message_type is None:
            raise bad_query("UNRECOGNIZED_FIELD", f"{field} is no field")
        descriptor = found.message_type
    # The client's messages write the fields that are words of Python, such as type, with a line at the end.
    leaf = descriptor.fields_by_name.get(f"{name}_") or descriptor.fields_by_name.get(name)
    if leaf is None or name.endswith("_"):
        raise bad_query("UNRECOGNIZED_FIELD", f"{field} is no field")
    if leaf.message_type is not None:
        raise bad_query("PROHIBITED_FIELD_IN_SELECT_CLAUSE", f"{field} is a message, select its fields")
    return leaf


def _check_field(field: str, resource: str, version: str) -> None:
    leaf_of(field, version)
    owner, name = field.split(".")[:2]
    if owner == "metrics":
        if name not in METRICS.get(resource, ()):
            raise bad_query("PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", f"{resource} has no {field}")
    elif owner == "segments":
        if resource not in METRICS or name not in _DATES | _ACTIONS:
            raise bad_query("PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE", f"{resource} has no {field}")
    elif owner not in ATTRIBUTED[resource]:
        raise bad_query("PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", f"{field} does not go with {resource}")


def _check_dates(query: Query) -> None:
    """A date in SELECT asks for a bounded span of dates in WHERE."""
    if not any(_is_date(field) for field in query.fields):
        return
    spans = [one for one in query.conditions if _is_date(one.field)]
    bounded = any(one.operator in ("=", "BETWEEN", "DURING", "IN") for one in spans) or (
        any(one.operator in (">", ">=") for one in spans)
        and any(one.operator in ("<", "<=") for one in spans)
    )
    if not bounded:
        raise bad_query(
            "EXPECTED_FILTERS_ON_DATE_RANGE", "a date is selected, and no span of dates is asked for"
        )


def _check_actions(query: Query) -> None:
    """By conversion action there are conversions alone: neither cost nor clicks."""
    if not any(field.startswith("segments.") and field.split(".")[1] in _ACTIONS for field in query.named):
        return
    for field in query.named:
        if field.startswith("metrics.") and field.split(".")[1] in _NOT_BY_ACTION:
            raise bad_query(
                "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE", f"no {field} by conversion action"
            )


def _check_condition(one: Condition, query: Query, version: str) -> None:
    is_segment = one.field.startswith("segments.")
    if is_segment and not _is_date(one.field) and one.field not in query.fields:
        raise bad_query(
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"{one.field} is asked for and not selected"
        )
    leaf = leaf_of(one.field, version)
    if one.operator == "DURING":
        if one.field != "segments.date":
            raise bad_query("OPERATOR_FIELD_MISMATCH", f"DURING does not go with {one.field}")
        return
    for value in one.values:
        if leaf.enum_type is not None and value not in leaf.enum_type.values_by_name:
            raise bad_query("BAD_ENUM_CONSTANT", f"{one.field} is never {value!r}")
        if one.field == "segments.date":
            _check_day(value)
        if leaf.cpp_type == leaf.CPPTYPE_BOOL and not isinstance(value, bool):
            raise bad_query("BAD_VALUE", f"{one.field} is TRUE or FALSE")
        if leaf.cpp_type in (leaf.CPPTYPE_INT64, leaf.CPPTYPE_DOUBLE) and isinstance(value, str):
            raise bad_query("BAD_NUMBER", f"{one.field} is a number")


def _check_day(value: object) -> None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        raise bad_query("INVALID_DATE_FORMAT", f"{value!r} is no day") from None


def _is_date(field: str) -> bool:
    return field.startswith("segments.") and field.split(".")[1] in _DATES
