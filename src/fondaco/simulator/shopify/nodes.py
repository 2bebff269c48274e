"""Reading nodes out of the world: pages of root connections, nodes by id, and the nested connections below them."""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import SelectionSetNode

from fondaco.simulator.faults import Faults
from fondaco.simulator.shopify.compile import Compiler
from fondaco.simulator.shopify.kinds import Kind, Shop
from fondaco.simulator.shopify.search import search_sql

Node = dict[str, Any]
MAX_PAGE = 250


class Rows(Protocol):
    """The part of the world's store that is used here."""

    def rows(self, sql: str, params: Any = ...) -> list[Any]: ...


class BadRequestError(Exception):
    """The caller asked for something that Shopify refuses."""


@dataclass(slots=True)
class View:
    """One shop as one token sees it."""

    store: Rows
    shop: Shop
    kinds: dict[str, Kind]
    faults: Faults
    limits: dict[str, str] = field(default_factory=dict)

    def condition(self, kind: Kind, query: str | None = None) -> str:
        """What a search and the token's limits leave of a kind."""
        return f"{search_sql(query, kind.searches)} and {self.limits.get(kind.name, 'true')}"

    def count(self, kind: Kind, query: str | None) -> int:
        sql = f"select count(*) {kind.source} and {self.condition(kind, query)}"
        return int(first_column(self.store.rows(sql))[0])


def first_column(rows: list[Any]) -> list[Any]:
    """The only column of rows, whether they come as tuples or by name."""
    return [next(iter(row.values())) if isinstance(row, dict) else row[0] for row in rows]


def page(
    view: View, compiler: Compiler, kind: Kind, nodes: SelectionSetNode, arguments: dict[str, Any]
) -> Node:
    """One page of a root connection, nested connections included."""
    first = arguments.get("first")
    if first is None or not 1 <= first <= MAX_PAGE:
        raise BadRequestError(f"first must be between 1 and {MAX_PAGE}")
    sort = kind.sorts[arguments.get("sortKey") or "ID"]
    backwards = bool(arguments.get("reverse"))
    order = "desc" if backwards else "asc"
    where = view.condition(kind, arguments.get("query"))
    if arguments.get("after"):
        where += f" and ({sort}, {kind.key}) {'<' if backwards else '>'} {_cursor_sql(arguments['after'])}"
    tail = f"order by {sort} {order}, {kind.key} {order} limit {first + 1}"
    found = _load(view, compiler, kind, nodes, where=where, sort=sort, tail=tail)
    more = len(found) > first
    found = view.faults.spoil(found[:first], kind.name)
    given = connection(found, has_next=more, has_previous=bool(arguments.get("after")))
    if more and arguments.get("after") and view.faults.repeat_page(kind.name):
        given["pageInfo"]["endCursor"] = arguments["after"]
    return given


def by_id(
    view: View, compiler: Compiler, kind: Kind, nodes: SelectionSetNode, ids: list[str]
) -> list[Node | None]:
    """Nodes by their global ids, in the order asked for, None for those that do not exist."""
    keys = [int(re.sub(r"\D", "", gid.split("?")[0])) for gid in ids]
    listed = ", ".join(map(str, keys))
    where = f"{kind.key} in ({listed}) and {view.condition(kind)}"
    found = {node["__id"]: node for node in _load(view, compiler, kind, nodes, where=where, sort=kind.key)}
    return [found.get(gid) for gid in ids]


def connection(nodes: list[Node], *, has_next: bool, has_previous: bool) -> Node:
    """What GraphQL execution picks a connection's fields from."""
    return {
        "nodes": nodes,
        "edges": [{"cursor": node["__cursor"], "node": node} for node in nodes],
        "pageInfo": {
            "hasNextPage": has_next,
            "hasPreviousPage": has_previous,
            "startCursor": nodes[0]["__cursor"] if nodes else None,
            "endCursor": nodes[-1]["__cursor"] if nodes else None,
        },
    }


def part(nodes: list[Node], arguments: dict[str, Any]) -> Node:
    """A page of a nested connection whose nodes are all loaded."""
    first = arguments.get("first")
    if first is None or not 1 <= first <= MAX_PAGE:
        raise BadRequestError(f"first must be between 1 and {MAX_PAGE}")
    start = int(base64.b64decode(arguments["after"])) + 1 if arguments.get("after") else 0
    for place in range(start, min(start + first, len(nodes))):
        nodes[place]["__cursor"] = base64.b64encode(str(place).encode()).decode()
    return connection(
        nodes[start : start + first], has_next=start + first < len(nodes), has_previous=start > 0
    )


def _load(
    view: View,
    compiler: Compiler,
    kind: Kind,
    nodes: SelectionSetNode,
    *,
    where: str,
    sort: str,
    tail: str = "",
) -> list[Node]:
    sql = (
        f"select [{kind.family}::varchar, ({sort})::varchar, {kind.key}::varchar, "
        f"{compiler.object_sql(nodes, kind.node)}::varchar] {kind.source} and {where} {tail}"
    )
    loaded = []
    families = []
    for family, value, key, text in first_column(view.store.rows(sql)):
        node = json.loads(text)
        node["__cursor"] = base64.b64encode(json.dumps([value, key]).encode()).decode()
        loaded.append(node)
        families.append(family)
    if loaded:
        _attach(view, compiler, kind, nodes, loaded=loaded, families=families)
    return loaded


def _attach(
    view: View,
    compiler: Compiler,
    kind: Kind,
    selection: SelectionSetNode,
    *,
    loaded: list[Node],
    families: list[str],
) -> None:
    """Load every nested connection below ``loaded`` with one statement each, and hang the nodes into their parents."""
    listed = ", ".join(sorted(set(families)))
    for nested in compiler.nested(selection, kind.node):
        child = view.kinds[nested.kind]
        sql = (
            f"select [{child.parent}, {compiler.object_sql(nested.nodes, child.node)}::varchar] {child.source} "
            f"and {child.family} in ({listed}) order by {child.key}"
        )
        by_parent: dict[str, list[Node]] = defaultdict(list)
        children: list[Node] = []
        for parent, text in first_column(view.store.rows(sql)):
            node = json.loads(text)
            by_parent[parent].append(node)
            children.append(node)
        for node in loaded:
            _hang(node, nested.field, by_parent, node["__id"])
        if children:
            _attach(view, compiler, child, nested.nodes, loaded=children, families=families)


def _hang(value: Any, name: str, by_parent: dict[str, list[Node]], owner: str) -> None:
    """Put children where their parent's id stands: into the node, its inner objects and the objects of its lists."""
    if isinstance(value, list):
        for item in value:
            _hang(item, name, by_parent, owner)
    elif isinstance(value, dict):
        owner = value.get("__id") or owner
        value.setdefault("__nested", {})[name] = by_parent.get(owner, [])
        for key, inner in value.items():
            if key != "__nested" and isinstance(inner, dict | list):
                _hang(inner, name, by_parent, owner)


def _cursor_sql(cursor: str) -> str:
    value, key = json.loads(base64.b64decode(cursor))
    kind = "bigint" if re.fullmatch(r"-?\d+", value) else "timestamp"
    return f"(cast('{value}' as {kind}), {int(key)})"
