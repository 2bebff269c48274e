"""The family of errors, sorted by what the reader has to do.

    FondacoError
    ├── ConfigError        fix a setting, a credential or a file, then run again
    │   └── AccessError    the vendor refuses the credential or a scope is missing
    ├── RetryableError     nothing to do: the step is tried again, later runs go on from here
    ├── RecordError        one record is unusable: it goes to quarantine, the run goes on
    └── FatalError         a promise of ours is broken: stop, keep everything, report

Every message has two sentences: what happened, with the values, and what to do, with the command. No message
carries personal data or a secret.
"""

from __future__ import annotations


class FondacoError(Exception):
    """Something that a person must read. ``what`` happened, and the ``remedy``."""

    exit_code = 1

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n{self.remedy}"


class ConfigError(FondacoError):
    """A setting, credential, file or argument is wrong."""


class AccessError(ConfigError):
    """The vendor refuses the credential, or the credential lacks a scope."""


class RetryableError(FondacoError):
    """A passing fault outside Fondaco: network, throttling, a vendor's 5xx, a lock."""

    def __init__(self, what: str, remedy: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(what, remedy)
        self.retry_after_seconds = retry_after_seconds


class RecordError(FondacoError):
    """One record cannot be read as declared; it is quarantined and the run goes on."""


class FatalError(FondacoError):
    """An invariant of Fondaco is broken; nothing may be published."""


def unknown_error(subject: str, error: Exception) -> ConfigError:
    """A fault of ours in one of several like parts, told so that the others can go on; log ``error`` itself."""
    return ConfigError(
        f"{subject} met an error that Fondaco does not know ({type(error).__name__}).",
        "The details are in logs/errors.log; please report them. What was read before is kept.",
    )
