"""What a Magento connection needs."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from fondaco.sources.source import SourceSettings

_SIGNING = ("consumer_key", "consumer_secret", "access_token_secret")


class MagentoSettings(SourceSettings):
    """One shop, whole or some of its store views, and an integration of it (System, Extensions, Integrations)."""

    url: str = Field(pattern=r"^https?://", description="The shop's own address, e.g. https://shop.example.")
    access_token: SecretStr = Field(description="The integration's access token.")
    consumer_key: SecretStr | None = Field(
        None, description="Its consumer key; without this and the next two the token is sent as Bearer."
    )
    consumer_secret: SecretStr | None = Field(None, description="Its consumer secret.")
    access_token_secret: SecretStr | None = Field(None, description="Its access token secret.")
    store_views: tuple[str, ...] = Field(
        (), description="Codes of the store views that are read; none reads all of the shop."
    )
    unit_cost_attribute: str | None = Field("cost", description="Product attribute with the unit cost.")
    vendor_attribute: str | None = Field("manufacturer", description="Product attribute with the brand.")
    barcode_attribute: str | None = Field(None, description="Product attribute with the barcode, e.g. ean.")
    page_size: int = Field(100, ge=1, le=300, description="Records a page; fewer for a weak server.")

    @field_validator("store_views", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """One text may hold several codes, apart by commas."""
        if isinstance(value, str):
            return tuple(code.strip() for code in value.split(",") if code.strip())
        return value

    @model_validator(mode="after")
    def _signs_whole_or_not(self) -> Self:
        given = [name for name in _SIGNING if getattr(self, name) is not None]
        if given and len(given) < len(_SIGNING):
            lacking = ", ".join(name for name in _SIGNING if name not in given)
            raise ValueError(f"to sign requests, give {lacking} too; or none of {', '.join(_SIGNING)}")
        return self

    @property
    def shop_key(self) -> str:
        """The address without what may change while the shop stays, and the store views that are read of it."""
        host_and_path = self.address.lower().partition("://")[2].removeprefix("www.")
        views = ",".join(sorted(self.store_views))
        return f"{host_and_path}#{views}" if views else host_and_path

    @property
    def address(self) -> str:
        """Where the shop answers, without a slash at the end."""
        return self.url.rstrip("/")

    @property
    def api_address(self) -> str:
        """Where its API answers. ``all`` shows what the admin sees; a store view's code shows names and prices of that view."""
        scope = self.store_views[0] if self.store_views else "all"
        return f"{self.address}/rest/{scope}/V1"

    @property
    def signs(self) -> bool:
        """Whether requests are signed (OAuth 1.0a) instead of carrying the token (Bearer)."""
        return self.consumer_key is not None
