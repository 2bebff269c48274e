"""The currency of published figures, which is not yet that of the settings after these were changed."""

from __future__ import annotations

from fondaco.warehouse.engine import Reader

_SQL = "select max(reporting_currency) as currency from marts.connections where tenant_id = $tenant_id"


def reporting_currency(reader: Reader, tenant_id: str) -> str | None:
    """What the newest published marts count money in; None where nothing, or no shop, is published."""
    if reader.version is None:
        return None
    currency: str | None = reader.query(_SQL, {"tenant_id": tenant_id}).column("currency")[0].as_py()
    return currency
