"""Writes that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fondaco.errors import ConfigError


def refuse_unwritable(folder: Path) -> None:
    """Refuse a data folder in which nothing can be written.

    Raises
    ------
    ConfigError
        If a file cannot be made in ``folder``.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> ConfigError:
    """What to say where ``error`` kept something from being written in the data folder."""
    return ConfigError(
        f"The data folder {folder} cannot be written to: {error.strerror or type(error).__name__}.",
        "Give the account that runs Fondaco the right to write there, mount the disk for writing, or point FONDACO_HOME at another folder.",
    )


def sync_file(path: Path) -> None:
    """Bring a file's content to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Bring a folder's entries (creations, renames, deletions) to disk."""
    sync_file(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` so that a reader, or a crash at any instant, finds the old content or the new."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
