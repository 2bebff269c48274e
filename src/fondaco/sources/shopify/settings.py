"""What a Shopify connection needs."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from fondaco.sources.source import SourceSettings

API_VERSION = "2026-10"


class ShopifySettings(SourceSettings):
    """One shop, and the app that may read it: an access token, or an app's id and secret."""

    shop: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$",
        description="The shop's own domain, e.g. aurora.myshopify.com.",
    )
    access_token: SecretStr | None = Field(None, description="A lasting Admin API access token (shpat_…).")
    client_id: str | None = Field(None, description="The app's client id, for the client credentials grant.")
    client_secret: SecretStr | None = Field(None, description="The app's client secret.")
    webhook_secret: SecretStr | None = Field(
        None,
        description="What webhooks are signed with that were made in the shop's admin (Settings, Notifications, Webhooks); "
        "those of an app are signed with its client secret.",
    )
    api_version: str = Field(
        API_VERSION, pattern=r"^\d{4}-(01|04|07|10)$", description="Quarterly version of the Admin API."
    )
    base_url: str | None = Field(
        None, pattern=r"^https?://", description="Address instead of https://<shop>, for a proxy or a test."
    )

    @model_validator(mode="after")
    def _has_a_credential(self) -> Self:
        if self.access_token is None and (self.client_id is None or self.client_secret is None):
            raise ValueError("give access_token, or client_id and client_secret")
        return self

    @property
    def shop_key(self) -> str:
        return self.shop

    @property
    def address(self) -> str:
        """Where the shop answers, without a slash at the end."""
        return (self.base_url or f"https://{self.shop}").rstrip("/")

    @property
    def endpoint(self) -> str:
        """The GraphQL endpoint of the chosen version."""
        return f"{self.address}/admin/api/{self.api_version}/graphql.json"
