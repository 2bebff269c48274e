"""What a Google Ads connection needs."""

from __future__ import annotations

import json
from typing import Any, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from fondaco.sources.source import SourceSettings

API_VERSION = "v25"
"""The version of the API that the connector is proven against."""

_OAUTH = ("client_id", "client_secret", "refresh_token")
_OF_A_KEY = frozenset({"client_email", "private_key", "token_uri"})


class GoogleAdsSettings(SourceSettings):
    """One advertising account and the credential of somebody who may see it.

    The credential is an OAuth client with a refresh token, or the key of a service account. Either belongs to a
    Google Cloud project, and it is that project which Google admits to the API.
    """

    customer_id: str = Field(
        pattern=r"^\d{10}$", description="The account's number, ten digits, with or without dashes."
    )
    login_customer_id: str | None = Field(
        None,
        pattern=r"^\d{10}$",
        description="The manager account through which the account is reached, if there is one.",
    )
    client_id: str | None = Field(None, description="The OAuth client's id, …apps.googleusercontent.com.")
    client_secret: SecretStr | None = Field(None, description="The OAuth client's secret.")
    refresh_token: SecretStr | None = Field(
        None, description="A refresh token of somebody who may see the account."
    )
    service_account: SecretStr | None = Field(
        None, description="Instead of the OAuth client: a service account's key, the JSON itself."
    )
    impersonated_email: str | None = Field(
        None,
        description="The user for whom the service account acts, if it is not a user of the account itself.",
    )
    developer_token: SecretStr | None = Field(
        None, description="Not needed since September 2026; older API versions ask for it."
    )
    api_version: str = Field(API_VERSION, pattern=r"^v\d{1,3}$", description="Version of the API.")
    lookback_days: int = Field(
        30,
        ge=1,
        le=90,
        description="Days that are read again once a day: as many as the account's longest conversion window.",
    )
    endpoint: str | None = Field(
        None, pattern=r"^[\w.\-]+(:\d{1,5})?$", description="Host and port instead of Google's, for tests."
    )
    root_certificate: str | None = Field(
        None, description="The certificate (PEM) that vouches for the endpoint, for tests."
    )
    token_url: str | None = Field(
        None, pattern=r"^https?://", description="Where access tokens are had instead of Google's, for tests."
    )

    @field_validator("customer_id", "login_customer_id", mode="before")
    @classmethod
    def _digits(cls, value: Any) -> Any:
        """Google's pages write 123-456-7890, its API wants the digits."""
        return value.replace("-", "").strip() if isinstance(value, str) else value

    @field_validator("service_account")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            key = json.loads(value.get_secret_value())
        except ValueError:
            key = None
        if not isinstance(key, dict) or not key.keys() >= _OF_A_KEY:
            raise ValueError("give the JSON of the service account's key itself, not the name of its file")
        return value

    @model_validator(mode="after")
    def _has_a_credential(self) -> Self:
        if self.service_account is None and not all(getattr(self, name) for name in _OAUTH):
            raise ValueError(f"give {', '.join(_OAUTH)}, or service_account")
        return self

    @property
    def shop_key(self) -> str:
        return self.customer_id
