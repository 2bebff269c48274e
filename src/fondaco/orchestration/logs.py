"""Logs: words on the console, JSON lines in ``logs/fondaco.log``, errors also in ``logs/errors.log``.

Every part of Fondaco, and every library under it, logs through the standard ``logging``; details go in ``extra``. All
of it passes the redaction before it is written.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from fondaco.governance.redaction import redact

LOG_FILE = "fondaco.log"
ERROR_FILE = "errors.log"
_BYTES_PER_FILE = 10_000_000
_FILES_KEPT = 5
_NOISY = (
    "httpx",
    "httpcore",
    "alembic",
    "dlt",
    "apscheduler",
    "sqlalchemy",
    "dbt",
    "uvicorn.access",
    "multipart",
)


def configure_logs(folder: Path, *, console_level: int = logging.WARNING) -> None:
    """Send the process's logs to ``folder`` and to standard error. A second call replaces the first.

    A file that cannot be written gets none: whatever else has to be written says so, and reading needs no log.
    """
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    for handler in [h for h in root.handlers if getattr(h, "_is_fondacos", False)]:
        root.removeHandler(handler)
        handler.close()
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(console_level)
    console.setFormatter(_formatter(json=False))
    files = ((folder / LOG_FILE, logging.INFO), (folder / ERROR_FILE, logging.ERROR))
    for handler in (console, *(_file(path, level) for path, level in files if _is_writable(path))):
        handler._is_fondacos = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_writable(path: Path) -> bool:
    return os.access(path if path.exists() else path.parent, os.W_OK)


def _file(path: Path, level: int) -> logging.Handler:
    handler = RotatingFileHandler(
        path, maxBytes=_BYTES_PER_FILE, backupCount=_FILES_KEPT, encoding="utf-8", delay=True
    )
    handler.setLevel(level)
    handler.setFormatter(_formatter(json=True))
    return handler


def _formatter(*, json: bool) -> logging.Formatter:
    import structlog

    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redacted, renderer],
    )


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("color_message", None)  # uvicorn's text once more, for terminals
    content: dict[str, Any] = redact(dict(event))
    return content
