"""``fondaco report``: looked at, sent, and written as a PDF."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco
from tests.reports.conftest import PASSWORD, StartServer, books_folder, certificate, smtp

from fondaco.server.assets import STATIC

pytestmark = pytest.mark.slow
__all__ = ["books_folder", "certificate", "smtp"]


@pytest.fixture
def folder(books_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(books_folder, tmp_path / "project"))


def test_a_summary_is_looked_at_without_a_mail_server(fondaco: Fondaco, folder: Path, tmp_path: Path) -> None:
    preview = tmp_path / "summary.html"
    answer = fondaco("-C", folder, "report", "weekly", "--preview", preview, "--json")
    assert (answer.code, answer.json["sent"]) == (0, 0)
    assert "From gross to total sales" in preview.read_text(encoding="utf-8")


def test_a_summary_is_sent_to_those_who_are_named(
    fondaco: Fondaco, folder: Path, smtp: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = smtp()
    for name in ("host", "port", "user", "sender", "ca_file"):
        monkeypatch.setenv(f"FONDACO_MAIL__{name.upper()}", str(getattr(server.settings, name)))
    monkeypatch.setenv("FONDACO_MAIL__PASSWORD", PASSWORD)
    answer = fondaco("-C", folder, "report", "weekly", "--to", "a@example.com", "--to", "b@example.com")
    assert answer.code == 0, answer.err
    assert "went to 2 receivers" in answer.out
    assert [one.rcpt_tos for one in server.inbox.taken] == [["a@example.com"], ["b@example.com"]]


def test_without_a_server_it_is_said_what_to_set(fondaco: Fondaco, folder: Path) -> None:
    answer = fondaco("-C", folder, "report", "weekly", "--to", "a@example.com")
    assert answer.code == 1
    assert "[mail] host is not set, so no mail can be sent." in answer.err
    assert "a@example.com" not in answer.err
    assert fondaco("-C", folder, "report", "weekly").code == 2


@pytest.mark.skipif(not (STATIC / "vendor" / "inter-latin.woff2").is_file(), reason="run `make assets`")
def test_a_report_becomes_a_pdf(fondaco: Fondaco, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "march.pdf"
    answer = fondaco("-C", folder, "report", "pdf", "--period", "2026-03", "--out", out, "--json")
    assert (answer.code, answer.json) == (0, {"period": "2026-03", "file": str(out)})
    assert out.read_bytes().startswith(b"%PDF-")
    wrong = fondaco("-C", folder, "report", "pdf", "--period", "march", "--out", tmp_path / "x.pdf")
    assert wrong.code == 1
    assert "'march' is no period of the calendar." in wrong.err
    assert not (tmp_path / "x.pdf").exists()
