"""Imported files: a shop's own exports, or any file of orders with a mapping.

``Files`` is loaded when it is asked for: the command line needs the names of the fields, and not DuckDB, for its help.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fondaco.sources.files.source import Files, FilesSettings

__all__ = ["Files", "FilesSettings"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("fondaco.sources.files.source"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
