"""What a connection to Amazon may be told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fondaco.errors import FondacoError
from fondaco.sources.amazon.settings import AmazonSettings


def settings(**given: Any) -> AmazonSettings:
    return AmazonSettings.model_validate(
        {"client_id": "a", "client_secret": "b-31337", "refresh_token": "c-31337", **given}
    )


@pytest.mark.parametrize(("region", "host"), [("eu", "eu"), ("na", "na"), ("fe", "fe")])
def test_a_region_has_its_address(region: str, host: str) -> None:
    assert settings(region=region).api_address == f"https://sellingpartnerapi-{host}.amazon.com"
    assert settings(region=region, api_url="http://127.0.0.1:1/").api_address == "http://127.0.0.1:1"


def test_marketplaces_may_be_one_text() -> None:
    assert settings(marketplaces="A1PA6795UKMFR9, A1F83G8C2ARO7P").marketplaces == (
        "A1PA6795UKMFR9",
        "A1F83G8C2ARO7P",
    )
    assert settings(marketplaces=("A",)).marketplaces == ("A",)
    assert settings(marketplaces="").marketplaces == ()


@pytest.mark.parametrize(
    "wrong", [{"region": "moon"}, {"page_size": 101}, {"time_zone": "Mars/Olympus"}, {"api_url": "ftp://x"}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, FondacoError)):
        settings(**wrong)


def test_secrets_stay_out_of_sight() -> None:
    assert "31337" not in repr(settings())
