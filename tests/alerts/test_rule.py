"""Rules: what they say, what is refused, and which one stands over which."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.alerts import Kind, Rule, Rulebook, Severity, parse_rule
from fondaco.alerts.rulebook import check_rule
from fondaco.alerts.shipped import SHIPPED
from fondaco.alerts.words import Words
from fondaco.clock import zone
from fondaco.errors import ConfigError
from fondaco.metrics import SemanticLayer
from fondaco.numbers import USUAL_LOCALE, Numbers
from fondaco.orchestration import Project

LAYER = SemanticLayer.load()
WORDS = Words(LAYER, Numbers(USUAL_LOCALE, "EUR", zone("UTC")))
THRESHOLD = {"kind": "threshold", "metric": "net_sales", "below": 100}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "shop") as made:
        yield made


def book(project: Project) -> Rulebook:
    return Rulebook(project.control, LAYER, project.tenant, project.settings.folder)


def write(project: Project, text: str) -> None:
    (project.settings.folder / "alerts.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.name)
def test_shipped_rules_fit_the_metrics_are_on_and_read_as_sentences(rule: Rule) -> None:
    check_rule(rule, LAYER)
    assert rule.enabled and rule.to_mapping()["title"] == rule.title
    assert WORDS.rule(rule)[0].isupper()


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.name)
def test_a_rule_is_read_again_as_it_was_written(rule: Rule) -> None:
    assert parse_rule(rule.name, rule.to_mapping()) == rule


def test_shares_may_be_written_in_percent() -> None:
    rule = parse_rule("x", {"kind": "change", "metric": "orders", "below": "-30 %", "above": "50%"})
    assert (rule.below, rule.above) == (Decimal("-0.3"), Decimal("0.5"))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "kind"),
        ({"kind": "gut feeling"}, "kind"),
        ({"kind": "threshold", "below": 1}, "no metric"),
        ({"kind": "threshold", "metric": "orders"}, "no limit"),
        ({**THRESHOLD, "above": 50}, "not under"),
        ({**THRESHOLD, "below": "many"}, "below"),
        ({**THRESHOLD, "below": float("inf")}, "below"),
        ({**THRESHOLD, "below": True}, "below"),
        ({**THRESHOLD, "days": 0}, "days"),
        ({**THRESHOLD, "days": 400}, "days"),
        ({**THRESHOLD, "colour": "red"}, "colour"),
        ({**THRESHOLD, "severity": "awful"}, "severity"),
        ({**THRESHOLD, "clock": "wall"}, "clock"),
        ({**THRESHOLD, "where": "DE"}, "where"),
        ({**THRESHOLD, "channels": {"a": 1}}, "channels"),
        ({**THRESHOLD, "title": "two\nlines"}, "title"),
        ({**THRESHOLD, "enabled": "maybe"}, "enabled"),
        ({"kind": "anomaly", "metric": "orders", "days": 7}, "anomaly over 7 days"),
        ({"kind": "anomaly", "metric": "orders", "sensitivity": 0}, "sensitivity"),
        ({"kind": "share", "metric": "orders", "above": 0.5}, "share of nothing"),
        ({"kind": "sync_failure", "metric": "orders"}, "no metric"),
        ({**THRESHOLD, "least": -1}, "least"),
    ],
)  # fmt: skip
def test_what_makes_no_rule_is_refused_by_name(told: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        parse_rule("mine", told)
    assert "mine" in refused.value.what


@given(
    st.dictionaries(
        st.text(max_size=12), st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text())
    )
)
def test_whatever_is_read_is_a_rule_or_refused(told: dict[str, Any]) -> None:
    try:
        rule = parse_rule("mine", {**THRESHOLD, **told})
    except ConfigError:
        return
    assert parse_rule("mine", rule.to_mapping()) == rule


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "threshold", "metric": "luck", "above": 1},
        {**THRESHOLD, "for_each": "mood"},
        {"kind": "threshold", "metric": "customers", "above": 1, "days": 7},
        {"kind": "share", "metric": "discount_rate", "for_each": "country", "above": 0.5},
    ],
)
def test_what_does_not_fit_the_metrics_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        check_rule(parse_rule("mine", told), LAYER)


CHANGE = {"kind": "change", "metric": "orders"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "threshold", "metric": "return_rate", "above": 30}, "above = 30, which is 3,000 %"),
        ({**CHANGE, "below": "-30"}, "below = -30, which is -3,000 %"),
        ({"kind": "share", "metric": "discounts", "of": "gross_sales", "above": 25}, "Write 25 %"),
        ({"kind": "quarantine", "above": 2}, "Write 2 %, or 200 % if you mean it"),
        ({**CHANGE, "metric": "return_rate", "above": "20 %", "least": 3}, "Write 3 %"),
    ],
)
def test_a_share_without_its_percent_sign_is_refused_with_the_way_to_write_it(
    told: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        check_rule(parse_rule("mine", told), LAYER)
    assert said in f"{refused.value.what} {refused.value.remedy}"


@pytest.mark.parametrize("above", ["300 %", "1.5", 0.3, "30 %"])
def test_a_share_that_says_what_it_is_is_taken_and_stays_what_it_is_when_it_is_kept(above: Any) -> None:
    rule = parse_rule("mine", {**CHANGE, "above": above})
    check_rule(rule, LAYER)
    again = parse_rule("mine", rule.to_mapping())
    check_rule(again, LAYER)
    assert again == rule


@pytest.mark.slow
def test_the_file_stands_over_the_page_and_the_page_over_what_is_shipped(project: Project) -> None:
    rules = book(project)
    rules.keep(rules.get("sales-drop").rule.switched(False), "user:1")
    rules.keep(rules.get("refund-spike").rule.switched(False), "user:1")
    assert (rules.get("sales-drop").origin, rules.get("sales-drop").rule.enabled) == ("page", False)

    write(
        project,
        "rules:\n  sales-drop: {severity: critical}\n  stale-data: off\n"
        "  mine: {kind: threshold, metric: orders, below: 5}\n",
    )
    assert {
        kept.rule.name: (kept.origin, kept.rule.enabled, kept.rule.severity)
        for kept in rules.all()
        if kept.origin != "shipped"
    } == {
        "mine": ("file", True, Severity.WARNING),
        "refund-spike": ("page", False, Severity.WARNING),
        "sales-drop": ("file", False, Severity.CRITICAL),  # off by the page beneath it
        "stale-data": ("file", False, Severity.WARNING),
    }
    assert rules.get("sales-drop").rule.kind is Kind.ANOMALY
    for name in ("mine", "stale-data"):
        with pytest.raises(ConfigError, match=r"alerts\.yml"):
            rules.keep(rules.get(name).rule, "user:1")
    rules.remove("refund-spike", "user:1")
    assert (rules.get("refund-spike").origin, rules.get("refund-spike").rule.enabled) == ("shipped", True)
    audit = [(entry.action, entry.subject) for entry in project.control.audit.recent(project.tenant)]
    assert audit == [
        ("alerts.rule.remove", "alert rule:refund-spike"),
        ("alerts.rule.keep", "alert rule:refund-spike"),
        ("alerts.rule.keep", "alert rule:sales-drop"),
    ]


@pytest.mark.parametrize(
    "text", ["rules: [", "- a", "rules: 3", "rule:\n  a: off", "rules:\n  a: {kind: no}", "rules:\n  a: 7", "rules:\n  A b: off"]
)  # fmt: skip
def test_a_file_that_is_wrong_says_so(project: Project, text: str) -> None:
    write(project, text)
    with pytest.raises(ConfigError):
        book(project).all()


def test_a_rule_whose_metric_is_gone_is_shown_with_its_fault(project: Project) -> None:
    write(project, "rules:\n  old: {kind: threshold, metric: gone_metric, above: 1}\n")
    assert "gone_metric" in book(project).get("old").fault


def test_a_rule_that_names_no_channel_of_the_project_is_refused(project: Project) -> None:
    with pytest.raises(ConfigError, match="channel"):
        book(project).keep(parse_rule("mine", {**THRESHOLD, "channels": ["pager"]}), "cli")
