"""Connectors come from entry points, ours and third parties'."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.sources.source import report_streams, source_type, source_types

OURS = {"amazon", "shopify", "woocommerce", "commercetools", "database", "files", "google_ads", "magento"}


@pytest.fixture
def broken_package(tmp_path: Path) -> Iterator[None]:
    """An installed package whose connector does not import."""
    metadata = tmp_path / "kiosk-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kiosk\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[fondaco.sources]\nkiosk = broken_kiosk:Kiosk\n")
    (tmp_path / "broken_kiosk.py").write_text("import a_module_that_nobody_has\n")
    sys.path.insert(0, str(tmp_path))
    yield
    sys.path.remove(str(tmp_path))


def test_all_own_sources_are_installed() -> None:
    assert source_types().keys() >= OURS


@pytest.mark.usefixtures("broken_package")
def test_a_package_that_does_not_import_leaves_the_others_alone() -> None:
    assert source_types().keys() >= OURS
    assert "kiosk" not in source_types()
    assert source_type("shopify").title == "Shopify"


@pytest.mark.usefixtures("broken_package")
def test_a_source_that_does_not_import_is_named_when_it_is_asked_for() -> None:
    with pytest.raises(ConfigError, match="'kiosk' does not import"):
        source_type("kiosk")


def test_an_unknown_source_lists_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="Choose one of: amazon, commercetools, database, ebay, files"):
        source_type("etsy")


def test_the_report_depends_on_orders_and_refunds_not_on_stock_or_customers() -> None:
    assert report_streams("shopify") == {"orders"}
    assert report_streams("woocommerce") == {"orders", "refunds"}
    assert report_streams("commercetools") == {"orders", "payments"}
    assert report_streams("magento") == {"orders", "credit_memos"}
    assert report_streams("database") == {"orders", "order_lines", "refunds", "refund_lines"}
