"""The cost sheet: whoever changes it, on a page, by the API or by a command, it is written down, and the next run follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

import pyarrow as pa

from fondaco.config import ProfitSettings
from fondaco.control import ControlPlane, CostVersion
from fondaco.costs import CostEntry, Plan, Sheet, entry_of, read_csv, read_toml
from fondaco.jobs.writing import replace_rows
from fondaco.landing.raw import COST_ENTRIES, PROFIT_SETTINGS
from fondaco.sources.source import Role, role_of
from fondaco.warehouse import Reader, Writer


class CostSheet:
    """The costs of one tenant, in the hands of one actor (``cli``, ``user:7``, ``token:3``).

    Who may change costs the caller sees to. What changes holds from the next run on.
    """

    def __init__(self, control: ControlPlane, reader: Reader, tenant_id: str, actor: str) -> None:
        self._control = control
        self._reader = reader
        self._tenant_id = tenant_id
        self._actor = actor

    @property
    def shops(self) -> dict[str, str]:
        """Shops that a cost may be for: id and name."""
        return self._connected(Role.SHOP)

    @property
    def accounts(self) -> dict[str, str]:
        """Accounts from which people are written to, which what messages cost may be for: id and name."""
        return self._connected(Role.MESSAGES)

    @property
    def spenders(self) -> dict[str, str]:
        """Accounts in which money is spent on marketing, which may belong to shops: id and name."""
        return self._connected(Role.ADS) | self.accounts

    def _connected(self, role: Role) -> dict[str, str]:
        return {
            each.connection_id: each.name
            for each in self._control.connections.all(self._tenant_id)
            if role_of(each.source) is role
        }

    def read(self, content: bytes, *, is_toml: bool = False) -> Sheet:
        """A sheet in CSV or TOML.

        Raises
        ------
        CostsError
            With every fault of it and where it stands.
        """
        return (read_toml if is_toml else read_csv)(content, self.shops, self.accounts, self.spenders)

    def entry(
        self, texts: Mapping[str, str], *, decimal_comma: bool = False, typed: bool = False
    ) -> CostEntry:
        """An entry out of the fields of a form; ``typed`` where a person has filled it in.

        Raises
        ------
        CostsError
            With every fault and the field it is in.
        """
        return entry_of(
            texts,
            self.shops,
            accounts=self.accounts,
            spenders=self.spenders,
            decimal_comma=decimal_comma,
            typed=typed,
        )

    def add(self, entry: CostEntry) -> CostVersion:
        """Keep a new entry; one that is there already is given back as it is.

        Raises
        ------
        CostsError
            If it breaks a rule of its kind, or another one holds for the same on the same day.
        """
        before = self._versions()
        kept = self._control.costs.add(self._tenant_id, entry, self._actor)
        if before.get(kept.entry_id) != kept.version:
            self._note("costs.add", kept)
        return kept

    def change(self, entry_id: int, entry: CostEntry, *, seen: int | None = None) -> CostVersion:
        """Make a new version of an entry; ``seen`` is the version that the change was made to.

        Raises
        ------
        ConfigError
            If there is no such entry, it was changed since, or the new one is not right.
        """
        before = self._versions()
        kept = self._control.costs.change(self._tenant_id, entry_id, entry, self._actor, seen=seen)
        if before.get(kept.entry_id) != kept.version:
            self._note("costs.change", kept)
        return kept

    def put(self, entry: CostEntry) -> CostVersion:
        """Add an entry, or change the one for the same item, place, weights, tier and first day.

        Raises
        ------
        CostsError
            If it breaks a rule of its kind, or another one holds for the same on the same day.
        """
        done = self._control.costs.take_sheet(self._tenant_id, Sheet((entry,), ("",)), self._actor)
        held = self._control.costs.current(self._tenant_id)
        kept = next(each for each in held if each.entry.identity == entry.identity)
        if not done.is_empty:
            self._note("costs.add" if done.added else "costs.change", kept)
        return kept

    def withdraw(self, entry_id: int, *, seen: int | None = None) -> CostVersion:
        """Take an entry back.

        Raises
        ------
        ConfigError
            If there is no such entry, or it was changed since.
        """
        kept = self._control.costs.withdraw(self._tenant_id, entry_id, self._actor, seen=seen)
        self._note("costs.withdraw", kept)
        return kept

    def take(self, sheet: Sheet, *, replace: bool = False) -> Plan:
        """Add and change what a sheet holds, and with ``replace`` withdraw what it does not: all of it or nothing.

        Raises
        ------
        CostsError
            With every fault; then nothing is kept.
        """
        done = self._control.costs.take_sheet(self._tenant_id, sheet, self._actor, replace=replace)
        if not done.is_empty:
            counts = {
                "added": len(done.added),
                "changed": len(done.changed),
                "withdrawn": len(done.withdrawn),
            }
            self._control.audit.add(
                self._tenant_id, actor=self._actor, action="costs.import", subject="costs", detail=counts
            )
        return done

    def preview(self, sheet: Sheet, *, replace: bool = False) -> Plan:
        """What ``take`` would do.

        Raises
        ------
        CostsError
            As ``take``.
        """
        return self._control.costs.take_sheet(
            self._tenant_id, sheet, self._actor, replace=replace, keep=False
        )

    def unseen(self) -> int:
        """How many changes the figures do not show yet."""
        return self._control.costs.unseen(self._tenant_id, self._reader.version)

    def _versions(self) -> dict[int, int]:
        """The newest version of every entry that holds: what is given back as it was is no change to write down."""
        return {each.entry_id: each.version for each in self._control.costs.current(self._tenant_id)}

    def _note(self, action: str, kept: CostVersion) -> None:
        detail = {"kind": kept.kind, "version": kept.version}
        self._control.audit.add(
            self._tenant_id, actor=self._actor, action=action, subject=f"cost:{kept.entry_id}", detail=detail
        )


def copy_costs(writer: Writer, control: ControlPlane, tenant_id: str) -> list[int]:
    """Put the tenant's cost sheet in the place of its copy in the warehouse; the changes that were copied, none where both are
    the same."""
    found = writer.fetch(
        f"select count(*) as versions from {COST_ENTRIES.qualified} where tenant_id = $tenant",
        {"tenant": tenant_id},
    )
    if found["versions"][0].as_py() == control.costs.count(tenant_id) and not control.costs.waits(tenant_id):
        return []
    versions = control.costs.versions(tenant_id)
    rows = [_raw(each) for each in versions]
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    with writer.transaction():
        replace_rows(writer, COST_ENTRIES, table, where={"tenant_id": tenant_id})
    return [each.change_id for each in versions]


def copy_profit_settings(writer: Writer, settings: ProfitSettings, tenant_id: str) -> None:
    """Put ``[profit]`` of ``fondaco.toml`` to where the models read it."""
    row = {"tenant_id": tenant_id, **settings.model_dump()}
    columns = PROFIT_SETTINGS.column_names
    held = writer.fetch(
        f"select {', '.join(columns)} from {PROFIT_SETTINGS.qualified} where tenant_id = $tenant",
        {"tenant": tenant_id},
    ).to_pylist()
    if held == [row]:
        return
    names, values = ", ".join(columns), ", ".join(f"${name}" for name in columns)
    with writer.transaction():
        writer.execute(
            f"delete from {PROFIT_SETTINGS.qualified} where tenant_id = $tenant", {"tenant": tenant_id}
        )
        writer.execute(f"insert into {PROFIT_SETTINGS.qualified} ({names}) values ({values})", row)


_ARROW = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "decimal": pa.decimal128(18, 6),
    "rate": pa.decimal128(18, 9),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}
_SCHEMA = pa.schema([(name, _ARROW[kind]) for name, kind in COST_ENTRIES.columns])


def _raw(version: CostVersion) -> dict[str, object]:
    row = {name: getattr(version, name) for name in COST_ENTRIES.column_names}
    return {
        **row,
        "entry_id": str(version.entry_id),
        "entered_at": version.entered_at.astimezone(UTC).replace(tzinfo=None),
    }
