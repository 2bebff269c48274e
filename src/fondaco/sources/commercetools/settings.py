"""What a commercetools connection needs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from fondaco.clock import zone
from fondaco.sources.source import SourceSettings

REGIONS = (
    "us-central1.gcp",
    "us-east-2.aws",
    "europe-west1.gcp",
    "eu-central-1.aws",
    "australia-southeast1.gcp",
)


class CommercetoolsSettings(SourceSettings):
    """One project and an API client of it (Merchant Center, Settings, Developer settings)."""

    project_key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,35}$", description="The project's key.")
    client_id: str = Field(min_length=1, description="The API client's id.")
    client_secret: SecretStr = Field(description="The API client's secret.")
    region: str | None = Field(None, description=f"One of {', '.join(REGIONS)}.")
    api_url: str | None = Field(
        None, pattern=r"^https?://", description="Address of the API instead of a region."
    )
    auth_url: str | None = Field(
        None, pattern=r"^https?://", description="Address of the log-in instead of a region."
    )
    scopes: tuple[str, ...] = Field(
        (), description="Scopes to ask for; none asks for all that the client has."
    )
    time_zone: str = Field(
        "UTC", description="IANA zone in which the shop's days are cut; commercetools has none."
    )
    currency: str | None = Field(
        None,
        pattern=r"^[A-Z]{3}$",
        description="The shop's main currency; the project's first one by default.",
    )
    language: str | None = Field(
        None, description="Language of names, e.g. de-DE; the project's first by default."
    )
    page_size: int = Field(500, ge=1, le=500, description="Records a page.")
    unit_cost_attribute: str | None = Field(None, description="Product attribute that holds the unit cost.")
    refunds_without_return: Literal["taxed", "untaxed"] = Field(
        "taxed",
        description="What a part refund is that no return item stands for: a price cut that carries its share of "
        "tax and shipping, or goodwill money without tax.",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @model_validator(mode="after")
    def _has_addresses(self) -> Self:
        if self.region is None and (self.api_url is None or self.auth_url is None):
            raise ValueError(f"give region ({', '.join(REGIONS)}), or api_url and auth_url")
        if self.region is not None and self.region not in REGIONS:
            raise ValueError(f"region is one of {', '.join(REGIONS)}")
        return self

    @property
    def shop_key(self) -> str:
        return self.project_key

    @property
    def api_address(self) -> str:
        """Where the project answers, without a slash at the end."""
        host = self.api_url or f"https://api.{self.region}.commercetools.com"
        return f"{host.rstrip('/')}/{self.project_key}"

    @property
    def token_address(self) -> str:
        """Where tokens come from."""
        host = self.auth_url or f"https://auth.{self.region}.commercetools.com"
        return f"{host.rstrip('/')}/oauth/token"
