"""The simulator as a process: the back door, transport faults over a real socket, connections for the demo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from fondaco.errors import ConfigError, RetryableError
from fondaco.simulator.connections import demo_connections
from fondaco.simulator.faults import Fault
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
ANYTHING = "/shopify/aurora/admin/oauth/authorize"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    folder = tmp_path_factory.mktemp("served")
    generate_world(folder, seed=2, orders=400, end=END, shops=("aurora",))
    with SimulatorServer(folder) as running:
        yield running


@pytest.fixture
def http(server: SimulatorServer) -> Iterator[httpx.Client]:
    """A client of the running simulator, all faults off before and after."""
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        client.delete("/_simulator/faults").raise_for_status()
        yield client
        client.delete("/_simulator/faults")


def _switch(http: httpx.Client, *faults: Fault) -> None:
    http.post(
        "/_simulator/faults", json={"faults": [fault.model_dump() for fault in faults]}
    ).raise_for_status()


def _happened(http: httpx.Client) -> dict[str, int]:
    happened: dict[str, int] = http.get("/_simulator/faults").json()["happened"]
    return happened


def test_it_listens_on_this_machine_only_and_tells_the_time(
    server: SimulatorServer, http: httpx.Client
) -> None:
    assert server.base_url.startswith("http://127.0.0.1:")
    now = datetime.fromisoformat(http.get("/_simulator/health").json()["now"])
    assert now >= END


def test_the_answer_of_a_vendor_is_its_own_as_long_as_no_fault_is_on(http: httpx.Client) -> None:
    assert http.get(ANYTHING).status_code == 400  # Shopify's own refusal of an empty request
    assert _happened(http) == {}


def test_a_storm_refuses_with_retry_after_until_it_is_over(http: httpx.Client) -> None:
    _switch(http, Fault(name="storm", times=2, seconds=3))
    answers = [http.get(ANYTHING) for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [
        (429, "3"),
        (429, "3"),
        (400, None),
    ]
    assert _happened(http) == {"storm": 2}


def test_a_server_error_has_the_status_asked_for(http: httpx.Client) -> None:
    _switch(http, Fault(name="server_error", times=1, status=502))
    assert [http.get(ANYTHING).status_code for _ in range(2)] == [502, 400]


def test_a_cut_closes_the_connection_in_the_middle_of_the_body(http: httpx.Client) -> None:
    _switch(http, Fault(name="cut", times=1))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        http.get(ANYTHING)
    assert http.get(ANYTHING).status_code == 400
    assert _happened(http) == {"cut": 1}


def test_a_slow_answer_comes_late_and_whole(http: httpx.Client) -> None:
    _switch(http, Fault(name="slow", times=1, seconds=0.4))
    began = time.monotonic()
    assert http.get(ANYTHING).status_code == 400
    assert time.monotonic() - began >= 0.4


def test_the_back_door_meets_no_fault(http: httpx.Client) -> None:
    _switch(http, Fault(name="server_error"))
    assert http.get("/_simulator/health").status_code == 200


def test_an_unknown_setting_of_a_fault_is_refused(http: httpx.Client) -> None:
    assert http.post("/_simulator/faults", json={"faults": [{"name": "cut", "often": 1}]}).status_code == 400


def test_time_goes_on_by_request_and_the_report_follows(http: httpx.Client) -> None:
    before = http.get("/_simulator/report/aurora").json()
    done = http.post("/_simulator/advance", json={"seed": 3, "share": 0.1, "minutes": 30}).json()
    after = http.get("/_simulator/report/aurora").json()
    assert done["now"] == http.get("/_simulator/health").json()["now"]
    assert done["orders_created"] > 0
    assert sum(day["orders"] for day in after) >= sum(day["orders"] for day in before)
    assert after != before


def test_a_report_of_no_shop_is_refused(http: httpx.Client) -> None:
    assert http.get("/_simulator/report/dune").status_code == 400
    assert http.get("/_simulator/report/aurora", params={"first": "yesterday"}).status_code == 400


def test_demo_connections_name_every_shop_with_its_address(server: SimulatorServer) -> None:
    (connection,) = demo_connections(server.base_url)
    assert (connection.source, connection.name) == ("shopify", "Aurora Outdoor")
    assert any(str(value).startswith(server.base_url) for value in connection.settings.values())
    with pytest.raises(ConfigError, match="aurora"):
        demo_connections(server.base_url, ["dune"])


def test_faults_may_be_on_from_the_first_request(tmp_path: Path) -> None:
    generate_world(tmp_path, seed=1, orders=50, end=END, shops=("aurora",))
    with SimulatorServer(tmp_path, faults=[Fault(name="server_error", times=1)]) as running:
        codes = [httpx.get(running.base_url + ANYTHING, trust_env=False).status_code for _ in range(2)]
    assert codes == [503, 400]


def test_a_stopped_simulator_is_gone_and_its_store_can_be_opened(tmp_path: Path) -> None:
    generate_world(tmp_path, seed=1, orders=50, end=END, shops=("aurora",))
    running = SimulatorServer(tmp_path)
    running.start()
    running.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.base_url, trust_env=False)
    with Store(tmp_path / "store.duckdb") as store:
        assert store.rows("select count(*) as n from orders") == [{"n": 50}]


def starter_ends(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(subprocess.Popen.terminate, id="told to end"),
        pytest.param(lambda process: process.send_signal(signal.SIGINT), id="interrupted"),
        pytest.param(starter_ends, id="its starter is gone"),
    ],
)
def test_however_it_ends_it_leaves_no_files_of_bulk_operations(
    tmp_path: Path, stop: Callable[[subprocess.Popen[str]], None]
) -> None:
    world, temporary = tmp_path / "world", tmp_path / "temporary"
    temporary.mkdir()
    generate_world(world, seed=1, orders=50, end=END, shops=("aurora",))
    process = subprocess.Popen(
        [sys.executable, "-m", "fondaco.simulator.serve", str(world), "--end-with-stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    url = json.loads(process.stdout.readline())["base_url"]
    with httpx.Client(base_url=url, trust_env=False, transport=httpx.HTTPTransport(retries=5)) as client:
        client.get("/_simulator/health").raise_for_status()
    assert [path.name.startswith("fondaco-bulk-") for path in temporary.iterdir()] == [True]
    stop(process)
    process.wait(20)
    assert process.stderr.read() == ""
    assert list(temporary.iterdir()) == []


def test_a_folder_without_a_world_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(RetryableError, match="did not start"):
        SimulatorServer(tmp_path).start()
