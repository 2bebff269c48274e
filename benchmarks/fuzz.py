"""Calls every address of the API with what its description allows, and with what it does not: ``make fuzz``.

A demo project is served with a token of its own. It fails at the first answer that is a fault of the server's, or is not as described.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from fondaco.orchestration import Project

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50_000, help="about how many")
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
            secret = project.control.tokens.create(project.tenant, "fuzz")[1]
        sys.exit(attack(fondaco, home, secret, chosen.calls))


def attack(fondaco: str, home: Path, secret: str, calls: int) -> int:
    """Serve ``home`` and call it; the exit code of the attack."""
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
        return subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/v1/openapi.json",
                "--header", f"Authorization: Bearer {secret}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
                "--max-examples", str(max(1, calls // addresses)), "--workers", "2", "--continue-on-failure",
                "--suppress-health-check", "all", "--no-color",
            ],
            check=False,
        ).returncode  # fmt: skip
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
