"""From a definition to SQL that runs on every engine.

Every condition becomes a predicate that is true or false and never null, so that ``not`` is the true complement. What
customers did is counted apart, a common table each, and joined one row to one: no join can repeat a customer. Values travel
as parameters; the text of the SQL comes from our own tables of attributes and events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from sqlglot import exp, parse_one

from fondaco.activation.attributes import Attribute
from fondaco.activation.definition import TEXTS, Comparison, Definition, Group, Happening, Node, Period
from fondaco.activation.events import event
from fondaco.warehouse.engine import Value

Sql = tuple[str, dict[str, Value]]

_SAME_PERSON = "{0}.person_id = customers.person_id and {0}.tenant_id = customers.tenant_id"


@dataclass
class _Query:
    """A query being made: its parameters and what it joins."""

    tenant_id: str
    today: date
    params: dict[str, Value] = field(default_factory=dict)
    events: dict[str, exp.Select] = field(default_factory=dict)
    needs_scores: bool = False

    def value(self, value: Value, kind: str = "") -> exp.Expression:
        """A parameter; texts and days are cast, because an engine cannot tell their type."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return exp.cast(_parameter(name), kind) if kind else _parameter(name)

    def column(self, about: Attribute) -> exp.Expression:
        """The value as files show it."""
        self.needs_scores |= about.of_scores
        return _parsed(about.sql)

    def compared(self, about: Attribute) -> exp.Expression:
        """The value as conditions compare it."""
        self.needs_scores |= about.of_scores
        return _parsed(about.compared or about.sql)


def count_query(definition: Definition, tenant_id: str, today: date) -> Sql:
    """How many customers are in the segment: one row, ``people``."""
    query = _Query(tenant_id, today)
    predicate = _node(query, definition.root)
    return _written(query, exp.select("count(*) as people"), predicate)


def persons_query(definition: Definition, tenant_id: str, today: date) -> Sql:
    """The ids of the members, in no order, for another question to ask about."""
    query = _Query(tenant_id, today)
    predicate = _node(query, definition.root)
    return _written(query, exp.select("customers.person_id"), predicate)


def members_query(
    definition: Definition,
    columns: Sequence[Attribute],
    tenant_id: str,
    today: date,
    *,
    after: str | None = None,
    limit: int | None = None,
    largest_first: bool = False,
    counted: bool = False,
) -> Sql:
    """The members, ordered by their ids.

    Parameters
    ----------
    after
        Only those whose id comes after this one.
    largest_first
        Order by net sales instead; then ``after`` has no meaning.
    counted
        A last column ``people`` says on every row how many members there are, whatever the limit.
    """
    query = _Query(tenant_id, today)
    chosen = exp.select(*(exp.alias_(query.column(column), column.name) for column in columns))
    if counted:
        chosen = chosen.select("count(*) over () as people")
    predicate = _node(query, definition.root)
    if after is not None:
        predicate = exp.and_(
            predicate, exp.GT(this=_parsed("customers.person_id"), expression=query.value(after, "text"))
        )
    order = (
        ("customers.net_sales desc nulls last", "customers.person_id")
        if largest_first
        else ("customers.person_id",)
    )
    chosen = chosen.order_by(*order, dialect="duckdb")
    if limit is not None:
        chosen = chosen.limit(int(limit))
    return _written(query, chosen, predicate)


def _written(query: _Query, select: exp.Select, predicate: exp.Expression) -> Sql:
    whole = select.from_("marts.customers as customers")
    if query.needs_scores:
        whole = whole.join(
            "marts.customer_scores as scores", on=_SAME_PERSON.format("scores"), join_type="left"
        )
    for name, counted in query.events.items():
        on = f"{name}.person_id = customers.person_id"
        whole = whole.with_(name, as_=counted).join(name, on=on, join_type="left")
    whole = whole.where(_parsed("customers.tenant_id = $tenant_id"), predicate)
    sql = str(whole.sql(dialect="duckdb", normalize_functions="lower"))
    params = query.params | {"tenant_id": query.tenant_id}
    return sql, params | ({"today": query.today} if "$today" in sql else {})


def _node(query: _Query, node: Node) -> exp.Expression:
    if isinstance(node, Group):
        rules = [_node(query, rule) for rule in node.rules]
        join = exp.and_ if node.match == "all" else exp.or_
        found = join(*rules) if rules else exp.true() if node.match == "all" else exp.false()
    elif isinstance(node, Comparison):
        found = _comparison(query, node)
    else:
        found = _happening(query, node)
    return exp.not_(exp.paren(found)) if node.negated else exp.paren(found)


def _comparison(query: _Query, rule: Comparison) -> exp.Expression:
    about = rule.about
    if rule.operator == "known":
        # In brackets, or a column that is itself a test for null would be read together with this one.
        return exp.Is(this=exp.paren(query.column(about)), expression=exp.null()).not_()
    value = query.compared(about)
    if about.kind == "date":
        found = _dates(query, value, rule)
    elif about.kind in TEXTS:
        found = exp.or_(*(_texts(query, value, rule, str(each)) for each in rule.values))
    elif about.kind == "bool":
        found = exp.EQ(this=value, expression=exp.true() if rule.operator == "is_true" else exp.false())
    else:
        found = _numbers(query, value, rule)
    return exp.func("coalesce", found, exp.false())


