"""From a GraphQL selection to the SQL that answers it: one statement for each connection, JSON out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    is_abstract_type,
    is_object_type,
)

from fondaco.simulator.shopify.kinds import AtMostOne, Connection, Fields, Many, Object, literal


class NotServedError(Exception):
    """The schema has a field that this place of the tree has no data for."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A nested connection that a selection asks for."""

    field: str
    kind: str
    nodes: SelectionSetNode
    in_list: bool


@dataclass(slots=True)
class Compiler:
    """Compiles selections of one document.

    ``whole`` adds to each object its concrete type and its id, which GraphQL execution needs; a bulk file holds
    exactly what was asked for, under the names that were asked for.
    """

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    whole: bool = True

    def fields_of(self, selections: SelectionSetNode, type_name: str) -> Iterator[FieldNode]:
        """The fields that a selection takes from objects of a concrete type, fragments opened."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._fits(type_name, node.type_condition.name.value):
                    yield from self.fields_of(node.selection_set, type_name)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                if self._fits(type_name, fragment.type_condition.name.value):
                    yield from self.fields_of(fragment.selection_set, type_name)

    def object_sql(self, selections: SelectionSetNode, thing: Object) -> str:
        """JSON of an object; where its type is decided row by row, each type has its own branch."""
        built = {name: self._one_sql(selections, name, fields) for name, fields in thing.types.items()}
        if thing.type_sql is None:
            (sql,) = built.values()
        else:
            branches = " ".join(f"when {literal(name)} then {sql}" for name, sql in built.items())
            sql = f"case {thing.type_sql} {branches} end"
        return f"case when {thing.present} then {sql} end" if thing.present else sql

    def nested(
        self, selections: SelectionSetNode, thing: Object, *, in_list: bool = False
    ) -> Iterator[Nested]:
        """Connections below an object, those in its inner objects and lists included, but not below other nodes."""
        found: dict[str, Nested] = {}
        for name, fields in thing.types.items():
            for node in self.fields_of(selections, name):
                held = fields.get(node.name.value)
                if node.selection_set is None:
                    continue
                if isinstance(held, Connection):
                    nodes = self.node_selection(node.selection_set)
                    if nodes is not None:
                        found.setdefault(node.name.value, Nested(node.name.value, held.kind, nodes, in_list))
                elif isinstance(held, Many | AtMostOne):
                    for inner in self.nested(node.selection_set, held.element, in_list=True):
                        found.setdefault(inner.field, inner)
                elif isinstance(held, Object):
                    for inner in self.nested(node.selection_set, held, in_list=in_list):
                        found.setdefault(inner.field, inner)
        yield from found.values()

    def node_selection(self, connection: SelectionSetNode) -> SelectionSetNode | None:
        """What a connection's selection asks of its nodes, by ``nodes``, ``edges { node }`` or both."""
        selections: list[FieldNode | InlineFragmentNode | FragmentSpreadNode] = []
        asked = False
        for node in self.fields_of(connection, ""):
            if node.name.value == "nodes" and node.selection_set:
                asked = True
                selections += node.selection_set.selections  # type: ignore[arg-type]
            elif node.name.value == "edges" and node.selection_set:
                for edge in self.fields_of(node.selection_set, ""):
                    if edge.name.value == "node" and edge.selection_set:
                        asked = True
                        selections += edge.selection_set.selections  # type: ignore[arg-type]
        return SelectionSetNode(selections=tuple(selections)) if asked else None

    def _one_sql(self, selections: SelectionSetNode, type_name: str, fields: Fields) -> str:
        pairs: dict[str, str] = {}
        if self.whole:
            pairs["__typename"] = literal(type_name)
            if isinstance(fields.get("id"), str):
                pairs["__id"] = str(fields["id"])
        for node in self.fields_of(selections, type_name):
            name = node.name.value
            key = name if self.whole or node.alias is None else node.alias.value
            if name == "__typename":
                pairs[key] = literal(type_name)
                continue
            held = fields.get(name)
            if held is None:
                raise NotServedError(f"{type_name}.{name} is not served here")
            if isinstance(held, str):
                pairs[key] = held
            elif isinstance(held, Object) and node.selection_set:
                pairs[key] = self.object_sql(node.selection_set, held)
            elif isinstance(held, AtMostOne) and node.selection_set:
                element = self.object_sql(node.selection_set, held.element)
                pairs[key] = f"case when {held.when} then json_array({element}) else '[]'::json end"
            elif isinstance(held, Many) and node.selection_set:
                element = self.object_sql(node.selection_set, held.element)
                pairs[key] = (
                    f"coalesce(to_json((select list({element} order by {held.order}) {held.source})), '[]'::json)"
                )
        return f"json_object({', '.join(f'{literal(key)}, {sql}' for key, sql in pairs.items())})"

    def _fits(self, type_name: str, condition: str) -> bool:
        if type_name in ("", condition):
            return True
        wanted, actual = self.schema.get_type(condition), self.schema.get_type(type_name)
        return is_abstract_type(wanted) and is_object_type(actual) and self.schema.is_sub_type(wanted, actual)
