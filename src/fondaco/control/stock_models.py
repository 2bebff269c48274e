"""Tables of what people decide of stock. As those of ``models``, of which they are a part."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fondaco.control.models import Table

_TENANT = "tenants.tenant_id"


class StockDecision(Table):
    """What somebody made of a proposal. The newest of a ``subject`` holds; none is changed but by being undone.

    ``proposed`` is the proposal as it stood then, its inputs included, so that it can be held against what happened.
    """

    __tablename__ = "stock_decisions"
    __table_args__ = (
        Index(None, "tenant_id", "subject", "decided_at"),
        Index(None, "tenant_id", "proposal_date"),
        Index(
            "uq_stock_decisions_holding", "tenant_id", "proposal_id", unique=True,
            sqlite_where=text("undone_at is null"), postgresql_where=text("undone_at is null"),
        ),
    )  # fmt: skip

    decision_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    proposal_id: Mapped[str] = mapped_column(String(63))
    subject: Mapped[str] = mapped_column(String(1023))
    kind: Mapped[str] = mapped_column(String(15))  # reorder, transfer, warn, mark_down
    proposal_date: Mapped[date]
    choice: Mapped[str] = mapped_column(String(15))  # accepted, changed, refused
    proposed_quantity: Mapped[int]
    quantity: Mapped[int]  # as decided; 0 of a refusal
    reason: Mapped[str]
    holds_until: Mapped[date | None]  # of a refusal: until then it is not proposed again
    proposed: Mapped[dict[str, Any]]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("stock_orders.order_id", ondelete="SET NULL"))
    decided_by: Mapped[str] = mapped_column(String(63))
    decided_at: Mapped[datetime]
    undone_by: Mapped[str | None] = mapped_column(String(63))
    undone_at: Mapped[datetime | None]


class StockOrder(Table):
    """A purchase order to a supplier, or a transfer from another location: what was accepted, gathered by both ends.

    A ``draft`` takes more lines; ``sent``, ``received`` and ``cancelled`` do not. Drafts and orders that are sent count as on order.
    """

    __tablename__ = "stock_orders"
    __table_args__ = (UniqueConstraint("tenant_id", "number"), Index(None, "tenant_id", "state"))

    order_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(31))
    kind: Mapped[str] = mapped_column(String(15))  # purchase, transfer
    supplier_id: Mapped[str | None]
    supplier_name: Mapped[str | None]
    from_location_id: Mapped[str | None]
    from_location_name: Mapped[str | None]
    location_id: Mapped[str]
    location_name: Mapped[str]
    currency: Mapped[str | None] = mapped_column(String(3))  # of the lines' costs
    state: Mapped[str] = mapped_column(String(15))
    lead_time_days: Mapped[int | None]  # as it was expected when the first line was accepted
    created_by: Mapped[str] = mapped_column(String(63))
    created_at: Mapped[datetime]
    sent_by: Mapped[str | None] = mapped_column(String(63))
    sent_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    closed_by: Mapped[str | None] = mapped_column(String(63))
    closed_at: Mapped[datetime | None]

    lines: Mapped[list[StockOrderLine]] = relationship(
        order_by="StockOrderLine.line_id", lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def is_open(self) -> bool:
        """Whether its goods are still to come."""
        return self.state in ("draft", "sent")

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def value(self) -> Decimal | None:
        """What the goods cost, in ``currency``; None where the cost of a line is not known."""
        costs = [line.cost for line in self.lines]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


class StockOrderLine(Table):
    """One article of an order."""

    __tablename__ = "stock_order_lines"
    __table_args__ = (UniqueConstraint("order_id", "variant_id"),)

    line_id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("stock_orders.order_id", ondelete="CASCADE"))
    variant_id: Mapped[str]
    sku: Mapped[str | None]
    supplier_sku: Mapped[str | None]
    title: Mapped[str]
    quantity: Mapped[int]
    unit_cost: Mapped[Decimal | None]
    subject: Mapped[str] = mapped_column(String(1023))

    @property
    def cost(self) -> Decimal | None:
        return None if self.unit_cost is None else self.unit_cost * self.quantity
