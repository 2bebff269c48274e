"""All rules of a project: shipped, made on a page, and of ``alerts.yml``; the later stands over the earlier of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from fondaco.alerts.rule import Kind, Rule, parse_rule, refuse_bare
from fondaco.alerts.shipped import SHIPPED
from fondaco.control import ControlPlane
from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, SemanticLayer

FILE = "alerts.yml"
_LARGEST_BYTES = 1_000_000
Origin = Literal["shipped", "page", "file"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule and where it stands.

    Attributes
    ----------
    is_changed
        Whether a shipped rule of that name stands beneath it.
    fault
        Why it cannot be judged; empty if it can.
    """

    rule: Rule
    origin: Origin
    is_changed: bool = False
    fault: str = ""


class Rulebook:
    """The rules of one project. Those of the file are changed in the file only."""

    def __init__(self, control: ControlPlane, layer: SemanticLayer, tenant_id: str, folder: Path) -> None:
        self._control = control
        self._layer = layer
        self._tenant_id = tenant_id
        self._file = folder / FILE

    def all(self) -> list[Kept]:
        """Every rule, by name.

        Raises
        ------
        ConfigError
            If the file cannot be read, or a rule in it is wrong.
        """
        shipped = {rule.name: rule for rule in SHIPPED}
        found = {rule.name: Kept(rule, "shipped") for rule in SHIPPED}
        for row in self._control.alert_rules.all(self._tenant_id):
            try:
                rule = parse_rule(row.name, row.definition)
            except ConfigError as error:  # of a Fondaco that knew other fields
                found.pop(row.name, None)
                if row.name in shipped:
                    found[row.name] = Kept(shipped[row.name], "shipped", fault=f"{error.what} {error.remedy}")
                continue
            found[row.name] = Kept(rule, "page", row.name in shipped)
        for name, rule in self._of_file(found).items():
            found[name] = Kept(rule, "file", name in shipped)
        return [self._checked(found[name]) for name in sorted(found)]

    def get(self, name: str) -> Kept:
        """The rule of that name.

        Raises
        ------
        ConfigError
            If there is none.
        """
        found = next((kept for kept in self.all() if kept.rule.name == name), None)
        if found is None:
            raise ConfigError(f"There is no rule {name[:63]!r}.", "See all with `fondaco alerts rules`.")
        return found

    def keep(self, rule: Rule, actor: str) -> None:
        """Make or change a rule.

        Raises
        ------
        ConfigError
            If it does not fit the metrics, or one of that name stands in the file.
        """
        self._refuse_of_file(rule.name)
        check_rule(rule, self._layer)
        self._refuse_unknown_channels(rule)
        self._control.alert_rules.put(self._tenant_id, rule.name, rule.to_mapping(), actor)
        detail = {"kind": rule.kind.value, "enabled": rule.enabled}
        self._note(actor, "alerts.rule.keep", rule.name, detail)

    def remove(self, name: str, actor: str) -> None:
        """Take a rule away; of a shipped one, what was made of it, so that it is as it was."""
        self._refuse_of_file(name)
        if not self._control.alert_rules.remove(self._tenant_id, name):
            raise ConfigError(
                f"There is no rule {name[:63]!r} that somebody made.", "Switch a shipped one off instead."
            )
        self._note(actor, "alerts.rule.remove", name, {})

    def _note(self, actor: str, action: str, name: str, detail: Mapping[str, Any]) -> None:
        self._control.audit.add(
            self._tenant_id, actor=actor, action=action, subject=f"alert rule:{name}", detail=detail
        )

    def _refuse_of_file(self, name: str) -> None:
        if name in self._read_file():
            raise ConfigError(f"The rule {name} stands in {FILE}.", f"Change it there: {self._file.name}.")

    def _refuse_unknown_channels(self, rule: Rule) -> None:
        known = {channel.name for channel in self._control.alert_channels.all(self._tenant_id)}
        unknown = [name for name in rule.channels if name not in known]
        if unknown:
            raise ConfigError(
                f"The rule {rule.name} names the channel {unknown[0][:63]!r}, which is not there.",
                "See all with `fondaco alerts channels`.",
            )

    def _of_file(self, beneath: Mapping[str, Kept]) -> dict[str, Rule]:
        """A rule of the file that says ``enabled`` alone switches the one beneath it."""
        rules = {}
        for name, told in self._read_file().items():
            if isinstance(told, bool):
                told = {"enabled": told}  # noqa: PLW2901  `sales-drop: off`
            if not isinstance(told, Mapping):
                raise ConfigError(
                    f"{FILE} says nothing of the rule {name[:63]!r}.", "Give it a kind, or `off`."
                )
            if "kind" not in told and name in beneath:
                told = {**beneath[name].rule.to_mapping(), **told}  # noqa: PLW2901
            rules[name] = parse_rule(name, told)
        return rules

    def _read_file(self) -> dict[str, Any]:
        if not self._file.exists():
            return {}
        try:
            if self._file.stat().st_size > _LARGEST_BYTES:
                raise ConfigError(f"{self._file} is too large to be read.", "Keep it under 1 MB.")
            content = yaml.safe_load(self._file.read_text(encoding="utf-8")) or {}
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f" on line {mark.line + 1}" if mark else ""
            raise ConfigError(
                f"{self._file} is no YAML{where}.", "Correct it; see docs/alerts.md."
            ) from error
        rules = content.get("rules", {}) if isinstance(content, Mapping) else None
        if not isinstance(rules, Mapping) or set(content) - {"rules"}:
            raise ConfigError(
                f"{self._file} does not begin with `rules:`.", "See docs/alerts.md for an example."
            )
        return {str(name): told for name, told in rules.items()}

    def _checked(self, kept: Kept) -> Kept:
        if kept.fault:
            return kept
        try:
            check_rule(kept.rule, self._layer)
        except ConfigError as error:
            return Kept(kept.rule, kept.origin, kept.is_changed, f"{error.what} {error.remedy}")
        return kept


def check_rule(rule: Rule, layer: SemanticLayer) -> None:
    """Hold a rule to the metrics there are.

    Raises
    ------
    ConfigError
        If it names a metric or dimension that does not exist, or that do not go together, or a share lacks its percent sign.
    """
    if not rule.is_over_metric:
        refuse_bare(rule, "count")
        return
    from datetime import date

    metrics = tuple(name for name in (rule.metric, rule.of) if name)
    by = ("day", rule.for_each) if rule.for_each else ("day",)
    day = date(2026, 1, 1)
    query = MetricQuery(metrics, by, first=day, last=day, where=rule.where, span_days=rule.days,
                        clock="order" if rule.clock == "order" else "finance")  # fmt: skip
    layer.compile(query, "duckdb")
    refuse_bare(rule, layer.metric(rule.metric).unit)
    if rule.kind is Kind.SHARE and not rule.of and not layer.metric(rule.metric).additive:
        raise ConfigError(
            f"The parts of {rule.metric} do not add up to a total.",
            "Name the whole as `of`, or choose a sum.",
        )
