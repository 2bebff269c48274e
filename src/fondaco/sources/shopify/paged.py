"""Paged reading. Answers are flattened into the lines that a bulk operation would have given: every node of a nested
connection becomes a line of its own with ``__parentId``, and no nested connection is left before its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from fondaco.errors import FatalError, RetryableError
from fondaco.sources.shopify import documents
from fondaco.sources.shopify.forms import Resource
from fondaco.sources.shopify.graphql import CostExceededError, GraphQLClient
from fondaco.sources.stream import Page

Node = dict[str, Any]
_REFUND_ORDERS = 40
_SMALLEST_SCALE = 0.02
_PATIENCE = 3

INTERFACES = {"Agreement": "SalesAgreement", "DiscountApplication": "DiscountApplication", "Sale": "Sale"}
"""Ending of a concrete type's name → the interface that a line is filed under; ``DiscountCodeApplication`` is the
one that does not follow the rule."""


class Turning:
    """Watches cursors: a page that names itself as its next one would never end."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._repeated = 0

    def next(self, cursor: str) -> str:
        """The cursor to go on with; the same one is asked again a few times before it is given up."""
        self._repeated = self._repeated + 1 if cursor == self._last else 0
        if self._repeated > _PATIENCE:
            raise RetryableError(
                f"Shopify gave the same page {self._repeated + 1} times.",
                "Run `fondaco run` again later; nothing of this slice was taken over.",
            )
        self._last = cursor
        return cursor


