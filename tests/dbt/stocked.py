"""A shop of the stub source with stock: locations, levels, sheets and sales, written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEDGER = "opening, received, sold, bundled, returned, transferred, corrected, counted, unexplained, closing"


@dataclass
class Stocked:
    """A shop with locations, and what was read of its stock on earlier days."""

    shop: Any

    def location(self, name: str, connection: str | None = None, *, source: str = "stub") -> str:
        location_id: str = self.shop.id(name, connection)
        self.shop._add(
            "locations",
            {"location_id": location_id, "source_location_id": name, "name": name, "source": source},
            {"connection_id": connection} if connection else {},
        )
        return location_id

    def level(self, location: str, variant: str, available: int, at: str) -> None:
        """The vendor's level of now, as read at this instant."""
        self.shop._add(
            "inventory_levels",
            {
                "inventory_level_id": f"{location}/{variant}", "variant_id": variant, "location_id": location,
                "location_name": location.split(":")[1], "available": available, "on_hand": available,
            },
            {"synced_at": at},
        )  # fmt: skip

    def was(self, location: str, variant: str, available: int, at: str) -> None:
        """A level that a former run kept."""
        self.shop._put(
            "fondaco__inventory_levels_daily", tenant_id=self.shop.tenant, connection_id=self.shop.connection,
            location_id=location, variant_id=variant, level_date=at[:10], available=available, on_hand=available, read_at=at,
        )  # fmt: skip

    def read(self, at: str) -> None:
        self.shop._put(
            "fondaco__inventory_readings", tenant_id=self.shop.tenant, connection_id=self.shop.connection,
            read_date=at[:10], read_at=at,
        )  # fmt: skip

    def entry(self, entity: str, key: str, sku: str, at: str, quantity: int, **more: Any) -> None:
        instants = {"receipts": "received_at", "stock_counts": "counted_at", "stock_movements": "moved_at"}
        self.shop._add(
            entity,
            {
                f"{entity.removesuffix('s')}_id": self.shop.id(key), "sku": sku, instants[entity]: at, "quantity": quantity,
            },
            more,
        )  # fmt: skip

    def supplier(self, number: str, **given: Any) -> None:
        self.shop._add(
            "suppliers",
            {
                "supplier_id": self.shop.id(number),
                "source_supplier_id": number,
                "name": number,
                "currency": "EUR",
            },
            given,
        )

    def ordered(
        self, number: str, supplier: str, days: tuple[str, str], quantity: int, *, unit_cost: str = "4", status: str = "open"
    ) -> None:  # fmt: skip
        """Mugs, on the first of two days, promised for the second."""
        order = self.shop.id(number)
        self.shop._add(
            "purchase_orders",
            {
                "purchase_order_id": order, "source_purchase_order_id": number, "supplier_id": self.shop.id(supplier),
                "status": status, "ordered_at": f"{days[0]} 00:00:00", "expected_at": f"{days[1]} 00:00:00", "currency": "EUR",
            },
            {},
        )  # fmt: skip
        self.shop._add(
            "purchase_order_lines",
            {
                "purchase_order_line_id": f"{order}/MUG", "purchase_order_id": order, "sku": "MUG", "quantity": quantity,
                "unit_cost": unit_cost,
            },
            {},
        )  # fmt: skip

    def sold(
        self, name: str, variant: str, at: str, quantity: int = 1, *, gross: str = "10", **more: Any
    ) -> str:
        order = self.shop.order(name, at, **more)
        sku = variant.split(":")[1]
        line = self.shop.line(order, sku=sku, quantity=quantity, variant_id=variant)
        self.shop.event(
            order,
            "order",
            "product",
            at,
            order_line_id=line,
            variant_id=variant,
            quantity=quantity,
            gross_sales=gross,
        )
        return str(order)

    def came_back(self, order: str, variant: str, at: str, quantity: int, restocked: int | None) -> None:
        self.shop.event(
            order, "return", "product", at, order_line_id=f"{order}/1", variant_id=variant, quantity=-quantity,
            units_restocked=restocked, returns="10",
        )  # fmt: skip

    def ledger(self, location: str, variant: str, columns: str = LEDGER) -> list[tuple[Any, ...]]:
        return list(
            self.shop.select(
                f"cast(stock_date as varchar) as day, {columns}", "marts.stock_ledger", "stock_date",
                where=f"location_id = '{location}' and variant_id = '{variant}'",
            )
        )  # fmt: skip
