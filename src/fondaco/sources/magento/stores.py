"""The store views of a shop: which are read, and what they say of currency, zone and weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.errors import ConfigError, RetryableError
from fondaco.sources.magento.client import VENDOR, MagentoClient

CONFIGS_PATH = "store/storeConfigs"
_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class StoreView:
    """One store view: a website's face in one language."""

    store_id: int
    website_id: int
    code: str
    currency: str
    time_zone: str
    weight_unit: str
    address: str


def read_views(client: MagentoClient, wanted: Sequence[str]) -> list[StoreView]:
    """The store views called ``wanted``, or all, by number.

    Raises
    ------
    ConfigError
        If there is no store view of a name.
    """
    found = client.get(CONFIGS_PATH)
    if not isinstance(found, list) or not found:
        raise RetryableError(
            f"{VENDOR} answered {CONFIGS_PATH} with something else than a list of store views.",
            "Run `fondaco doctor` again later; if it stays, look for an extension that changes the API.",
        )
    views = sorted((_view(each) for each in found), key=lambda view: view.store_id)
    views = [view for view in views if view.code != _ADMIN] or views
    known = {view.code: view for view in views}
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise ConfigError(
            f"This shop has no store view {unknown[0]!r}; it has {', '.join(known)}.",
            "Name those that are to be read with `fondaco connect magento --set store_views=…`, or none to read all.",
        )
    return [known[code] for code in wanted] or views


def _view(config: dict[str, Any]) -> StoreView:
    return StoreView(
        store_id=int(config["id"]),
        website_id=int(config["website_id"]),
        code=str(config["code"]),
        currency=str(config.get("base_currency_code") or ""),
        time_zone=str(config.get("timezone") or "UTC"),
        weight_unit=str(config.get("weight_unit") or ""),
        address=str(config.get("secure_base_url") or config.get("base_url") or ""),
    )
