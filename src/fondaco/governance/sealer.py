"""Secrets at rest: AES-256-GCM, with a key from ``FONDACO_SECRET_KEY`` or a file that only its owner reads."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fondaco.errors import ConfigError

KEY_VARIABLE = "FONDACO_SECRET_KEY"
KEY_FILE = "secret.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORM = "v1:"


class Sealer:
    """Seals texts for one subject: a sealed text moved to another subject does not open."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def open(
        cls, folder: Path, environment: Mapping[str, str] = os.environ, *, may_create: bool = True
    ) -> Self:
        """With the key of the environment or of ``folder``/secret.key, which is made when it is not there.

        Parameters
        ----------
        may_create
            False where something is sealed already, which a new key would never open.

        Raises
        ------
        ConfigError
            If the key is malformed or missing, or its file can be read by other users.
        """
        given = environment.get(KEY_VARIABLE)
        if given:
            return cls(_decode(given, f"The environment variable {KEY_VARIABLE}"))
        path = folder / KEY_FILE
        if not path.exists():
            if not may_create:
                raise ConfigError(
                    f"The key {path} is missing, and without it the connections' settings do not open.",
                    f"Put the file back, or its content into {KEY_VARIABLE}.",
                )
            _create(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ConfigError(
                f"The key file {path} can be read by other users (mode {mode:o}).",
                f"Close it with `chmod 600 {path}`.",
            )
        return cls(_decode(path.read_text(encoding="ascii", errors="replace"), f"The key file {path}"))

    @staticmethod
    def has_key(folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
        """Whether ``open`` would find a key, in the environment or in ``folder``."""
        return bool(environment.get(KEY_VARIABLE)) or (folder / KEY_FILE).exists()

    def seal(self, text: str, subject: str) -> str:
        """Encrypt ``text``; only ``unseal`` with the same key and ``subject`` opens it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), subject.encode())
        return _FORM + base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, subject: str) -> str:
        """The text that was sealed.

        Raises
        ------
        ConfigError
            If the key is another one, or the sealed text was changed or moved.
        """
        try:
            if not sealed.startswith(_FORM):
                raise InvalidTag
            content = base64.urlsafe_b64decode(sealed.removeprefix(_FORM))
            opened = self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], subject.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise ConfigError(
                f"The sealed settings of {subject} do not open with this key.",
                f"Put the old key back (secret.key or {KEY_VARIABLE}), or connect again with `fondaco connect`.",
            ) from error
        return opened.decode()


def new_key() -> str:
    """A fresh key in the form that ``FONDACO_SECRET_KEY`` takes."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def _create(path: Path) -> None:
    """Write a fresh key whole or not at all; when two processes do so at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(
            f"{where} does not hold a key of {_KEY_BYTES} bytes in base64.",
            "Put the right key back; without it the sealed settings cannot be opened.",
        )
    return key
