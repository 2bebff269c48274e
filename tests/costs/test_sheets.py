"""Sheets in CSV and TOML: what is written is read as the same, and every fault is told with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.costs import (
    COLUMNS,
    LARGEST_BYTES,
    RULES,
    CostEntry,
    CostsError,
    Kind,
    Need,
    Sheet,
    entry_of,
    faults_of,
    is_named_like,
    overlaps,
    read_csv,
    read_toml,
    write_csv,
    write_toml,
)

SHOPS = {"berlin": "Berlin", "online": "Shop; online", "twin-1": "Twin", "twin-2": "Twin"}
HEAD = "kind,item,amount,rate,currency,valid_from\n"


def csv(text: str) -> Sheet:
    return read_csv(text.encode(), SHOPS)


def told(text: str | bytes, *, toml: bool = False) -> list[str]:
    """Where each fault stands, and in which column."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CostsError) as caught:
        (read_toml if toml else read_csv)(content, SHOPS)
    return [f"{fault.place} {fault.column}".strip() for fault in caught.value.faults]


def message(text: str, *, toml: bool = False) -> str:
    with pytest.raises(CostsError) as caught:
        (read_toml if toml else read_csv)(text.encode(), SHOPS)
    return str(caught.value)


texts = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs")), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
items = st.sampled_from(["=SUM(1)", "'=x", "-1", "a;b", 'say "hi"', "true", "ß", "1.5"]) | texts.filter(bool)
amounts = st.decimals(0, 10**9, places=6) | st.integers(0, 10**6).map(Decimal)
rates = st.decimals(0, 1, places=9)
dates = st.dates(date(2000, 1, 1), date(2100, 12, 31))


platforms = st.sampled_from(
    ["klaviyo", "mailchimp email", "postscript sms", "postscript mms", "own_tool push"]
)
ACCOUNTS = {"letters": "Letters", "texts": "Texts"}
SPENDERS = {"meta-main": "Meta Ads", "letters": "Letters"}


@st.composite
def entries(draw: st.DrawFn) -> CostEntry:
    kind = draw(st.sampled_from(Kind))
    rule = RULES[kind]
    takes = [
        side for side, may in (("amount", rule.value.takes_amount), ("rate", rule.value.takes_rate)) if may
    ]
    side = draw(st.sampled_from(takes)) if takes else ""
    first, last = sorted(draw(st.tuples(dates, dates)))
    is_dated = rule.dates is Need.NEEDED
    item = draw(
        platforms if rule.of_account else st.sampled_from([*SPENDERS]) if rule.names_account else items
    )
    shops = [*(ACCOUNTS if rule.of_account else SHOPS)]
    return CostEntry(
        kind,
        None if rule.item is Need.FORBIDDEN else item.upper() if kind is Kind.AFFILIATE else item,
        draw(st.sampled_from(shops if rule.shop is Need.NEEDED else [None, *shops])),
        draw(st.sampled_from([None, "DE", "US"])) if rule.country else None,
        draw(st.none() | st.integers(0, 100)) if rule.weight else None,
        draw(st.none() | st.integers(101, 10_000)) if rule.weight else None,
        draw(st.none() | st.integers(0, 100)) if rule.tier else None,
        draw(st.none() | st.integers(101, 10_000)) if rule.tier else None,
        draw(st.none() | st.integers(1, 10**9 - 1)) if rule.counted else None,
        draw(amounts) if side == "amount" else None,
        draw(rates) if side == "rate" else None,
        draw(st.sampled_from(["EUR", "JPY"])) if side == "amount" else None,
        first if is_dated else draw(st.sampled_from([None, first])),
        last if is_dated else draw(st.sampled_from([None, last])),
        draw(st.none() | items),
    )


@given(st.lists(entries().filter(lambda entry: not faults_of(entry)), max_size=6))
def test_what_is_written_is_read_as_the_same(rows: list[CostEntry]) -> None:
    apart: list[CostEntry] = []
    for row in rows:
        if not overlaps([*apart, row]):
            apart.append(row)
    assert read_csv(write_csv(apart).encode(), SHOPS, ACCOUNTS, SPENDERS).entries == tuple(apart)
    assert read_toml(write_toml(apart).encode(), SHOPS, ACCOUNTS, SPENDERS).entries == tuple(apart)


