"""The mapping: which address, header, page rule and field of ProHandel's Fondaco reads. ``mapping.toml`` is the shipped one.

A merchant's file replaces single lines of it. Whatever is wrong in it is named with its place before anything is asked.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fondaco.errors import ConfigError
from fondaco.sources.prohandel.streams import STREAMS
from fondaco.sources.stream import ColumnType

_COMPUTED = {
    "sales": frozenset({"paid", "counts", "vat_percent"}),
    "orders": frozenset({"status"}),
}
"""Columns that Fondaco works out of fields that are not columns themselves."""

_HELPERS = {"sales": {"sale_price": ColumnType.DECIMAL}}
"""Fields that are read and not kept."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Token(_Part):
    """How a key becomes an access token. ``access``, ``seconds`` and ``server`` are paths in the answer."""

    address: str = Field(pattern=r"^https?://[^/]+")
    key: str = Field(min_length=1)
    secret: str = Field(min_length=1)
    tenant: str
    access: str = Field(min_length=1)
    seconds: str
    server: str = Field(min_length=1)


class Api(_Part):
    base: str = Field(pattern=r"^(/[^?#]*)?$")
    version: str


class Pages(_Part):
    page: str = Field(min_length=1)
    size: str
    more: str
    given: str


class Meaning(_Part):
    """What amounts and words mean, where the names of fields do not say it."""

    sale_price: Literal["line", "piece"]
    discount: Literal["line", "piece"]
    after_discount: bool
    sale_types: tuple[str, ...]
    vat_percent: Decimal = Field(ge=0, lt=100)
    cancelled_states: tuple[str, ...]
    received_states: tuple[str, ...]

    @field_validator("sale_types", "cancelled_states", "received_states", mode="before")
    @classmethod
    def _as_texts(cls, value: object) -> object:
        return tuple(str(each) for each in value) if isinstance(value, list) else value


class FieldOf(_Part):
    """Where a column comes from. ``assumed``: nobody has seen it in an answer yet."""

    source: str = Field(alias="from", pattern=r"^(\^\.)?[^.^]*(\.[^.^]+)*$")
    assumed: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(part for part in self.source.removeprefix("^.").split(".") if part)

    @property
    def is_of_record(self) -> bool:
        """Of the record around a line."""
        return self.source.startswith("^.")


class StreamOf(_Part):
    """One list of the API.

    Attributes
    ----------
    since
        The parameter that asks for records from a day on; empty where there is none.
    lines
        The list in each record whose elements are the rows; empty where the records are.
    ignored
        Fields that are known and not read.
    """

    resource: str = Field(pattern=r"^[A-Za-z0-9_\-/]*$")
    since: str = ""
    lines: str = ""
    fields: dict[str, FieldOf]
    ignored: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        """An empty resource switches the stream off."""
        return bool(self.resource)


class Mapping(_Part):
    """The whole of it."""

    token: Token
    api: Api
    pages: Pages
    meaning: Meaning
    streams: dict[str, StreamOf]

    @model_validator(mode="before")
    @classmethod
    def _known_streams(cls, content: Any) -> Any:
        known = [stream.name for stream in STREAMS]
        for name in content.get("streams", ()) if isinstance(content, dict) else ():
            if name not in known:
                raise ValueError(f"[streams.{name}] is none of Fondaco's streams: {', '.join(known)}")
        return content

    @model_validator(mode="after")
    def _fits_the_streams(self) -> Mapping:
        known = {stream.name: stream.tables[0] for stream in STREAMS}
        for name, chosen in self.streams.items():
            fields = fields_of(name)
            for column, field in chosen.fields.items():
                if column not in fields:
                    raise ValueError(
                        f"[streams.{name}] fields.{column} is no column; there are {', '.join(fields)}"
                    )
                if field.is_of_record and not chosen.lines:
                    raise ValueError(f"[streams.{name}] fields.{column} begins with ^. and lines is empty")
            lacking = [
                column
                for column in known[name].primary_key
                if column not in chosen.fields or not chosen.fields[column].path
            ]
            if chosen.is_read and lacking:
                raise ValueError(
                    f"[streams.{name}] fields.{lacking[0]} tells its records apart and cannot be empty"
                )
        return self

    def stream(self, name: str) -> StreamOf:
        return self.streams[name]


@lru_cache(maxsize=32)
def _types(name: str) -> tuple[tuple[str, ColumnType], ...]:
    [table] = next(stream.tables for stream in STREAMS if stream.name == name)
    own = [(column.name, column.type) for column in table.columns]
    kept = [(column, kind) for column, kind in own if column not in _COMPUTED.get(name, ())]
    return (*kept, *_HELPERS.get(name, {}).items())


def fields_of(name: str) -> dict[str, ColumnType]:
    """The fields of a stream that the mapping may fill, with their types."""
    return dict(_types(name))


def shipped() -> dict[str, Any]:
    """The shipped mapping as it stands in its file."""
    return tomllib.loads(
        files("fondaco.sources.prohandel").joinpath("mapping.toml").read_text(encoding="utf-8")
    )


def read_mapping(own: Path | None) -> Mapping:
    """The shipped mapping, with the lines of the merchant's own file in the place of its.

    Raises
    ------
    ConfigError
        If the file is not there, is no TOML, or says what cannot be.
    """
    content = shipped()
    if own is not None:
        content = _merged(content, _read(own))
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigError(
            f"The mapping {own.name if own else 'of ProHandel'} does not hold: {f'{place}: ' if place else ''}{said}.",
            "Correct the line; the shipped mapping, with all lines that there are, stands in docs/connectors/prohandel.md.",
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"The mapping {path} cannot be read ({type(error).__name__}).",
            "Put the file there, or connect again with `--set mapping=…`.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The mapping {path.name} is no TOML: {error}.", "Correct the line that it names."
        ) from error


def _merged(content: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged line by line; a field is replaced whole."""
    merged = dict(content)
    for name, value in own.items():
        before = merged.get(name)
        is_field = isinstance(value, dict) and "from" in value
        if isinstance(before, dict) and isinstance(value, dict) and not is_field:
            merged[name] = _merged(before, value)
        else:
            merged[name] = value
    return merged
