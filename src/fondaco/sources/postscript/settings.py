"""What a connection to a Postscript shop needs."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from fondaco.clock import zone
from fondaco.errors import ConfigError
from fondaco.sources.source import SourceSettings


class PostscriptSettings(SourceSettings):
    """One shop's text messages, by its private API key: Settings, API, Create Security Key Pair."""

    api_key: SecretStr = Field(description="The shop's private key; with shop_token, a partner's.")
    shop_token: SecretStr | None = Field(None, description="Only of partners: the token of the shop to read.")
    signing_token: SecretStr | None = Field(
        None,
        description="Only for webhooks that were set up outside Fondaco: what GET /api/v2/webhooks/token tells.",
    )
    currency: str = Field(
        "USD", pattern=r"^[A-Z]{3}$", description="Currency of the account; Postscript tells none."
    )
    time_zone: str = Field("UTC", description="Time zone of the account's days; Postscript tells none.")
    base_url: str = Field(
        "https://api.postscript.io", pattern=r"^https?://", description="Where the API answers."
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            return zone(value).key
        except ConfigError as error:
            raise ValueError(f"{error.what} {error.remedy}") from error