class PagedReader:
    """Reads records of one shop page by page, and shrinks pages that Shopify finds too costly."""

    def __init__(self, client: GraphQLClient) -> None:
        self._client = client
        self._sizes: dict[str, tuple[int, float]] = {}

    def read(self, resource: Resource, query: str | None) -> Iterator[Page]:
        """All records that match ``query``."""
        after: str | None = None
        turned = Turning()
        while True:
            variables = {"query": query, "after": after}
            data = self._sized(
                resource.root,
                resource.page,
                lambda first, scale, v=variables: (resource.page_document(first, scale), v),  # type: ignore[misc]
            )
            holder = data[resource.within] if resource.within else data
            if holder is None:
                return  # a shop without Shopify Payments
            connection = holder[resource.root]
            if connection["nodes"]:
                yield self._page(connection["nodes"])
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after = turned.next(connection["pageInfo"]["endCursor"])

    def read_by_id(self, resource: Resource, ids: Sequence[str]) -> Iterator[Page]:
        """Records by their ids, whole. Ids that are gone by now give nothing."""

        def build(chunk: list[str], scale: float) -> tuple[str, dict[str, Any]]:
            return resource.nodes_document(scale), {"ids": chunk}

        yield from self._by_id(f"{resource.root} by id", resource.page, ids, build, root_lines=True)

    def read_refunds(self, order_ids: Sequence[str]) -> Iterator[Page]:
        """Lines of what hangs below the refunds of these orders; the orders themselves are not repeated."""

        def build(chunk: list[str], scale: float) -> tuple[str, dict[str, Any]]:
            return documents.refund_details_document(scale), {"ids": chunk}

        yield from self._by_id("refunds", _REFUND_ORDERS, order_ids, build, root_lines=False)

    def _by_id(
        self,
        key: str,
        size: int,
        ids: Sequence[str],
        build: Callable[[list[str], float], tuple[str, dict[str, Any]]],
        *,
        root_lines: bool,
    ) -> Iterator[Page]:
        at = 0
        while at < len(ids):
            taken: list[str] = []

            def ask(
                first: int, scale: float, start: int = at, chunk: list[str] = taken
            ) -> tuple[str, dict[str, Any]]:
                chunk[:] = islice(ids, start, start + first)
                return build(chunk, scale)

            data = self._sized(key, size, ask)
            at += len(taken)
            nodes = [node for node in data["nodes"] if node]
            page = self._page(nodes, root_lines=root_lines)
            if page.records:
                yield page

    def _sized(
        self, key: str, size: int, build: Callable[[int, float], tuple[str, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Send what ``build`` makes of (records, scale of nested pages); halve both, records first, while too costly."""
        first, scale = self._sizes.get(key, (size, 1.0))
        while True:
            try:
                data = self._client.run(*build(first, scale))
            except CostExceededError:
                if first > 1:
                    first //= 2
                elif scale > _SMALLEST_SCALE:
                    scale /= 2
                else:
                    raise
                self._sizes[key] = (first, scale)
            else:
                return data

    def _page(self, nodes: list[Node], *, root_lines: bool = True) -> Page:
        lines: list[Node] = []
        for node in nodes:
            root = node["id"]
            own: list[Node] = []
            self._walk(node, root, root, own)
            if root_lines:
                lines.append(node)
            lines += own
        return Page.of(lines)

    def _walk(self, value: Node, owner: str, root: str, lines: list[Node]) -> None:
        """Take the connections out of ``value`` and put their nodes into ``lines``, to any depth."""
        owner = value.get("id") or owner
        for field in list(value):
            child = value[field]
            if isinstance(child, dict):
                if "pageInfo" in child:
                    del value[field]
                    for node in self._whole(field, child, owner, root):
                        lines.append(_as_line(node, owner, root))
                        self._walk(node, owner, root, lines)
                else:
                    self._walk(child, owner, root, lines)
            elif isinstance(child, list):
                for item in child:
                    if isinstance(item, dict):
                        self._walk(item, owner, root, lines)

    def _whole(self, field: str, connection: Node, owner: str, root: str) -> Iterator[Node]:
        """Nodes of a nested connection to its end."""
        yield from connection["nodes"]
        info = connection["pageInfo"]
        if not info["hasNextPage"]:
            return
        if field == "sales":
            yield from self._more_sales(owner, root, {node["id"] for node in connection["nodes"]})
            return
        parent_type = _type_of(owner)
        turned = Turning()
        while info["hasNextPage"]:
            variables = {"id": owner, "after": turned.next(info["endCursor"])}
            data = self._sized(
                f"{parent_type}.{field}",
                1,
                lambda first, scale, v=variables: (documents.more_document(parent_type, field, scale), v),  # type: ignore[misc]
            )
            if data["node"] is None:
                return  # deleted while we read
            holder = data["node"].get("discount", data["node"])
            yield from holder[field]["nodes"]
            info = holder[field]["pageInfo"]

    def _more_sales(self, agreement: str, order: str, known: set[str]) -> Iterator[Node]:
        """The sales of an agreement that are not ``known``. They can only be reached by walking the order's agreements, and the
        page with which the walk ends holds most often all of them."""
        before: str | None = None
        while True:
            found = self._sales_page({"id": order, "before": before, "after": None})
            if found is None:
                return
            node, info = found
            if node["id"] == agreement:
                break
            if not info["hasNextPage"]:
                raise FatalError(
                    f"Agreement {agreement} of order {order} was listed and then not found.",
                    "Run `fondaco run` again; if it stays, report this.",
                )
            before = info["endCursor"]
        turned = Turning()
        sales: Node = node["sales"]
        while True:
            yield from (sale for sale in sales["nodes"] if sale["id"] not in known)
            if not sales["pageInfo"]["hasNextPage"]:
                return
            after = turned.next(sales["pageInfo"]["endCursor"])
            found = self._sales_page({"id": order, "before": before, "after": after})
            if found is None:
                return
            sales = found[0]["sales"]

    def _sales_page(self, variables: dict[str, Any]) -> tuple[Node, Node] | None:
        data = self._sized(
            "Order.sales", 1, lambda first, scale: (documents.more_sales_document(scale), variables)
        )
        if data["node"] is None or not data["node"]["agreements"]["nodes"]:
            return None
        agreements = data["node"]["agreements"]
        return agreements["nodes"][0], agreements["pageInfo"]


def _as_line(node: Node, parent: str, root: str) -> Node:
    """Mark a nested node as a bulk operation does; what hangs deeper also names the record it belongs to."""
    node["__parentId"] = parent
    if root != parent:
        node["__rootId"] = root
    name = str(node.get("__typename", ""))
    for ending, interface in INTERFACES.items():
        if name.endswith(ending) or (
            name == "DiscountCodeApplication" and interface == "DiscountApplication"
        ):
            node["__typename"], node["__subtype"] = interface, name
            break
    return node


def _type_of(gid: str) -> str:
    """``Order`` of ``gid://shopify/Order/1``; discounts of every kind are read as discount nodes."""
    name = gid.split("/")[3]
    return "DiscountNode" if name.startswith("Discount") else name
