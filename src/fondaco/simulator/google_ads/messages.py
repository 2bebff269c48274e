"""Rows and refusals as the official client's own protobuf messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from fondaco.simulator.google_ads.book import Row
from fondaco.simulator.google_ads.refusals import RefusalError
from fondaco.simulator.google_ads.rules import leaf_of, row_type


@lru_cache(maxsize=32)
def message_type(version: str, name: str) -> Any:
    """The protobuf class of a message of GoogleAdsService."""
    types = import_module(f"google.ads.googleads.{version}.services.types.google_ads_service")
    kind = getattr(types, name)
    return type(kind.pb(kind()))


def filled(rows: Iterable[Row], version: str) -> list[Any]:
    """GoogleAdsRow messages. What is None stays unset, as the API leaves it out."""
    return [_filled(row, version) for row in rows]


def field_mask(fields: Sequence[str], answer: Any) -> None:
    """Write the fields of the query into an answer, as the API does."""
    answer.field_mask.paths.extend(fields)


def _filled(row: Row, version: str) -> Any:
    message = row_type(version)()
    for field, value in row.items():
        if value is None:
            continue
        leaf = leaf_of(field, version)
        parent = message
        for step in field.split(".")[:-1]:
            parent = getattr(parent, step)
        if isinstance(value, list | tuple):
            getattr(parent, leaf.name).extend(value)
        elif leaf.enum_type is not None:
            setattr(parent, leaf.name, leaf.enum_type.values_by_name[value].number)
        else:
            setattr(parent, leaf.name, float(value) if leaf.cpp_type == leaf.CPPTYPE_DOUBLE else value)
    return message


def failure(refusal: RefusalError, version: str, request_id: str) -> bytes:
    """A GoogleAdsFailure, as it travels in the metadata of a refused call."""
    kinds = import_module(f"google.ads.googleads.{version}.errors.types.errors")
    message = kinds.GoogleAdsFailure.pb(kinds.GoogleAdsFailure())
    message.request_id = request_id
    error = message.errors.add()
    error.message = refusal.message
    enum = error.error_code.DESCRIPTOR.fields_by_name[refusal.kind].enum_type
    setattr(error.error_code, refusal.kind, enum.values_by_name[refusal.code].number)
    if refusal.seconds is not None:
        whole = int(refusal.seconds)
        details = error.details.quota_error_details
        details.retry_delay.seconds = whole
        details.retry_delay.nanos = round((refusal.seconds - whole) * 1e9)
        details.rate_name = "Requests per day"
    return bytes(message.SerializeToString())
