"""Files of the pages: read once, addressed by their content, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"

_URL = re.compile(rb'url\("([^":]+)"\)')
_TEXT = frozenset({".css", ".js", ".svg", ".txt"})
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, with the encodings it can be sent in."""

    content_type: str
    digest: str
    plain: bytes
    gzip: bytes | None
    brotli: bytes | None

    def encoded(self, accepted: str) -> tuple[bytes, str | None]:
        """The smallest form that the browser takes."""
        names = {part.split(";")[0].strip() for part in accepted.split(",")}
        if self.brotli is not None and "br" in names:
            return self.brotli, "br"
        if self.gzip is not None and "gzip" in names:
            return self.gzip, "gzip"
        return self.plain, None


@lru_cache(maxsize=256)
def _gzipped(content: bytes) -> bytes:
    """Compressed once a process, however many applications it makes."""
    return gzip.compress(content, 9, mtime=0)


def _read(path: Path, plain: bytes) -> Asset:
    text = path.suffix in _TEXT
    twin = path.with_name(path.name + ".br")
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(
        content_type=f"{kind}; charset=utf-8" if text else kind,
        digest=hashlib.sha256(plain).hexdigest()[:12],
        plain=plain,
        gzip=_gzipped(plain) if text else None,
        brotli=twin.read_bytes() if twin.is_file() else None,
    )


class Assets:
    """All static files, by their path under ``static/``."""

    def __init__(self, folder: Path = STATIC) -> None:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".br"]
        own_sheets = [path for path in paths if path.parent == folder and path.suffix == ".css"]
        self._assets: dict[str, Asset] = {}
        for path in (*(path for path in paths if path not in own_sheets), *own_sheets):
            content = path.read_bytes()
            if path in own_sheets:
                content = _URL.sub(self._hashed, content)
            self._assets[path.relative_to(folder).as_posix()] = _read(path, content)

    def _hashed(self, found: re.Match[bytes]) -> bytes:
        """A stylesheet's reference by the same address as the page's, so that a file is fetched once."""
        name = found[1].decode()
        return f'url("{self.url(name)}")'.encode() if name in self._assets else found[0]

    def url(self, name: str) -> str:
        """The address of a file; it changes when the content does."""
        return f"/static/{name}?v={self._assets[name].digest}"

    @property
    def complete(self) -> bool:
        """Whether the npm assets were built."""
        return "vendor/tabler.min.css" in self._assets

    def respond(self, request: Request, name: str) -> Response:
        asset = self._assets.get(name)
        if asset is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = {"ETag": f'"{asset.digest}"', "Vary": "Accept-Encoding"}
        fixed = request.query_params.get("v") == asset.digest
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        body, encoding = asset.encoded(request.headers.get("accept-encoding", ""))
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, headers=headers, media_type=asset.content_type)


@cache
def packaged() -> Assets:
    """The files of this installation, read once a process."""
    return Assets()
