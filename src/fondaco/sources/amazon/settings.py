"""What an Amazon connection needs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from fondaco.clock import zone
from fondaco.sources.source import SourceSettings

Region = Literal["na", "eu", "fe"]
LOGIN = "https://api.amazon.com/auth/o2/token"


class AmazonSettings(SourceSettings):
    """One selling account in one region, and the app that it has authorised (Seller Central, Apps and Services)."""

    region: Region = Field(
        "eu",
        description="na (America), eu (Europe, India, Gulf, Africa) or fe (Japan, Australia, Singapore).",
    )
    client_id: str = Field(min_length=1, description="The app's client id, amzn1.application-oa2-client.…")
    client_secret: SecretStr = Field(
        description="The app's client secret; Amazon has it changed every 180 days."
    )
    refresh_token: SecretStr = Field(description="What Amazon shows once when the app is authorised, Atzr|…")
    marketplaces: tuple[str, ...] = Field(
        (),
        description="Ids of the marketplaces to read, the main one first; none reads all that the account sells in.",
    )
    time_zone: str | None = Field(
        None, description="IANA zone in which days are cut; that of the main marketplace by default."
    )
    personal_data: bool = Field(
        False,
        description="Ask for buyers' anonymous addresses and for towns and countries, which needs the role "
        "Direct-to-Consumer Shipping (Restricted).",
    )
    page_size: int = Field(100, ge=1, le=100, description="Orders a page.")
    api_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Address of the API instead of the region's, such as a sandbox.",
    )
    login_url: str = Field(LOGIN, pattern=r"^https?://", description="Where access tokens come from.")

    @field_validator("marketplaces", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """A text names several with commas between, as a command line does."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            zone(value)
        return value

    @property
    def api_address(self) -> str:
        """Where the region answers, without a slash at the end."""
        return (self.api_url or f"https://sellingpartnerapi-{self.region}.amazon.com").rstrip("/")
