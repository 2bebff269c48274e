"""The PDF holds the report's figures as text that can be searched and copied."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.reports.content import Books, write_content
from fondaco.reports.fonts import typefaces
from fondaco.reports.pdf import write_pdf
from fondaco.reports.spans import parse_span
from fondaco.server.assets import STATIC

pytestmark = pytest.mark.slow

FONTS = STATIC / "vendor"


@pytest.fixture(scope="module", autouse=True)
def built_fonts() -> None:
    if not (FONTS / "inter-latin-ext.woff2").is_file():
        pytest.skip("missing: Inter's files; run `make assets`")


def drawn_in(data: bytes) -> bytes:
    """What the pages draw, unpacked."""
    packed = (found[1].strip() for found in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.S))
    return b"".join(zlib.decompress(a85decode(one, adobe=False)) for one in _of_pages(packed))


def _of_pages(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Fonts are streams too, but not written in letters."""
    return (one.removesuffix(b"~>") for one in packed if one.endswith(b"~>"))


def test_the_pdf_is_whole_says_whose_it_is_and_fits_the_month_on_two_pages(books: Books) -> None:
    content = write_content(books, parse_span("2026-03"), top=10)
    formulas = {metric.name: metric.formula for metric in books.layer.metrics}
    data = write_pdf(content, formulas, FONTS)
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", data)) in (1, 2)
    assert len(data) < 200_000
    assert b"/Lang" in data
    names = {name.decode().partition("+")[2] for name in re.findall(rb"/BaseFont /([\w+-]+)", data)}
    assert {"Inter-latin-400", "Inter-latin-600"} <= names
    assert drawn_in(data).count(b" re ") >= 2  # the days that sold


def test_each_run_of_letters_is_set_in_a_font_that_has_them() -> None:
    regular, bold = typefaces(FONTS)
    assert regular.markup("Net sales €1 − 2") == "Net sales €1 − 2"
    assert regular.markup("Łódź & Жук") == (
        '<font name="Inter-latin-ext-400">Ł</font>ód<font name="Inter-latin-ext-400">ź</font> &amp; '
        '<font name="Inter-cyrillic-400">Жук</font>'
    )
    assert bold.markup("Α") == '<font name="Inter-greek-600">Α</font>'
    assert regular.markup("1\u202f000") == "1\u00a0000"


def test_digits_have_one_width() -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    regular, bold = typefaces(FONTS)
    for face in (regular, bold):
        assert len({stringWidth(digit, face.name, 10) for digit in "0123456789"}) == 1
    assert stringWidth("Net", bold.name, 10) > stringWidth("Net", regular.name, 10)


def test_missing_fonts_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="typeface of the reports is not built"):
        typefaces(tmp_path)
