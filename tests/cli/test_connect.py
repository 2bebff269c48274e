from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_settings_of_a_source_are_listed_with_secrets_marked(fondaco: Any) -> None:
    rows = {
        row["setting"]: row for row in fondaco("connect", "woocommerce", "--help-settings", "--json").json
    }

    assert rows["consumer_secret"]["secret"]
    assert rows["consumer_secret"]["default"] is None


def test_an_unknown_source_names_the_known_ones(fondaco: Any, shop: Path) -> None:
    answer = fondaco("-C", shop, "connect", "etsy")

    assert answer.code == 1
    assert "shopify" in answer.err


def test_wrong_settings_are_named_without_their_values(fondaco: Any, shop: Path) -> None:
    answer = fondaco(
        "-C", shop, "connect", "woocommerce", "--set", "consumer_secret=cs_hidden", "--set", "colour=blue"
    )

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert "colour" in answer.err
    assert "cs_hidden" not in answer.err + answer.out


def test_a_shop_that_cannot_be_reached_is_not_kept(
    fondaco: Any, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_WOOCOMMERCE_CONSUMER_KEY", "ck_hidden")
    monkeypatch.setenv("FONDACO_WOOCOMMERCE_CONSUMER_SECRET", "cs_hidden")

    answer = fondaco("-C", shop, "connect", "woocommerce", "--set", "url=not a url")

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert fondaco("-C", shop, "connections", "list", "--json").json == []


def test_a_setting_must_be_key_and_value(fondaco: Any, shop: Path) -> None:
    assert fondaco("-C", shop, "connect", "woocommerce", "--set", "url").code == 2
