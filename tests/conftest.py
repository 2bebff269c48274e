"""Fixtures for every test. Named after a state, and real: no part of Fondaco is ever patched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Official specifications and real data beside the checkout. With ``CI`` set they must be there."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI"):
        pytest.fail(f"CI needs the specifications and data sets in {SHARED}.")
    pytest.skip("the specifications and data sets are not beside this checkout (../shared)")
