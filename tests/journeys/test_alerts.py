"""From a shop to a message: margins that fall because parcels got dear, and a shop that is gone, are told, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.alerts.conftest import StartReceiver, receiver
from tests.journeys.conftest import END, Shops, connected_project, standing_clock
from tests.reports.conftest import certificate

from fondaco.alerts.sending.channels import read_target
from fondaco.alerts.sending.delivery import Delivery
from fondaco.config import AlertSettings
from fondaco.costs import CostEntry, Kind
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.alerting import look, tell
from fondaco.orchestration.costs import CostSheet

__all__ = ["certificate", "receiver"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]


def open_rules(project: Project) -> set[tuple[str, str]]:
    return {(alert.rule, alert.subject) for alert in project.control.alerts.open_ones(project.tenant)}


def test_a_fallen_margin_and_a_shop_that_is_gone_are_told_once(
    moving_shops: Shops, tmp_path: Path, receiver: StartReceiver
) -> None:
    kept = receiver()
    with connected_project(tmp_path / "shop", moving_shops, standing_clock, is_built=True) as project:
        allowed = AlertSettings(allow_private_addresses=True)
        project.settings = project.settings.model_copy(update={"alerts": allowed})
        delivery = Delivery(project.control, project.settings, project.clock())
        delivery.put("team", read_target("webhook", kept.url), "info", "cli")

        def news() -> list[tuple[str, str, str]]:
            """What has arrived since it was last looked, sorted."""
            told = sorted(
                (each["news"], each["rule"], each["subject"])
                for each in (body["alert"] for _, _, body in kept.taken)
            )
            kept.taken.clear()
            return told

        assert run_pipeline(project).error is None
        assert ("margin-drop", "") not in open_rules(project)
        assert not any(rule == "sync-failure" for rule, _ in open_rules(project))
        news()

        costs = CostSheet(project.control, project.reader, project.tenant, "cli")
        dear_from = END.date() - timedelta(7)
        costs.add(
            CostEntry(Kind.SHIPPING_COST, "World", amount=Decimal(40), currency="EUR", valid_from=dear_from)
        )
        assert run_pipeline(project, steps=("build", "publish")).error is None
        (alert,) = (
            each for each in project.control.alerts.open_ones(project.tenant) if each.rule == "margin-drop"
        )
        assert (
            alert.value is not None
            and alert.expected is not None
            and alert.value < alert.expected * Decimal("0.85")
        )
        assert alert.said.startswith("CM2 margin: ")
        assert ("opened", "margin-drop", "") in news()

        moving_shops.server.stop()
        shop = sorted(connection.connection_id for connection in project.connections())[0]
        assert run_pipeline(project, steps=("sync",), connections=[shop]).error is not None
        assert ("sync-failure", shop) in open_rules(project)
        assert news() == [("opened", "sync-failure", shop)]
        assert look(project, "cli").opened == []
        assert (tell(project).sent, news()) == (0, [])
