from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fondaco.orchestration.logs import configure_logs


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    configure_logs(tmp_path)
    yield tmp_path
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_is_json_with_its_details(log_folder: Path) -> None:
    logging.getLogger("fondaco.orchestration.sync").info("slice loaded", extra={"stream": "orders"})

    line = lines(log_folder / "fondaco.log")[0]

    assert (line["event"], line["stream"], line["level"]) == ("slice loaded", "orders", "info")
    assert str(line["timestamp"]).endswith("Z")


def test_errors_stand_apart_too(log_folder: Path) -> None:
    log = logging.getLogger("fondaco")
    log.info("good")
    log.error("bad")

    assert [line["event"] for line in lines(log_folder / "errors.log")] == ["bad"]
    assert [line["event"] for line in lines(log_folder / "fondaco.log")] == ["good", "bad"]


def test_no_person_and_no_secret_reaches_a_file(log_folder: Path) -> None:
    log = logging.getLogger("anything")
    log.warning("ana@example.com used %s", "shpat_0123456789abcdef", extra={"password": "correct horse"})
    try:
        raise ValueError("could not convert 'bob@example.com'")
    except ValueError:
        log.exception("failed")

    written = (log_folder / "fondaco.log").read_text() + (log_folder / "errors.log").read_text()

    assert "ValueError" in written
    assert [s for s in ("ana@", "bob@", "0123456789abcdef", "correct horse") if s in written] == []


def test_configuring_twice_writes_each_line_once(log_folder: Path) -> None:
    configure_logs(log_folder)
    logging.getLogger("fondaco").error("once")

    assert len(lines(log_folder / "fondaco.log")) == 1
