"""What comes with Fondaco is permissive; the wheel holds no copyleft (docs/decisions/0080-licences.md)."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PERMISSIVE = re.compile(
    r"MIT|Apache|BSD|ISC|PSF|Python Software|Unlicense|0BSD|HPND|Zlib|CC0|Public Domain", re.I
)
STRONG = re.compile(r"AGPL|SSPL|Affero|(?<!L)(?<!Lesser )GPL|(?<!Lesser )General Public License", re.I)
INSTALLED_BESIDE = {
    "certifi": "MPL",
    "pathspec": "Mozilla",
    "psycopg": "LGPL",
    "psycopg-binary": "LGPL",
    "psycopg-pool": "LGPL",
    "psycopg2-binary": "LGPL",
    "text-unidecode": "Artistic",
}


def closure(name: str) -> dict[str, Distribution]:
    """Everything that installing ``name`` here brings with it."""
    found: dict[str, Distribution] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset())]
    while waiting:
        current, extras = waiting.pop()
        key = re.sub(r"[-_.]+", "-", current).lower()
        if key in found and not extras:
            continue
        try:
            found[key] = distribution(current)
        except PackageNotFoundError:
            continue
        for line in found[key].requires or []:
            needed = Requirement(line)
            chosen = [{"extra": extra} for extra in (extras or {""})]
            if needed.marker is None or any(needed.marker.evaluate(one) for one in chosen):
                waiting.append((needed.name, frozenset(needed.extras)))
    return found


def licence(package: Distribution) -> str:
    """The licence as the package states it: expression, first words of the text, classifiers."""
    said = package.metadata
    stated = said.get("License-Expression") or (said.get("License") or "")[:80]
    classified = [one for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    return "; ".join([stated.replace("\n", " "), *classified])


PACKAGES = {name: found for name, found in closure("fondaco").items() if name != "fondaco"}


def test_the_closure_is_the_lock() -> None:
    """What is walked here is what is installed: neither a handful nor a stranger."""
    locked = {
        re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line
    }
    assert len(PACKAGES) > 50
    assert set(PACKAGES) - locked == set()


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_a_dependency_is_permissive_or_named_with_its_licence(name: str) -> None:
    stated = licence(PACKAGES[name])
    if name in INSTALLED_BESIDE:
        assert INSTALLED_BESIDE[name] in stated
    else:
        assert PERMISSIVE.search(stated), f"{name} states {stated!r}"
        assert not STRONG.search(stated), f"{name} states {stated!r}"


def test_the_wheel_holds_only_our_package() -> None:
    """Nothing is vendored from Python; the browser libraries are copied from npm packages of known licences."""
    import tomllib

    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert build["packages"] == ["src/fondaco"]
    assert build["artifacts"] == ["src/fondaco/server/static/vendor/**"]


def test_the_browser_libraries_in_the_wheel_are_permissive() -> None:
    import json

    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    stated = {name: lock["packages"][f"node_modules/{name}"].get("license", "") for name in wanted}
    assert {
        name: one
        for name, one in stated.items()
        if not re.fullmatch(r"(MIT|Apache-2\.0|BSD-[023]-Clause|ISC|0BSD|OFL-1\.1)", one)
    } == {}
