from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import fondaco.control.migrations
from fondaco.control import ControlPlane
from fondaco.control.database import HEAD, Database
from fondaco.control.models import Table
from fondaco.errors import ConfigError
from fondaco.governance import Sealer


def test_migrations_make_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'control.sqlite'}").migrate()

    with create_engine(f"sqlite:///{tmp_path / 'control.sqlite'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_a_database_of_the_first_version_is_brought_up_to_date_with_its_rows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    folder = next(iter(fondaco.control.migrations.__path__))
    config = Config()
    config.set_main_option("script_location", folder)
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("insert into tenants values ('default', 'Shop', 'EUR', 'UTC', '2026-01-01')"))
        connection.execute(
            text(
                "insert into api_tokens (token_id, tenant_id, name, secret_hash, scopes, created_at) "
                "values (7, 'default', 'sheet', 'hash', '[]', '2026-01-01')"
            )
        )

    Database(url).migrate()

    with engine.connect() as connection:
        found = connection.execute(text("select token_id, name, secret_hash, user_id from api_tokens")).all()
        assert [tuple(row) for row in found] == [(7, "sheet", "hash", None)]


def test_head_is_the_newest_migration() -> None:
    folder = Path(next(iter(fondaco.control.migrations.__path__)))

    assert ScriptDirectory(str(folder)).get_heads() == [HEAD]


def test_a_database_is_opened_by_many_at_once_and_migrated_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    faults: list[Exception] = []

    def open_it() -> None:
        try:
            ControlPlane.open(url, Sealer.open(tmp_path, {})).close()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []


def test_sqlite_runs_with_wal_and_foreign_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'control.sqlite'}")
    database.migrate()

    with database.reading() as session:
        assert session.scalar(text("pragma journal_mode")) == "wal"
        assert session.scalar(text("pragma foreign_keys")) == 1
        assert session.scalar(text("pragma busy_timeout")) >= 10_000


def test_a_database_of_another_kind_is_refused_without_showing_the_password() -> None:
    with pytest.raises(ConfigError) as refused:
        Database("mysql://me:hidden@host/db")

    assert "hidden" not in str(refused.value)
    assert "postgresql://" in refused.value.remedy


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(ConfigError) as told:
        Database("postgresql://me:hidden@127.0.0.1:1/db").migrate()

    assert "hidden" not in str(told.value)
    assert "***" in told.value.what


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "control.sqlite").write_text("this is no database, it is a text of more than one page" * 100)

    with pytest.raises(ConfigError, match="cannot be used"):
        Database(f"sqlite:///{tmp_path / 'control.sqlite'}").migrate()


def test_a_failed_write_leaves_nothing_behind(sqlite_plane: ControlPlane, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    with pytest.raises(StopError), sqlite_plane._database.writing() as session:
        session.execute(text("delete from tenants"))
        raise StopError

    with sqlite3.connect(tmp_path / "control.sqlite") as connection:
        assert connection.execute("select tenant_id from tenants").fetchall() == [("default",)]
