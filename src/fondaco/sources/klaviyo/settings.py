"""What a connection to a Klaviyo account needs."""

from __future__ import annotations

from pydantic import Field, SecretStr

from fondaco.sources.source import SourceSettings

REVISION = "2026-07-15"
"""The revision of the API that the requests are written for; Klaviyo keeps one for about two years."""


class KlaviyoSettings(SourceSettings):
    """One account, and a private key that may read: Settings, API keys, Create private API key."""

    api_key: SecretStr = Field(
        description="A private API key with read access to accounts, campaigns, events, flows, lists, metrics, profiles and segments."
    )
    conversion_metric: str = Field(
        "Placed Order",
        min_length=1,
        description="The metric whose events Klaviyo counts as orders that a message brought.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="The secret key of webhooks that were made in Klaviyo; those that Fondaco makes have their own.",
    )
    page_size: int = Field(
        100, ge=1, le=100, description="Rows a page of profiles and campaigns; of events ten times as many."
    )
    base_url: str = Field(
        "https://a.klaviyo.com", pattern=r"^https?://", description="Where the API answers."
    )
