"""The endpoint's schema is a part of the official one: nothing in it is made up."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    validate_schema,
)

from fondaco.simulator.shopify.app import load_schema

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shopify_schema")]


@pytest.fixture(scope="module")
def official(shared_folder: Path) -> GraphQLSchema:
    path = shared_folder / "specs" / "shopify" / "admin_2026-10.json.gz"
    return build_client_schema(json.loads(gzip.decompress(path.read_bytes()))["data"], assume_valid=True)


def _own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [kind for name, kind in schema.type_map.items() if not name.startswith("__")]


def _differences(own: GraphQLNamedType, theirs: GraphQLNamedType | None) -> list[str]:
    if theirs is None or type(own) is not type(theirs):
        return [f"{own.name}: not there, or of another kind"]
    if isinstance(own, GraphQLEnumType):
        assert isinstance(theirs, GraphQLEnumType)
        return [f"{own.name}.{value}" for value in own.values if value not in theirs.values]
    if isinstance(own, GraphQLUnionType):
        assert isinstance(theirs, GraphQLUnionType)
        known = {member.name for member in theirs.types}
        return [f"{own.name} = {member.name}" for member in own.types if member.name not in known]
    found = []
    if isinstance(own, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
        known = {interface.name for interface in theirs.interfaces}
        found += [f"{own.name} implements {i.name}" for i in own.interfaces if i.name not in known]
        for name, field in own.fields.items():
            other = theirs.fields.get(name)
            if other is None or str(other.type) != str(field.type):
                found.append(f"{own.name}.{name}: {field.type}")
                continue
            for argument, value in field.args.items():
                real = other.args.get(argument)
                if real is None or str(real.type) != str(value.type):
                    found.append(f"{own.name}.{name}({argument}: {value.type})")
                elif repr(real.default_value) != repr(value.default_value):
                    found.append(f"{own.name}.{name}({argument} = {value.default_value!r})")
    return found


def test_every_type_field_argument_and_value_is_in_the_official_schema(official: GraphQLSchema) -> None:
    own = load_schema()
    assert validate_schema(own) == []
    differences = [d for kind in _own_types(own) for d in _differences(kind, official.get_type(kind.name))]
    assert differences == []


def test_required_arguments_of_the_official_schema_are_not_left_out(official: GraphQLSchema) -> None:
    missing = []
    for kind in _own_types(load_schema()):
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            real = official.get_type(kind.name)
            assert isinstance(real, GraphQLObjectType | GraphQLInterfaceType)
            for name in kind.fields:
                for argument, value in real.fields[name].args.items():
                    required = str(value.type).endswith("!") and "Undefined" in repr(value.default_value)
                    if required and argument not in kind.fields[name].args:
                        missing.append(f"{kind.name}.{name}({argument})")
    assert missing == []
