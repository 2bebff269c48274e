"""Imported files: a shop's own exports, or any file of orders with a mapping."""

from fondaco.sources.files.source import Files, FilesSettings

__all__ = ["Files", "FilesSettings"]
