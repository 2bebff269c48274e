"""`fondaco demo` as a newcomer runs it: from nothing to the dashboard behind the link that it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SCREENSHOT = Path(__file__).resolve().parents[2] / "docs" / "img" / "overview.png"
FOR_README = "FONDACO_SCREENSHOTS" in os.environ
WORLD = [] if FOR_README else ["--orders", "300", "--days", "120"]


@pytest.fixture(scope="module")
def login_link(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link that the demo prints once its dashboard is up."""
    command = Path(sys.executable).with_name("fondaco")
    folder = tmp_path_factory.mktemp("newcomer")
    arguments = ["demo", *WORLD, "--port", "0"]
    with subprocess.Popen([command, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/login/link/\S+", line):
                break
        else:
            pytest.fail("".join(said))
        yield found[0]
        demo.terminate()


def test_the_demo_shows_true_figures_behind_the_link_that_it_prints(
    login_link: str, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(login_link)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state("load")
    page.goto(login_link.split("/login", maxsplit=1)[0] + "/?range=last_90_days")
    settle(page)
    expect(page.locator("#seal")).to_contain_text("Matched to the cent")
    expect(page.locator("#net-sales")).to_have_text(re.compile(r"€[\d,]+\.\d\d"))
    assert page.locator("#panel-shops tbody tr").count() == 3
    page.wait_for_timeout(500)  # the line is drawn in a third of a second
    target = SCREENSHOT if FOR_README else tmp_path / "overview.png"
    page.screenshot(path=target, clip={"x": 0, "y": 0, "width": 1440, "height": 1230}, full_page=True)
    assert target.stat().st_size > 30_000
    context.close()
