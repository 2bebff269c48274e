"""What a reader without the right to take files away is offered: everything but the files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.browser.conftest import OpenPage, Shop, settle

from fondaco.control import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(("role", "offered"), [(Role.VIEWER, False), (Role.ANALYST, True)])
def test_files_are_offered_to_those_who_may_take_them(
    shop: Shop, open_page: OpenPage, role: Role, offered: bool
) -> None:
    control = shop.project.control
    user = control.users.create(shop.project.tenant, f"{role.value}-of-files@example.com", role=role)
    secret = control.sessions.create(user.user_id, valid=timedelta(hours=1))
    page = open_page(shop, "/login", logged_in=False)
    page.context.add_cookies([{"name": "fondaco_session", "value": secret, "url": shop.url}])
    for path in ("/", "/runs"):
        page.goto(shop.url + path)
        settle(page)
        files = page.locator("a[download]")
        assert files.count() > 0
        assert any(link.is_visible() for link in files.all()) == offered
