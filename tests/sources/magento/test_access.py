"""Log-in by signature and by bearer, and what the check says of an integration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route
from tests.serving import served

from fondaco.errors import AccessError, ConfigError
from fondaco.simulator.magento.app import demo_settings
from fondaco.sources.magento import Magento, MagentoSettings

if TYPE_CHECKING:
    from .conftest import Shop

SIGNING = ("consumer_key", "consumer_secret", "access_token_secret")
BEARER: dict[str, Any] = dict.fromkeys(SIGNING)


def test_requests_are_signed_with_four_credentials_and_carry_the_token_with_one() -> None:
    given = demo_settings("http://127.0.0.1:1", "delta")
    assert MagentoSettings.model_validate(given).signs
    assert not MagentoSettings.model_validate({**given, **BEARER}).signs
    with pytest.raises(ValidationError, match="give consumer_key, consumer_secret too"):
        MagentoSettings(url="https://shop.example", access_token="t", access_token_secret="s")  # type: ignore[arg-type]


def test_store_views_are_named_in_one_text_or_in_a_list() -> None:
    made = MagentoSettings.model_validate(
        {"url": "https://WWW.shop.example/", "access_token": "t", "store_views": "nl, be"}
    )
    assert made.store_views == ("nl", "be")
    assert made.api_address == "https://WWW.shop.example/rest/nl/V1"
    assert made.shop_key == "shop.example#be,nl"
    whole = MagentoSettings.model_validate({"url": "https://shop.example", "access_token": "t"})
    assert (whole.api_address, whole.shop_key) == ("https://shop.example/rest/all/V1", "shop.example")


@pytest.mark.slow
def test_the_check_tells_what_the_shop_is(shop: Shop) -> None:
    found = shop.source().check()
    assert (found.shop_name, found.currency, found.time_zone) == ("Delta Garden", "EUR", "Europe/Amsterdam")
    assert found.ok and found.warnings == ()
    assert found.details == {"store_views": "default, business", "signed": "OAuth 1.0a"}


@pytest.mark.slow
def test_a_shop_takes_the_token_alone_only_where_it_was_told_to(shop: Shop) -> None:
    with pytest.raises(AccessError, match="refuses the integration") as caught:
        shop.source(**BEARER).check()
    assert "standalone Bearer tokens" in str(caught.value)
    shop.behaviour.access.takes_bearer = True
    assert shop.source(**BEARER).check().details["signed"] == "Bearer"


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [*SIGNING, "access_token"])
def test_a_wrong_credential_is_refused_in_words(shop: Shop, wrong: str) -> None:
    with pytest.raises(AccessError) as caught:
        shop.source(**{wrong: "not-this-one"}).check()
    assert "not-this-one" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.slow
def test_what_may_not_be_read_is_named_with_what_it_costs(shop: Shop) -> None:
    shop.behaviour.access.refused = frozenset({"creditmemos", "store/storeConfigs"})
    found = shop.source().check()
    assert found.missing == (
        "The integration may not read credit memos: no refunds can be read: sales are too high. Tick Sales, Operations, "
        "Credit Memos under API.",
        "The integration may not read the store views: currency and time zone are unknown. Tick Stores, Settings, All Stores "
        "under API.",
    )
    assert (found.currency, found.time_zone) == ("", "UTC")


@pytest.mark.slow
def test_a_store_view_that_there_is_not_is_refused_with_those_there_are(shop: Shop) -> None:
    with pytest.raises(ConfigError, match="no store view 'be'; it has default, business"):
        shop.source(store_views=("default", "be"), url=f"{shop.base_url}/magento/delta")._chosen_views()


@pytest.mark.slow
def test_an_address_without_magento_is_found_out(shop: Shop) -> None:
    with pytest.raises(ConfigError, match="no Magento REST API at this address"):
        shop.source(url=f"{shop.base_url}/magento/nowhere").check()


@pytest.mark.slow
def test_an_address_that_moves_on_is_named_and_sent_nothing_more() -> None:
    """What is signed holds for one address: behind it the shop would say only that the signature is wrong."""
    moved = Starlette(routes=[Route("/{path:path}", lambda _: RedirectResponse("https://www.shop.example/"))])
    with served(moved) as address:
        source = Magento(MagentoSettings(url=address, access_token=SecretStr("t")))
        with pytest.raises(ConfigError, match=r"moves on to https://www\.shop\.example"):
            source.check()
        source.close()


@pytest.mark.slow
def test_a_shop_without_stock_by_source_is_read_all_the_same(shop: Shop) -> None:
    shop.behaviour.has_sources = False
    found = shop.source().check()
    assert found.ok
    assert [warning[:47] for warning in found.warnings] == ["This Magento keeps no stock by source (multi-so"]
    assert shop.read("source_items") == [] and shop.read("sources") == []
