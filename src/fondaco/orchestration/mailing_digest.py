"""The morning digest of a project: what page Today lists, mailed once a day."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fondaco.clock import local_date, zone
from fondaco.errors import FondacoError

if TYPE_CHECKING:
    from datetime import date

    from fondaco.config import Settings
    from fondaco.numbers import Numbers
    from fondaco.orchestration.project import Project
    from fondaco.orchestration.proposed import Proposal
    from fondaco.reports.digest import Digest, DigestPart, DigestSent

_log = logging.getLogger(__name__)
_LABELS = {"reorder": "Order", "transfer": "Transfer", "warn": "Running out", "mark_down": "Mark down"}


def digest_trigger(settings: Settings) -> Any:
    """Every day, each hour from ``[mail] digest_hour`` on: whoever has had the day's digest gets no other."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(
        hour=f"{settings.mail.digest_hour}-23", minute=5, timezone=zone(settings.project.timezone)
    )


def mail_digest(project: Project) -> DigestSent | None:
    """Send what is to be done today to everyone who wants it and has not had it; a fault is logged, never raised.

    It waits for a run of today; None while it waits, or where demand is not forecast at all.
    """
    from fondaco.orchestration.address import base_url
    from fondaco.reports.digest import send_digest
    from fondaco.reports.mail import Postbox

    try:
        digest = digest_of(project)
        if digest is None:
            return None
        post = Postbox(project.settings.mail)
        return send_digest(project.control, project.tenant, digest, base_url(project.settings), post.send)
    except FondacoError as error:
        _log.error("the morning digest was not sent", extra={"error": f"{error.what} {error.remedy}"})
        return None


def digest_of(project: Project) -> Digest | None:
    """What is open of today's proposals; None where no run of today has looked."""
    from fondaco.numbers import USUAL_LOCALE, Numbers
    from fondaco.orchestration.proposed import ProposalReader
    from fondaco.reports.digest import Digest, DigestPart

    own, now = project.settings.project, project.clock()
    today = local_date(now, own.timezone)
    if not _looked_on(project, today):
        return None
    found = ProposalReader(project.control, project.reader, project.tenant).of_day(today, status="open")
    numbers = Numbers(USUAL_LOCALE, own.currency, zone(own.timezone))
    parts: list[DigestPart] = []
    for kind, label in _LABELS.items():
        mine = [each for each in found if each.kind == kind]
        if mine:
            money = sum((each.money for each in mine if each.money is not None), Decimal(0))
            what = "lies in it" if kind == "mark_down" else "of margin at stake"
            parts.append(
                DigestPart(kind, label, len(mine), numbers.money(money), what, _lines(numbers, mine))
            )
    return Digest(own.name, today, parts, numbers, now)


def _lines(numbers: Numbers, found: Sequence[Proposal]) -> list[Any]:
    from fondaco.reports.digest import MOST_LINES, DigestLine

    return [
        DigestLine(
            each.proposal_id,
            each.title,
            f"{each.from_location_name} to {each.location_name}"
            if each.kind == "transfer"
            else each.location_name,
            numbers.money(each.money),
            each.sentence,
        )
        for each in found[:MOST_LINES]
    ]


def _looked_on(project: Project, today: date) -> bool:
    """Whether demand was forecast on ``today``, in the project's zone."""
    from fondaco.metrics.stock_item import newest_forecast

    newest = newest_forecast(project.reader, project.tenant)
    if newest is None or newest["why_not"] or newest["made_at"] is None:
        return False
    return local_date(newest["made_at"].replace(tzinfo=UTC), project.settings.project.timezone) == today
