"""Records on their way to the spool: empty texts are nothing, and what has no id of its own gets one.

What Fondaco adds stands in ``fondaco``, an object of ours inside the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

Record = dict[str, Any]


def emptied(value: Any) -> Any:
    """``value`` without empty texts: Mailchimp writes ``""`` where there is no instant, no number, no text."""
    if isinstance(value, dict):
        return {name: emptied(one) for name, one in value.items()}
    if isinstance(value, list):
        return [emptied(one) for one in value]
    return None if value == "" else value


def plain(row: Record) -> Record:
    """A record as it is."""
    found: Record = emptied(row)
    return found


def member(row: Record) -> Record:
    """A member of a list. ``id`` is that of the address, the same in all lists."""
    return {**emptied(row), "fondaco": {"id": member_key(row["list_id"], row["id"])}}


def member_key(list_id: Any, member_id: Any) -> str:
    """What tells a member of a list from all others of the account."""
    return f"{list_id}.{member_id}"


def campaign(row: Record) -> Record:
    """A campaign, with the ids under which its variants are sent."""
    winner = (row.get("variate_settings") or {}).get("winning_campaign_id")
    told = [{"id": one, "is_winner": one == winner} for one in variants(row)]
    return {**emptied(row), "fondaco": {"variants": told}}


def variants(row: Record) -> list[str]:
    """Ids under which a campaign that tests variants is sent, those tried first, then what all others get. No list has them."""
    settings = row.get("variate_settings") or {}
    found = [one.get("id") for one in settings.get("combinations") or ()]
    told = (str(one) for one in (*found, settings.get("winning_campaign_id")) if one)
    return list(dict.fromkeys(told))


def automation(row: Record, emails: list[Record]) -> Record:
    """A workflow with its e-mails."""
    return {**emptied(row), "emails": emptied(emails)}


def report(row: Record) -> Record:
    """A campaign's report."""
    return {**emptied(row), "fondaco": {"kind": "campaign"}}


def reading(row: Record, automation_id: str, day: date) -> Record:
    """The report of an automation's e-mail, as it was read on ``day`` of the account: totals since it was started."""
    about = {"kind": "automation", "automation_id": automation_id, "read_on": day.isoformat()}
    return {**emptied(row), "fondaco": about}


def recipient(row: Record) -> Record:
    """One to whom a campaign was sent."""
    return {**emptied(row), "fondaco": {"id": f"{row['campaign_id']}.{row['email_id']}"}}


def activities(row: Record) -> Iterator[Record]:
    """What one recipient did, one record each. Mailchimp gives these no id: time, kind and link make one.

    What happened twice within a second is one. Of a link only the page is kept.
    """
    about = {name: row[name] for name in ("campaign_id", "list_id", "email_id")}
    for one in row.get("activity") or ():
        said = {"action": one.get("action"), "type": one.get("type"), "timestamp": one.get("timestamp")}
        text = "\n".join(str(part) for part in (*about.values(), *said.values(), one.get("url")))
        number = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
        yield {**about, **emptied(said), "url": page_of(one.get("url")), "fondaco": {"id": number}}


def page_of(link: Any) -> str | None:
    """A link without what it says of whom it was sent to: query, fragment, log-in, and a path with an e-mail address.

    None for what leads to no page, such as ``mailto:``.
    """
    try:
        parts = urlsplit(str(link or ""))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    is_personal = any(one in parts.path.lower() for one in ("@", "%40", "*|"))
    return f"{parts.scheme}://{parts.hostname}{port}{'' if is_personal else parts.path}"
