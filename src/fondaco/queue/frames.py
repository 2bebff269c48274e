"""Frames of a segment: length, checksum, content. What a crash has cut off is told from what is whole.

::

    segment   = MAGIC frame*
    frame     = length (4 bytes, little endian) crc32 of the content (4 bytes) content
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

MAGIC = b"FNDQUE1\n"
LARGEST = 4 << 20
"""No frame holds more bytes; a greater length is no length."""

_HEAD = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame: its content, and the offset behind it."""

    content: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found from an offset on.

    Attributes
    ----------
    end
        Offset behind the last frame that could be told from the next, damaged ones included.
    damaged
        Frames whose checksum is wrong though others follow: bytes have changed on the disk.
    is_torn
        Bytes follow that are no whole frame: a write that was cut off, or that is still going on.
    """

    frames: tuple[Frame, ...]
    end: int
    damaged: int
    is_torn: bool


def frame(content: bytes) -> bytes:
    """``content`` as it stands in a segment. It may neither be empty nor larger than ``LARGEST``."""
    if not 0 < len(content) <= LARGEST:
        raise ValueError(f"a frame holds 1 to {LARGEST} bytes, not {len(content)}")
    return _HEAD.pack(len(content), zlib.crc32(content)) + content


def scan(data: bytes, offset: int = 0, *, limit: int | None = None) -> Scan:
    """Frames of a segment's bytes from ``offset`` on (0: from its beginning), at most ``limit``.

    A disk that lost power may have the size of a file but not its last bytes, which then are nought: a length of nought
    is no frame either.
    """
    if offset == 0:
        if data[: len(MAGIC)] != MAGIC:
            return Scan((), 0, 0, bool(data))
        offset = len(MAGIC)
    found: list[Frame] = []
    damaged = 0
    while limit is None or len(found) < limit:
        start = offset + _HEAD.size
        if start > len(data):
            return Scan(tuple(found), offset, damaged, offset < len(data))
        length, checksum = _HEAD.unpack_from(data, offset)
        end = start + length
        if not 0 < length <= LARGEST or end > len(data):
            return Scan(tuple(found), offset, damaged, True)
        content = data[start:end]
        if zlib.crc32(content) == checksum:
            found.append(Frame(content, end))
        elif end == len(data):
            return Scan(tuple(found), offset, damaged, True)
        else:
            damaged += 1
        offset = end
    return Scan(tuple(found), offset, damaged, False)
