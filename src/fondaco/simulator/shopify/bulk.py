"""Bulk operations: a query becomes files of JSON lines, written by DuckDB itself."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    StringValueNode,
    parse,
    validate,
)

from fondaco.simulator.shopify.compile import Compiler, Nested, NotServedError
from fondaco.simulator.shopify.kinds import Kind, Object
from fondaco.simulator.shopify.nodes import View, first_column

AT_A_TIME = 5
_MAX_CONNECTIONS = 5
_MAX_NESTING = 2
_RUNNING = ("CREATED", "RUNNING")


@dataclass(slots=True)
class Operation:
    """One bulk operation, as GraphQL shows it."""

    id: str
    shop_id: str
    query: str
    created_at: datetime
    status: str = "CREATED"
    error_code: str | None = None
    objects: int = 0
    roots: int = 0
    path: Path | None = None
    completed_at: datetime | None = None

    def as_node(self, base_url: str) -> dict[str, Any]:
        url = None
        if self.status == "COMPLETED" and self.path is not None:
            url = f"{base_url}/bulk/{self.id.rsplit('/', 1)[1]}.jsonl"
        return {
            "__typename": "BulkOperation",
            "id": self.id,
            "status": self.status,
            "type": "QUERY",
            "query": self.query,
            "errorCode": self.error_code,
            "objectCount": str(self.objects),
            "rootObjectCount": str(self.roots),
            "createdAt": _text(self.created_at),
            "completedAt": None if self.completed_at is None else _text(self.completed_at),
            "fileSize": None if self.path is None else str(self.path.stat().st_size),
            "url": url,
            "partialDataUrl": None,
        }


@dataclass(slots=True)
class BulkRoom:
    """Runs the bulk operations of all shops.

    Attributes
    ----------
    failures
        Error codes with which the next operations end, first first.
    lost_lines
        How many lines the next result files lack against their ``objectCount``.
    """

    schema: GraphQLSchema
    failures: list[str] = field(default_factory=list)
    lost_lines: list[int] = field(default_factory=list)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fondaco-bulk-")))
    operations: dict[str, Operation] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "bulk"))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, view: View, query: str, *, grouped: bool) -> tuple[Operation | None, str, str]:
        """Start an operation; or None with the code and the words of the refusal."""
        if grouped:
            return None, "INVALID", "groupObjects is not simulated"
        with self._lock:
            running = [
                o for o in self.operations.values() if o.shop_id == view.shop.shop_id and o.status in _RUNNING
            ]
            if len(running) >= AT_A_TIME:
                return (
                    None,
                    "LIMIT_REACHED",
                    f"{AT_A_TIME} bulk queries are running for this app and shop already",
                )
            try:
                statements = self._statements(view, query)
            except (GraphQLError, NotServedError) as error:
                return None, "INVALID", str(error)
            number = next(self._numbers)
            operation = Operation(
                f"gid://shopify/BulkOperation/{number}", view.shop.shop_id, query, datetime.now(UTC)
            )
            self.operations[operation.id] = operation
        self._pool.submit(self._run, operation, view, statements)
        return operation, "", ""

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, operation: Operation, view: View, statements: list[str]) -> None:
        operation.status = "RUNNING"
        if view.faults.strikes("bulk_failure"):
            self.failures.insert(0, "INTERNAL_SERVER_ERROR")
        if self.failures:
            operation.error_code = self.failures.pop(0)
            operation.status = "FAILED"
            return
        try:
            self._write(operation, view, statements)
        except Exception:
            operation.error_code, operation.status = "INTERNAL_SERVER_ERROR", "FAILED"
            raise

    def _write(self, operation: Operation, view: View, statements: list[str]) -> None:
        number = operation.id.rsplit("/", 1)[1]
        target = self.folder / f"{number}.jsonl"
        with target.open("wb") as whole:
            for place, statement in enumerate(statements):
                piece = self.folder / f"{number}-{place}.part"
                copy = f"copy ({statement}) to '{piece}' (format csv, header false, quote '', escape '', delimiter '\x01')"
                count = int(first_column(view.store.rows(copy))[0])
                operation.objects += count
                operation.roots += count if place == 0 else 0
                with piece.open("rb") as source:
                    shutil.copyfileobj(source, whole, 1 << 20)
                piece.unlink()
        if operation.objects and view.faults.strikes("malformed_record", operation.query):
            _malform_first_line(target)
        if self.lost_lines:
            lines = target.read_bytes().splitlines(keepends=True)
            target.write_bytes(b"".join(lines[: len(lines) - self.lost_lines.pop(0)]))
        operation.path = target if operation.objects else None
        operation.completed_at = datetime.now(UTC)
        operation.status = "COMPLETED"

    def _statements(self, view: View, query: str) -> list[str]:
        """One SELECT of JSON lines for each connection of the query, the root's first."""
        document = parse(query)
        errors = validate(self.schema, document)
        if errors:
            raise errors[0]
        operation = document.definitions[0]
        if not isinstance(operation, OperationDefinitionNode) or len(operation.selection_set.selections) != 1:
            raise GraphQLError("a bulk query needs exactly one operation with one root field")
        root = operation.selection_set.selections[0]
        kind = _root_kind(root, view)
        assert isinstance(root, FieldNode) and root.selection_set is not None
        compiler = Compiler(self.schema, whole=False)
        nodes = compiler.node_selection(root.selection_set)
        if nodes is None:
            raise GraphQLError("a bulk query needs the nodes of its connection")
        search = next(
            (
                a.value.value
                for a in root.arguments or ()
                if a.name.value == "query" and isinstance(a.value, StringValueNode)
            ),
            None,
        )
        where = view.condition(kind, search)
        statements = [f"select {compiler.object_sql(nodes, kind.node)}::varchar {kind.source} and {where}"]
        families = f"select {kind.family} {kind.source} and {where}"
        below = list(_below(compiler, view, nodes, kind.node, level=1))
        if 1 + len(below) > _MAX_CONNECTIONS:
            raise GraphQLError(
                f"a bulk query may have {_MAX_CONNECTIONS} connections, this one has {1 + len(below)}"
            )
        return statements + [_child_statement(compiler, view.kinds[n.kind], n, families) for n in below]


