"""What Mailchimp's errors mean, by status and title: wait, or tell a person what to do.

Errors are problem documents with a title of few words (``API Key Invalid``). Details stay out of ours: they may quote an
address. At a high volume requests are turned away by a 403 without any document: that is a limit, not a permission.
"""

from __future__ import annotations

from typing import Any

import httpx

from fondaco.errors import AccessError, ConfigError, FondacoError
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError

VENDOR = "Mailchimp"
_RETURN = "then connect again with `fondaco connect mailchimp`."
_LIMIT = (
    f"{VENDOR} limits the requests of this account ({{status}}): more than ten at a time, or too many at once.",
    "Run `fondaco run` again later, and look for another tool that uses the same account; what was read is kept.",
)


def title_of(response: httpx.Response) -> str | None:
    """The title of an error's problem document; None where the answer holds none."""
    try:
        body: Any = response.json()
    except ValueError:
        return None
    title = body.get("title") if isinstance(body, dict) else None
    return title if isinstance(title, str) else None


def fault_of(response: httpx.Response) -> FondacoError | None:
    """What to raise for an answer that is an error; None where its status says enough."""
    status, title = response.status_code, (title_of(response) or "").lower()
    if status == 429 or (status == 403 and not title):
        return VendorFaultError(_LIMIT[0].format(status=status), _LIMIT[1], status=status)
    if "compliance" in title or title == "user disabled":
        return AccessError(
            f"{VENDOR} has suspended or closed this account ({status}, {title}).",
            f"Log in to {VENDOR} and do what it asks for, then run `fondaco doctor`.",
        )
    if title == "wrong datacenter":
        return AccessError(
            f"The account lives in another data centre of {VENDOR} than the API key's ending says.",
            f"Copy the API key whole, with its ending, {_RETURN}",
        )
    if status == 401:
        return UnauthorizedError(
            f"{VENDOR} does not accept the credential (401).",
            f"Make an API key under Account & billing, Extras, API keys, {_RETURN}",
        )
    if status == 403:
        return AccessError(
            f"{VENDOR} refuses this to the credential's owner ({response.request.url.path}).",
            f"Use a key of a user with the role Admin or Manager, {_RETURN}",
        )
    if status == 404:
        return NotFoundError(
            f"{VENDOR} has nothing at {response.request.url.path}.",
            "It was deleted meanwhile, or the key belongs to another account: check with `fondaco doctor`.",
        )
    if status < 500 and status not in (408, 425):
        return ConfigError(
            f"{VENDOR} answered {status} to a request for {response.request.url.path}.",
            "Check the settings with `fondaco doctor`; if it stays, report the status and the path.",
        )
    return None
