"""What a ProHandel connection needs."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from fondaco.clock import zone
from fondaco.sources.source import SourceSettings


class ProHandelSettings(SourceSettings):
    """One ProHandel system, and a key of its API."""

    api_key: SecretStr = Field(description="The API key that ProHandel gave you.")
    secret: SecretStr = Field(description="Its secret.")
    tenant: str | None = Field(None, description="The tenant's id, where the key serves several.")
    name: str = Field("ProHandel", description="What the connection is called: the API does not say.")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="The currency of the tills.")
    timezone: str = Field(
        "Europe/Berlin", description="The branches' time zone: the API tells times without one."
    )
    address: str | None = Field(
        None,
        pattern=r"^https?://[^/]+",
        description="Where the key becomes a token, if not where the mapping says.",
    )
    mapping: Path | None = Field(
        None, description="A TOML file that replaces lines of the shipped mapping, e.g. prohandel.toml."
    )
    page_size: int = Field(1000, ge=1, le=1000, description="Records a page.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("mapping")
    @classmethod
    def _whole_path(cls, value: Path | None) -> Path | None:
        """Commands run in many folders: it is kept as it stands from the one in which it was given."""
        return None if value is None else value.absolute()

    @property
    def shop_key(self) -> str | None:
        """The tenant; None where the key has one only, as the address is of all tenants."""
        return self.tenant
