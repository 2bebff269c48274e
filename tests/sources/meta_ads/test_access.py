"""Credentials, permissions and limits: what is told, what is waited for, what is never seen."""

from __future__ import annotations

import json

import httpx
import pytest

from fondaco.errors import AccessError, ConfigError, FondacoError
from fondaco.simulator.faults import Fault
from fondaco.simulator.meta_ads.access import APP_SECRET, EXPIRED_TOKEN, LIMITED_TOKEN, TOKEN
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError
from fondaco.sources.meta_ads.faults import GraphError, TooMuchDataError, fault_of
from fondaco.sources.meta_ads.usage import pause_seconds, regain_seconds, used_percent
from fondaco.sources.stream import Check

from .conftest import LAST, Account


@pytest.mark.slow
def test_check_tells_name_currency_and_zone(account: Account) -> None:
    source = account.source()
    assert source.check() == Check(
        "Market Hall Social", "EUR", "Europe/Berlin", details={"account_id": "284739105612345"}
    )
    source.close()


@pytest.mark.slow
def test_a_token_without_ads_read_is_told_what_it_lacks(account: Account) -> None:
    source = account.source(access_token=LIMITED_TOKEN)
    missing = source.check().missing
    source.close()
    assert [("ads_read" in one, one.split(".")[0]) for one in missing] == [
        (True, "The token may not read campaigns, ad sets and ads"),
        (True, "The token may not read insights: no spend and no clicks can be read"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"access_token": "EAAnonsense"}, "does not accept the access token"),
        ({"access_token": EXPIRED_TOKEN}, "it has expired"),
        ({"app_secret": "wrong"}, "proof of the app's secret"),
        ({"account_id": "999"}, "has nothing at /meta_ads/v26.0/act_999"),
    ],
)
def test_a_credential_that_is_not_good_is_refused_in_words(
    account: Account, settings: dict[str, str], words: str
) -> None:
    source = account.source(**settings)
    with pytest.raises(AccessError, match=words) as caught:
        source.check()
    source.close()
    assert "fondaco connect meta_ads" in caught.value.remedy


@pytest.mark.slow
def test_an_app_that_demands_a_proof_gets_it(account: Account) -> None:
    account.behaviour.demands_proof = True
    assert account.read("campaigns")
    with pytest.raises(AccessError, match="proof"):
        account.read("campaigns", app_secret=None)


@pytest.mark.slow
def test_an_old_version_is_told_with_the_setting(account: Account) -> None:
    with pytest.raises(ConfigError, match="api_version"):
        account.read("campaigns", api_version="v12.0")


@pytest.mark.slow
def test_no_address_holds_the_token_though_meta_puts_it_into_every_next(account: Account) -> None:
    account.read("ads", page_size=5)
    assert len(account.asked("GET act_284739105612345/ads")) > 5
    assert not any(secret in one for one in account.behaviour.addresses for secret in (TOKEN, APP_SECRET))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault(name="throttle", times=1, seconds=60), 60.0),
        (Fault(name="storm", times=1, seconds=7), 7.0),
    ],
)
def test_a_limit_is_waited_for_as_long_as_it_says(account: Account, fault: Fault, waited: float) -> None:
    account.faults.switch([fault])
    rows = account.insights(LAST, LAST)
    assert rows and account.slept[0] == waited


@pytest.mark.slow
def test_a_limit_without_a_time_is_waited_for_all_the_same(account: Account) -> None:
    account.faults.switch([Fault(name="user_throttle", times=3)])
    assert account.insights(LAST, LAST)
    assert len(account.slept) == 3 and all(0 < one < 10 for one in account.slept)


@pytest.mark.slow
def test_it_slows_down_before_the_limit_is_reached(account: Account) -> None:
    account.faults.switch([Fault(name="busy", times=1)])
    account.read("campaigns")
    account.read("ads", page_size=5)
    assert account.slept == []
    account.faults.switch([Fault(name="busy", times=1)])
    account.read("ads", page_size=5)
    assert account.slept == [36.0], "90 % is three fifths of the way from 75 % to the limit"