def _texts(query: _Query, value: exp.Expression, rule: Comparison, text: str) -> exp.Expression:
    """Choices are compared as they are, texts whatever their case."""
    asked = query.value(text, "text")
    if rule.about.kind == "choice":
        return exp.EQ(this=value.copy(), expression=asked)
    held, asked = exp.func("lower", value.copy()), exp.func("lower", asked)
    if rule.operator == "contains":
        place = exp.Anonymous(this="strpos", expressions=[held, asked])
        return exp.GT(this=place, expression=exp.Literal.number(0))
    if rule.operator in ("starts_with", "ends_with"):
        end = "left" if rule.operator == "starts_with" else "right"
        held = exp.Anonymous(
            this=end, expressions=[held, exp.Anonymous(this="length", expressions=[asked.copy()])]
        )
    return exp.EQ(this=held, expression=asked)


def _dates(query: _Query, value: exp.Expression, rule: Comparison) -> exp.Expression:
    if rule.operator in ("in_last_days", "before_last_days"):
        first = _first_of_last(query.today, int(rule.values[0]))  # type: ignore[arg-type]
        if rule.operator == "before_last_days":
            return exp.LT(this=value, expression=query.value(first, "date"))
        return exp.Between(
            this=value, low=query.value(first, "date"), high=query.value(_last_day(query.today), "date")
        )
    days: list[date] = [day for day in rule.values if isinstance(day, date)]
    asked = [query.value(day, "date") for day in days]
    if rule.operator == "between":
        return exp.Between(this=value, low=asked[0], high=asked[1])
    sign = exp.GTE if rule.operator == "on_or_after" else exp.LTE
    return sign(this=value, expression=asked[0])


_SIGNS: dict[str, type[exp.Binary]] = {
    "at_least": exp.GTE, "at_most": exp.LTE, "more_than": exp.GT, "less_than": exp.LT, "is": exp.EQ, "exactly": exp.EQ,
}  # fmt: skip


def _numbers(query: _Query, value: exp.Expression, rule: Comparison) -> exp.Expression:
    asked = [query.value(each if isinstance(each, Decimal) else Decimal(str(each))) for each in rule.values]
    if rule.operator == "between":
        return exp.Between(this=value, low=asked[0], high=asked[1])
    return _SIGNS[rule.operator](this=value, expression=asked[0])


def _happening(query: _Query, rule: Happening) -> exp.Expression:
    """How often, or for how much, against the number asked for. Who never did it did it 0 times, for 0."""
    name = f"event_{len(query.events)}"
    query.events[name] = _counted(query, rule)
    measured = exp.func("coalesce", exp.column(rule.measure, name), exp.Literal.number(0))
    if rule.operator == "never":
        return exp.EQ(this=measured, expression=exp.Literal.number(0))
    return _SIGNS[rule.operator](this=measured, expression=query.value(rule.value))


def _counted(query: _Query, rule: Happening) -> exp.Select:
    about = event(rule.event)
    rows = exp.select("rows.person_id", "rows.order_id", _parsed(f"sum({about.amount}) as amount"))
    rows = rows.from_(about.source, dialect="duckdb").where(
        _parsed("rows.tenant_id = $tenant_id"), _parsed(about.where)
    )
    within = _within(query, rule.period)
    if within is not None:
        rows = rows.where(exp.Between(this=_parsed(about.day), low=within[0], high=within[1]))
    for column, values in (
        ("connection_id", rule.shops),
        ("channel", rule.channels),
        ("country", rule.countries),
    ):
        if values:
            asked = [query.value(value, "text") for value in values]
            rows = rows.where(exp.In(this=_parsed(f"rows.{column}"), expressions=asked))
    if rule.code is not None:  # the marts hold codes in capitals
        rows = rows.where(
            exp.EQ(this=_parsed("rows.code"), expression=query.value(rule.code.upper(), "text"))
        )
    if rule.product is not None:
        asked = query.value(rule.product.value, "text")
        if rule.product.by == "title":
            place = exp.Anonymous(
                this="strpos", expressions=[_parsed("lower(rows.line_title)"), exp.func("lower", asked)]
            )
            rows = rows.where(exp.GT(this=place, expression=exp.Literal.number(0)))
        elif rule.product.by == "collection":
            members = exp.select("members.product_id").from_("marts.product_collections as members")
            members = members.where(
                _parsed("members.tenant_id = $tenant_id"),
                exp.EQ(this=_parsed("members.collection_title"), expression=asked),
            )
            rows = rows.where(_parsed("rows.product_id").isin(query=members))
        else:
            rows = rows.where(exp.EQ(this=_parsed(f"rows.{rule.product.by}"), expression=asked))
    rows = rows.group_by("rows.person_id", "rows.order_id").having(_parsed(about.having))
    people = exp.select("person_id", "count(*) as times", "sum(amount) as amount")
    return people.from_(rows.subquery("matched")).group_by("person_id")


def _within(query: _Query, period: Period) -> tuple[exp.Expression, exp.Expression] | None:
    if period.kind == "ever":
        return None
    first, last = period.first, period.last
    if period.days is not None:
        first, last = _first_of_last(query.today, period.days), _last_day(query.today)
    return query.value(first, "date"), query.value(last, "date")


def _first_of_last(today: date, days: int) -> date:
    """The first of the last ``days`` days, of which today is one."""
    return today - timedelta(days=days - 1)


def _last_day(today: date) -> date:
    """The last day that is today anywhere: orders count by their shop's day, which may be a day ahead of the project's."""
    return today + timedelta(days=1)


def _parsed(sql: str) -> exp.Expression:
    """Our own SQL as a tree; a copy, because a tree belongs to one query."""
    return _tree(sql).copy()


@lru_cache(maxsize=512)
def _tree(sql: str) -> exp.Expression:
    return parse_one(sql, dialect="duckdb")


def _parameter(name: str) -> exp.Expression:
    return exp.Parameter(this=exp.var(name))
