"""README's second example and the tutorial: their commands are run, their totals compared with the file itself."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "online-retail.md"
MONTHS = "strftime(InvoiceDate, '%Y-%m')"
NET = "sum(Quantity * UnitPrice::decimal(18, 6))"


@pytest.fixture(scope="module")
def online_retail(shared_folder: Path) -> Path:
    return shared_folder / "data" / "online_retail" / "online_retail.parquet"


def commands(page: Path) -> list[list[str]]:
    """The three commands of a page's example, as words."""
    block = next(
        one
        for one in re.findall(r"```bash\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        if "InvoiceNo" in one
    )
    lines = block.replace("\\\n", " ").replace(" && cd shop", "").strip().splitlines()
    return [shlex.split(line)[1:] for line in lines]


def by_month(online_retail: Path) -> dict[str, Decimal]:
    rows = (
        duckdb.connect()
        .sql(f"select {MONTHS}, {NET} from '{online_retail}' group by 1 order by 1")
        .fetchall()
    )
    return dict(rows)


def top_products(online_retail: Path) -> list[tuple[str, Decimal]]:
    """Three best titles. An article's title is the one on most of its lines; some articles share one."""
    return (
        duckdb.connect()
        .sql(
            f"""
        with counted as (
            select StockCode, Description, count(*) as lines from '{online_retail}' group by all
        ),
        titles as (
            select *, row_number() over (
                partition by StockCode order by Description is null, lines desc, Description) as place
            from counted
        )
        select coalesce(titles.Description, StockCode) as title, {NET} as net
        from '{online_retail}' join titles using (StockCode)
        where place = 1 group by 1 order by net desc limit 3
        """
        )
        .fetchall()
    )


def test_readme_and_tutorial_show_the_same_three_commands() -> None:
    assert commands(ROOT / "README.md") == commands(TUTORIAL)
    assert len(commands(TUTORIAL)) == 3


def test_the_tutorials_sql_gives_the_tutorials_totals(online_retail: Path) -> None:
    page = TUTORIAL.read_text(encoding="utf-8")
    (sql,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    found = (
        duckdb.connect()
        .sql(sql.replace("online_retail.parquet", str(online_retail)).rstrip().rstrip(";"))
        .fetchall()[0]
    )
    rows, first, last, cancelled, gross, returns, net = found
    stated = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE))
    assert stated["rows"] == f"{rows:,}"
    assert stated["first and last day"] == f"{first} to {last}"
    assert stated["lines of invoices that start with `C`"] == f"{cancelled:,}"
    assert stated["gross sales"] == f"{gross:,.3f}"
    assert stated["returns"] == f"{returns:,.3f}"
    assert stated["net sales"] == f"{net:,.3f}"


def test_the_tutorials_months_are_the_files(online_retail: Path) -> None:
    page = TUTORIAL.read_text(encoding="utf-8")
    table = re.search(r"<!-- months -->(.*)<!-- /months -->", page, re.DOTALL)
    assert table is not None
    stated = {
        month: Decimal(net.replace(",", ""))
        for month, net in re.findall(r"\| (\d{4}-\d\d) \| ([\d,.]+) \|", table[1])
    }
    assert stated == by_month(online_retail)


def test_the_tutorials_top_products_are_the_files(online_retail: Path) -> None:
    table = re.search(
        r"<!-- products -->(.*)<!-- /products -->", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL
    )
    assert table is not None
    stated = [
        (title, Decimal(net.replace(",", "")))
        for title, net in re.findall(r"^\| (.+?) \| ([\d,.]+) \|$", table[1], re.MULTILINE)
    ]
    assert stated == top_products(online_retail)


@pytest.mark.slow
def test_three_commands_lead_from_the_file_to_its_monthly_net_sales_and_top_products(
    online_retail: Path, tmp_path: Path
) -> None:
    init, importing, query = commands(ROOT / "README.md")
    fondaco = [str(Path(sys.executable).with_name("fondaco"))]

    def run(words: list[str], folder: Path) -> str:
        done = subprocess.run(
            [*fondaco, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(init, tmp_path)
    shop = tmp_path / "shop"
    imported = [str(online_retail) if word.endswith(".parquet") else word for word in importing]
    assert "541,909 rows in the file = 541,909 landed + 0 set aside" in run(imported, shop)

    months = json.loads(run([*query, "--from", "2010-12-01", "--to", "2011-12-31", "--json"], shop))
    assert {row["month"][:7]: Decimal(str(row["net_sales"])) for row in months} == by_month(online_retail)

    products = json.loads(run(["metrics", "query", "net_sales", "--by", "product", "--from", "2010-12-01",
                               "--to", "2011-12-31", "--json"], shop))  # fmt: skip
    found = {row["product"]: Decimal(str(row["net_sales"])) for row in products}
    assert sorted(found.values(), reverse=True)[:3] == [net for _, net in top_products(online_retail)]
    assert set(dict(top_products(online_retail))) < set(found)
