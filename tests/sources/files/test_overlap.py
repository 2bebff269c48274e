"""Orders that come again with other lines: asked about, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.sources.files.test_projects import HEADER, Shop, shop

from fondaco.errors import ConfigError
from fondaco.orchestration.importing import all_imports, forget_import
from fondaco.orchestration.reconciling import reconcile_now
from fondaco.sources.files.importing import Prepared

pytestmark = pytest.mark.slow
__all__ = ["shop"]

MUG, CUP = "7,2026-07-01,MUG,1,10\n", "7,2026-07-01,CUP,1,5\n"
DEARER_MUG = "7,2026-07-01,MUG,1,12\n"
OTHER = "8,2026-07-02,CUP,1,5\n"


def gross(shop: Shop) -> dict[str, Decimal]:
    """Gross sales of each order, by the models; the files' own report says the same."""
    gaps = [day for day in reconcile_now(shop.project, all_days=True) if day.gap]
    assert gaps == []
    return {number: amount for number, _, amount in shop.sales()}


def imported(shop: Shop, name: str) -> str:
    return next(one.import_id for _, one in all_imports(shop.project) if one.file == name)


def test_an_order_that_is_here_with_other_lines_is_asked_about(shop: Shop) -> None:
    shop.kept("july.csv", HEADER + MUG + CUP)
    for content in (HEADER + DEARER_MUG + CUP + OTHER, HEADER + CUP, HEADER + "7,2026-07-01,BOWL,1,3\n"):
        with pytest.raises(
            ConfigError, match=r"1 order of again\.csv, for example 7, is here already"
        ) as asked:
            shop.imported("again.csv", content)
        assert "--orders replace" in asked.value.remedy and "--orders add" in asked.value.remedy
    assert len(all_imports(shop.project)) == 1


def test_a_file_that_has_all_lines_of_its_orders_needs_no_question(shop: Shop) -> None:
    shop.kept("july.csv", HEADER + MUG)
    shop.imported("more.csv", HEADER + MUG + CUP + OTHER)
    assert gross(shop) == {"7": Decimal(15), "8": Decimal(5)}


def test_replaced_lines_stay_void_when_more_lines_are_added_later(shop: Shop) -> None:
    shop.kept("july.csv", HEADER + MUG + CUP + OTHER)
    shop.kept("corrected.csv", HEADER + DEARER_MUG, known_orders="replace")
    shop.imported("further.csv", HEADER + "7,2026-07-03,BOWL,1,3\n", known_orders="add")
    assert gross(shop) == {"7": Decimal(15), "8": Decimal(5)}


def test_an_import_that_is_taken_back_leaves_what_was_there_before(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it breaks off, nothing is lost: the file is there still, and it is taken back once more."""
    shop.kept("july.csv", HEADER + MUG + CUP)
    shop.imported("corrected.csv", HEADER + DEARER_MUG + OTHER, known_orders="replace")
    assert gross(shop) == {"7": Decimal(12), "8": Decimal(5)}

    with monkeypatch.context() as broken, pytest.raises(OSError, match="broken"):
        broken.setattr("fondaco.orchestration.importing.drop", _break)
        forget_import(shop.project, "files", imported(shop, "corrected.csv"))
    assert len(all_imports(shop.project)) == 2
    _, outcome = forget_import(shop.project, "files", imported(shop, "corrected.csv"))

    assert outcome.error is None
    assert gross(shop) == {"7": Decimal(15)}
    assert [one.file for _, one in all_imports(shop.project)] == ["july.csv"]
    assert shop.rows("select count(*) from raw.files__order_lines") == [(2,)]
    forget_import(shop.project, "files", imported(shop, "july.csv"))
    assert (shop.sales(), all_imports(shop.project)) == ([], [])


def test_an_import_that_is_not_there_cannot_be_taken_back(shop: Shop) -> None:
    with pytest.raises(ConfigError, match="no import"):
        forget_import(shop.project, "files", "0" * 16)


def test_lines_without_a_price_or_a_quantity_are_counted_out_loud(shop: Shop) -> None:
    path = shop.folder / "gaps.csv"
    path.write_text(HEADER + MUG + "7,2026-07-01,CUP,,5\n7,2026-07-01,BOWL,2,\n7,2026-07-01,VASE,,\n")
    prepared: Prepared = shop.prepared(path)
    try:
        figures = prepared.figures()
        assert figures is not None
        assert (figures.without_price, figures.without_quantity) == (2, 2)
    finally:
        prepared.close()


def _break(*_: object) -> None:
    raise OSError("broken")
