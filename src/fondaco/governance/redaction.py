"""What must never reach a log: addresses, telephone numbers, credentials, whatever a URL carries in its query."""

from __future__ import annotations

import re
from typing import Any

MASK = "•••"

_SECRET_NAME = re.compile(
    r"(?i)(pass(word|phrase)?|secret|token|authorization|cookie|api_?key|access_?key|private_?key|signature"
    r"|consumer_(key|secret)|client_secret|credential)"
)
_PERSONAL_NAME = re.compile(r"(?i)^(e?-?mail|phone|first_?name|last_?name|address|street|ip|customer_name)$")

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"), MASK),  # user:password@ in an address
    (re.compile(r"[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), MASK),  # e-mail
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (re.compile(r"\b(shp(?:at|ca|pa|ss|ua)|ck|cs|fnd|sk|pk|ghp|xox[abp])_[A-Za-z0-9_-]{8,}"), rf"\1_{MASK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), MASK),  # JSON web token
    (re.compile(r"(https?://[^\s?#\"']+)\?[^\s\"']+"), rf"\1?{MASK}"),
    (re.compile(r"(/login/link/)[\w-]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)([\"']?\b[\w-]*(?:password|passwd|secret|token|api_?key|consumer_key|authorization)\b[\"']?\s*[=:]\s*)"
            r"(\"[^\"]*\"|'[^']*'|[^\s,;&}]+)"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?<![\w.:-])\+\d[\d\s()/-]{6,}\d"), MASK),  # telephone number
)


def redact_text(text: str) -> str:
    """``text`` without anything that looks like a person or a credential."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact(value: Any) -> Any:
    """``value`` with all its texts redacted, and with values of telling names masked whole."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {key: _by_name(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner) for inner in value]
    if isinstance(value, BaseException):
        return redact_text(str(value))
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def _by_name(name: str, value: Any) -> Any:
    if (
        value is not None
        and not isinstance(value, bool | int | float)
        and (_SECRET_NAME.search(name) or _PERSONAL_NAME.match(name))
    ):
        return MASK
    return redact(value)
