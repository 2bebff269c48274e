"""What an eBay connection needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from fondaco.sources.source import SourceSettings

Marketplace = Literal[
    "EBAY_AT", "EBAY_AU", "EBAY_BE", "EBAY_CA", "EBAY_CH", "EBAY_DE", "EBAY_ES", "EBAY_FR", "EBAY_GB", "EBAY_HK", "EBAY_IE",
    "EBAY_IT", "EBAY_NL", "EBAY_PL", "EBAY_US",
]  # fmt: skip

MARKETPLACES: dict[str, tuple[str, str]] = {
    "EBAY_AT": ("EUR", "Europe/Vienna"),
    "EBAY_AU": ("AUD", "Australia/Sydney"),
    "EBAY_BE": ("EUR", "Europe/Brussels"),
    "EBAY_CA": ("CAD", "America/Toronto"),
    "EBAY_CH": ("CHF", "Europe/Zurich"),
    "EBAY_DE": ("EUR", "Europe/Berlin"),
    "EBAY_ES": ("EUR", "Europe/Madrid"),
    "EBAY_FR": ("EUR", "Europe/Paris"),
    "EBAY_GB": ("GBP", "Europe/London"),
    "EBAY_HK": ("HKD", "Asia/Hong_Kong"),
    "EBAY_IE": ("EUR", "Europe/Dublin"),
    "EBAY_IT": ("EUR", "Europe/Rome"),
    "EBAY_NL": ("EUR", "Europe/Amsterdam"),
    "EBAY_PL": ("PLN", "Europe/Warsaw"),
    "EBAY_US": ("USD", "America/Los_Angeles"),
}
"""Where a seller may be registered → currency and the time zone in which days are cut."""


class EbaySettings(SourceSettings):
    """One seller account, and the app that it has agreed to."""

    marketplace: Marketplace = Field(
        description="The site that the account is registered on, such as EBAY_DE."
    )
    client_id: str = Field(min_length=1, description="App ID of the production keyset.")
    client_secret: SecretStr = Field(description="Cert ID of the same keyset.")
    refresh_token: SecretStr = Field(
        description="What eBay gave the app when the seller agreed; holds 18 months."
    )
    signing_key: SecretStr | None = Field(
        None, description="Private key of a signing key (EU and UK accounts), as eBay showed it once."
    )
    signing_jwe: SecretStr | None = Field(None, description="The JWE of the same signing key.")
    vat_rate: Decimal = Field(
        Decimal(0),
        ge=0,
        lt=1,
        description="VAT that your prices include, such as 0.19, because eBay does not tell it; 0 where they include none.",
    )
    page_size: int = Field(200, ge=1, le=200, description="Orders a page; eBay refuses more than 200.")
    api_url: str = Field(
        "https://api.ebay.com",
        pattern=r"^https?://",
        description="Where the API answers, such as that of the sandbox.",
    )
    finances_url: str = Field(
        "https://apiz.ebay.com", pattern=r"^https?://", description="Where the Finances API answers."
    )

    @model_validator(mode="after")
    def _whole_key(self) -> Self:
        if (self.signing_key is None) != (self.signing_jwe is None):
            raise ValueError("signing_key and signing_jwe belong together: give both or none")
        return self

    @property
    def currency(self) -> str:
        """What the account is paid in."""
        return MARKETPLACES[self.marketplace][0]

    @property
    def time_zone(self) -> str:
        """The zone in which days are cut."""
        return MARKETPLACES[self.marketplace][1]
