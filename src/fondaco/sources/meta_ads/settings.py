"""What a connection to a Meta ad account needs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from fondaco.sources.source import SourceSettings

AttributionWindow = Literal["1d_click", "7d_click", "28d_click", "1d_view", "1d_ev"]
"""Windows that Meta still knows; those of 7 and 28 days after a view were withdrawn on 12 January 2026."""


class MetaAdsSettings(SourceSettings):
    """One ad account, and a token with the permission ads_read: Business settings, System users, Generate token."""

    account_id: str = Field(
        pattern=r"^(act_)?[0-9]{1,20}$", description="The ad account's number, with or without act_."
    )
    access_token: SecretStr = Field(
        description="A system user's token with ads_read; business_management too where a business owns the account."
    )
    app_secret: SecretStr | None = Field(
        None, description="The app's secret, where the app demands a proof of it with each request."
    )
    api_version: str = Field(
        "v26.0",
        pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$",
        description="Version of the Marketing API. v26.0 is of July 2026.",
    )
    attribution_windows: tuple[AttributionWindow, ...] = Field(
        ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev"),
        min_length=1,
        description="Windows to read purchases in, besides the one that the ad set is set to; separated by commas.",
    )
    page_size: int = Field(
        500, ge=5, le=500, description="Rows a page; halved by itself where Meta finds it too much."
    )
    base_url: str = Field(
        "https://graph.facebook.com", pattern=r"^https?://", description="Where the Graph API answers."
    )

    @field_validator("attribution_windows", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("attribution_windows")
    @classmethod
    def _once_each(cls, value: tuple[AttributionWindow, ...]) -> tuple[AttributionWindow, ...]:
        return tuple(dict.fromkeys(value))

    @property
    def shop_key(self) -> str:
        """The account's number: it never changes."""
        return self.account

    @property
    def account(self) -> str:
        """The number without ``act_``."""
        return self.account_id.removeprefix("act_")
