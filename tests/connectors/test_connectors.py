"""Fondaco's own connectors pass the suite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr
from suite import ConnectorSuite, Vendor

from fondaco.clock import parse_instant
from fondaco.simulator.connections import (
    demo_ad_connections,
    demo_connections,
    demo_marketplace_connections,
    demo_message_connections,
)
from fondaco.simulator.klaviyo.app import LIMITED_KEY
from fondaco.simulator.mailchimp.app import LIMITED_KEY as MAILCHIMP_LIMITED_KEY
from fondaco.simulator.postscript.app import LIMITED_KEY as POSTSCRIPT_LIMITED_KEY
from fondaco.simulator.serve import SimulatorServer
from fondaco.sources.files import Files
from fondaco.sources.files.importing import Options, prepare
from fondaco.sources.source import source_type

_FAULTS = {"429": "storm", "500": "server_error", "cut": "cut", "same page": "duplicate_page"}


class SimulatedVendor(Vendor):
    """One shop of the simulated world."""

    def __init__(self, base_url: str, platform: str, minutes: int = 60) -> None:
        known = [
            *demo_connections(base_url),
            *demo_ad_connections(base_url),
            *demo_marketplace_connections(base_url),
            *demo_message_connections(base_url),
        ]
        found = next(one for one in known if one.source == platform)
        self._back_door = f"{base_url}/_simulator"
        self._minutes = minutes
        self._armed: str | None = None
        self._ask("DELETE", "faults")
        self.source = source_type(platform)
        self.settings = found.settings
        checked = self.source.settings_type.model_validate(found.settings)
        values = (getattr(checked, name) for name in type(checked).model_fields)
        self.secrets = tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))
        assert self.secrets

    def arm(self, fault: str) -> bool:
        if fault == "same page" and self.source.name == "shopify":
            return False  # this world fits on one page of Shopify's; tests/sources/shopify repeat one
        self._armed = _FAULTS[fault]
        content = {"faults": [{"name": self._armed, "times": 1, "seconds": 0}]}
        self._ask("POST", "faults", content)
        return True

    def refused(self) -> dict[str, Any]:
        wrong = {secret: "wrong-" + secret[::-1] for secret in self.secrets}
        return {
            name: wrong.get(value, value) if isinstance(value, str) else value
            for name, value in self.settings.items()
        }

    def change(self) -> bool:
        self._ask("POST", "advance", {"seed": 3, "share": 0.1, "minutes": self._minutes})
        return True

    def now(self) -> datetime:
        return parse_instant(self._ask("GET", "health")["now"])

    def fault_happened(self) -> bool:
        """Whether the fault that was armed, if any, was met: else a test would prove nothing."""
        return self._armed is None or self._ask("GET", "faults")["happened"].get(self._armed, 0) > 0

    def _ask(self, method: str, path: str, content: Any = None) -> Any:
        answer = httpx.request(method, f"{self._back_door}/{path}", json=content, trust_env=False, timeout=60)
        return answer.raise_for_status().json()


class _Simulated(ConnectorSuite):
    platform: str
    minutes: ClassVar[int] = 60
    settings: ClassVar[dict[str, Any]] = {}

    @pytest.fixture
    def vendor(self, served_world: SimulatorServer) -> Iterator[SimulatedVendor]:
        vendor = SimulatedVendor(served_world.base_url, self.platform, self.minutes)
        vendor.settings = {**vendor.settings, **self.settings}
        yield vendor
        assert vendor.fault_happened()


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_shopify")
class TestShopify(_Simulated):
    platform = "shopify"


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_woocommerce")
class TestWooCommerce(_Simulated):
    platform = "woocommerce"
    settings: ClassVar[dict[str, Any]] = {"page_size": 5}  # so that a small world has second pages


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_commercetools")
class TestCommercetools(_Simulated):
    platform = "commercetools"
    settings: ClassVar[dict[str, Any]] = {"page_size": 10}


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_magento")
class TestMagento(_Simulated):
    platform = "magento"
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 20,
        "start_date": f"{datetime.now(UTC) - timedelta(days=120):%Y-%m-%d}",
    }

    @pytest.fixture
    def vendor(self, served_garden: SimulatorServer) -> Iterator[SimulatedVendor]:
        vendor = SimulatedVendor(served_garden.base_url, self.platform, self.minutes)
        vendor.settings = {**vendor.settings, **self.settings}
        yield vendor
        assert vendor.fault_happened()


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_meta_ads")
class TestMetaAds(_Simulated):
    platform = "meta_ads"
    minutes = 25 * 60  # days that lie back are read again once a day
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 200,
        "start_date": f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}",
    }


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_amazon")
class TestAmazon(_Simulated):
    platform = "amazon"
    minutes = 25 * 60  # transactions that lie back are read again once a day
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 10,
        "start_date": f"{datetime.now(UTC) - timedelta(days=120):%Y-%m-%d}",
    }


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_prohandel")
class TestProHandel(_Simulated):
    platform = "prohandel"
    minutes = 25 * 60  # receipts that lie back are read again once a day
    settings: ClassVar[dict[str, Any]] = {"page_size": 20}


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_klaviyo")
class TestKlaviyo(_Simulated):
    platform = "klaviyo"
    minutes = 25 * 60  # days that lie back are read again once a day
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 20,
        "start_date": f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}",
    }

    @pytest.fixture
    def vendor(self, served_letters: SimulatorServer) -> Iterator[SimulatedVendor]:
        vendor = LettersVendor(served_letters.base_url, self.platform, self.minutes)
        vendor.settings = {**vendor.settings, **self.settings}
        yield vendor
        assert vendor.fault_happened()


class LettersVendor(SimulatedVendor):
    """A simulated account from which people are written to."""

    def limited(self) -> dict[str, Any]:
        return {**self.settings, "api_key": LIMITED_KEY}


class _Post(_Simulated):
    """A platform of the world in which two write to people."""

    limited_key: ClassVar[str]
    days: ClassVar[int] = 1
    minutes = 25 * 60  # what lies back is read again once a day

    @pytest.fixture
    def vendor(self, served_post: SimulatorServer) -> Iterator[SimulatedVendor]:
        vendor = PostVendor(served_post.base_url, self.platform, self.minutes)
        vendor.settings = {**vendor.settings, **self.settings}
        vendor.limited_key, vendor.days = self.limited_key, self.days
        yield vendor
        assert vendor.fault_happened()


class PostVendor(SimulatedVendor):
    """A simulated account with a key that lacks something."""

    limited_key: str
    days = 1

    def arm(self, fault: str) -> bool:
        if fault == "same page" and self.source.name == "postscript":
            return False  # its next page is asked for by time, and is a first page each time
        return super().arm(fault)

    def change(self) -> bool:
        """Days of many orders, so that some of the buyers join."""
        for seed in range(3, 3 + self.days):
            self._ask("POST", "advance", {"seed": seed, "share": 0.5, "minutes": self._minutes})
        return True

    def limited(self) -> dict[str, Any]:
        return {**self.settings, "api_key": self.limited_key}


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_mailchimp")
class TestMailchimp(_Post):
    platform = "mailchimp"
    limited_key = MAILCHIMP_LIMITED_KEY
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 20,
        "start_date": f"{datetime.now(UTC) - timedelta(days=26):%Y-%m-%d}",
    }


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_postscript")
class TestPostscript(_Post):
    platform = "postscript"
    days = 8  # few join in a day
    limited_key = POSTSCRIPT_LIMITED_KEY


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_ebay")
class TestEbay(_Simulated):
    platform = "ebay"
    minutes = 25 * 60  # days that lie back are read again once a day
    settings: ClassVar[dict[str, Any]] = {
        "page_size": 10,
        "start_date": f"{datetime.now(UTC) - timedelta(days=120):%Y-%m-%d}",
    }


class FolderOfFiles(Vendor):
    """A files connection has no far side but its folder."""

    source = Files

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inbox = folder / "inbox"
        self.settings = {"folder": str(self._inbox), "currency": "EUR", "timezone": "Europe/Berlin"}
        self._import("7,2026-07-01,A,2,5.00\n7,2026-07-01,A,2,5.00\n8,2026-07-02,B,-1,5.00\n")

    def change(self) -> bool:
        self._import("8,2026-07-02,B,-1,5.00\n9,2026-07-03,B,1,5.00\n")
        return True

    def _import(self, rows: str) -> None:
        path = self._folder / "sales.csv"
        path.write_text("Invoice,When,Article,Qty,Price\n" + rows)
        mapping = {
            "order_id": "Invoice", "ordered_at": "When", "sku": "Article", "quantity": "Qty", "unit_price": "Price",
        }  # fmt: skip
        prepared = prepare(path, Options(mapping=mapping, currency="EUR", timezone="Europe/Berlin"))
        prepared.keep(self._inbox)
        prepared.close()
        _until_the_next_second_is_over()


def _until_the_next_second_is_over() -> None:
    """An import is read by whoever comes after its second."""
    import time

    time.sleep(2.1 - time.time() % 1)


@pytest.mark.slow
class TestFiles(ConnectorSuite):
    @pytest.fixture
    def vendor(self, tmp_path: Path) -> FolderOfFiles:
        return FolderOfFiles(tmp_path)
