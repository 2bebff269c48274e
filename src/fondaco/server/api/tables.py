"""Tables as answers: JSON, CSV or Parquet, with a tag by which an unchanged one is not sent again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any, Literal
from urllib.parse import urlencode

import pyarrow as pa
from fastapi import Request
from starlette.responses import Response

from fondaco.errors import ConfigError
from fondaco.governance import Permission
from fondaco.server.api.access import ReadingToken, require_of_token
from fondaco.server.downloads import csv_file, parquet_file
from fondaco.server.site import Site

Format = Literal["json", "csv", "parquet"]
PARQUET = "application/vnd.apache.parquet"
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
        }
    },
    304: {"description": "What was sent before has not changed."},
}
"""What the description of an address says of its other formats."""
_BY_ACCEPT: tuple[tuple[str, Format], ...] = (("text/csv", "csv"), (PARQUET, "parquet"))


def wanted_format(request: Request, asked: Format) -> Format:
    """The format of the address, or else of the Accept header."""
    if asked != "json":
        return asked
    accepted = request.headers.get("accept", "")
    for name, kind in _BY_ACCEPT:
        if name in accepted:
            return kind
    return "json"


def checked_format(request: Request, site: Site, token: ReadingToken, asked: Format) -> Format:
    """As ``wanted_format``; a file needs the right to take figures away."""
    chosen = wanted_format(request, asked)
    if chosen != "json":
        require_of_token(site, token, Permission.EXPORT)
    return chosen


def tag_headers(request: Request, *state: object) -> dict[str, str]:
    """Headers of an answer that is the same as long as ``state`` is, for the same address and format."""
    asked_for = "|".join(str(part) for part in (*state, request.url.query, request.headers.get("accept")))
    tag = hashlib.sha256(asked_for.encode()).hexdigest()
    return {"ETag": f'"{tag[:32]}"', "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}


def unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    """304 for who has that answer already (RFC 9110, section 13.1.2): one of several, weak or strong, or any."""
    held = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if "*" in held or headers["ETag"] in held:
        return Response(status_code=304, headers=headers)
    return None


def file_answer(kind: Format, name: str, table: pa.Table, headers: dict[str, str]) -> Response:
    """A table as a file: CSV with empty fields for what is unknown, or Parquet with its types."""
    if kind == "csv":
        response = csv_file(
            f"{name}.csv", table.column_names, (list(row.values()) for row in table.to_pylist())
        )
    else:
        response = parquet_file(f"{name}.parquet", table)
    response.headers.update(headers)
    return response


def json_answer(body: Any, headers: dict[str, str]) -> Response:
    """JSON that was made by a model of the answer."""
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json", headers=headers)


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """A Link header to the next page, for answers that have no room for it."""
    if cursor is None:
        return {}
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return {"Link": f'<{request.url.path}?{urlencode([*asked, ("cursor", cursor)])}>; rel="next"'}


def cursor_after(key: str) -> str:
    """A cursor that goes on behind the row with that key."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str) -> str:
    """The key in a cursor; empty for none.

    Raises
    ------
    ConfigError
        If it was not made by ``cursor_after``.
    """
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        key = "\0"
    if "\0" in key:  # PostgreSQL takes no such letter
        raise no_cursor(cursor)
    return key


def no_cursor(cursor: str) -> ConfigError:
    """What is said of a cursor that nobody was given."""
    return ConfigError(
        f"cursor={cursor[:63]!r} is not a cursor.", "Send the `next` of the page before, or none."
    )