def test_what_messages_cost_is_of_an_account_and_all_else_of_a_shop() -> None:
    texts = {
        "kind": "message_plan",
        "item": "Klaviyo  Email",
        "shop": "letters",
        "amount": "45",
        "currency": "EUR",
    }
    entry = entry_of(texts, SHOPS, accounts=ACCOUNTS)
    assert (entry.item, entry.connection_id) == ("klaviyo email", "letters")
    for wrong, where in (
        ({"shop": next(iter(SHOPS))}, ACCOUNTS),
        ({"kind": "fixed", "item": "Rent"}, ACCOUNTS),
    ):
        with pytest.raises(CostsError) as refused:
            entry_of({**texts, **wrong}, SHOPS, accounts=where)
        assert [fault.column for fault in refused.value.faults] == ["shop"]


def test_an_account_whose_spend_is_a_shops_is_told_by_its_id_or_name() -> None:
    texts = {"kind": "account_of_shop", "item": "meta ads", "shop": next(iter(SHOPS))}
    assert entry_of(texts, SHOPS, accounts=ACCOUNTS, spenders=SPENDERS).item == "meta-main"
    with pytest.raises(CostsError) as refused:
        entry_of({**texts, "item": "tiktok"}, SHOPS, accounts=ACCOUNTS, spenders=SPENDERS)
    [fault] = refused.value.faults
    assert (fault.column, fault.problem) == ("item", "There is no account 'tiktok'.")
    assert fault.remedy == "Write the id of one (letters, meta-main)."


@pytest.mark.parametrize(
    ("pattern", "name", "is_named"),
    [
        ("UK *", "uk  Search", True),
        ("UK *", "Search UK", False),
        ("*uk*", "Search UK", True),
        ("a.c", "abc", False),
        ("100%_*", "100%_off", True),
        ("spring sale", "Spring+Sale", True),
    ],
)
def test_a_star_stands_for_anything_in_the_name_of_a_campaign(
    pattern: str, name: str, is_named: bool
) -> None:
    assert is_named_like(name, pattern) is is_named


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_sheet_or_told_as_none(content: bytes) -> None:
    for read in (read_csv, read_toml):
        for part in (content, b"kind,item,amount\n" + content, b"[[cost]]\n" + content):
            try:
                read(part, SHOPS)
            except CostsError as error:
                assert error.faults


MUG = CostEntry(Kind.PRODUCT_COST, "MUG", amount=Decimal("4.5"), currency="EUR", valid_from=date(2026, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "product_cost,MUG,4.5,,EUR,2026-01-01\n",
        "\ufeff" + HEAD + "product_cost,MUG,4.50,,eur,2026-01-01\r\n\r\n",
        "Kind;Item;Amount;Currency;Valid_from\nproduct_cost;MUG;4,5;EUR;2026-01-01\n;;;;\n",
        "kind\titem\tamount\tcurrency\tvalid_from\nPRODUCT_COST\t MUG \t4,50\tEUR\t2026-01-01",
        HEAD + 'product_cost,MUG,"4,5",,EUR,2026-01-01\n',
    ],
    ids=["commas", "byte order mark", "semicolons", "tabs", "a comma in quotes"],
)
def test_sheets_of_every_spreadsheet_are_read_alike(text: str) -> None:
    assert csv(text).entries == (MUG,)


