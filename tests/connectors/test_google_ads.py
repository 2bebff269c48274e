"""Google Ads passes the suite, through Google's own client against a gRPC server of its messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from suite import ConnectorSuite, Vendor

from fondaco.listening import listening
from fondaco.simulator.faults import Fault, Faults
from fondaco.simulator.google_ads.access import CLIENT_SECRET
from fondaco.simulator.google_ads.app import create_app, demo_settings
from fondaco.simulator.google_ads.world import REFRESH_TOKEN
from fondaco.simulator.store import Store
from fondaco.simulator.world.generate import generate_world
from fondaco.sources.google_ads import GoogleAds

_FAULTS = {"429": "storm", "500": "server_error", "cut": "cut"}


class GoogleAdsVendor(Vendor):
    """The simulated world's account. Its answers have 100 rows, so that streams have several."""

    source = GoogleAds
    secrets = (CLIENT_SECRET, REFRESH_TOKEN, "ya29.")

    def __init__(self, store: Store) -> None:
        self._store = store
        self.faults = Faults()
        self._listener = listening("127.0.0.1", 0)
        app = create_app(store, self.faults, batch_rows=100)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        first = (store.now - timedelta(days=45)).date()
        self.settings: dict[str, Any] = {**demo_settings(base_url), "start_date": first.isoformat()}

    def arm(self, fault: str) -> bool:
        if fault not in _FAULTS:
            return False  # a stream of the server's own has no pages to ask for
        self.faults.switch([Fault(name=_FAULTS[fault], path="GoogleAdsService", times=1, seconds=0, skip=2)])
        return True

    def refused(self) -> dict[str, Any]:
        return {**self.settings, "refresh_token": "1//revoked-refresh-token"}

    def change(self) -> bool:
        """A day goes by: by then all that may be restated has been read again."""
        self._store.advance(seed=3, share=0.1, minutes=25 * 60)
        return True

    def now(self) -> datetime:
        return self._store.now

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


@pytest.fixture(scope="module")
def advertised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Forty-five days of a world that advertises, the last one two days ago."""
    folder = tmp_path_factory.mktemp("advertised")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    generate_world(folder, seed=7, orders=150, end=end, days=45)
    with Store.build(folder) as store:
        yield store


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_google_ads")
class TestGoogleAds(ConnectorSuite):
    @pytest.fixture
    def vendor(self, advertised: Store) -> Iterator[GoogleAdsVendor]:
        vendor = GoogleAdsVendor(advertised)
        yield vendor
        armed = [one["name"] for one in vendor.faults.describe()["faults"]]
        assert all(vendor.faults.happened[name] for name in armed), "a test would prove nothing"
        vendor.stop()
