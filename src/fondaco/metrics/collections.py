"""Collections: which there are. What they sold and earned are metrics, by the dimension ``collection``."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.warehouse.engine import OutdatedError, Reader

_SQL = """
select collection_title as title, count(distinct product_id) as products
from marts.product_collections
where tenant_id = $tenant_id
group by collection_title
order by collection_title
"""


def read_collections(reader: Reader, tenant_id: str) -> Sequence[tuple[str, int]]:
    """Collections with products in them and how many, by their names, which shops may share; none where an older release wrote
    what is published."""
    try:
        rows = reader.query(_SQL, {"tenant_id": tenant_id}).to_pylist()
    except OutdatedError:
        return ()
    return tuple((row["title"], row["products"]) for row in rows)
