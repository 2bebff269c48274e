"""The query language of the simulated Google Ads: what is read, and what is refused by which word."""

from __future__ import annotations

import pytest

from fondaco.simulator.google_ads import rules
from fondaco.simulator.google_ads.gaql import Condition, Query, parse
from fondaco.simulator.google_ads.refusals import RefusalError

DAY = "segments.date = '2026-03-01'"


def test_a_query_is_read_whole() -> None:
    text = """
        select campaign.id, metrics.cost_micros, segments.date FROM campaign
        WHERE segments.date BETWEEN '2026-03-01' AND "2026-03-31" AND campaign.status IN (ENABLED, 'PAUSED')
            AND campaign.name != 'It\\'s' AND metrics.clicks >= 3 AND campaign.end_date_time IS NOT NULL
        ORDER BY metrics.cost_micros DESC, segments.date LIMIT 7
    """
    assert parse(text) == Query(
        fields=("campaign.id", "metrics.cost_micros", "segments.date"),
        resource="campaign",
        conditions=(
            Condition("segments.date", "BETWEEN", ("2026-03-01", "2026-03-31")),
            Condition("campaign.status", "IN", ("ENABLED", "PAUSED")),
            Condition("campaign.name", "!=", ("It's",)),
            Condition("metrics.clicks", ">=", (3,)),
            Condition("campaign.end_date_time", "IS NOT NULL", ()),
        ),
        order=(("metrics.cost_micros", True), ("segments.date", False)),
        limit=7,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id,", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT id FROM campaign", "BAD_FIELD_NAME"),
        ("SELECT * FROM campaign", "BAD_SYMBOL"),
        ("SELECT campaign.id FROM campaign.id", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'open", "STRING_NOT_TERMINATED"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name LIKE 'a%'", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
        ("SELECT campaign.id FROM campaign LIMIT many", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign ORDER campaign.id", "EXPECTED_BY"),
        ("SELECT campaign.id FROM campaign LIMIT 1 OFFSET 2", "UNEXPECTED_INPUT"),
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(text: str, code: str) -> None:
    with pytest.raises(RefusalError) as caught:
        parse(text)
    assert (caught.value.kind, caught.value.code) == ("query_error", code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT campaign.nothing FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD"),  # until v22
        ("SELECT ad_group.type_ FROM ad_group", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.network_settings FROM campaign", "PROHIBITED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM nothing", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT metrics.clicks FROM ad_group_criterion", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT segments.date FROM customer_client", "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT segments.date FROM campaign WHERE segments.date > '2026-01-01'", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT campaign.id FROM campaign ORDER BY campaign.name", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE segments.conversion_action = 'x'", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        (f"SELECT segments.conversion_action, metrics.cost_micros FROM campaign WHERE {DAY}", "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status = 'GONE'", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.id FROM campaign WHERE segments.date = '1 March'", "INVALID_DATE_FORMAT"),
        ("SELECT campaign.id FROM campaign WHERE metrics.clicks > 'many'", "BAD_NUMBER"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name DURING TODAY", "OPERATOR_FIELD_MISMATCH"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(text: str, code: str) -> None:
    with pytest.raises(RefusalError) as caught:
        rules.check(parse(text), "v25")
    assert caught.value.code == code
