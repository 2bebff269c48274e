"""The two forms of a document, and the resources that they read; ``documents`` says what they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass


class Form:
    """How connections are written."""

    bulk: bool

    def connection(self, field: str, body: str, size: int, arguments: str = "") -> str:
        raise NotImplementedError

    def in_list(self, field: str, body: str, size: int) -> str:
        """A connection of objects that stand in a list."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PagedForm(Form):
    """``scale`` shrinks the nested pages when a query costs too much."""

    scale: float = 1.0
    bulk = False

    def connection(self, field: str, body: str, size: int, arguments: str = "") -> str:
        first = max(1, int(size * self.scale))
        extra = f", {arguments}" if arguments else ""
        return f"{field}(first: {first}{extra}) {{ nodes {{ {body} }} pageInfo {{ hasNextPage endCursor }} }}"

    def in_list(self, field: str, body: str, size: int) -> str:
        return self.connection(field, body, size)


class BulkForm(Form):
    bulk = True

    def connection(self, field: str, body: str, size: int, arguments: str = "") -> str:
        extra = f"({arguments})" if arguments else ""
        return f"{field}{extra} {{ edges {{ node {{ {body} }} }} }}"

    def in_list(self, field: str, body: str, size: int) -> str:
        return ""


BULK = BulkForm()


def quoted(text: str) -> str:
    """A GraphQL string literal."""
    return json.dumps(text)


@dataclass(frozen=True, slots=True)
class Resource:
    """One root connection, and the documents that read it.

    Attributes
    ----------
    whole
        The selection of one record with everything below it.
    bulk_parts
        Selections whose bulk results together give the same; the first delivers the records themselves.
    page
        Records of a first paged query; halved as long as Shopify finds the query too costly.
    count
        Root field that counts, ``None`` where there is none.
    within
        Root field that holds the connection, and may be null; such a connection is read by pages only. Empty where the
        connection is a root itself.
    cursor
        Search field by which slices are cut.
    arguments
        Of the connection, beside those of paging and search.
    """

    root: str
    type: str
    whole: Callable[[Form], str]
    bulk_parts: tuple[Callable[[Form], str], ...]
    page: int
    sort: str = ""
    count: str | None = None
    within: str = ""
    cursor: str = "updated_at"
    arguments: str = ""

    def page_document(self, first: int, scale: float) -> str:
        """One page of records that match a search, in a stable order."""
        form = PagedForm(scale)
        sort = f", sortKey: {self.sort}" if self.sort else ""
        extra = f", {self.arguments}" if self.arguments else ""
        connection = f"""{self.root}(first: {first}, after: $after, query: $query{sort}{extra}) {{
                nodes {{ {self.whole(form)} }} pageInfo {{ hasNextPage endCursor }}
            }}"""
        if self.within:
            connection = f"{self.within} {{ {connection} }}"
        return f"""query Page($query: String, $after: String) {{
            {connection}
        }}"""

    def nodes_document(self, scale: float) -> str:
        """Records by their ids, whole."""
        return f"query Nodes($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {self.type} {{ {self.whole(PagedForm(scale))} }} }} }}"

    def bulk_document(self, part: int, query: str | None) -> str:
        """The text that ``bulkOperationRunQuery`` takes; ``query`` is put in as a literal, bulk has no variables."""
        search = f"(query: {quoted(query)})" if query else ""
        return f"{{ {self.root}{search} {{ edges {{ node {{ {self.bulk_parts[part](BULK)} }} }} }} }}"

    def ids_document(self) -> str:
        return f"{{ {self.root} {{ edges {{ node {{ id }} }} }} }}"

    def count_document(self) -> str:
        return f"query Count($query: String) {{ {self.count}(query: $query) {{ count precision }} }}"