def test_a_sheet_in_toml_has_numbers_days_and_texts() -> None:
    text = """
# What we pay.
[[cost]]
kind = "product_cost"
item = "MUG"
amount = 4.5
currency = "EUR"
valid_from = 2026-01-01

[[cost]]
kind = "default_product_cost"
rate = 0.1
shop = "Berlin"
"""
    found = read_toml(text.encode(), SHOPS)
    assert found.places == ("line 3", "line 10")
    assert found.entries == (
        MUG, CostEntry(Kind.DEFAULT_PRODUCT_COST, connection_id="berlin", rate=Decimal("0.1")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "share"),
    [("40 %", "0.4"), ("40%", "0.4"), ("0.4", "0.4"), ('"0,4"', "0.4"), ("1 %", "0.01"), ("100 %", "1"), ("0", "0"),
     ('"2,9 %"', "0.029")],
)  # fmt: skip
def test_a_rate_is_read_as_per_cent_or_share(written: str, share: str) -> None:
    [entry] = csv(f"{HEAD}default_product_cost,,,{written},,\n").entries
    assert entry.rate == Decimal(share)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("default_product_cost,,,40,,", "'40' may be 40 %. Write `40 %`, or a share below 1 such as 0.4."),
        ("default_product_cost,,,1,,", "'1' may be 1 % or 1 as a share. Write `1 %` or `100 %`."),
        ("default_product_cost,,,140 %,,", "'140 %' is more than the whole."),
        ('product_cost,MUG,"1,234",,EUR,', "'1,234' may be 1.234 or 1234. Write the one that you mean"),
        ("product_cost,MUG,-4,,EUR,", "'-4' is negative."),
        ("product_cost,MUG,4 EUR,,EUR,", "'4 EUR' is not a number."),
        ("product_cost,MUG,4,,Euro,", "'EURO' is not a currency."),
        ("product_cost,MUG,4,,EUR,01.02.2026", "'01.02.2026' is not a day. Write it as year-month-day"),
        ("product_cost,MUG,4,,EUR,2026-02-30", "'2026-02-30' is not a day."),
        ("rent,Flat,4,,EUR,", "'rent' is not a kind of costs. Write one of product_cost,"),
    ],
)  # fmt: skip
def test_what_could_mean_two_things_or_nothing_is_told_with_what_to_write(line: str, said: str) -> None:
    text = message(HEAD + line + "\n")
    assert text.startswith("line 2, ")
    assert said in text


def test_a_point_before_three_digits_is_not_guessed_where_the_decimal_mark_is_the_comma() -> None:
    text = "kind;item;amount;currency\nproduct_cost;MUG;1.234;EUR\n"
    assert "'1.234' may be 1,234 or 1234." in message(text)
    assert csv(text.replace("1.234", "1,234")).entries[0].amount == Decimal("1.234")


def test_every_fault_of_a_sheet_is_told_at_once_with_its_line() -> None:
    text = (
        "kind,item,shop,amount,rate,currency,note\n"
        "product_cost,MUG,,x,40,EUR,\n"
        "\n"
        'product_cost,CUP,,4,,EUR,"two\nlines"\n'
        "product_cost,JAR,nowhere,4,,EUR,\n"
        "product_cost,JUG,twin,4,,EUR,\n"
        "product_cost,CUP,,5,,EUR,\n"
        "fixed,,,4,,EUR,,more\n"
    )
    assert told(text) == [
        "line 2 amount", "line 2 rate", "line 6 shop", "line 7 shop", "line 9", "line 8 valid_from",
    ]  # fmt: skip


def test_two_entries_for_the_same_are_told_with_both_lines() -> None:
    line = "product_cost,MUG,4,,EUR,2026-01-01\n"
    assert message(HEAD + line + line).startswith("line 3, valid_from: It holds for the same as line 2,")


def test_a_quote_that_is_not_closed_swallows_no_line() -> None:
    text = 'kind,item,amount,currency,note\nfixed,Rent,9,EUR,"three\nfixed,Staff,9,EUR,\n'
    assert "line 2: It is not CSV" in message(text)
    assert (
        csv('kind,item,amount,currency,note\nfixed,Rent,9,EUR,"two\nlines"\n').entries[0].note == "two lines"
    )


def test_columns_that_a_sheet_does_not_have_are_told_by_name() -> None:
    text = message("kind,price,Item,item,cost\nproduct_cost,1,MUG,MUG,2\n")
    assert "'cost', 'price'" in text
    assert "item twice" in text
    assert told("item,amount\nMUG,1\n") == ["line 1 kind"]
    assert told("") == ["line 1 kind"]


