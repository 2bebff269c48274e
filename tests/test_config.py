"""A project's settings: file, environment over it, defaults under it, and plain words when they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from fondaco.config import Settings, load_settings
from fondaco.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FONDACO_HOME", raising=False)
    (tmp_path / "fondaco.toml").write_text('[project]\nname = "Aurora"\ncurrency = "GBP"\n')
    return tmp_path


def test_an_empty_file_is_a_whole_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FONDACO_HOME", raising=False)
    (tmp_path / "fondaco.toml").write_text("")
    settings = load_settings(tmp_path)
    assert (settings.project.tenant, settings.warehouse.kind, settings.data) == (
        "default",
        "duckdb",
        tmp_path.resolve() / ".fondaco",
    )
    assert settings.control_url == f"sqlite:///{settings.data / 'control.sqlite'}"


def test_the_environment_stands_over_the_file_value_by_value(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_PROJECT__CURRENCY", "USD")
    settings = load_settings(project)
    assert (settings.project.name, settings.project.currency) == ("Aurora", "USD")


def test_fondaco_home_moves_the_data(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FONDACO_HOME", str(tmp_path / "elsewhere"))
    assert load_settings(project).data == tmp_path / "elsewhere"


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no fondaco.toml(.|\n)*fondaco init"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[project]\ncurrency = "euro"\n', "project.currency"),
        ("[project]\ncolour = 1\n", "project.colour"),
        ("[warehouse]\nkind = 'oracle'\n", "warehouse.kind"),
        ("[project\n", "not valid TOML"),
        ('[server]\ntrusted_proxies = ["proxy"]\n', "server.trusted_proxies"),
        ('[server]\ntrusted_proxies = ["10.0.0.1/8"]\n', "has host bits set"),
        ("[project]\ntimezone = 'Mars/Base'\n", "Mars/Base"),
        ('[warehouse]\nmemory_limit = "banana"\n', "warehouse.memory_limit"),
        ("[reconcile]\ndays = 999999999999\n", "reconcile.days"),
        ("[reconcile]\ntolerance = inf\n", "reconcile.tolerance"),
        ('folder = "/etc"\n', "cannot say folder"),
        ("[profit]\ndefault_product_cost_rate = 40\n", "profit.default_product_cost_rate"),
        ('[profit]\ncount_taxes_as_cost = "some"\n', "profit.count_taxes_as_cost"),
        ('[server]\npublic_url = "figures.example.com"\n', "server.public_url"),
        ('[server]\npublic_url = "https://example.com/figures"\n', "server.public_url"),
    ],
    ids=[
        "a currency that is no code",
        "an unknown setting",
        "an unknown warehouse",
        "broken TOML",
        "a proxy by its name",
        "a network with an address in it",
        "an unknown zone",
        "a size that is none",
        "more days than there are",
        "a tolerance that nothing is past",
        "a folder of its own",
        "a share in per cent",
        "taxes that count in part",
        "a public address without its scheme",
        "a public address with a path, under which nothing would be found",
    ],
)
def test_a_wrong_value_is_named(project: Path, content: str, named: str) -> None:
    (project / "fondaco.toml").write_text(content)
    with pytest.raises(ConfigError, match=named):
        load_settings(project)


@pytest.mark.parametrize(
    ("content", "environment"),
    [('[server]\ntrusted_proxies = ["127.0.0.1", "10.0.0.0/8"]\n', ""), ("", "127.0.0.1, 10.0.0.0/8")],
    ids=["file", "environment"],
)
def test_trusted_proxies_are_a_list_in_the_file_and_have_commas_in_the_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch, content: str, environment: str
) -> None:
    (project / "fondaco.toml").write_text(content)
    monkeypatch.setenv("FONDACO_SERVER__TRUSTED_PROXIES", environment)
    assert load_settings(project).server.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")


def test_secrets_never_show_in_a_representation(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_WAREHOUSE__URL", "postgresql://me:s3cret@127.0.0.1/db")
    settings: Settings = load_settings(project)
    assert "s3cret" not in repr(settings)


def test_the_share_of_the_price_that_is_assumed_as_cost_is_an_exact_decimal(tmp_path: Path) -> None:
    (tmp_path / "fondaco.toml").write_text("")
    settings = load_settings(tmp_path).profit
    assert (settings.default_product_cost_rate, settings.count_taxes_as_cost) == (Decimal("0.4"), False)
    (tmp_path / "fondaco.toml").write_text("[profit]\ndefault_product_cost_rate = 0.35\n")
    assert load_settings(tmp_path).profit.default_product_cost_rate == Decimal("0.35")
