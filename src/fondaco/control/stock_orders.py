"""Purchase orders and transfers: gathered line by line while they are drafts, then sent, then received or cancelled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.stock_models import StockDecision, StockOrder, StockOrderLine
from fondaco.errors import ConfigError

STATES = ("draft", "sent", "received", "cancelled")
LARGEST_QUANTITY = 1_000_000
"""Pieces of an article in one order: more is a slip of the keyboard."""
_PREFIXES = {"purchase": "FO", "transfer": "FT"}
_SEE = "See the orders with `fondaco stock orders`."


class NoSuchOrderError(ConfigError):
    """The tenant has no order of this number."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Between whom an order goes: its lines are gathered by this.

    Attributes
    ----------
    kind
        ``purchase`` or ``transfer``.
    supplier_id, supplier_name
        None where no supplier of the articles is known, and for transfers.
    from_location_id, from_location_name
        Of transfers.
    currency
        Of the costs; None where they are not known.
    """

    kind: str
    location_id: str
    location_name: str
    supplier_id: str | None = None
    supplier_name: str | None = None
    from_location_id: str | None = None
    from_location_name: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An article that is to come with an order; ``subject`` is that of its proposal."""

    variant_id: str
    title: str
    quantity: int
    sku: str | None = None
    supplier_sku: str | None = None
    unit_cost: Decimal | None = None
    subject: str = ""


