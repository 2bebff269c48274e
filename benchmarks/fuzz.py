"""Calls every address of the API with what its description allows, what it does not, and what there is: ``make fuzz``.

A demo project is served with a token of its own. It fails where an answer is a fault of the server's or is not as described, and where fewer
calls were made than were asked for. Addresses that take little have few calls to be made of them: round follows round, each with a seed
of its own, until there were enough.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.fuzz_words import write_words
from fondaco.orchestration import Project

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50_000, help="at least how many")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--orders", type=int, default=2_000, help="of the demo that answers")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fondaco-fuzz-") as folder:
        home = Path(folder) / "demo"
        fondaco = str(Path(sys.executable).with_name("fondaco"))
        subprocess.run(
            [fondaco, "demo", "--no-serve", "--orders", str(chosen.orders), "--folder", str(home)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with Project.open(home) as project:
            secret = project.control.tokens.create(project.tenant, "fuzz", scopes=("read", "write"))[1]
        sys.exit(attack(fondaco, home, secret, chosen.calls, chosen.seed))


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round: calls, those of them with a fault, and whether all of it was carried out without any."""

    calls: int
    with_failures: int
    held: bool


def attack(fondaco: str, home: Path, secret: str, calls: int, seed: int) -> int:
    """Serve ``home`` and call it ``calls`` times; 1 if an answer was at fault."""
    unlimited = {**os.environ, "FONDACO_SERVER__API_REQUESTS_A_MINUTE": "1000000"}
    server = subprocess.Popen(
        [fondaco, "-C", str(home), "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=unlimited
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = next(
            found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        described = httpx.get(
            f"{url}/api/v1/openapi.json", headers={"Authorization": f"Bearer {secret}"}
        ).json()
        addresses = sum(len(methods) for methods in described["paths"].values())
        words = write_words(url, secret, home / "words.toml")
        started, rounds = time.perf_counter(), list[Round]()
        while (made := sum(each.calls for each in rounds)) < calls:
            rounds.append(_round(url, secret, words, max(1, (calls - made) // addresses), seed + len(rounds)))
            if not rounds[-1].calls:
                print("A round made no call at all.")
                return 1
        failed = sum(each.with_failures for each in rounds)
        print(f"{made:,} calls of {addresses} addresses in {len(rounds)} rounds and {time.perf_counter() - started:,.0f} s: "
              f"{failed:,} answers at fault.")  # fmt: skip
        return 0 if all(each.held for each in rounds) else 1
    finally:
        server.terminate()
        server.wait()


def _round(url: str, secret: str, words: Path, each: int, seed: int) -> Round:
    """At most ``each`` random calls of every address, and those that try the edges of what it takes; half of the values are
    of ``words``.

    By one worker: the tool reads its own source, and two threads of Python 3.11 that do so at once fail ("AST constructor recursion
    depth mismatch").
    """
    told = words.with_name("round.json")
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(words), "run", f"{url}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {secret}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
        "--max-examples", str(each), "--workers", "1", "--continue-on-failure", "--suppress-health-check", "all",
        "--seed", str(seed), "--generation-database", "none", "--report-json-path", str(told), "--no-color",
    ]  # fmt: skip
    ended = subprocess.run(command, check=False).returncode
    cases = json.loads(told.read_text(encoding="utf-8"))["test_cases"]
    return Round(cases["generated"], cases["with_failures"] + cases["errored"], held=ended == 0)


if __name__ == "__main__":
    main()
