"""A vendor's own specification, served by prism: what a request gets wrong is refused, what is answered has the published shape."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PRISM = Path(__file__).parent / "npm" / "node_modules" / ".bin" / "prism"
SPECS = Path(__file__).resolve().parents[2] / "shared" / "specs"
_PATIENCE_SECONDS = 90


def cut_down(spec: Path, paths: Collection[str], into: Path) -> Path:
    """The specification with these paths only, because prism takes a minute to read the largest."""
    document: dict[str, Any] = json.loads(spec.read_text(encoding="utf-8"))
    if unknown := set(paths) - set(document["paths"]):
        raise KeyError(f"{spec.name} has no {', '.join(sorted(unknown))}")
    document["paths"] = {path: rules for path, rules in document["paths"].items() if path in paths}
    into.write_text(json.dumps(document), encoding="utf-8")
    return into


@contextmanager
def serving(spec: Path, *options: str) -> Iterator[str]:
    """The base address of a prism that mocks ``spec`` and refuses what the specification does not allow.

    Skips the test where the specifications or prism are not at hand; on the build machine both must be.
    """
    if not spec.is_file() or not PRISM.exists() or shutil.which("node") is None:
        if os.environ.get("CI"):
            raise FileNotFoundError(f"{spec} or {PRISM} is missing: run `make test-system`")
        pytest.skip("prism or the specification is not at hand: run `make test-system`")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [
        str(PRISM),
        "mock",
        "--errors",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *options,
        str(spec),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"prism ended with {process.returncode}")
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"prism did not answer within {_PATIENCE_SECONDS} s")
