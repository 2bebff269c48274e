"""What pieces cost, day by day: after a build, costs that differ from those of former runs are kept for good.

Shops tell today's cost only, so a cost that nobody kept would change the profit of all years with it. ``raw.fondaco__unit_costs``
is only ever added to; ``core.unit_costs`` is made of it and of what the shops say now, and may be made anew at any time.
"""

from __future__ import annotations

from fondaco.landing.raw import UNIT_COSTS
from fondaco.warehouse.engine import Writer, has_table


def keep_unit_costs(writer: Writer, tenant_id: str) -> int:
    """Keep the costs that the last build has seen first, all or nothing. How many there were.

    Cut off, it is made up for by the next build, which sees them again.
    """
    if not has_table(writer, "core", "unit_costs"):
        return 0
    names = ", ".join(UNIT_COSTS.column_names)
    news = f"""
        from core.unit_costs as seen
        where seen.tenant_id = $tenant and not exists (
            select 1 from {UNIT_COSTS.qualified} as kept
            where kept.tenant_id = seen.tenant_id and kept.variant_id = seen.variant_id and kept.number = seen.number
        )
    """
    found = writer.fetch(f"select count(*) as news {news}", {"tenant": tenant_id})["news"].to_pylist()
    count = int(found[0])
    if count:
        writer.execute(
            f"insert into {UNIT_COSTS.qualified} ({names}) select {names} {news}", {"tenant": tenant_id}
        )
    return count
