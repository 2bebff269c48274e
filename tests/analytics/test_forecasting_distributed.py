"""The same job on one machine and on a cluster gives the same forecasts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.analytics.demand import shop

from fondaco.analytics.forecasting import forecast_demand, read_panel
from fondaco.analytics.forecasting.distributed import forecast_distributed
from fondaco.errors import ConfigError

LAST_DAY, NAMES = 20_119, ("seasonal mean", "ETS", "boosted trees")

# Ray's workers and their warnings live in a process of their own.
ON_RAY = """
import sys
import pyarrow.parquet as pq
import ray.data
from fondaco.analytics.forecasting.distributed import forecast_distributed
ray.data.DataContext.get_current().default_hash_shuffle_parallelism = 2
ray.init(num_cpus=2, include_dashboard=False, address="local", log_to_driver=False, object_store_memory=200_000_000)
demand = pq.read_table(sys.argv[1])
told = forecast_distributed(
    demand, 7, engine="ray", until_day=20119, groups=("category",), parts=2, names=("seasonal mean", "ETS", "boosted trees")
)
pq.write_table(told, sys.argv[2])
nodes = [node for node in ray.nodes() if node["Alive"]]
print(int(sum(node["Resources"]["CPU"] for node in nodes)), "workers")
ray.shutdown()
"""


def _demand(series: int = 24, days: int = 120) -> pa.Table:
    day = pa.array(np.tile(LAST_DAY + 1 - days + np.arange(days), series).astype(np.int32)).cast(pa.date32())
    return pa.table(
        {
            "series": np.repeat([f"s{number:02d}" for number in range(series)], days),
            "day": day,
            "quantity": shop(series, days).ravel(),
            "category": np.repeat([f"c{number % 6}" for number in range(series)], days),
        }
    )


def test_one_part_is_what_one_machine_says() -> None:
    pytest.importorskip("fugue")
    told = forecast_distributed(
        _demand(), 7, until_day=LAST_DAY, groups=("category",), parts=1, names=("group",), levels=(0.1, 0.9)
    )
    panel = read_panel(_demand(), levels=("category",))
    here = forecast_demand(panel, 7, names=("group",), levels=(0.1, 0.9)).table()
    assert told.to_pylist() == here.to_pylist()


def test_a_column_that_is_not_there_is_named() -> None:
    pytest.importorskip("fugue")
    with pytest.raises(ConfigError, match="no column 'brand'"):
        forecast_distributed(_demand(), 7, until_day=LAST_DAY, groups=("brand",))
    with pytest.raises(ConfigError, match="into 0 parts"):
        forecast_distributed(_demand(), 7, until_day=LAST_DAY, parts=0)


@pytest.mark.slow
def test_two_workers_of_ray_say_what_one_machine_says(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    import pyarrow.parquet as pq

    pq.write_table(_demand(), tmp_path / "demand.parquet")
    said = subprocess.run(
        [sys.executable, "-c", ON_RAY, str(tmp_path / "demand.parquet"), str(tmp_path / "told.parquet")],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert said.stdout.strip().endswith("2 workers")
    here = forecast_distributed(_demand(), 7, until_day=LAST_DAY, groups=("category",), parts=2, names=NAMES)
    assert pq.read_table(tmp_path / "told.parquet").to_pylist() == here.to_pylist()
