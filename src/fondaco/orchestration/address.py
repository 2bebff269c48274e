"""Where a project is being served: the server says so in the data folder, for whoever writes a link to it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from fondaco.config import Settings
from fondaco.warehouse.files import unwritable

FILE = "serving.json"
_PATIENCE_SECONDS = 0.5


@contextmanager
def announced(data: Path, url: str) -> Iterator[None]:
    """Say for the time of the block that this process serves the project at ``url``.

    Raises
    ------
    ConfigError
        If the data folder cannot be written to.
    """
    path = data / FILE
    said = json.dumps({"url": url, "pid": os.getpid()}) + "\n"
    draft = path.with_name(f".{FILE}.{os.getpid()}")
    try:
        draft.write_text(said, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise unwritable(data, error) from error
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == said:  # another server may have said so since
                path.unlink()


def base_url(settings: Settings, *, port: int | None = None) -> str:
    """The address that people open: at ``port``; else the public one, where the project is served now, or where it is set to
    be. Without a slash at its end."""
    server = settings.server
    host = "127.0.0.1" if server.host in ("0.0.0.0", "::") else server.host
    known = None if port is not None else server.public_url or live_url(settings.data)
    return (known or f"http://{host}:{port or server.port}").rstrip("/")


def live_url(data: Path) -> str | None:
    """The address that was announced, if something listens there; a server that was killed leaves its word behind."""
    try:
        url = str(json.loads((data / FILE).read_text(encoding="utf-8"))["url"])
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), _PATIENCE_SECONDS):
            return url
    except (OSError, ValueError, KeyError, TypeError):
        return None
