"""What it takes to connect a project to a running simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import httpx

from fondaco.errors import ConfigError
from fondaco.simulator.vendors import AD_VENDORS, MARKETPLACES, MESSAGE_VENDORS, VENDORS


@dataclass(frozen=True, slots=True)
class DemoConnection:
    """What ``fondaco connect`` needs to reach one simulated shop."""

    source: str
    name: str
    settings: dict[str, Any]


def demo_connections(base_url: str, shops: Sequence[str] | None = None) -> list[DemoConnection]:
    """A connection for each shop of the running simulator, or for those named."""
    known = {row["shop_id"]: row for row in _shops(base_url)}
    unknown = [shop for shop in shops or () if shop not in known]
    if unknown:
        raise ConfigError(
            f"The simulator at {base_url} has no shop {unknown[0]!r}.", f"Choose from: {', '.join(known)}."
        )
    return [
        _connection(base_url, row["platform"], VENDORS[row["platform"]], row["name"], shop_id)
        for shop_id, row in ((shop_id, known[shop_id]) for shop_id in shops or known)
    ]


def demo_ad_connections(base_url: str) -> list[DemoConnection]:
    """A connection for each ad account of the running simulator that a source can read."""
    return _of_accounts(base_url, "ad_accounts", AD_VENDORS)


def demo_message_connections(base_url: str) -> list[DemoConnection]:
    """A connection for each account of the running simulator from which people are written to."""
    return _of_accounts(base_url, "message_accounts", MESSAGE_VENDORS)


def demo_marketplace_connections(base_url: str) -> list[DemoConnection]:
    """A connection for each shop of the running simulator to itself as it would stand on each marketplace."""
    return [
        _connection(base_url, source, module, f"{row['name']} on {label}", row["shop_id"])
        for row in _shops(base_url)
        for source, (label, module) in MARKETPLACES.items()
    ]


def ask(url: str) -> httpx.Response:
    """This machine asks itself: no proxy of the environment may come between."""
    return httpx.get(url, trust_env=False)


def _shops(base_url: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(f"{base_url}/_simulator/shops").json()
    return rows


def _of_accounts(
    base_url: str, accounts: str, vendors: Mapping[str, tuple[str, str]]
) -> list[DemoConnection]:
    return [
        _connection(base_url, *vendors[row["platform"]], row["name"], row["account_id"])
        for row in ask(f"{base_url}/_simulator/{accounts}").json()
        if row["platform"] in vendors
    ]


def _connection(base_url: str, source: str, module: str, name: str, number: Any) -> DemoConnection:
    return DemoConnection(source, name, dict(import_module(module).demo_settings(base_url, number)))
