"""Proposals and orders of stock in the hands of a reader of pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fondaco.errors import ConfigError
from fondaco.orchestration.ordering import StockDesk
from fondaco.orchestration.proposed import Proposal
from fondaco.server.numbers import Numbers
from fondaco.server.pages.health import Badge
from fondaco.server.pages.stock_words import KINDS
from fondaco.server.site import Site
from fondaco.warehouse.engine import OutdatedError

CHOICES = {
    "accepted": Badge("Accepted", "good"),
    "changed": Badge("Changed", "good"),
    "refused": Badge("Refused", "none"),
    "open": Badge("Open", "none"),
}
"""What became of a proposal."""


def desk_of(site: Site, user_id: int) -> StockDesk:
    """The desk of one user."""
    project = site.project
    return StockDesk(
        site.control, project.reader, site.tenant_id, f"user:{user_id}",
        time_zone=project.settings.project.timezone, clock=project.clock,
    )  # fmt: skip


def proposals_of_today(desk: StockDesk) -> list[Proposal] | None:
    """The newest proposals; None where an older release published, and knew none."""
    try:
        return desk.proposals()
    except OutdatedError:
        return None
    except ConfigError:  # nothing is published
        return None


def proposed_of(desk: StockDesk, variant_id: str) -> list[dict[str, Any]]:
    """What is proposed today of an article."""
    return [
        {
            "kind": KINDS[each.kind],
            "sentence": each.sentence,
            "badge": CHOICES[each.status],
            "address": f"/today#proposal-{each.proposal_id}",
        }
        for each in proposals_of_today(desk) or ()
        if each.variant_id == variant_id
    ]


def decided(
    site: Site, numbers: Numbers, desk: StockDesk, variant_id: str, days: int
) -> list[dict[str, Any]]:
    """What was decided about an article, the newest first."""
    names = people(site)
    return [
        {
            "day": numbers.day(each.proposal_date),
            "kind": KINDS.get(each.kind, each.kind),
            "location": each.proposed.get("location_name") or "",
            "badge": CHOICES[each.choice],
            "proposed": numbers.count(each.proposed_quantity),
            "quantity": numbers.count(each.quantity) if each.choice != "refused" else "",
            "by": who(each.decided_by, names),
            "reason": each.reason,
        }
        for each in desk.decisions(desk.today - timedelta(days=days))
        if each.proposed.get("variant_id") == variant_id
    ]


def people(site: Site) -> dict[str, str]:
    """The users by the names that decisions have for them."""
    return {f"user:{user.user_id}": user.email for user in site.control.users.all(site.tenant_id)}


def who(actor: str, names: Mapping[str, str]) -> str:
    """Who did it, as people say it; ``names`` are those of ``people``."""
    kind, _, number = actor.partition(":")
    others = {"token": f"API token {number}", "cli": "The command line", "user": "A former user"}
    return names.get(actor) or others.get(kind, actor)
