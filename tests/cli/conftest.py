"""The command line, called in this process, and a fresh project to call it in."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fondaco.cli.main import main


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Fondaco = Callable[..., Answer]


@pytest.fixture
def fondaco(capsys: pytest.CaptureFixture[str]) -> Iterator[Fondaco]:
    """Calls ``fondaco`` and gives its answer."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Answer(int(ended.value.code or 0), printed.out, printed.err)

    yield call
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `fondaco init` makes, made once."""
    folder = tmp_path_factory.mktemp("init") / "shop"
    with pytest.raises(SystemExit) as ended:
        main(["init", str(folder), "--json"])
    assert not ended.value.code
    return folder


@pytest.fixture
def shop(shop_folder: Path, tmp_path: Path) -> Path:
    """A fresh project folder."""
    return shutil.copytree(shop_folder, tmp_path / "shop")
