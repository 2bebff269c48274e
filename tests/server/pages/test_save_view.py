"""Every page with filters can be kept as it is filtered."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", ["/", "/sales", "/report", "/customers", "/segments", "/products"])
def test_a_page_can_be_saved(reader: TestClient, path: str) -> None:
    assert reader.get(path).text.count("data-save-view ") == 1
