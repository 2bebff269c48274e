"""Webhook subscriptions: set up by the vendor's API, and looked after.

Vendors drop subscriptions without a word: Shopify after eight failed deliveries within four hours, WooCommerce switches one
off after five. So they are listed every day, and what is missing is made again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fondaco.control import Connection
from fondaco.errors import ConfigError, FondacoError
from fondaco.queue import Queue, QueuedEvent, QueueWriter
from fondaco.sources.source import Source, source_type
from fondaco.sources.webhooks import Subscribes, Subscription, webhooks_of

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

TENDED_EVERY = timedelta(hours=24)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tended:
    """What was found and done for a connection.

    Attributes
    ----------
    topics
        Those that lead to this project now.
    made
        Those that were missing, or switched off, and were made.
    by_hand
        Whether the vendor has no API for it, so that somebody has to enter address and secret there.
    fault
        Why the vendor could not be asked; empty if it was.
    """

    connection_id: str
    address: str
    topics: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    by_hand: bool = False
    fault: str = ""


@dataclass
class _Found:
    """Subscriptions of a vendor that lead to one address, and those of its topics that are missing."""

    right: list[Subscription] = field(default_factory=list)
    wrong: list[Subscription] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def address_of(project: Project, connection: Connection) -> str:
    """Where the vendor of ``connection`` is to deliver.

    Raises
    ------
    ConfigError
        If nobody has said by which address this project is reached.
    """
    public = project.settings.server.public_url
    if public is None:
        raise ConfigError(
            "Shops cannot be told where to deliver: [server] public_url is not set.",
            'Set it in fondaco.toml to the address by which the web application is reached, such as "https://figures.example.com".',
        )
    return f"{public.rstrip('/')}/webhooks/{connection.source}/{connection.connection_id}"


def create(project: Project, connection: Connection, *, renew: bool = False) -> Tended:
    """Have the vendor of ``connection`` tell of changes.

    Parameters
    ----------
    renew
        Make a new secret first, and set up all anew with it.

    Raises
    ------
    ConfigError
        If the source has no webhooks, the public address is not set, or the vendor does not take it.
    """
    if webhooks_of(source_type(connection.source)) is None:
        raise ConfigError(
            f"{connection.connection_id} is a connection to {connection.source}, which has no webhooks.",
            "See those that do with `fondaco webhooks list`.",
        )
    address = address_of(project, connection)
    endpoints = project.control.webhooks
    if renew and endpoints.get(project.tenant, connection.connection_id):
        remove(project, connection)
    endpoints.open(project.tenant, connection.connection_id)
    project.control.audit.add(
        project.tenant,
        actor="cli",
        action="webhooks.create",
        subject=connection.connection_id,
        detail={"renewed": renew},
    )
    return _tend(project, connection, address)


def remove(project: Project, connection: Connection) -> int:
    """Take down all subscriptions that lead here, and forget the secret; how many there were."""
    address = address_of(project, connection)
    count = 0
    with _opened(project, connection) as source:
        if isinstance(source, Subscribes):
            for each in source.subscriptions():
                if each.address == address:
                    source.unsubscribe(each.subscription_id)
                    count += 1
    project.control.webhooks.remove(project.tenant, connection.connection_id)
    return count


def tend_daily(project: Project) -> list[Tended]:
    """List the subscriptions of all connections that were set up, once a day, and make what is missing.

    A vendor that cannot be asked keeps nobody else from being asked; why is kept with its connection.
    """
    if project.settings.server.public_url is None:
        return []
    now = project.clock()
    known = {each.connection_id: each for each in project.connections()}
    tended = []
    for endpoint in project.control.webhooks.all(project.tenant):
        connection = known[endpoint.connection_id]
        if _was_listed(endpoint.listed_at, now):
            continue
        try:
            tended.append(_tend(project, connection, address_of(project, connection)))
        except FondacoError as error:
            _log.warning(
                "subscriptions were not listed",
                extra={"connection": connection.connection_id, "what": error.what},
            )
            project.control.webhooks.note_listing(
                project.tenant, connection.connection_id, fault=f"{error.what} {error.remedy}"
            )
            tended.append(Tended(connection.connection_id, address_of(project, connection), fault=error.what))
    return tended


def replay(
    project: Project, *, since: datetime, connection_id: str | None = None, again: str | None = None
) -> int:
    """Queue again what came since ``since`` and was drained already; how many deliveries.

    Records are read again from the vendor, so that a replay changes nothing where all is as it should be.
    """
    folder = project.data / "queue"
    mark = again or f"{project.clock():%Y%m%dT%H%M%S%f}-"
    chosen = list(_chosen(Queue(folder).done(), since, connection_id, mark))
    if chosen:
        writer = QueueWriter(folder)
        try:
            writer.put([each.to_bytes() for each in chosen])
        finally:
            writer.close()
    return len(chosen)


def _chosen(
    events: Iterable[QueuedEvent], since: datetime, connection_id: str | None, mark: str
) -> Iterator[QueuedEvent]:
    for event in events:
        # A replay repeats what shops have sent, not an earlier replay.
        if event.received_at >= since and connection_id in (None, event.connection_id) and not event.again:
            yield event.repeated(mark)


def _tend(project: Project, connection: Connection, address: str) -> Tended:
    secret = project.control.webhooks.open(project.tenant, connection.connection_id)
    with _opened(project, connection) as source:
        if not isinstance(source, Subscribes):
            project.control.webhooks.note_listing(project.tenant, connection.connection_id, topics=())
            return Tended(connection.connection_id, address, by_hand=True)
        found = _look(source, address)
        for each in found.wrong:
            source.unsubscribe(each.subscription_id)
        made = [source.subscribe(topic, address, secret) for topic in found.missing]
    topics = tuple(sorted({each.topic for each in (*found.right, *made)}))
    project.control.webhooks.note_listing(project.tenant, connection.connection_id, topics=topics)
    if made:
        _log.info(
            "subscriptions were made",
            extra={"connection": connection.connection_id, "topics": found.missing},
        )
    return Tended(connection.connection_id, address, topics, tuple(found.missing))


def _look(source: Subscribes, address: str) -> _Found:
    """What leads here: one active subscription a topic is right, the others of ours are not."""
    found = _Found()
    wanted = source.topics()
    for each in source.subscriptions():
        if each.address != address:
            continue  # another program's, or another project's
        is_new = each.topic not in {known.topic for known in found.right}
        (found.right if each.is_active and is_new and each.topic in wanted else found.wrong).append(each)
    have = {each.topic for each in found.right}
    found.missing = [topic for topic in wanted if topic not in have]
    return found


def _was_listed(listed_at: datetime | None, now: datetime) -> bool:
    return listed_at is not None and now - listed_at < TENDED_EVERY


@contextmanager
def _opened(project: Project, connection: Connection) -> Iterator[Source]:
    source = project.source(connection)
    try:
        yield source
    finally:
        source.close()
