"""What vendors said of their stock, day by day: after a build, levels that differ from those of former runs are kept for good.

Shops tell the level of now only, so a level that nobody kept could never be compared with what moved. The two raw tables are only
ever added to; ``core.inventory_levels_daily`` and ``core.inventory_readings`` are made of them and of what the shops say now, and may
be made anew at any time.
"""

from __future__ import annotations

from fondaco.landing.raw import INVENTORY_LEVELS_DAILY, INVENTORY_READINGS
from fondaco.warehouse.engine import TableSpec, Writer, has_table

_KEPT: tuple[tuple[TableSpec, tuple[str, ...]], ...] = (
    (INVENTORY_LEVELS_DAILY, ("location_id", "variant_id", "read_at")),
    (INVENTORY_READINGS, ("connection_id", "read_at")),
)


def keep_stock_levels(writer: Writer, tenant_id: str) -> int:
    """Keep the levels and readings that the last build has seen first, all or nothing. How many levels there were.

    Cut off, it is made up for by the next build, which sees them again.
    """
    if not has_table(writer, "core", "inventory_levels_daily"):
        return 0
    counts = []
    with writer.transaction():
        for spec, key in _KEPT:
            news = _news(spec, key)
            found = writer.fetch(f"select count(*) as news {news}", {"tenant": tenant_id})["news"].to_pylist()
            counts.append(int(found[0]))
            if counts[-1]:
                names = ", ".join(spec.column_names)
                writer.execute(
                    f"insert into {spec.qualified} ({names}) select {names} {news}", {"tenant": tenant_id}
                )
    return counts[0]


def _news(spec: TableSpec, key: tuple[str, ...]) -> str:
    """SQL of the rows of the table in core that the raw table has not yet."""
    same = " and ".join(f"kept.{name} = seen.{name}" for name in ("tenant_id", *key))
    seen = spec.name.removeprefix("fondaco__")
    return (
        f"from core.{seen} as seen where seen.tenant_id = $tenant "
        f"and not exists (select 1 from {spec.qualified} as kept where {same})"
    )
