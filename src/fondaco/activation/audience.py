"""Who is in a segment, asked of what is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from fondaco.activation.attributes import Attribute, attribute, columns
from fondaco.activation.compiler import Sql, count_query, members_query, persons_query
from fondaco.activation.definition import Definition
from fondaco.activation.events import ProductField
from fondaco.errors import ConfigError
from fondaco.warehouse.engine import OutdatedError, Reader

MOST_SUGGESTIONS = 200
PREVIEW = 10

# The title of the newest line: a day is ten letters and sorts like a text, so that one pass over the ledger finds it.
_TITLE = "nullif(substr(max(cast(order_date as varchar) || coalesce(line_title, '')), 11), '')"

_OF_EVENTS = {
    "shop": "select connection_id as value, cast(count(distinct person_id) as bigint) as people from marts.orders"
    " where tenant_id = $tenant_id group by connection_id",
    "channel": "select channel as value, cast(count(distinct person_id) as bigint) as people from marts.orders"
    " where tenant_id = $tenant_id group by channel",
    "order_country": "select country as value, cast(count(distinct person_id) as bigint) as people from marts.orders"
    " where tenant_id = $tenant_id group by country",
    "title": "select line_title as value, cast(count(distinct person_id) as bigint) as people from marts.sales_ledger"
    " where tenant_id = $tenant_id and line_type = 'product' group by line_title",
    "sku": f"select sku as value, {_TITLE} as title, cast(count(distinct person_id) as bigint) as people"
    " from marts.sales_ledger where tenant_id = $tenant_id and line_type = 'product' group by sku",
    "product_id": f"select product_id as value, {_TITLE} as title, cast(count(distinct person_id) as bigint) as people"
    " from marts.sales_ledger where tenant_id = $tenant_id and line_type = 'product' group by product_id",
    "collection": "select members.collection_title as value, cast(count(distinct ledger.person_id) as bigint) as people"
    " from marts.sales_ledger as ledger inner join marts.product_collections as members"
    " on ledger.product_id = members.product_id and ledger.tenant_id = members.tenant_id"
    " where ledger.tenant_id = $tenant_id and ledger.line_type = 'product' group by members.collection_title",
    "code": "select code as value, cast(count(distinct order_id) as bigint) as people from marts.order_discounts"
    " where tenant_id = $tenant_id group by code",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that customers have, and how many have it; of discount codes, how many orders. ``title`` is what a product is
    called that is known by its id or SKU."""

    value: str
    people: int
    title: str = ""


