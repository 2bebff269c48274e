"""What a WooCommerce connection needs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from fondaco.sources.source import SourceSettings


class WooCommerceSettings(SourceSettings):
    """One shop and a REST API key of it: WooCommerce, Settings, Advanced, REST API; permission Read is enough."""

    url: str = Field(
        pattern=r"^https?://",
        description="The shop's address, e.g. https://shop.example or https://example.com/shop.",
    )
    consumer_key: str = Field(min_length=1, description="The key, ck_…")
    consumer_secret: SecretStr = Field(description="Its secret, cs_…")
    auth: Literal["auto", "basic", "oauth1"] = Field(
        "auto",
        description="auto takes Basic over https and OAuth 1.0a over http. Choose oauth1 where a server drops the "
        "Authorization header.",
    )
    unit_cost_keys: tuple[str, ...] = Field(
        ("_wc_cog_cost", "_alg_wc_cog_cost"),
        description="Meta keys that hold a product's unit cost where WooCommerce's own cost of goods is off.",
    )

    page_size: Literal[100, 50, 25, 5] = Field(100, description="Records a page; fewer for a weak server.")

    @property
    def shop_key(self) -> str:
        """The address without what may change while the shop stays: http or https, www, a last slash."""
        host_and_path = self.address.lower().partition("://")[2]
        return host_and_path.removeprefix("www.")

    @property
    def address(self) -> str:
        """Where the shop answers, without a slash at the end."""
        return self.url.rstrip("/")

    @property
    def signs(self) -> bool:
        """Whether requests are signed (OAuth 1.0a) instead of carrying the secret (Basic)."""
        if self.auth == "auto":
            return self.url.startswith("http://")
        return self.auth == "oauth1"
