"""What Runs & data health says of webhooks: what waits, how far behind the figures are, what came and what failed."""

from __future__ import annotations

from typing import Any

from fondaco.orchestration.live_status import BEHIND, LiveStatus, WebhookStatus, live_status
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.health import Badge
from fondaco.server.site import Site


def live_section(site: Site, numbers: Numbers) -> dict[str, Any]:
    """The section's figures and rows; ``is_used`` says whether any shop tells of changes."""
    status = live_status(site.project)
    now = site.project.clock()
    state = status.state
    published = state.published if state else None
    return {
        "is_used": status.is_used,
        "has_shops": bool(status.connections),
        "badge": _badge(site, status),
        "waiting": _waiting(numbers, status.depth.events, is_estimate=status.depth.is_estimate),
        "oldest": f"the oldest since {numbers.ago(status.depth.oldest, now)}" if status.depth.oldest else "",
        "postponed": numbers.count(status.postponed.events),
        "lag": numbers.seconds(state.lag_seconds[0]) if state and published else NOTHING,
        "longest": numbers.seconds(state.lag_seconds[1]) if state and published else "",
        "published": numbers.ago(published, now) if published else "never",
        "given_up": numbers.count(state.given_up) if state else "0",
        "failed": state.failed if state else "",
        "strangers": numbers.count(status.strangers) if status.strangers else "",
        "rows": [webhook_row(site, numbers, each) for each in status.connections],
    }


def _badge(site: Site, status: LiveStatus) -> Badge:
    if status.state and status.state.failed:
        return Badge("Not published", "bad")
    if status.lateness(site.project.clock()) > BEHIND:
        return Badge("Behind", "warn")
    if any(each.fault for each in status.connections):
        return Badge("Partly", "warn")
    return Badge("Live", "good") if status.is_used else Badge("Not set up", "none")


def _waiting(numbers: Numbers, deliveries: int, *, is_estimate: bool) -> str:
    return f"about {numbers.count(deliveries)}" if is_estimate and deliveries else numbers.count(deliveries)


def webhook_row(site: Site, numbers: Numbers, each: WebhookStatus) -> dict[str, Any]:
    """What one connection tells by itself."""
    counts, now = each.counts, site.project.clock()
    return {
        "name": each.name,
        "source": each.source,
        "fault": each.fault,
        "topics": numbers.count(len(each.topics)) if each.is_set_up else "Not set up",
        "listed": numbers.ago(each.listed_at, now) if each.listed_at else NOTHING,
        "newest": numbers.ago(each.newest, now) if each.newest else NOTHING,
        "newest_at": numbers.instant(each.newest) if each.newest else "",
        "waiting": _waiting(numbers, each.waiting, is_estimate=each.is_estimate),
        "postponed": numbers.count(each.postponed),
        "queued": numbers.count(counts.queued),
        "unreadable": numbers.count(counts.unreadable),
        "refused": numbers.count(counts.refused),
    }
