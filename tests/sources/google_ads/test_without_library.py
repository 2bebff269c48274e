"""Google's client is an extra: without it all is there but the reading."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("google", "grpc"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
from fondaco.errors import ConfigError
from fondaco.sources.google_ads import GoogleAds, GoogleAdsSettings

assert len(GoogleAds.streams) == 8
source = GoogleAds.connect(GoogleAdsSettings.model_validate(
    {"customer_id": "1234567890", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
))
try:
    source.check()
except ConfigError as error:
    print(error)
source.close()
"""


@pytest.mark.slow
def test_without_its_library_the_connector_says_how_to_get_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "Google Ads is read through its official client, the package google-ads, which is not installed.",
        "Install it with `pip install 'fondaco[google-ads]'`, then try again.",
    ]
