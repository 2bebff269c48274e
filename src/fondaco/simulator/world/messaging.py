"""E-mail and text messages: who gets them, what people do with them, and which of them led to orders.

Nothing here draws from the world's random streams: every number is a hash of what it belongs to (a contact and a message, or
an order), so a world keeps its orders, and time that goes on finds the same past. A click leads to an order at most once; the
platform claims every order within five days after an open or a click (``simulator.reported_messages``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from fondaco.simulator.world.frames import DAY, NULL, Array, Frame, stack
from fondaco.simulator.world.hashing import digest, unit
from fondaco.simulator.world.merchants import ACQUISITION, CHANNELS, Merchant
from fondaco.simulator.world.message_accounts import (
    EMAIL,
    FLOWS,
    HOUR,
    MINUTE,
    SMS,
    MessageAccount,
    Sending,
    accounts_of,
    campaigns_until,
    flows_of,
)
from fondaco.simulator.world.people import Crowd

RECEIVED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED, MARKED_SPAM = range(6)
EVENT_KINDS: tuple[str, ...] = ("received", "bounced", "opened", "clicked", "unsubscribed", "marked_spam")

_NEWSLETTER, _WEB = ACQUISITION.index("newsletter"), CHANNELS.index("web")
_CONTACTS, _LEADS = 0.55, 0.08
_NO_CONSENT, _TEXTS = 0.10, 0.60
_SEGMENT = 0.30
"""Of the subscribers, the part that gets a campaign; those whom letters brought get all."""
_BOUNCED, _OPENED, _OPENED_TWICE, _LEFT, _SPAM = 0.012, 0.36, 0.12, 0.004, 0.0006
_CLICKED = {EMAIL: 0.09, SMS: 0.07}  # of those who opened; of those who got a text
_CAMPAIGN_PULL, _FLOW_PULL = 6 * DAY, 3 * DAY
"""How long after a message its click may lead to an order."""
_LEAST_WAIT = 10 * MINUTE
_NEVER = int(np.iinfo(np.int64).max)
_PERSON_SALT, _SEND_SALT, _SEGMENT_SALT, _ORDER_SALT, _EVENT_SALT = 401, 409, 419, 421, 431
_FIRST_LEAD = 900_000_000


@dataclass(frozen=True)
class Messaging:
    """The messages of a world, up to ``horizon``.

    Attributes
    ----------
    settled
        How many of ``crowd`` were there when the world was made; later ones become contacts as they come.
    end
        When the world was made.
    horizon
        Until when people are written to.
    """

    platforms: tuple[str, ...]
    shops: tuple[Merchant, ...]
    crowd: Crowd
    settled: int
    start: int
    end: int
    horizon: int

    # ---- contacts ----------------------------------------------------------------------------------------------------

    @cached_property
    def accounts(self) -> tuple[MessageAccount, ...]:
        return accounts_of(self.platforms)

    @cached_property
    def contacts(self) -> Frame:
        """Everybody who may be written to, in order of id, and when they left.

        ``person`` is an index into the crowd, -1 for a lead, who never bought.
        """
        people = self._people()
        leads = self._leads()
        found = stack([people, leads])
        left = np.full(len(found["contact_id"]), _NEVER)
        for sending, row, sent_at in self._campaign_sends(found, left):
            away = self._fate(found["contact_id"][row], sending, sent_at)["left_at"]
            gone = away != NULL
            left[row[gone]] = np.minimum(left[row[gone]], away[gone])
        return {**found, "left_at": left}

    def _people(self) -> Frame:
        person = np.arange(len(self.crowd.rate))
        seeds = digest(person, np.zeros(len(person), np.int64), _PERSON_SALT)
        listed = self.crowd.channel == _NEWSLETTER
        person = person[listed | (unit(seeds, 1) < _CONTACTS)]
        seeds, listed = seeds[person], listed[person]
        born = self.crowd.born[person]
        early = np.maximum(born - (unit(seeds, 2) * 20 * DAY).astype(np.int64), self.start)
        created = np.where(person < self.settled, early, born + 1_000_000) // 1_000_000 * 1_000_000
        return {
            "contact_id": person + 1, "person": person, "created_at": created,
            "platform": self.crowd.home[person].astype(np.int64) % len(self.platforms), "listed": listed,
            "by_email": listed | (unit(seeds, 3) >= _NO_CONSENT),
            "by_text": (person % 10 < 4) & (unit(seeds, 4) < _TEXTS),
        }  # fmt: skip

    def _leads(self) -> Frame:
        count = max(int(self.settled * _LEADS), 1)
        number = np.arange(count)
        seeds = digest(number, np.ones(count, np.int64), _PERSON_SALT)
        created = self.start + (unit(seeds, 1) * (self.end - self.start)).astype(np.int64)
        return {
            "contact_id": _FIRST_LEAD + number, "person": np.full(count, -1),
            "created_at": created // 1_000_000 * 1_000_000, "platform": number % len(self.platforms),
            "listed": np.zeros(count, bool), "by_email": np.ones(count, bool), "by_text": np.zeros(count, bool),
        }  # fmt: skip

    # ---- sends -------------------------------------------------------------------------------------------------------

    @cached_property
    def campaigns(self) -> list[list[Sending]]:
        """Of each platform, what was sent to all, oldest first."""
        return [campaigns_until(account, self.start, self.horizon) for account in self.accounts]

    @cached_property
    def flows(self) -> list[list[Sending]]:
        """The flows of each platform."""
        return [flows_of(account, self.start) for account in self.accounts]

    def events(self, since: int) -> Frame:
        """All that becomes of messages sent after ``since`` and not after the horizon; some of it later than that."""
        known = self.contacts
        frames = [_no_events()]
        for sending, row, sent_at in self._sends(known):
            kept = (sent_at > since) & (sent_at <= self.horizon)
            frames.append(self._happened(known["contact_id"][row[kept]], sending, sent_at[kept]))
        return stack(frames)

    def _sends(self, known: Frame) -> Iterator[tuple[Sending, Array, Array]]:
        yield from self._campaign_sends(known, known["left_at"])
        for flows in self.flows:
            for sending in flows:
                row = np.flatnonzero(self._gets_flow(known, sending))
                yield sending, row, known["created_at"][row] + FLOWS[sending.number].delay

    def _campaign_sends(self, known: Frame, left: Array) -> Iterator[tuple[Sending, Array, Array]]:
        """Campaigns in order of time. ``left`` is read anew for each, so that it may be filled on the way."""
        everything = sorted(
            (one for many in self.campaigns for one in many), key=lambda one: one.sent_at or 0
        )
        for sending in everything:
            row = np.flatnonzero(self._gets(known, left, sending))
            yield sending, row, np.full(len(row), sending.sent_at)

    def _gets(self, known: Frame, left: Array, sending: Sending) -> Array:
        seeds = digest(known["contact_id"], np.full(len(left), sending.campaign_id), _SEGMENT_SALT)
        chosen = known["listed"] | (unit(seeds, 1) < _SEGMENT)
        there = (known["created_at"] < sending.sent_at) & (left > sending.sent_at)
        own = known["platform"] == self.platforms.index(sending.platform)
        return np.asarray(own & chosen & there & known["by_email" if sending.channel == EMAIL else "by_text"])

    def _gets_flow(self, known: Frame, sending: Sending) -> Array:
        flow = FLOWS[sending.number]
        there = known["left_at"] > known["created_at"] + flow.delay
        there = there & (known["platform"] == self.platforms.index(sending.platform))
        return np.asarray(there & known["by_email" if flow.channel == EMAIL else "by_text"])

    def _fate(self, contact_id: Array, sending: Sending, sent_at: Array) -> Frame:
        """When each recipient did what; NULL for what they did not do."""
        seeds = digest(contact_id, np.full(len(contact_id), sending.campaign_id), _SEND_SALT)
        bounced = unit(seeds, 1) < _BOUNCED
        opened = ~bounced & (unit(seeds, 2) < _OPENED) & (sending.channel == EMAIL)
        reads = opened if sending.channel == EMAIL else ~bounced
        clicked = reads & (unit(seeds, 3) < _CLICKED[sending.channel])
        left = ~bounced & (unit(seeds, 4) < _LEFT) & (sending.sent_at is not None)
        arrived = sent_at + 1_000_000 + _seconds(unit(seeds, 5) * 5 * MINUTE)
        read_at = arrived + MINUTE + _seconds(unit(seeds, 6) ** 4 * 12 * DAY)
        return {
            "bounced_at": _when(bounced, arrived), "received_at": _when(~bounced, arrived),
            "opened_at": _when(opened, read_at), "again_at": _when(opened & (unit(seeds, 7) < _OPENED_TWICE), read_at + 3 * HOUR),
            "clicked_at": _when(clicked, read_at + 30_000_000), "left_at": _when(left, read_at + MINUTE),
            "spam_at": _when(~bounced & (unit(seeds, 8) < _SPAM), read_at + 2 * MINUTE),
        }  # fmt: skip

    def _happened(self, contact_id: Array, sending: Sending, sent_at: Array) -> Frame:
        fate = self._fate(contact_id, sending, sent_at)
        columns = (
            ("received_at", RECEIVED), ("bounced_at", BOUNCED), ("opened_at", OPENED), ("again_at", OPENED),
            ("clicked_at", CLICKED), ("left_at", UNSUBSCRIBED), ("spam_at", MARKED_SPAM),
        )  # fmt: skip
        frames = []
        for place, (name, kind) in enumerate(columns):
            did = np.flatnonzero(fate[name] != NULL)
            frames.append(
                _events(contact_id[did], sending, kind, fate[name][did], sent_at=sent_at[did], place=place)
            )
        return stack(frames)

    # ---- orders ------------------------------------------------------------------------------------------------------

    def touches(self, orders: Frame) -> Frame:
        """The click that led to each of these orders, where a message did; ``row`` points into ``orders``."""
        known = self.contacts
        place = self._places(orders["person_id"] - 1)
        wanted = (orders["channel"] == _WEB) & (orders["acquisition_channel"] == _NEWSLETTER)
        row = np.flatnonzero(wanted & ~orders["nobody"] & (place >= 0))
        frames = [_no_touches()]
        for platform in range(len(self.platforms)):
            here = row[known["platform"][place[row]] == platform]
            frames += self._led(orders, here, place[here], platform)
        return stack(frames)

    def touched_events(self, orders: Frame, touches: Frame) -> Frame:
        """The clicks that led to orders, each with the opening before it."""
        frames = [_no_events()]
        by_id = {one.campaign_id: one for many in (*self.campaigns, *self.flows) for one in many}
        for campaign_id in np.unique(touches["campaign_id"]).tolist():
            part = touches["campaign_id"] == campaign_id
            sending, order_id = by_id[campaign_id], orders["order_id"][touches["row"][part]]
            who, at, sent_at = (touches[name][part] for name in ("contact_id", "clicked_at", "sent_at"))
            if sending.channel == EMAIL:
                frames.append(
                    _events(who, sending, OPENED, at - 20_000_000, sent_at=sent_at, place=11, salt=order_id)
                )
            frames.append(_events(who, sending, CLICKED, at, sent_at=sent_at, place=12, salt=order_id))
        return stack(frames)  # fmt: skip

    def _places(self, person: Array) -> Array:
        """Where each person stands among the contacts; -1 for who is none."""
        of_person = np.full(len(self.crowd.rate), -1)
        known = np.flatnonzero(self.contacts["person"] >= 0)
        of_person[self.contacts["person"][known]] = known
        return np.asarray(of_person[person])

    def _led(self, orders: Frame, row: Array, place: Array, platform: int) -> list[Frame]:
        """A flow's first message, where it is fresh; else the newest campaign that the buyer got."""
        known, placed = self.contacts, orders["processed_at"][row]
        found = []
        welcome = self.flows[platform][0]
        at = known["created_at"][place] + FLOWS[welcome.number].delay
        fresh = (placed - at >= _LEAST_WAIT) & (placed - at < _FLOW_PULL)
        fresh &= self._gets_flow(known, welcome)[place]
        fresh &= self._arrives(known, place, welcome, at)
        found.append(_touches(orders, row[fresh], known["contact_id"][place[fresh]], welcome, at[fresh]))
        campaigns = self.campaigns[platform]
        sent = np.array([one.sent_at for one in campaigns], np.int64)
        newest = np.searchsorted(sent, placed - _LEAST_WAIT, side="right") - 1
        for number in np.unique(newest[newest >= 0]).tolist():
            sending = campaigns[number]
            here = (newest == number) & ~fresh & (placed - sent[number] < _CAMPAIGN_PULL)
            here &= self._gets(known, known["left_at"], sending)[place]
            at = np.full(len(place), sent[number])
            here &= self._arrives(known, place, sending, at)
            found.append(_touches(orders, row[here], known["contact_id"][place[here]], sending, at[here]))
        return found

    def _arrives(self, known: Frame, place: Array, sending: Sending, at: Array) -> Array:
        return np.asarray(self._fate(known["contact_id"][place], sending, at)["bounced_at"] == NULL)


