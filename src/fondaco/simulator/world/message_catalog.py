"""Tables of what the merchant writes: accounts, campaigns and flows, and the contacts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.simulator.world import names
from fondaco.simulator.world.customers import mailboxes
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame
from fondaco.simulator.world.message_accounts import known_instant, never_sent
from fondaco.simulator.world.messaging import Messaging

_COLUMNS = ("platform", "kind", "channel", "name", "message", "status")


def message_tables(messages: Messaging) -> dict[str, Frame]:
    """Accounts, campaigns and contacts as they are at the horizon."""
    return {
        "message_accounts": _accounts(messages), "message_campaigns": campaign_rows(messages, messages.start - DAY),
        "message_contacts": contact_rows(messages),
    }  # fmt: skip


def campaign_rows(messages: Messaging, since: int) -> Frame:
    """Campaigns that were sent after ``since``; before the world began: flows and what was never sent too."""
    found = [
        one for many in messages.campaigns for one in many if one.sent_at is not None and one.sent_at > since
    ]
    if since < messages.start:
        found += [one for many in messages.flows for one in many]
        found += [one for account in messages.accounts for one in never_sent(account, messages.start)]
    numbers = {account.platform: account.account_id for account in messages.accounts}
    return {
        **{name: _texts(found, name) for name in _COLUMNS},
        "account_id": np.array([numbers[one.platform] for one in found], np.int64),
        "campaign_id": np.array([one.campaign_id for one in found], np.int64),
        "message_id": np.array([one.message_id for one in found], np.int64),
        "sent_at": np.array([known_instant(one.sent_at) for one in found], np.int64),
        "created_at": np.array([one.created_at for one in found], np.int64),
        "updated_at": np.array([one.sent_at or one.created_at for one in found], np.int64),
    }


def contact_rows(messages: Messaging) -> Frame:
    """All contacts, each with when they may be written to, and when they left."""
    known = messages.contacts
    person, contact_id = known["person"], known["contact_id"]
    is_lead = person < 0
    left = np.where(known["left_at"] == np.iinfo(np.int64).max, NULL, known["left_at"])
    crowd, everyone = messages.crowd, np.maximum(person, 0)
    codes = tuple(shop.dialling_code for shop in messages.shops)
    leads = pa.array([f"lead{number}@example.net" for number in contact_id.tolist()])
    platforms, nothing = pa.array(messages.platforms), pa.nulls(len(person), pa.string())
    phone = names.phones(everyone, crowd.home[everyone].astype(np.int64), codes)
    return {
        "platform": platforms.take(pa.array(known["platform"])), "contact_id": contact_id,
        "person_id": np.where(is_lead, NULL, person + 1),
        "email": _either(is_lead, leads, mailboxes(crowd, everyone, np.ones(len(person), bool))),
        "phone": _either(is_lead, nothing, phone),
        "first_name": _either(is_lead, nothing, pa.array(names.FIRST_NAMES).take(pa.array(crowd.first_name[everyone]))),
        "email_since": np.where(known["by_email"], known["created_at"], NULL),
        "text_since": np.where(known["by_text"], known["created_at"], NULL),
        "left_at": left, "created_at": known["created_at"],
    }  # fmt: skip


def _accounts(messages: Messaging) -> Frame:
    found = messages.accounts
    return {
        **{name: _texts(found, name) for name in ("platform", "name", "currency", "time_zone")},
        "account_id": np.array([one.account_id for one in found], np.int64),
        "created_at": np.full(len(found), messages.start - 30 * DAY),
    }


def _texts(found: Any, name: str) -> pa.Array:
    return pa.array([getattr(one, name) for one in found], pa.string())


def _either(first: Array, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(first), yes, no)
