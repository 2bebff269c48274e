"""Marketing: what each state of its address shows, against a book that is reckoned on paper."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Self

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import PASSWORD, Watch, log_in, with_session
from tests.server.pages.conftest import shop_folder, two_shops
from tests.server.pages.marketing_book import marts
from tests.server.pages.test_profit import file, table, words
from tests.server.pages.test_sales import link, query

from fondaco.control import ConnectionRecord, Role
from fondaco.metrics.marketing import list_attributed
from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.source import Role as SourceRole
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"
PANELS = ("spend", "ratios", "split", "losers", "brought")


@pytest.fixture(scope="module")
def book(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The book, published once; tests only read it."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("ads")), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(book: Project) -> Iterator[TestClient]:
    with TestClient(create_app(book), follow_redirects=False) as client:
        yield with_session(client, book)


def panel(client: TestClient, name: str, state: str = "") -> str:
    answer = client.get(f"/marketing/{name}?{MARCH}&compare=none{state}")
    assert answer.status_code == 200
    return answer.text


def tile(text: str, name: str) -> str:
    return words(text[text.index(f'id="tile-{name}"') :].partition("<svg")[0])


def test_spend_stands_beside_what_it_brought_and_what_platforms_claim(reader: TestClient) -> None:
    text = panel(reader, "spend")
    shown = words(text)
    assert shown.startswith("Ad spend ")
    assert "€100 .00" in shown
    assert "€310.00 Attributed revenue" in shown
    assert "€500.00 Claimed revenue" in shown
    assert {row[0]: row[1:] for row in table(text) if row[1:] != ["€0.00"] * 3} == {
        "Mon 2 Mar 2026": ["€180.00", "€50.00", "€340.00"],
        "Tue 3 Mar 2026": ["€0.00", "€15.00", "€50.00"],
        "Wed 4 Mar 2026": ["€0.00", "€5.00", "€0.00"],
        "Thu 5 Mar 2026": ["€60.00", "€30.00", "€110.00"],
        "Fri 6 Mar 2026": ["€40.00", "€0.00", "€0.00"],
        "Sat 7 Mar 2026": ["€30.00", "€0.00", "€0.00"],
    }


def test_figures_of_the_whole_business_say_so_and_are_not_told_under_a_condition(reader: TestClient) -> None:
    shown = words(panel(reader, "spend"))
    assert "4.03 MER" in shown  # 500 on 124
    assert "24.8% Ad cost share" in shown
    assert "€24.80 nCAC" in shown  # 124 for the five who are new
    assert "all marketing, that of the cost sheet too" in shown
    assert "MER" not in words(panel(reader, "spend", "&platform=meta_ads"))


def test_it_is_said_of_how_many_orders_nobody_knows_the_origin(reader: TestClient) -> None:
    shown = words(panel(reader, "spend"))
    assert (
        "Known origin : 85.7% of all orders. What brought the other one nobody tells: advertising may have brought it too."
        in shown
    )


def test_the_quotients_stand_beside_what_platforms_claim_and_beside_1(reader: TestClient) -> None:
    text = panel(reader, "ratios")
    assert "€14 .00" in tile(text, "campaign_profit")
    assert tile(text, "return_on_ad_spend").endswith("claimed 5.00 , gap €190.00")
    assert "3.10" in tile(text, "return_on_ad_spend")
    assert tile(text, "profit_on_ads").endswith("1 or more: pays")
    assert "€20 .00" in tile(text, "cost_per_order")
    assert "€33 .33" in tile(text, "campaign_customer_acquisition_cost")
    assert tile(panel(reader, "ratios", "&platform=google_ads"), "profit_on_ads").endswith(
        "Under 1: loses money"
    )


def test_each_figure_is_held_against_the_period_before(reader: TestClient) -> None:
    text = words(reader.get("/marketing/spend?from=2026-03-03&to=2026-03-31").text)
    assert "€50 .00 −44.4% vs previous period €90.00" in text  # 2 February to 2 March: 40 and 50


ROWS = {
    "Spring Sale & More Meta Ads · Outcome sales Active": ["€50.00", "2", "€180.00", "€90.00", "€40.00", "3.60", "2.00", "1.80"],
    "Brand Google Ads · Search Active Loses money": ["€30.00", "1", "€60.00", "€10.00", "−€20.00", "2.00", "6.00", "0.33"],
    "Echo Meta Ads · Outcome traffic Paused No order": ["€20.00", "0", "€0.00", "€0.00", "−€20.00", "0.00", "–", "0.00"],
    "Old Google Ads · Performance max Removed": ["€0.00", "1", "€40.00", "€20.00", "€20.00", "–", "2.00", "–"],
    "No campaign told Google Ads": ["€0.00", "1", "€30.00", "−€6.00", "−€6.00", "–", "−5.00", "–"],
    "All": ["€100.00", "5", "€310.00", "€114.00", "€14.00", "3.10", "2.72", "1.14"],
}  # fmt: skip

IDLE = ["2 paused and ended campaigns", "€20.00", "1", "€40.00", "€20.00", "€0.00", "2.00", "2.00", "1.00"]
"""Echo and Old together."""


def test_campaigns_stand_with_their_result_and_what_belongs_to_none_in_a_row_of_its_own(
    reader: TestClient,
) -> None:
    text = panel(reader, "split", "&idle=shown")
    assert {row[0]: row[1:] for row in table(text)} == {**ROWS, "Fold away " + IDLE[0]: IDLE[1:]}
    assert link(text, "Spring Sale &amp; More").startswith("/marketing/campaigns/m:11?")
    assert query(link(text, "No campaign told"))["campaign_id"] == "~"


def test_paused_and_ended_campaigns_are_folded_into_one_row_and_shown_by_a_press(reader: TestClient) -> None:
    text = panel(reader, "split")
    running = {name: row for name, row in ROWS.items() if not name.startswith(("Echo", "Old"))}
    assert {row[0]: row[1:] for row in table(text)} == {**running, "Show " + IDLE[0]: IDLE[1:]}
    show = re.search(r'<a href="([^"]+)"[^>]*id="fold-campaigns"', text)
    assert show is not None and query(html.unescape(show[1]))["idle"] == "shown"
    assert "2 paused and ended" not in panel(reader, "split", "&by=platform")
    assert {row["campaign"] for row in file(reader, f"/marketing/split.csv?{MARCH}")} >= {"Echo", "Old"}


def test_who_looks_for_a_campaign_finds_it_though_it_is_paused(reader: TestClient) -> None:
    found = table(panel(reader, "split", "&parts_find=echo"))
    assert [row[0].split()[0] for row in found] == ["Echo", "All"]


def test_where_no_campaign_runs_all_are_listed(reader: TestClient) -> None:
    rows = table(panel(reader, "split", "&campaign_id=m:12"))
    assert [row[0].split()[0] for row in rows] == ["Echo", "All"]


def test_a_campaign_that_sold_nothing_returned_nought_and_not_nothing(reader: TestClient) -> None:
    [echo] = [row for row in file(reader, f"/marketing/split.csv?{MARCH}") if row["campaign"] == "Echo"]
    assert Decimal(echo["return_on_ad_spend"]) == 0
    assert echo["cost_per_order"] == ""


@pytest.mark.parametrize(
    ("columns", "spring"),
    [
        ("claims", ["€50.00", "3", "2", "€300.00", "€180.00", "€120.00", "6.00", "3.60"]),
        ("reach", ["€50.00", "1,000", "50", "5.0%", "€1.00", "2", "€25.00", "1", "€50.00"]),
    ],
)
def test_the_table_shows_other_columns_where_asked(
    reader: TestClient, columns: str, spring: list[str]
) -> None:
    assert table(panel(reader, "split", f"&columns={columns}"))[0][1:] == spring


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("platform", ["Meta Ads", "Google Ads"]),
        ("account", ["Aurora on Meta", "Aurora on Google", "No campaign told"]),
    ],
)
def test_by_platform_and_account_rows_add_up_and_lead_to_themselves(
    reader: TestClient, by: str, names: list[str]
) -> None:
    text = panel(reader, "split", f"&by={by}")
    *rows, whole = table(text)
    assert [row[0].removesuffix(" Loses money") for row in rows] == names
    assert whole == ["All", *ROWS["All"]]
    assert set(query(link(text, names[0]))) == {"range", "from", "to", "compare", by}


@pytest.mark.parametrize("by", ["campaign", "account", "platform"])
def test_the_file_of_every_breakdown_has_all_columns_and_adds_up(reader: TestClient, by: str) -> None:
    rows = file(reader, f"/marketing/split.csv?{MARCH}&by={by}")
    assert {
        "ad_impressions",
        "claimed_revenue",
        "profit_on_ads",
        "campaign_customer_acquisition_cost",
    } <= set(rows[0])
    sums = {
        name: sum(Decimal(row[name]) for row in rows)
        for name in ("ad_spend", "claimed_revenue", "attributed_revenue", "campaign_profit")
    }
    assert sums == {"ad_spend": 100, "claimed_revenue": 500, "attributed_revenue": 310, "campaign_profit": 14}


def test_rows_are_ordered_and_found(reader: TestClient) -> None:
    ordered = table(panel(reader, "split", "&parts_order=campaign_profit&idle=shown"))
    assert [row[0].split()[0] for row in ordered[:-2]] == ["Brand", "Echo", "No", "Old", "Spring"]
    found = table(panel(reader, "split", "&parts_find=google+search"))
    assert [row[0] for row in found[:-1]] == ["Brand Google Ads · Search Active Loses money"]


def test_campaigns_under_break_even_stand_with_the_money_that_each_lost(reader: TestClient) -> None:
    text = panel(reader, "losers")
    assert "2 of 4 campaigns cost more than they brought: €40.00 lost" in words(text)
    assert table(text) == [
        ["Brand Google Ads · Search Active", "€30.00", "2.00", "6.00", "€20.00"],
        ["Echo Meta Ads · Outcome traffic Paused No order", "€20.00", "0.00", "–", "€20.00"],
    ]
    assert link(text, "Echo").startswith("/marketing/campaigns/m:12?")
    assert (
        "Every campaign brought at least what it cost"
        in reader.get("/marketing/losers?from=2026-02-01&to=2026-02-28").text
    )


def test_orders_are_listed_with_how_it_is_known_where_they_came_from(reader: TestClient) -> None:
    text = panel(reader, "brought")
    told = {row[0]: (row[4], row[5]) for row in table(text, 'id="sheet-orders"')}
    assert told == {
        "#1005": ("No campaign told Google Ads", "by a paid click’s id"),
        "#1004": ("Old", "by its number in utm_campaign"),
        "#1003": ("Brand", "by its name in utm_campaign"),
        "#1002": ("Spring Sale & More", "by its number in utm_campaign"),
        "#1001": ("Spring Sale & More", "by its name in utm_campaign"),
    }
    assert link(text, "#1005") == "/orders/a:5"
    found = table(panel(reader, "brought", "&orders_find=004&orders_order=-net_sales"), 'id="sheet-orders"')
    assert [row[0] for row in found] == ["#1004"]


@pytest.mark.parametrize(
    ("condition", "spend", "orders"),
    [
        ("platform=meta_ads", "€70", ["#1001", "#1002"]),
        ("account=Aurora+on+Google", "€30", ["#1003", "#1004"]),
        ("account=~", "€0", ["#1005"]),
        ("campaign_id=g%3A22", "€0", ["#1004"]),
        ("campaign_id=~", "€0", ["#1005"]),
    ],
)
def test_a_condition_restricts_figures_and_orders_alike(
    reader: TestClient, condition: str, spend: str, orders: list[str]
) -> None:
    assert f"{spend} .00" in words(panel(reader, "spend", f"&{condition}"))
    rows = table(panel(reader, "brought", f"&{condition}&orders_order=order_number"), 'id="sheet-orders"')
    assert [row[0] for row in rows] == orders


def test_a_condition_is_a_chip(reader: TestClient) -> None:
    page = reader.get(f"/marketing?{MARCH}&platform=meta_ads&campaign_id=m%3A11").text
    assert "Platform: Meta Ads" in page
    assert "Campaign: Spring Sale &amp; More" in page


@pytest.mark.parametrize("clock", ["finance", "order"])
def test_spend_belongs_to_no_shop_and_both_clocks_agree(reader: TestClient, clock: str) -> None:
    page = reader.get(f"/marketing?{MARCH}&shop=a&clock={clock}").text
    assert 'id="shop"' not in page
    assert "figures are of all shops, and the same by both clocks" in page
    assert "€100 .00" in words(panel(reader, "spend", f"&shop=a&clock={clock}"))


def test_one_campaign_has_a_statement_that_ends_with_its_profit(reader: TestClient) -> None:
    text = reader.get(f"/marketing/campaigns/m:11?{MARCH}").text
    assert table(text, 'id="title-statement"') == [
        ["Gross sales", "€180.00"], ["Attributed revenue", "€180.00"], ["Cost of goods", "−€90.00"],
        ["Contribution margin 1", "€90.00"], ["Attributed CM2", "€90.00"], ["Ad spend", "−€50.00"],
        ["Campaign profit", "€40.00"],
    ]  # fmt: skip
    assert [row[0] for row in table(text, 'id="sheet-orders"')] == ["#1001", "#1002"]
    assert "Aurora on Meta · Outcome sales · number 11 · made 15 Jan 2026" in words(text)


def test_one_campaign_says_when_its_customers_had_paid_for_it(reader: TestClient) -> None:
    text = words(reader.get(f"/marketing/campaigns/m:11?{MARCH}").text)
    assert (
        "At once The first orders of 1 new customer paid for it. €60.00 of CM2 so far against €50.00 spent."
        in text
    )
    brand = words(reader.get(f"/marketing/campaigns/g:21?{MARCH}").text)
    assert "Not yet 33.3% of the spend has come back, by 1 new customer." in brand
    assert "It won no new customer in this period." in words(
        reader.get(f"/marketing/campaigns/m:12?{MARCH}").text
    )


def test_one_campaign_marks_the_days_on_which_it_cost_something_and_sold_nothing(reader: TestClient) -> None:
    text = reader.get(f"/marketing/campaigns/m:11?{MARCH}").text
    assert "2 of 3 days with spend; they cost €20.00" in words(text)
    assert table(text, 'id="title-idle"') == [
        ["Tue 3 Mar 2026", "€15.00", "9"],
        ["Wed 4 Mar 2026", "€5.00", "1"],
    ]
    assert text.count('<span class="badge-f warn">Nothing sold') == 2


def test_a_campaign_keeps_its_address_while_its_days_and_orders_are_walked_through(
    reader: TestClient,
) -> None:
    text = reader.get(f"/marketing/campaigns/m:11?{MARCH}").text
    for address in re.findall(r'hx-push-url="(/[^"]*)"', text):
        assert address.startswith("/marketing/campaigns/m:11?")
        assert "campaign_id" not in address
        assert reader.get(html.unescape(address)).status_code == 200
    assert f'href="/marketing?campaign_id=m%3A11&amp;range=custom&amp;{html.escape(MARCH)}"' in text


def test_a_campaign_that_there_is_not_is_not_there(reader: TestClient) -> None:
    answer = reader.get("/marketing/campaigns/m:99")
    assert answer.status_code == 404
    assert "Choose one on the page Marketing" in answer.text


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("a:2", "Platform Meta Ads Campaign Spring Sale & More Known by its number in utm_campaign"),
        ("a:5", "Platform Google Ads Campaign No campaign told Known by a paid click’s id"),
    ],
)
def test_the_page_of_an_order_says_where_it_came_from(reader: TestClient, order: str, told: str) -> None:
    text = reader.get(f"/orders/{order}").text
    assert told in words(text)
    assert "Where it came from" not in reader.get("/orders/a:6").text


def test_the_page_of_an_order_tells_every_step_by_which_marketing_reaches_it(reader: TestClient) -> None:
    told = words(reader.get("/orders/a:2").text)
    assert "its part of what this campaign cost on its day, which the orders that it brought share" in told
    assert "where Meta Ads brought at least 10 orders on that day to shops that all tell visits" in told
    assert "of what other campaigns of Meta Ads cost without an order, which these orders share" in told
    assert (
        "what else was spent on that day for its shop or for every shop, which all their orders share" in told
    )
    assert "this campaign" not in words(reader.get("/orders/a:5").text)


def test_campaigns_are_found_by_name_and_by_number(reader: TestClient) -> None:
    csrf = re.search(r'name="csrf" value="([^"]+)"', reader.get("/search").text)
    assert csrf is not None
    for asked in ("spring", "11"):
        found = reader.post("/search", data={"q": asked, "csrf": csrf[1]}).text
        assert '<a href="/marketing/campaigns/m:11">' in found
        assert "Meta Ads · Aurora on Meta · Active" in words(found)


def test_every_figure_opens_its_definition(reader: TestClient) -> None:
    pages = [panel(reader, name, "&platform=meta_ads") for name in PANELS]
    pages.append(reader.get(f"/marketing/campaigns/m:11?{MARCH}").text)
    addresses = {address for text in pages for address in re.findall(r'hx-get="(/definitions/[^"]+)"', text)}
    assert len(addresses) > 15
    for address in addresses:
        assert reader.get(html.unescape(address)).status_code == 200


def test_a_definition_of_advertising_is_told_of_all_shops(reader: TestClient) -> None:
    assert "€100 .00" in words(reader.get(f"/definitions/ad_spend?{MARCH}&shop=a&compare=none").text)


@pytest.mark.parametrize(
    "wrong", ["columns=all", "parts_order=colour", "orders_sheet=-1", "grain=decade", "shop=nowhere"]
)
def test_what_does_not_exist_is_refused_in_words(reader: TestClient, wrong: str) -> None:
    answer = reader.get(f"/marketing?{wrong}")
    assert answer.status_code in (404, 422)
    assert "fault of Fondaco" not in answer.text
    assert reader.get("/marketing/weather").status_code == 404


def test_viewers_read_and_take_no_files(book: Project) -> None:
    book.control.users.create(book.tenant, "viewer@example.com", role=Role.VIEWER, password=PASSWORD)
    with TestClient(create_app(book), follow_redirects=False) as client:
        assert client.get("/marketing").headers["location"].startswith("/login")
        log_in(client, "viewer@example.com")
        seen = {
            client.get(path).status_code
            for path in ("/marketing", "/marketing/split", "/marketing/campaigns/m:11")
        }
        files = {client.get(f"/marketing/{name}.csv").status_code for name in ("split", "course")}
    assert (seen, files) == ({200}, {403})


def test_where_no_ad_account_is_connected_the_page_says_how_and_shows_what_there_is(
    reader: TestClient, owner: TestClient
) -> None:
    assert "fondaco connect meta_ads" in reader.get("/marketing").text
    assert "Connect a shop to see its sales" in owner.get("/marketing").text


def test_before_any_figure_of_advertising_the_page_says_what_to_connect(
    new_folder: Path, tmp_path: Path
) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        publish(project, **{name: rows for name, rows in marts().items() if name == "connections"})  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            text = with_session(client, project).get("/marketing").text
    assert "Connect an ad account to see what advertising earns" in text
    assert "fondaco connect google_ads" in text


class Board:
    """An ad account's source, as far as a page asks for it."""

    name: ClassVar[str] = "board"
    title: ClassVar[str] = "Board"
    settings_type: ClassVar[type[SourceSettings]] = SourceSettings
    streams: ClassVar[tuple[Stream, ...]] = ()
    report_name: ClassVar[str | None] = None
    role: ClassVar[SourceRole] = SourceRole.ADS

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        return cls()

    def check(self) -> Check:
        return Check("Board", "EUR", "UTC")

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        return iter(())

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def close(self) -> None:
        return


