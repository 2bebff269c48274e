"""What the form of a rule offers for what is chosen in it, and why it takes a choice back."""

from __future__ import annotations

import pytest

from fondaco.control import AlertChannel
from fondaco.metrics import SemanticLayer
from fondaco.server.pages.alert_form import channel_choices, in_sentence, offer


@pytest.fixture(scope="module")
def layer() -> SemanticLayer:
    return SemanticLayer.load()


def names(found: object) -> list[str]:
    return sorted(found)  # type: ignore[call-overload]


def test_metrics_stand_under_what_they_are_of_and_those_of_now_are_left_out(layer: SemanticLayer) -> None:
    found = offer(layer, {"metric": "net_sales"})
    assert list(found.metrics) == [
        "Sales", "Customers", "Payments", "Costs", "Profit", "Marketing", "E-mails and texts", "Stock",
    ]  # fmt: skip
    offered = {metric.name: group for group, metrics in found.metrics.items() for metric in metrics}
    assert (offered["net_sales"], offered["repeat_rate"], offered["marketing_costs"], offered["stockout_days"]) == (
        "Sales", "Customers", "Marketing", "Stock",
    )  # fmt: skip
    assert "stock_value" not in offered and "Stock value" in found.of_now
    assert len(offered) + len(found.of_now) == len(layer.metrics)


@pytest.mark.parametrize(
    ("metric", "splits", "conditions"),
    [
        (
            "shipping",
            ["channel", "connection_id", "country", "customer_type", "source"],
            ["channel", "country", "customer_type", "source"],
        ),
        ("ad_spend", ["account", "campaign_id", "platform"], ["account", "campaign", "platform"]),
        ("messages_sent", ["account", "campaign_id", "message_type", "platform"], ["account", "campaign", "message_type", "platform"]),
    ],
)  # fmt: skip
def test_only_what_a_metric_knows_splits_and_restricts_it(
    layer: SemanticLayer, metric: str, splits: list[str], conditions: list[str]
) -> None:
    found = offer(layer, {"metric": metric})
    assert (names(found.for_each), names(found.where)) == (splits, conditions)
    assert found.has_shops is ("connection_id" in splits)
    assert found.refused == {}


def test_a_share_is_split_by_what_both_of_its_metrics_know(layer: SemanticLayer) -> None:
    share = {"kind": "share", "metric": "net_sales", "of": "ad_spend", "for_each": "country"}
    found = offer(layer, share)
    assert found.for_each == {}
    assert found.refused == {"for_each": "Choose another: net sales and ad spend cannot be split by country."}


def test_a_choice_that_the_metric_does_not_know_is_taken_back_with_the_reason(layer: SemanticLayer) -> None:
    texts = {"metric": "ad_spend", "shop": "aurora", "where_name": "country", "where_values": "DE", "for_each": "channel"}  # fmt: skip
    assert offer(layer, texts).refused == {
        "shop": "No shop is known of ad spend.",
        "where_name": "No country is known of ad spend.",
        "for_each": "Choose another: ad spend cannot be split by channel.",
    }


def test_what_was_kept_by_a_name_that_the_form_does_not_offer_stays_chosen(layer: SemanticLayer) -> None:
    found = offer(layer, {"metric": "net_sales", "for_each": "product"})
    assert found.for_each["product"] == "Product" and found.refused == {}


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        ("stock_value", "Stock value says how things are now, so no day of it can be judged."),
        ("luck", "There is no metric luck."),
        ("", "Choose a metric."),
    ],
)
def test_a_metric_that_cannot_be_judged_is_refused_with_the_reason(
    layer: SemanticLayer, metric: str, why: str
) -> None:
    found = offer(layer, {"metric": metric})
    assert found.refused == {"metric": why} and found.about is None


def channel(name: str, kind: str, *, severity: str = "info", is_on: bool = True) -> AlertChannel:
    return AlertChannel(name=name, kind=kind, leads_to="example.com", severity=severity, is_on=is_on)


def test_channels_say_where_they_lead_and_why_they_would_be_silent() -> None:
    channels = [
        channel("mail", "email"),
        channel("night", "slack", severity="critical"),
        channel("team", "teams", is_on=False),
    ]
    found = channel_choices(channels, ["mail", "pager"], "warning")
    assert [(one.name, one.leads_to, one.is_chosen, one.silence) for one in found] == [
        ("mail", "E-mail to example.com", True, ""),
        ("night", "Slack to example.com", False, "It is for critical alerts only."),
        ("team", "Microsoft Teams to example.com", False, "It is off."),
        ("pager", "", True, "It is not there any more."),
    ]
    assert channel_choices(channels, [], "critical")[1].silence == ""


@pytest.mark.parametrize(
    ("label", "said"),
    [("Net sales", "net sales"), ("ROAS", "ROAS"), ("nCAC", "nCAC"), ("Campaign nCAC", "campaign nCAC"), ("CM2 margin", "CM2 margin")],
)  # fmt: skip
def test_abbreviations_stay_as_they_are_in_a_sentence(label: str, said: str) -> None:
    assert in_sentence(label) == said