class StockOrders:
    """The orders of a tenant, the newest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self, tenant_id: str, *, states: Collection[str] = STATES) -> list[StockOrder]:
        query = select(StockOrder).where(StockOrder.tenant_id == tenant_id, StockOrder.state.in_(states))
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(StockOrder.order_id.desc())))

    def get(self, tenant_id: str, order_id: int) -> StockOrder:
        """One order.

        Raises
        ------
        ConfigError
            If the tenant has none of this id.
        """
        with self._database.reading() as session:
            return existing_order(session, tenant_id, order_id)

    def numbered(self, tenant_id: str, number: str) -> StockOrder:
        """The order of a number, such as FO-12, or of an id.

        Raises
        ------
        ConfigError
            If there is none.
        """
        own = StockOrder.tenant_id == tenant_id
        query = select(StockOrder).where(own, StockOrder.number == number.strip().upper())
        with self._database.reading() as session:
            found = session.scalar(query)
        if found is None and number.isdecimal() and len(number) < 10:
            return self.get(tenant_id, int(number))
        if found is None:
            raise NoSuchOrderError(f"There is no order {number[:63]!r}.", _SEE)
        return found

    def change_line(self, tenant_id: str, order_id: int, variant_id: str, quantity: int) -> StockOrder:
        """Order another quantity of an article in a draft; 0 takes it out.

        Raises
        ------
        ConfigError
            If there is no such line, the order is no draft, or the quantity is none.
        """
        checked_quantity(quantity, least=0)
        with self._database.writing() as session:
            order = existing_order(session, tenant_id, order_id, lock=True)
            _refuse_other_states(order, ("draft",), "changed")
            line = next((one for one in order.lines if one.variant_id == variant_id), None)
            if line is None:
                raise ConfigError(
                    f"Order {order.number} has no article {variant_id[:63]!r}.",
                    f"See its lines with `fondaco stock orders {order.number}`.",
                )
            if quantity:
                line.quantity = quantity
            else:
                order.lines.remove(line)
        return order

    def send(self, tenant_id: str, order_id: int, *, actor: str, expected_on: date | None) -> StockOrder:
        """A draft has gone out to its supplier, or its goods have left.

        Raises
        ------
        ConfigError
            If the order is no draft, or has no line.
        """
        with self._database.writing() as session:
            order = existing_order(session, tenant_id, order_id, lock=True)
            _refuse_other_states(order, ("draft",), "sent")
            if not order.lines:
                raise ConfigError(
                    f"Order {order.number} has no lines.", "Cancel it, or accept a proposal for its supplier."
                )
            order.state, order.sent_by, order.sent_at = "sent", actor, self._clock()
            order.expected_on = expected_on
        return order

    def reopen(self, tenant_id: str, order_id: int) -> StockOrder:
        """It was not sent after all: the order is a draft again.

        Raises
        ------
        ConfigError
            If the order is not sent.
        """
        with self._database.writing() as session:
            order = existing_order(session, tenant_id, order_id, lock=True)
            _refuse_other_states(order, ("sent",), "reopened")
            order.state, order.sent_by, order.sent_at, order.expected_on = "draft", None, None, None
        return order

    def receive(self, tenant_id: str, order_id: int, *, actor: str) -> StockOrder:
        """The goods are there: they no longer count as on order.

        Raises
        ------
        ConfigError
            If the order has not been sent.
        """
        return self._close(tenant_id, order_id, "received", ("sent",), actor)

    def cancel(self, tenant_id: str, order_id: int, *, actor: str) -> StockOrder:
        """Nothing of it will come: the decisions that made it are taken back.

        Raises
        ------
        ConfigError
            If the order is received or cancelled already.
        """
        return self._close(tenant_id, order_id, "cancelled", ("draft", "sent"), actor)

    def _close(
        self, tenant_id: str, order_id: int, state: str, before: Collection[str], actor: str
    ) -> StockOrder:
        with self._database.writing() as session:
            order = existing_order(session, tenant_id, order_id, lock=True)
            _refuse_other_states(order, before, state)
            order.state, order.closed_by, order.closed_at = state, actor, self._clock()
            if state == "cancelled":
                held = (StockDecision.order_id == order_id, StockDecision.undone_at.is_(None))
                session.execute(
                    update(StockDecision).where(*held).values(undone_by=actor, undone_at=self._clock())
                )
        return order


def existing_order(session: Session, tenant_id: str, order_id: int, *, lock: bool = False) -> StockOrder:
    """The order, within a session.

    Raises
    ------
    ConfigError
        If the tenant has none of this id.
    """
    order = session.get(StockOrder, order_id, with_for_update=lock or None)
    if order is None or order.tenant_id != tenant_id:
        raise NoSuchOrderError(f"There is no order {order_id}.", _SEE)
    return order


def add_line(
    session: Session,
    tenant_id: str,
    ends: Ends,
    line: Line,
    *,
    actor: str,
    clock: Clock,
    lead_time_days: int | None,
) -> StockOrder:
    """Put a line into the draft between these ends, which is made if there is none. What it has of the article already stays and is added to."""
    order = session.scalar(
        select(StockOrder)
        .where(
            StockOrder.tenant_id == tenant_id,
            StockOrder.state == "draft",
            StockOrder.kind == ends.kind,
            StockOrder.location_id == ends.location_id,
            StockOrder.supplier_id.is_not_distinct_from(ends.supplier_id),
            StockOrder.from_location_id.is_not_distinct_from(ends.from_location_id),
            StockOrder.currency.is_not_distinct_from(ends.currency),
        )
        .order_by(StockOrder.order_id)
        .limit(1)
        .with_for_update()
    )
    if order is None:
        order = StockOrder(
            tenant_id=tenant_id, number=uuid4().hex[:31], kind=ends.kind, supplier_id=ends.supplier_id,
            supplier_name=ends.supplier_name, from_location_id=ends.from_location_id,
            from_location_name=ends.from_location_name, location_id=ends.location_id,
            location_name=ends.location_name, currency=ends.currency, state="draft", lead_time_days=lead_time_days,
            created_by=actor, created_at=clock(), lines=[],
        )  # fmt: skip
        session.add(order)
        session.flush()
        order.number = f"{_PREFIXES[ends.kind]}-{order.order_id}"
    same = next((one for one in order.lines if one.variant_id == line.variant_id), None)
    if same is None:
        order.lines.append(
            StockOrderLine(
                variant_id=line.variant_id, sku=line.sku, supplier_sku=line.supplier_sku, title=line.title,
                quantity=line.quantity, unit_cost=line.unit_cost, subject=line.subject,
            )
        )  # fmt: skip
    else:
        same.quantity += line.quantity
    session.flush()
    return order


def take_out(order: StockOrder, variant_id: str, quantity: int) -> None:
    """Lower a draft's line by what a decision brought, which is taken back; a line of nothing goes.

    Raises
    ------
    ConfigError
        If the order is no draft.
    """
    _refuse_other_states(order, ("draft",), "changed")
    for line in list(order.lines):
        if line.variant_id == variant_id:
            line.quantity -= quantity
            if line.quantity <= 0:
                order.lines.remove(line)


def checked_quantity(quantity: int, *, least: int = 1) -> int:
    """The quantity, if it can be meant.

    Raises
    ------
    ConfigError
        If it is below ``least`` or beyond ``LARGEST_QUANTITY``.
    """
    if not least <= quantity <= LARGEST_QUANTITY:
        raise ConfigError(
            f"The quantity is {quantity}.", f"Give whole pieces from {least} to {LARGEST_QUANTITY:,}."
        )
    return quantity


def _refuse_other_states(order: StockOrder, allowed: Collection[str], what: str) -> None:
    if order.state not in allowed:
        raise ConfigError(
            f"Order {order.number} is {order.state}, so it cannot be {what}.",
            f"That is for orders that are {' or '.join(allowed)}; see them with `fondaco stock orders`.",
        )