def _touches(orders: Frame, row: Array, contact_id: Array, sending: Sending, sent_at: Array) -> Frame:
    placed = orders["processed_at"][row]
    draw = unit(digest(orders["order_id"][row], placed, _ORDER_SALT), 1)
    wait = np.minimum((placed - sent_at) // 2, 2 * MINUTE + _seconds(draw * 40 * MINUTE))
    count = len(row)
    return {
        "row": row, "shop_id": orders["shop_id"][row], "order_id": orders["order_id"][row],
        "campaign_id": np.full(count, sending.campaign_id), "contact_id": contact_id,
        "clicked_at": (placed - wait) // 1_000_000 * 1_000_000, "sent_at": sent_at,
    }  # fmt: skip


def _no_touches() -> Frame:
    names = ("row", "shop_id", "order_id", "campaign_id", "contact_id", "clicked_at", "sent_at")
    return {name: np.zeros(0, np.int64) for name in names}


def _events(
    contact_id: Array, sending: Sending, kind: int, at: Array, *, sent_at: Array, place: int, salt: Array | None = None
) -> Frame:  # fmt: skip
    count = len(contact_id)
    by = np.full(count, sending.campaign_id * 16 + place) if salt is None else salt * 16 + place
    return {
        "event_id": (digest(contact_id, by, _EVENT_SALT) >> np.uint64(2)).astype(np.int64),
        "contact_id": contact_id, "campaign_id": np.full(count, sending.campaign_id),
        "kind": pa.array([EVENT_KINDS[kind]] * count, pa.string()), "happened_at": at, "sent_at": sent_at,
    }  # fmt: skip


def _no_events() -> Frame:
    empty = np.zeros(0, np.int64)
    names = ("event_id", "contact_id", "campaign_id", "happened_at", "sent_at")
    return {
        "event_id": empty, "contact_id": empty, "campaign_id": empty, "kind": pa.array([], pa.string()),
        **dict.fromkeys(names[3:], empty),
    }  # fmt: skip


def _when(did: Array, at: Array) -> Array:
    return np.where(did, at, NULL)


def _seconds(micros: Array) -> Array:
    return np.asarray(micros.astype(np.int64) // 1_000_000 * 1_000_000)
