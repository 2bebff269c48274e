"""Refusals as Google Ads words them: a kind of error, its code, and a gRPC status."""

from __future__ import annotations

_STATUS = {
    "authentication_error": "UNAUTHENTICATED",
    "authorization_error": "PERMISSION_DENIED",
    "header_error": "INVALID_ARGUMENT",
    "internal_error": "INTERNAL",
    "query_error": "INVALID_ARGUMENT",
    "quota_error": "RESOURCE_EXHAUSTED",
    "request_error": "INVALID_ARGUMENT",
}


class RefusalError(Exception):
    """What becomes a GoogleAdsFailure.

    Parameters
    ----------
    kind
        A member of ``ErrorCode``, e.g. ``query_error``.
    code
        One of its names, e.g. ``UNRECOGNIZED_FIELD``.
    seconds
        Of a quota error: after which time to come again.
    """

    def __init__(self, kind: str, code: str, message: str, *, seconds: float | None = None) -> None:
        super().__init__(f"{kind}.{code}: {message}")
        self.kind = kind
        self.code = code
        self.message = message
        self.seconds = seconds

    @property
    def status(self) -> str:
        """The name of the gRPC status that goes with it."""
        return _STATUS[self.kind]


def bad_query(code: str, message: str) -> RefusalError:
    """A query that cannot be answered."""
    return RefusalError("query_error", code, message)
