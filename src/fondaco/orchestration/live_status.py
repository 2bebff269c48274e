"""How the queue stands, as the command and the page show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fondaco.orchestration.live import LiveState, live_state
from fondaco.queue import Depth, Queue
from fondaco.queue.tally import Counts, counted
from fondaco.sources.source import source_types
from fondaco.sources.webhooks import webhooks_of

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

BEHIND = timedelta(minutes=5)
"""Deliveries that have waited longer than this are late: a run may have the warehouse, or the drain has ended."""


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    """One connection that may be told of changes.

    Attributes
    ----------
    is_set_up
        Whether somebody has asked for its webhooks (``fondaco webhooks create``).
    waiting, postponed
        Deliveries in the queue, and those that are to be tried again.
    is_estimate
        So many wait that they were not counted one by one.
    newest
        When the newest genuine delivery came.
    fault
        What keeps its changes from the figures; empty if nothing does.
    """

    connection_id: str
    name: str
    source: str
    is_set_up: bool
    topics: tuple[str, ...]
    listed_at: datetime | None
    waiting: int
    postponed: int
    newest: datetime | None
    counts: Counts
    fault: str
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """The queue and the drain of a project."""

    depth: Depth
    postponed: Depth
    state: LiveState | None
    strangers: int
    connections: Sequence[WebhookStatus] = field(default_factory=tuple)

    @property
    def is_used(self) -> bool:
        """Whether any shop has been asked to tell, or has told."""
        return bool(self.state) or any(each.is_set_up or each.newest for each in self.connections)

    def lateness(self, now: datetime) -> timedelta:
        """How long the oldest delivery has waited."""
        return now - self.depth.oldest if self.depth.oldest else timedelta(0)


def live_status(project: Project) -> LiveStatus:
    """How it all stands now. Reads files and the control plane, never the warehouse."""
    folder = project.data / "queue"
    depth, later = Queue(folder).depth(), Queue(folder / "later").depth()
    counts, state = counted(folder), live_state(project)
    endpoints = {each.connection_id: each for each in project.control.webhooks.all(project.tenant)}
    able = {name for name, kind in source_types().items() if webhooks_of(kind) is not None}
    found = []
    for connection in project.connections():
        if connection.source not in able:
            continue
        name = connection.connection_id
        endpoint, own = endpoints.get(name), counts.get(name, Counts())
        fault = (state.faults.get(name) if state else None) or (endpoint.fault if endpoint else None)
        found.append(
            WebhookStatus(
                connection_id=name,
                name=connection.name,
                source=connection.source,
                is_set_up=endpoint is not None,
                topics=tuple(endpoint.topics) if endpoint else (),
                listed_at=endpoint.listed_at if endpoint else None,
                waiting=depth.by_connection.get(name, 0),
                postponed=later.by_connection.get(name, 0),
                newest=own.newest,
                counts=own,
                fault=fault or "",
                is_estimate=depth.is_estimate,
            )
        )
    return LiveStatus(depth, later, state, counts[""].refused if "" in counts else 0, tuple(found))