class Audience:
    """The customers of one tenant as of one day. Asks the reader each time; remembers nothing."""

    def __init__(self, reader: Reader, tenant_id: str, today: date) -> None:
        self.today = today
        self._reader = reader
        self._tenant_id = tenant_id

    @property
    def has_scores(self) -> bool:
        """Whether the published state has scores of anyone."""
        return self._has_scores_table() and bool(
            self._reader.query(
                "select 1 as one from marts.customer_scores where tenant_id = $tenant_id limit 1",
                {"tenant_id": self._tenant_id},
            ).num_rows
        )

    def total(self) -> int:
        """All customers."""
        found = self._reader.query(
            "select count(*) as people from marts.customers where tenant_id = $tenant_id",
            {"tenant_id": self._tenant_id},
        )
        return int(found.column("people")[0].as_py())

    def count(self, definition: Definition) -> int:
        """How many customers are in the segment.

        Raises
        ------
        ConfigError
            If it asks for scores, and none are published.
        """
        self._refuse_scores_that_are_not_there(definition.needs_scores)
        found = self._reader.query(*count_query(definition, self._tenant_id, self.today))
        return int(found.column("people")[0].as_py())

    def persons(self, definition: Definition) -> Sql:
        """The question that gives the members' ids, and its parameters, to be put into another one.

        Raises
        ------
        ConfigError
            If it asks for scores, and none are published.
        """
        self._refuse_scores_that_are_not_there(definition.needs_scores)
        return persons_query(definition, self._tenant_id, self.today)

    def members(
        self,
        definition: Definition,
        names: Sequence[str],
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """The members, by their ids.

        Raises
        ------
        ConfigError
            If a column does not exist, or scores are asked for and none are published.
        """
        chosen: tuple[Attribute, ...] = columns(tuple(names))
        self._refuse_scores_that_are_not_there(definition.needs_scores or any(c.of_scores for c in chosen))
        return self._reader.query(
            *members_query(definition, chosen, self._tenant_id, self.today, after=after, limit=limit)
        )

    def preview(self, definition: Definition, names: Sequence[str]) -> tuple[int, pa.Table]:
        """How many customers are in the segment, and the ten of them with the largest net sales: one question.

        Raises
        ------
        ConfigError
            As ``members``.
        """
        chosen: tuple[Attribute, ...] = columns(tuple(names))
        self._refuse_scores_that_are_not_there(definition.needs_scores or any(c.of_scores for c in chosen))
        asked = members_query(
            definition, chosen, self._tenant_id, self.today, limit=PREVIEW, largest_first=True, counted=True
        )
        found = self._reader.query(*asked)
        people = int(found.column("people")[0].as_py()) if found.num_rows else 0
        return people, found.drop_columns(["people"])

    def suggestions(self, name: str) -> list[Suggestion]:
        """Values that there are, the most frequent first: of an attribute (``attribute:city``), or of events (``shop``,
        ``channel``, ``order_country``, ``title``, ``sku``, ``product_id``, ``collection``, ``code``). Never of names, addresses or
        numbers of persons: a list of them is more than a condition needs."""
        sql = _OF_EVENTS.get(name) or self._of_attribute(attribute(name.removeprefix("attribute:")))
        if not sql:
            return []
        try:
            found = self._reader.query(
                f"select * from ({sql}) as counted where value is not null"
                f" order by people desc, value limit {MOST_SUGGESTIONS}",
                {"tenant_id": self._tenant_id},
            )
        except OutdatedError:
            if name == "collection":  # an older release wrote what is published, without any
                return []
            raise
        return [
            Suggestion(str(row["value"]), int(row["people"]), row.get("title") or "")
            for row in found.to_pylist()
        ]

    def titles(self, definition: Definition) -> dict[str, dict[str, str]]:
        """What the products are called that the definition chooses by id or SKU: by ``product_id`` and ``sku``, then by value.
        Those that nobody bought have no title; nothing is asked where nothing is chosen so."""
        return {by: self.titles_of(by, values) for by, values in definition.products().items()}

    def titles_of(self, by: ProductField, values: Collection[str]) -> dict[str, str]:
        """Titles of products by their ids or SKUs (``by``), as on the newest line of each."""
        if by in ("title", "collection") or not values:
            return {}
        params = {f"p{index}": value for index, value in enumerate(sorted(values))}
        found = self._reader.query(
            f"select {by} as value, {_TITLE} as title from marts.sales_ledger where tenant_id = $tenant_id"
            f" and line_type = 'product' and {by} in ({', '.join('$' + name for name in params)}) group by {by}",
            {"tenant_id": self._tenant_id, **params},
        )
        return {str(row["value"]): row["title"] for row in found.to_pylist() if row["title"]}

    def _of_attribute(self, about: Attribute) -> str:
        if about.personal and about.kind != "domain":
            return ""
        if about.of_scores and not self._has_scores_table():
            return ""
        room = "marts.customer_scores as scores" if about.of_scores else "marts.customers as customers"
        return f"select {about.sql} as value, count(*) as people from {room} where tenant_id = $tenant_id group by 1"

    def _has_scores_table(self) -> bool:
        """States that were published before scores existed have no such table."""
        if self._reader.version is None:
            return False
        try:
            self._reader.select("select tenant_id, person_id from marts.customer_scores limit 0")
        except ConfigError:
            return False
        return True

    def _refuse_scores_that_are_not_there(self, needed: bool) -> None:
        if needed and not self.has_scores:
            raise ConfigError(
                "The published figures hold no scores of customers yet.",
                "Work them out with `fondaco run`, or leave conditions and columns of scores out.",
            )
