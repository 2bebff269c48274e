"""Customer accounts as the shops know them, and the people behind them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.simulator.world import names
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame
from fondaco.simulator.world.people import Crowd, Timeline
from fondaco.simulator.world.placing import FIRST_CUSTOMER, Setting, customer_ids

_ROWS = 200_000


def mailboxes(crowd: Crowd, person: Array, at_home: Array) -> pa.Array:
    """The e-mail address a person gives: as it is at home, in a spelling of their own in another shop."""
    return names.emails(
        crowd.first_name[person], crowd.last_name[person], person + 1, crowd.domain[person],
        np.where(at_home, 0, crowd.spelling[person]),
    )  # fmt: skip


def contact_columns(setting: Setting, orders: Frame) -> Frame:
    """``email`` and ``phone`` of orders; null where nobody gave a name."""
    person = orders["person_id"] - 1
    codes = tuple(shop.dialling_code for shop in setting.shops)
    known = pa.array(~orders["nobody"])
    nothing = pa.scalar(None, pa.string())
    return {
        "email": pc.if_else(known, mailboxes(setting.crowd, person, orders["home"]), nothing),
        "phone": pc.if_else(known, names.phones(person, orders["shop_id"], codes), nothing),
    }


def _accounts(setting: Setting, timeline: Timeline) -> tuple[Array, Array, Array, Array]:
    """Customer ids with their shop, first and last order."""
    ids = customer_ids(setting.crowd, timeline.person, timeline.shop, timeline.turn)
    some = np.flatnonzero(ids != NULL)
    found, head = np.unique(ids[some], return_index=True)
    last = np.zeros(len(found), np.int64)
    last[np.searchsorted(found, ids[some])] = timeline.at[some]  # in order of time: the latest stays
    first = some[head]
    return found, timeline.shop[first], timeline.at[first], last


def customer_blocks(setting: Setting, timeline: Timeline, seed: int) -> Iterator[tuple[str, Frame]]:
    """The table ``customers``, in order of id."""
    ids, shop, first, last = _accounts(setting, timeline)
    no_deletion = np.array([merchant.platform == "shopify" for merchant in setting.shops])
    for start in range(0, len(ids), _ROWS):
        part = slice(start, start + _ROWS)
        rng = np.random.default_rng([seed, 7, start])
        rows = customer_rows(rng, setting, ids[part], shop[part], (first[part], last[part]))
        gone = (rng.random(len(ids[part])) < 0.003) & ~no_deletion[shop[part]]
        rows["deleted_at"] = np.where(gone, np.minimum(last[part] + 20 * DAY, setting.end), NULL)
        rows["updated_at"] = np.where(gone, rows["deleted_at"], rows["updated_at"])
        yield "customers", rows


def customer_rows(
    rng: np.random.Generator, setting: Setting, ids: Array, shop: Array, bought: tuple[Array, Array]
) -> Frame:
    """Accounts with these ids, whose first and last orders were at ``bought``."""
    crowd, count = setting.crowd, len(ids)
    first, last = bought
    person = (ids - FIRST_CUSTOMER) // 8
    codes = tuple(merchant.dialling_code for merchant in setting.shops)
    return {
        "shop_id": shop, "customer_id": ids, "person_id": person + 1,
        "email": mailboxes(crowd, person, crowd.home[person] == shop),
        "phone": names.phones(person, shop, codes),
        "first_name": pa.array(names.FIRST_NAMES).take(pa.array(crowd.first_name[person])),
        "last_name": pa.array(names.LAST_NAMES).take(pa.array(crowd.last_name[person])),
        "city": crowd.city[person], "country": crowd.country[person],
        "accepts_marketing": rng.random(count) < 0.4,
        "created_at": first - rng.integers(60, 86_400, count) * 1_000_000, "updated_at": last,
        "deleted_at": np.full(count, NULL),
    }  # fmt: skip


def identities(setting: Setting, timeline: Timeline) -> Iterator[Frame]:
    """Hidden: whose account each customer id is."""
    ids, shop, _, _ = _accounts(setting, timeline)
    for start in range(0, len(ids), _ROWS):
        part = slice(start, start + _ROWS)
        yield {
            "shop_id": shop[part],
            "customer_id": ids[part],
            "person_id": (ids[part] - FIRST_CUSTOMER) // 8 + 1,
        }


def people_blocks(crowd: Crowd, since: int = 0) -> Iterator[Frame]:
    """Hidden: the latent parameters everybody from person ``since`` on was drawn with."""
    for start in range(since, len(crowd.rate), _ROWS):
        part = slice(start, start + _ROWS)
        yield {
            "person_id": np.arange(start, start + len(crowd.rate[part])) + 1,
            "purchase_rate": crowd.rate[part], "dropout_rate": crowd.dropout[part],
            "spend_factor": crowd.spend[part], "born_at": crowd.born[part], "dropped_at": crowd.dropped[part],
            "city": crowd.city[part], "country": crowd.country[part], "channel": crowd.channel[part],
        }  # fmt: skip