def test_after_an_ad_account_is_connected_the_page_says_what_comes_next(
    new_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "packages" / "board-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: board\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[fondaco.sources]\nboard = {__name__}:Board\n")
    monkeypatch.syspath_prepend(metadata.parent)
    with Project.open(shop_folder(new_folder, tmp_path / "project"), clock=Watch()) as project:
        account = ConnectionRecord("m", "board", "Aurora on Board", "EUR", "Europe/Berlin", {})
        project.control.connections.add(project.tenant, account)
        with TestClient(create_app(project), follow_redirects=False) as client:
            before = with_session(client, project).get("/marketing").text
            publish(project, **marts())  # type: ignore[arg-type]
            after = client.get("/marketing").text
    assert "1 ad account connected, no figures yet" in before
    assert 'id="no-account"' not in after
    assert 'id="panel-spend"' in after


def test_what_an_older_release_published_is_said_in_a_sentence(new_folder: Path, tmp_path: Path) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        with project.warehouse.writer() as writer:
            for mart in ("campaigns", "campaigns_daily", "order_campaigns", "visits_daily"):
                writer.execute(f"drop table marts.{mart}")
        project.warehouse.publish()
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            page, split, campaign, order = (
                client.get(path)
                for path in ("/marketing", "/marketing/split", "/marketing/campaigns/m:11", "/orders/a:1")
            )
    assert (page.status_code, split.status_code, campaign.status_code, order.status_code) == (
        200,
        200,
        404,
        200,
    )
    assert "The next run works out marketing" in page.text
    assert "fondaco run" in split.text
    assert "Where it came from" not in order.text


