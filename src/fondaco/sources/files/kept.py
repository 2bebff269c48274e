"""What the imports of a files connection hold, as tables of DuckDB: the files' own report and the overlap ask them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from fondaco.sources.files.inbox import imports, stream_path
from fondaco.sources.files.streams import STREAMS

_SQL_TYPES = {"decimal": "decimal(18, 6)", "text": "varchar", "bigint": "bigint", "bool": "boolean"}

LINES_COUNT = "(totals.line_imports is null or contains(totals.line_imports, lines.import_id))"
"""Whether a line of table ``lines`` counts, by its order's row in ``totals``; the models judge alike."""


def load_imports(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    stream: str,
    table: str,
    *,
    columns: Sequence[str] | None = None,
    without: str | None = None,
) -> bool:
    """Put the newest record of each key of ``stream`` into ``table``; False where no import has any.

    Parameters
    ----------
    columns
        Those that are needed; None: all.
    without
        Id of an import that is left out.
    """
    main = next(each for each in STREAMS if each.name == stream).tables[0]
    read = {
        c.name: _SQL_TYPES.get(c.type, "varchar") for c in main.columns if not columns or c.name in columns
    }
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in read.items())
    declared = ", ".join(f"{name} {kind}" for name, kind in read.items())
    engine.execute(f"create or replace temp table {table} ({declared}, imported integer)")
    found = [one for one in imports(folder) if one.import_id != without and one.records.get(stream)]
    for place, one in enumerate(found):
        path = str(stream_path(folder, one, stream)).replace("'", "''")
        engine.execute(
            f"insert into {table} by name select *, {place} as imported "
            f"from read_json('{path}', format = 'newline_delimited', columns = {{{types}}})"
        )
    engine.execute(
        f"create or replace temp table {table} as select * exclude (imported) from {table} "
        f"qualify row_number() over (partition by {', '.join(main.primary_key)} order by imported desc) = 1"
    )
    return bool(found)
