"""YAML with the line of everything in it, so that a mistake can be named where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fondaco.errors import ConfigError

Place = tuple[str, ...]
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value, and by path of keys where each thing stands."""

    value: dict[str, Any]
    places: dict[Place, str] = field(default_factory=dict)

    def where(self, place: Place) -> str:
        """File and line of ``place``, or of what encloses it."""
        while place and place not in self.places:
            place = place[:-1]
        return self.places.get(place, "")


def read_yaml(path: Path) -> Document:
    """The mapping in ``path``.

    Raises
    ------
    ConfigError
        If it cannot be read, is no YAML, holds no mapping, or names a key twice; with the line.
    """
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The mapping {path} cannot be read ({type(error).__name__}).",
            "Give the path of a YAML file, or the name of a mapping of Fondaco's such as laravel.",
        ) from error
    if len(text) > _LARGEST:
        raise ConfigError(f"The mapping {name} has {len(text):,} characters.", "Give a mapping, not data.")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ConfigError(f"{name} has an alias (*).", "Write the part out where it is used.")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(
            f"{name}{line} is no YAML: {getattr(error, 'problem', None) or 'it does not parse'}.",
            "Mend the line; a text with a colon or a quotation mark in it stands in quotation marks.",
        ) from error
    document = Document({})
    if node is None:
        return document
    value = _value(node, (), name, document.places)
    if not isinstance(value, dict):
        raise ConfigError(
            f"{name} holds no mapping.", "Begin with `streams:`; see docs/connectors/database.md."
        )
    return Document(value, document.places)


def _value(node: yaml.Node, place: Place, name: str, places: dict[Place, str]) -> Any:
    places[place] = f"{name}, line {node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, inner in node.value:
            word = str(key.value)
            where = f"{name}, line {key.start_mark.line + 1}"
            if word in found:
                raise ConfigError(f"{where}: {word!r} is there twice.", "Keep one of the two.")
            found[word] = _value(inner, (*place, word), name, places)
            places[*place, word] = where
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(inner, (*place, str(n)), name, places) for n, inner in enumerate(node.value)]
    return yaml.SafeLoader("").construct_object(node)