def test_a_list_of_orders_is_cut_to_its_sheet(book: Project) -> None:
    rows = list_attributed(
        book.reader,
        book.tenant,
        date(2026, 3, 1),
        date(2026, 3, 31),
        {},
        order_by="net_sales",
        limit=2,
        offset=1,
    ).to_pylist()
    assert [(row["order_number"], row["matches"]) for row in rows] == [("#1004", 5), ("#1003", 5)]


def test_a_campaign_that_cannot_be_seen_is_told_apart_from_one_that_brought_no_order(
    new_folder: Path, tmp_path: Path
) -> None:
    book = marts()
    sold = {"is_filler": False, "orders": 1, "net_sales": 20, "connection_id": "b", "source": "files"}
    book["sales_daily"] = [
        *book["sales_daily"],  # type: ignore[misc]
        *({**sold, "clock": clock, "sales_date": "2026-03-03"} for clock in ("finance", "order")),
    ]
    book["visits_daily"] = [
        *book["visits_daily"],  # type: ignore[misc]
        {"order_date": "2026-03-03", "connection_id": "b", "marked_orders": 0},
    ]
    with (
        two_shops(shop_folder(new_folder, tmp_path), book) as project,
        TestClient(create_app(project), follow_redirects=False) as client,
    ):
        with_session(client, project)
        lost, split = panel(client, "losers"), panel(client, "split", "&idle=shown")
        hidden = words(client.get(f"/marketing/campaigns/m:12?{MARCH}").text)
        tiles, sugg = panel(client, "ratios"), client.get(f"/profit/suggestions?{MARCH}").text
    assert "1 of 3 campaigns whose orders can be seen cost more than it brought: €20.00 lost" in words(lost)
    assert "1 more cannot be seen and are not counted: Berg tells no visits" in words(lost)
    assert "Echo" not in words(lost)
    assert "Paused Cannot be seen" in words(split)
    assert "Brand Google Ads · Search Active Loses money" in words(split)
    assert (
        "€20.00 of the €100.00 spent is of a campaign whose orders cannot be seen: Berg tells no visits"
        in words(tiles)
    )
    assert "Without it campaign profit is €34.00 and POAS 1.42" in words(tiles)
    assert "What it brought cannot be seen: Berg tells no visits" in hidden and "Loses money" not in hidden
    assert "€20 .00 in this period Campaigns that cost more than they brought" in words(sugg)


