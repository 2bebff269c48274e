"""Random secrets that are shown once and kept as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """The form in which a random secret is stored; it has enough entropy to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