def test_faults_of_toml_are_told_with_the_line_of_their_table() -> None:
    assert told('[[cost]]\nkind = "fixed"\n\n[[cost]]\nkind = true\nprice = 3\n', toml=True) == [
        "line 1 item", "line 1 amount", "line 4 kind", "line 4 price",
    ]  # fmt: skip
    assert told("costs = 3", toml=True) == [""]
    assert told("[[cost]\n", toml=True) == [""]
    assert told('cost = [{kind = "duty"}]', toml=True) == ["entry 1 of the file rate"]


def test_other_encodings_and_sheets_that_are_too_large_are_refused() -> None:
    assert told("kind,item\nfixed,Büro\n".encode("cp1252")) == ["line 2"]
    assert told(b"x" * (LARGEST_BYTES + 1)) == [""]
    assert told("kind,item,amount,currency\n" + "fixed,a,1,EUR\n" * 50_001) == [""]


@pytest.mark.parametrize("item", ["=SUM(1)", "+1", "@a", "-1", "＝SUM(1)", "＋1", "－1", "＠a"])
def test_an_item_that_a_spreadsheet_would_run_is_written_with_an_apostrophe(item: str) -> None:
    entry = CostEntry(Kind.PRODUCT_COST, item, amount=Decimal(1), currency="EUR")
    written = write_csv([entry])
    assert f"product_cost,'{item}," in written
    assert csv(written).entries == (entry,)


def test_a_sheet_of_nothing_is_a_header() -> None:
    assert write_csv([]) == ",".join(COLUMNS) + "\r\n"
    assert (
        read_csv(write_csv([]).encode(), SHOPS) == read_toml(write_toml([]).encode(), SHOPS) == Sheet((), ())
    )


def test_a_currency_beside_a_rate_and_spaces_count_for_nothing() -> None:
    entry = entry_of({"kind": " Affiliate ", "item": " anna  10", "rate": "10 %", "currency": "EUR"}, SHOPS)
    assert entry == CostEntry(Kind.AFFILIATE, "ANNA 10", rate=Decimal("0.1"))


DEEP = ".".join(["a"] * 16_000)


@pytest.mark.parametrize(
    ("written", "place", "said"),
    [
        (f"\n{DEEP} = 1", "line 2", "more than 4 names with points"),
        (f"[{DEEP}]", "line 1", "more than 4 names with points"),
        (f'note = """\na""""\n[{DEEP}]', "line 3", "more than 4 names with points"),
        ("a='''x''''\n" + " . ".join(['"a"'] * 16_000) + " = 1", "line 2", "more than 4 names with points"),
        ("# none\n[[cost]]\namount = " + "9" * 900_000, "line 3", "more than 100 letters or digits"),
        ("amount = 0." + "9" * 900_000, "line 1", "more than 100 letters or digits"),
    ],
    ids=["key", "table", "after a text", "quoted", "digits", "decimals"],
)
def test_toml_that_would_keep_its_reader_busy_is_refused_before_it_is_read(
    written: str, place: str, said: str
) -> None:
    """Read as it stands, the first takes two seconds and the digits sixteen."""
    assert told(written, toml=True) == [place]
    assert said in message(written, toml=True)


def test_a_text_in_toml_may_hold_points_and_many_digits() -> None:
    note = "www.a.b.c.d.example " + "9" * 200
    sheet = f'[[cost]] # a.b.c.d.e.f {"9" * 200}\nkind = "fixed"\nitem = "Rent"\namount = 1.5\ncurrency = "EUR"\nnote = "{note}"\n'
    dated = "valid_from = 2026-01-01\nvalid_to = 2026-01-31\n"
    (entry,) = read_toml((sheet + dated).encode(), SHOPS).entries
    assert entry.note == note


def test_a_header_of_a_great_many_columns_is_refused_before_they_are_compared() -> None:
    """Each was compared with each: half an hour for a million."""
    header = "kind" + ",a" * 400_000
    assert told(header) == ["line 1"]
    assert "has 400,001 columns" in message(header) and "at most 15: kind, item" in message(header)
