"""Figures as files."""

from __future__ import annotations

import pytest

from fondaco.server.downloads import csv_text


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"], ids=ascii)
def test_no_field_of_a_file_starts_a_formula(begins: str) -> None:
    written = csv_text(["title"], [[f"{begins}1+1"]])
    assert written.partition("\r\n")[2].lstrip('"').startswith(f"'{begins}1+1")


def test_numbers_and_other_texts_stand_as_they_are() -> None:
    assert csv_text(["title", "change", "net"], [["1 = 1", -2, None]]) == "title,change,net\r\n1 = 1,-2,\r\n"
