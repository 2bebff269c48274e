"""`fondaco alerts`: what is open, the rules, channels, and what is done to an alert; as text and as JSON."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.alerts.conftest import calm_folder, dropped_folder
from tests.cli.conftest import Fondaco

__all__ = ["calm_folder", "dropped_folder"]

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(dropped_folder: Path, tmp_path: Path) -> Path:
    """A project after a day on which sales dropped. Nothing is judged yet."""
    return shutil.copytree(dropped_folder, tmp_path / "shop")


def test_a_drop_is_found_shown_snoozed_and_looked_after(fondaco: Fondaco, shop: Path) -> None:
    ask = ("-C", shop, "alerts")
    assert fondaco(*ask, "list").out.startswith("Nothing is wrong.")
    found = fondaco(*ask, "check", "--json").json
    assert [(each["rule"], each["value"], each["since"]) for each in found["opened"]] == [
        ("sales-drop", 200, "2026-03-30")
    ]
    assert (found["faults"], found["not_sent"], found["sent"]) == ([], [], 0)
    again = fondaco(*ask, "check").out
    assert again.startswith(
        "Still open: Sales drop (alert 1). Net sales: €200.00 on 30 Mar 2026, below the expected €1,"
    )
    assert [each["alert_id"] for each in fondaco(*ask, "list", "--json").json] == [1]
    assert "is snoozed until" in fondaco(*ask, "snooze", 1, "--for", "2h").out
    assert "snoozed" in fondaco(*ask, "list").out
    assert "is told again" in fondaco(*ask, "snooze", 1, "--wake").out
    assert "is acknowledged" in fondaco(*ask, "ack", 1).out
    shown = fondaco(*ask, "show", 1, "--json").json
    assert [event["action"] for event in shown["history"]] == ["acknowledged", "woken", "snoozed", "opened"]


def test_rules_are_listed_tried_and_switched(fondaco: Fondaco, shop: Path) -> None:
    ask = ("-C", shop, "alerts")
    rules = {each["name"]: each for each in fondaco(*ask, "rules", "--json").json}
    assert all(each["enabled"] and each["origin"] == "shipped" for each in rules.values())
    assert rules["stale-data"]["sentence"] == "A shop was not read for more than 48 hours"
    (fired,) = fondaco(*ask, "preview", "sales-drop", "--json").json
    assert (fired["day"], fired["value"]) == ("2026-03-30", 200)
    assert (
        fondaco(*ask, "preview", "refund-spike").out
        == "It would not have fired in the 90 days to 2026-03-30.\n"
    )
    assert "is off" in fondaco(*ask, "switch", "sales-drop", "--off").out
    assert fondaco(*ask, "check", "--json").json["opened"] == []


def test_a_channel_is_added_without_showing_its_address(
    fondaco: Fondaco, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_ALERT_ADDRESS", "http://127.0.0.1:9/opensesame")
    ask = ("-C", shop, "alerts")
    assert fondaco(*ask, "channel-add", "team", "webhook", "--json").json["leads_to"] == "127.0.0.1"
    refused = fondaco(*ask, "test", "team")
    assert refused.code == 1 and "private network" in refused.err
    assert "opensesame" not in fondaco(*ask, "channels").out + refused.err
    assert "does not work" in fondaco(*ask, "list").out
    assert "is forgotten" in fondaco(*ask, "channel-remove", "team").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", 7), "There is no alert 7."),
        (("snooze", 1, "--for", "soon"), "no span of time"),
        (("preview", "none"), "There is no rule 'none'."),
        (("preview", "sync-failure"), "about the newest run"),
        (("switch", "none"), "There is no rule"),
        (("test", "pager"), "There is no channel 'pager'."),
        (("channel-add", "team", "pigeon", "--address", "x"), "is no kind of channel"),
        (("channel-add", "team", "email", "--address", "a@example.com"), "host is not set"),
        (("channel-add", "Big Team", "webhook", "--address", "https://x.example/"), "cannot name a channel"),
    ],
)
def test_what_cannot_be_done_ends_with_two_lines(
    fondaco: Fondaco, shop: Path, arguments: tuple[object, ...], said: str
) -> None:
    answer = fondaco("-C", shop, "alerts", *arguments)
    assert answer.code == 1 and said in answer.err and len(answer.err.splitlines()) == 2
