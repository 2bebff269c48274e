"""Figures as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import parquet
from starlette.responses import Response, StreamingResponse

_ROWS_OF_A_PIECE = 5_000

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with, and what a spreadsheet may leave out before one or take for one: https://owasp.org/www-community/attacks/CSV_Injection."""


def csv_file(name: str, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> Response:
    """A CSV download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_text(header, lines), media_type="text/csv; charset=utf-8", headers=headers)


def csv_stream(name: str, table: pa.Table) -> Response:
    """A CSV download of a table that may have millions of rows: written in pieces, so that no more than one of them is held as objects."""

    def pieces() -> Iterator[str]:
        yield csv_text(table.column_names, ())
        for batch in table.to_batches(max_chunksize=_ROWS_OF_A_PIECE):
            lines = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            yield csv_text((), lines)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces(), media_type="text/csv; charset=utf-8", headers=headers)


def csv_text(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A CSV file; what is unknown is an empty field, and no field can start a formula. Without a header it is a piece of one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows([_field(value) for value in line] for line in lines)
    return text.getvalue()


def _field(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def parquet_file(name: str, table: pa.Table) -> Response:
    """A Parquet download: the table as it is, with its types."""
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(sink.getvalue(), media_type="application/vnd.apache.parquet", headers=headers)
