"""What a connection to a Mailchimp account needs."""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, SecretStr, model_validator

from fondaco.sources.source import SourceSettings

_DATA_CENTRE = re.compile(r"-([a-z]{2,4}[0-9]{1,4})$")


class MailchimpSettings(SourceSettings):
    """One account, by an API key (Account & billing, Extras, API keys) or by an OAuth token."""

    api_key: SecretStr | None = Field(
        None, description="An API key with its ending, such as -us6: it names the account's data centre."
    )
    access_token: SecretStr | None = Field(
        None, description="Instead of an API key: an OAuth 2 token of an app that was let in."
    )
    currency: str | None = Field(
        None,
        pattern=r"^[A-Z]{3}$",
        description="Where no store is connected to Mailchimp, which then tells no currency: the account's, e.g. EUR.",
    )
    activity_days: int = Field(
        30,
        ge=1,
        le=365,
        description="Days after a send on which opens, clicks and bounces are still looked for.",
    )
    page_size: int = Field(1000, ge=1, le=1000, description="Records a page; Mailchimp gives at most 1,000.")
    base_url: str | None = Field(
        None, pattern=r"^https?://", description="Another address of the API with its version, for tests."
    )  # fmt: skip
    login_url: str = Field(
        "https://login.mailchimp.com",
        pattern=r"^https?://",
        description="Who tells the data centre of a token.",
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.api_key is None) == (self.access_token is None):
            raise ValueError("give either api_key or access_token")
        if self.api_key is not None and self.base_url is None and self.data_centre is None:
            raise ValueError("the API key has no ending such as -us6; copy it whole")
        return self

    @property
    def data_centre(self) -> str | None:
        """The ending of the API key; None where there is no key, or no ending."""
        if self.api_key is None:
            return None
        found = _DATA_CENTRE.search(self.api_key.get_secret_value())
        return found[1] if found else None
