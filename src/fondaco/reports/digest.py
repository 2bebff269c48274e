"""The morning digest: the list of today in a mail, to everyone who wants it, at most one a day and person."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fondaco.control import ControlPlane
from fondaco.errors import FondacoError
from fondaco.governance.people import digest_key
from fondaco.numbers import Numbers
from fondaco.reports.mail import Letter, UnsureError
from fondaco.reports.subscriptions import Claim, Subscriptions
from fondaco.reports.weekly import Send, environment

_log = logging.getLogger(__name__)
MOST_LINES = 12
"""Of a kind; the page has all."""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A proposal: its article, its place, its money as people write it, and its sentence."""

    proposal_id: str
    title: str
    place: str
    money: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DigestPart:
    """Proposals of one kind, those about most money first.

    Attributes
    ----------
    kind
        ``reorder``, ``transfer``, ``warn`` or ``mark_down``.
    money
        Of all of them; ``money_of`` says what it is.
    more
        How many are not in ``lines``.
    """

    kind: str
    label: str
    count: int
    money: str
    money_of: str
    lines: Sequence[DigestLine]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """What is to be done on ``day``; without ``parts`` nothing is."""

    merchant: str
    day: date
    parts: Sequence[DigestPart]
    numbers: Numbers
    made_at: datetime

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class DigestSent:
    """What came of a round: how many went out, and what kept the others back. No address stands in it."""

    day: date
    mails: int
    faults: tuple[FondacoError, ...] = field(default=())


def digest_letter(digest: Digest, address: str) -> Letter:
    """The digest as a mail; ``address`` is where the pages are."""
    words = {"digest": digest, "address": address.rstrip("/"), "day": digest.numbers.day(digest.day)}
    if not digest.count:
        subject = f"{digest.merchant}: nothing to do today"
    else:
        told = ", ".join(f"{part.label.lower()} {part.count}" for part in digest.parts)
        subject = f"{digest.merchant}: {told}"
    return Letter(
        subject=subject,
        html=environment(True).get_template("digest.html").render(words),
        plain=environment(False).get_template("digest.txt").render(words),
        written_at=digest.made_at,
        unsubscribe=f"{words['address']}/settings/account",
    )


def send_digest(
    control: ControlPlane, tenant_id: str, digest: Digest, address: str, send: Send
) -> DigestSent:
    """Send it to everyone who wants it and has not had that of the day. Where nothing is to be done, only to those who want to know that too.
    A fault with one keeps back no other."""
    subscriptions = Subscriptions(control, tenant_id, digest_key)
    letter: Letter | None = None
    mails, faults = 0, []
    for user in subscriptions.users():
        if not digest.count and not subscriptions.always(user.user_id):
            continue
        if (claim := subscriptions.claim(user, digest.day)) is None:
            continue
        try:
            letter = letter or digest_letter(digest, address)
            send(letter, claim.user.email)
            mails += 1
        except FondacoError as error:
            faults.append(error)
            _note(subscriptions, claim, error)
        except BaseException:
            subscriptions.release(claim)
            raise
    return DigestSent(digest.day, mails, tuple(faults))


def _note(subscriptions: Subscriptions, claim: Claim, error: FondacoError) -> None:
    """In the log stands whose mail it was by number, and what happened; a mail that may have gone is not sent again."""
    if not isinstance(error, UnsureError):
        subscriptions.release(claim)
    _log.error(
        "a morning digest was not sent",
        extra={"user": claim.user.user_id, "error": f"{error.what} {error.remedy}"},
    )
