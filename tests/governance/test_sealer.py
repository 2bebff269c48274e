from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.governance import Sealer
from fondaco.governance.sealer import new_key


def test_a_key_file_is_made_for_its_owner_only_and_used_again(tmp_path: Path) -> None:
    sealed = Sealer.open(tmp_path, {}).seal("hidden", "connection:default:berlin")

    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert Sealer.open(tmp_path, {}).unseal(sealed, "connection:default:berlin") == "hidden"
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_the_same_text_is_never_sealed_alike(tmp_path: Path) -> None:
    sealer = Sealer.open(tmp_path, {})

    assert sealer.seal("hidden", "a") != sealer.seal("hidden", "a")


def test_a_sealed_text_does_not_open_for_another_subject(tmp_path: Path) -> None:
    sealer = Sealer.open(tmp_path, {})

    with pytest.raises(ConfigError, match="do not open with this key"):
        sealer.unseal(sealer.seal("hidden", "connection:default:berlin"), "connection:default:paris")


@pytest.mark.parametrize(
    "change", [lambda s: s[:-4] + "AAAA", lambda s: s[3:], lambda s: "v1:", lambda s: "v1:%%"]
)
def test_a_changed_text_does_not_open(tmp_path: Path, change: object) -> None:
    sealer = Sealer.open(tmp_path, {})

    with pytest.raises(ConfigError, match="do not open"):
        sealer.unseal(change(sealer.seal("hidden", "a")), "a")


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Sealer.open(tmp_path, {})
    (tmp_path / "secret.key").chmod(0o640)

    with pytest.raises(ConfigError) as refused:
        Sealer.open(tmp_path, {})

    assert "mode 640" in refused.value.what
    assert "chmod 600" in refused.value.remedy


def test_the_environment_stands_over_the_key_file(tmp_path: Path) -> None:
    key = new_key()
    sealed = Sealer.open(tmp_path, {"FONDACO_SECRET_KEY": key}).seal("hidden", "a")

    assert not (tmp_path / "secret.key").exists()
    assert Sealer.open(tmp_path / "elsewhere", {"FONDACO_SECRET_KEY": key}).unseal(sealed, "a") == "hidden"


@pytest.mark.parametrize(
    "key", ["short", "!" * 44, new_key() + new_key()], ids=["short", "no base64", "twice as long"]
)
def test_a_malformed_key_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Sealer.open(tmp_path, {"FONDACO_SECRET_KEY": key})

    assert key not in str(refused.value)


def test_a_key_that_is_gone_is_not_replaced_where_something_is_sealed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is missing"):
        Sealer.open(tmp_path, {}, may_create=False)
    assert list(tmp_path.iterdir()) == []