@pytest.mark.parametrize(
    ("panel_address", "page"),
    [
        ("/marketing/messages?by=platform", "/marketing?by=platform"),
        ("/sales/course", "/sales"),
        ("/profit/waterfall?clock=order", "/profit?clock=order"),
        ("/overview/headline", "/"),
    ],
)
def test_a_panel_that_a_browser_opens_by_its_address_leads_to_its_page(
    reader: TestClient, panel_address: str, page: str
) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    alone = reader.get(panel_address, headers=browser)
    assert (alone.status_code, alone.headers["location"]) == (303, page)
    assert reader.get(panel_address, headers={**browser, "HX-Request": "true"}).status_code == 200


def test_lifetime_value_is_of_the_newest_days_whose_customers_have_had_the_time(
    new_folder: Path, tmp_path: Path
) -> None:
    """Of 40 spent on 10 December its customers brought 50 by now; March's have not had 90 days."""
    book = marts()
    long_ago = {
        "campaign_id": "m:11",
        "platform": "meta_ads",
        "connection_id": "m",
        "campaign_date": "2025-12-10",
    }
    book["campaigns_daily"] = [
        *book["campaigns_daily"],
        {**long_ago, "spend_90": 40, "acquired_margin_90": 50},
    ]
    with (
        two_shops(shop_folder(new_folder, tmp_path), book) as project,
        TestClient(create_app(project), follow_redirects=False) as client,
    ):
        with_session(client, project)
        for text in (panel(client, "ratios"), client.get(f"/overview/earnings?{MARCH}").text):
            told = words(text[text.index('id="tile-ltv_90_to_cac"') :])
            assert "LTV90:CAC 1.25 spent 1 – 31 Dec 2025 1 or more: paid back" in told
            assert "LTV365:CAC – spent 1 – 31 Mar 2025 no spend then" in told
        of_a_shop = client.get(f"/overview/earnings?{MARCH}&shop=a").text
        assert "Contribution margin 3" in words(of_a_shop) and "LTV90" not in of_a_shop