@pytest.mark.slow
def test_lists_hold_what_is_archived_and_deleted(account: Account) -> None:
    statuses = {row["effective_status"] for row in account.read("campaigns")}
    assert statuses == {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED"}
    source = account.source()
    streams = {stream.name: stream for stream in source.streams}
    ads = source.ids(streams["ads"])
    assert ads is not None and len(list(ads)) == len(account.read("ads"))
    assert source.ids(streams["insights"]) is None
    source.close()


@pytest.mark.slow
def test_instants_have_an_offset_that_can_be_read(account: Account) -> None:
    assert all(row["created_time"][-6:] in ("+01:00", "+02:00") for row in account.read("campaigns"))


ERRORS = [
    ({"code": 4}, 400, VendorFaultError),
    ({"code": 17, "error_subcode": 2446079}, 400, VendorFaultError),
    ({"code": 613, "error_subcode": 1487742}, 400, VendorFaultError),
    ({"code": 80004}, 400, VendorFaultError),
    ({"code": 2, "message": "Service temporarily unavailable"}, 500, VendorFaultError),
    ({"code": 368, "is_transient": True}, 400, VendorFaultError),
    ({"code": 1, "message": "Please reduce the amount of data you're asking for"}, 500, TooMuchDataError),
    ({"code": 100, "error_subcode": 1487534}, 400, TooMuchDataError),
    ({"code": 190, "error_subcode": 460}, 400, UnauthorizedError),
    ({"code": 10}, 403, AccessError),
    ({"code": 200}, 403, AccessError),
    ({"code": 275}, 403, AccessError),
    ({"code": 100, "error_subcode": 33}, 400, NotFoundError),
    ({"code": 803}, 404, NotFoundError),
    ({"code": 2635}, 400, ConfigError),
    ({"code": 100}, 400, ConfigError),
]


@pytest.mark.parametrize(("error", "status", "kind"), ERRORS, ids=lambda value: str(value)[:40])
def test_an_error_is_told_by_its_code(
    error: dict[str, object], status: int, kind: type[FondacoError]
) -> None:
    found = GraphError.of({"error": {"message": "ad 4711 of Ada", **error}})
    assert found is not None
    raised = fault_of(found, status=status, wait_seconds=None, path="/v26.0/act_1")
    assert type(raised) is kind
    assert "Ada" not in str(raised) and len(str(raised).splitlines()) == 2


def test_an_answer_without_an_error_is_none() -> None:
    assert GraphError.of([]) is GraphError.of({"error": "text"}) is GraphError.of({"data": []}) is None
    odd = GraphError.of({"error": {"code": "many", "error_subcode": None}})
    assert odd is not None and odd.name == "0"


def test_use_is_the_largest_share_of_any_header() -> None:
    by_account = {
        "1": [
            {"type": "ads_insights", "call_count": 12, "total_time": 81, "estimated_time_to_regain_access": 0}
        ],
        "2": [{"type": "ads_management", "call_count": 3, "estimated_time_to_regain_access": 7}],
    }
    headers = httpx.Headers(
        {
            "x-fb-ads-insights-throttle": json.dumps({"app_id_util_pct": 20.5, "acc_id_util_pct": 40}),
            "x-business-use-case-usage": json.dumps(by_account),
            "x-app-usage": "no json",
        }
    )
    assert used_percent(headers) == 81
    assert regain_seconds(headers) == 420
    assert (used_percent({}), regain_seconds({})) == (0.0, None)


@pytest.mark.parametrize(("percent", "seconds"), [(0, 0), (75, 0), (80, 12), (100, 60), (250, 60)])
def test_the_pause_grows_from_three_quarters_to_the_limit(percent: float, seconds: float) -> None:
    assert pause_seconds(percent) == pytest.approx(seconds)