def _malform_first_line(path: Path) -> None:
    """Put an object where the first record has an instant."""
    lines = path.read_bytes().splitlines(keepends=True)
    record = json.loads(lines[0])
    name = next((name for name in record if name.endswith("At")), list(record)[-1])
    record[name] = {"unexpected": ["not", "a", "value"]}
    lines[0] = json.dumps(record, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(b"".join(lines))


def _root_kind(root: object, view: View) -> Kind:
    kinds = {
        "orders": "Order",
        "customers": "Customer",
        "products": "Product",
        "collections": "Collection",
        "inventoryItems": "InventoryItem",
        "discountNodes": "DiscountNode",
        "events": "Event",
    }
    if not isinstance(root, FieldNode) or root.name.value not in kinds:
        raise GraphQLError("a bulk query needs a connection as its root; node and nodes cannot be used")
    return view.kinds[kinds[root.name.value]]


def _below(compiler: Compiler, view: View, nodes: Any, thing: Object, level: int) -> Iterator[Nested]:
    for nested in compiler.nested(nodes, thing):
        if nested.in_list:
            raise GraphQLError(
                f"queries that contain a connection field within a list field are not supported: {nested.field}"
            )
        if level > _MAX_NESTING:
            raise GraphQLError(f"connections may be nested {_MAX_NESTING} deep: {nested.field}")
        yield nested
        yield from _below(compiler, view, nested.nodes, view.kinds[nested.kind].node, level + 1)


def _child_statement(compiler: Compiler, kind: Kind, nested: Nested, families: str) -> str:
    json_text = f"{compiler.object_sql(nested.nodes, kind.node)}::varchar"
    inner = (
        f"select {json_text} as line, {kind.parent} as parent {kind.source} and {kind.family} in ({families})"
    )
    if kind.cut is not None:
        inner += f" qualify row_number() over (partition by {kind.parent} order by {kind.key}) <= {kind.cut}"
    return f"""select left(line, length(line) - 1) || ',"__parentId":"' || parent || '"}}' from ({inner})"""


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
