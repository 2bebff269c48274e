"""What the merchant writes to people with: an account for each platform, its regular messages and its flows.

Ids and names depend on the platform and the week alone, so time that goes on finds the same past.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fondaco.errors import ConfigError
from fondaco.simulator.world.daytime import LocalClock
from fondaco.simulator.world.frames import DAY, NULL, Array

EMAIL, SMS = "email", "sms"
CAMPAIGN, FLOW = "campaign", "flow"
WEEK, HOUR, MINUTE = 7 * DAY, DAY // 24, 60_000_000
SMS_COST = 7
"""Minor units of the account's currency for each text message that was delivered."""

_SMS_EVERY = 4
_SENT_AT = 10 * HOUR  # on the account's clock
_THEMES = ("News", "New arrivals", "Editor's picks", "Good to know", "Back in stock", "Weekend deal")
_FIRST_CAMPAIGN, _FIRST_FLOW, _MESSAGE_STEP = 610_000, 690_000, 5_000_000
_NEVER_SENT, _VARIANT_STEP = 9_990, 10_000_000
_TESTED_EVERY, _TESTED = 4, 2


@dataclass(frozen=True, slots=True)
class MessageAccount:
    """One account. Its days are days of ``time_zone``, its money is in ``currency``."""

    platform: str
    account_id: int
    name: str
    currency: str
    time_zone: str
    utm_source: str
    rates: dict[str, float]  # what the platform takes a unit of a shop's currency for
    channels: tuple[str, ...] = (EMAIL, SMS)


MESSAGE_ACCOUNTS: dict[str, MessageAccount] = {
    "klaviyo": MessageAccount(
        "klaviyo", 41_001, "Market Hall Letters", "EUR", "Europe/Berlin", "Klaviyo",
        {"EUR": 1.0, "GBP": 1.17, "USD": 0.92},
    ),
    "mailchimp": MessageAccount(
        "mailchimp", 41_002, "Market Hall Post", "EUR", "Europe/Berlin", "mailchimp",
        {"EUR": 1.0, "GBP": 1.17, "USD": 0.92}, (EMAIL,),
    ),
    "postscript": MessageAccount(
        "postscript", 41_003, "Market Hall Texts", "EUR", "Europe/Berlin", "postscript",
        {"EUR": 1.0, "GBP": 1.17, "USD": 0.92}, (SMS,),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """A message that each person gets by themselves, some time after they became a contact."""

    name: str
    message: str
    channel: str
    delay: int


FLOWS: tuple[Flow, ...] = (
    Flow("Welcome series", "Welcome aboard", EMAIL, HOUR),
    Flow("Parcel news", "Your parcel by text", SMS, 2 * DAY),
    Flow("Win-back", "We miss you", EMAIL, 60 * DAY),
)


@dataclass(frozen=True, slots=True)
class Sending:
    """A campaign or flow. ``sent_at`` is None for flows and for what was never sent."""

    platform: str
    number: int  # among the platform's campaigns or flows
    kind: str
    channel: str
    name: str
    message: str
    status: str  # sent, draft, cancelled; flows: live
    sent_at: int | None
    created_at: int

    @property
    def campaign_id(self) -> int:
        """Unique among all campaigns and flows of all platforms."""
        first = _FIRST_FLOW if self.kind == FLOW else _FIRST_CAMPAIGN
        return first + 100_000 * list(MESSAGE_ACCOUNTS).index(self.platform) + self.number

    @property
    def message_id(self) -> int:
        """Of the one message in it."""
        return self.campaign_id + _MESSAGE_STEP


def accounts_of(platforms: Sequence[str]) -> tuple[MessageAccount, ...]:
    """The accounts of these platforms.

    Raises
    ------
    ConfigError
        If the world knows no such platform.
    """
    unknown = [platform for platform in platforms if platform not in MESSAGE_ACCOUNTS]
    if unknown:
        raise ConfigError(
            f"The simulated world sends no messages by {unknown[0]!r}.",
            f"Choose from: {', '.join(MESSAGE_ACCOUNTS)}.",
        )
    return tuple(MESSAGE_ACCOUNTS[platform] for platform in platforms)


def campaigns_until(account: MessageAccount, start: int, horizon: int) -> list[Sending]:
    """What was sent to all by ``horizon``, a message a week, oldest first."""
    clock = LocalClock(account.time_zone, start - 2 * DAY, horizon + 2 * DAY)
    first = int(clock.day(np.array([start]))[0]) + 1
    days = np.arange(first, horizon // DAY + 2, WEEK // DAY)
    instants = clock.to_utc(days * DAY + _SENT_AT)
    return [_campaign(account, number, at) for number, at in enumerate(instants.tolist()) if at <= horizon]


def flows_of(account: MessageAccount, start: int) -> list[Sending]:
    """The account's flows; they run since before the world began."""
    return [
        Sending(account.platform, number, FLOW, flow.channel, flow.name, flow.message, "live", None, start - 9 * DAY)
        for number, flow in enumerate(FLOWS) if flow.channel in account.channels
    ]  # fmt: skip


def never_sent(account: MessageAccount, start: int) -> Iterator[Sending]:
    """A draft and a campaign that was called off."""
    channel = account.channels[0]
    for number, (name, status) in enumerate((("Summer ideas", "draft"), ("Wrong price", "cancelled"))):
        yield Sending(
            account.platform,
            _NEVER_SENT + number,
            CAMPAIGN,
            channel,
            name,
            name,
            status,
            None,
            start + number * HOUR,
        )


def shown_id(number: int) -> str:
    """An id as platforms show it: 26 characters that mean nothing."""
    return f"01J{number:023d}"


def number_of(shown: str) -> int:
    """The number behind ``shown_id``; -1 for what is none."""
    return int(shown[3:]) if len(shown) == 26 and shown[3:].isdigit() else -1


def hexadecimal_id(number: int) -> str:
    """An id as Mailchimp shows it: ten hexadecimal digits."""
    return f"{number:010x}"


def slug(name: str) -> str:
    """A name as Mailchimp writes it into links."""
    return name.upper().replace("'", "").replace(" ", "_")


def variants_of(platform: str, campaign_id: int) -> tuple[int, ...]:
    """Ids under which a campaign that tests variants is sent: two that are tried, and the winner. Empty for all others."""
    number = (campaign_id - _FIRST_CAMPAIGN) % 100_000
    if platform != "mailchimp" or number >= _NEVER_SENT or number % _TESTED_EVERY != _TESTED:
        return ()
    return tuple(campaign_id + _VARIANT_STEP * place for place in (1, 2, 3))


def tested_campaign(number: int) -> tuple[int, int | None]:
    """The campaign behind an id, and which of its variants that is; None for the campaign itself."""
    place, campaign_id = divmod(number, _VARIANT_STEP)
    is_variant = place in (1, 2, 3) and bool(variants_of("mailchimp", campaign_id))
    return (campaign_id, place - 1) if is_variant else (number, None)


def variant_of(contact_id: Array) -> Array:
    """Which variant of a campaign each contact gets: a tenth one, a tenth the other, all others the winner."""
    return np.asarray(np.minimum(contact_id % 10, 2))


def utm_campaign(sending: Sending, variant: int = 0) -> str:
    """What the shop finds in ``utm_campaign``: the name with the id behind it; of a flow those of its message.

    Mailchimp writes the id before the name, and of a campaign that tests variants that of the variant.
    """
    if sending.platform == "mailchimp":
        is_flow = sending.kind == FLOW
        variants = variants_of(sending.platform, sending.campaign_id)
        sent_as = variants[variant] if variants else sending.campaign_id
        shown = hexadecimal_id(sending.message_id if is_flow else sent_as)
        return f"{shown}-{slug(sending.message if is_flow else sending.name)}"
    if sending.kind == FLOW:
        return f"{sending.message} ({shown_id(sending.message_id)})"
    return f"{sending.name} ({shown_id(sending.campaign_id)})"


def _campaign(account: MessageAccount, number: int, at: int) -> Sending:
    wanted = SMS if number % _SMS_EVERY == _SMS_EVERY - 1 else EMAIL
    channel = wanted if wanted in account.channels else account.channels[0]
    name = f"{_THEMES[number % len(_THEMES)]} {number + 1}"
    return Sending(
        account.platform, number, CAMPAIGN, channel, name, f"{name} for you", "sent", at, at - 2 * DAY
    )


def known_instant(value: int | None) -> int:
    """An instant as a frame holds it."""
    return NULL if value is None else value
