"""Shopify's price of a query, and the leaky bucket it is paid from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

_FREE = frozenset({"shopMoney", "presentmentMoney", "edges", "nodes", "node", "pageInfo", "extensions"})


def query_cost(
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
) -> int:
    """Points before the query runs: one for an object, a connection as many times its nodes as ``first`` says.

    Money and scalars are free; a mutation costs ten.
    """
    if operation.operation.value == "mutation":
        return 10
    return max(1, _selection_cost(operation.selection_set, fragments, variables))


def _selection_cost(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]
) -> int:
    total = 0
    for node in selections.selections:
        if isinstance(node, FieldNode):
            if node.selection_set is None:
                continue
            inner = _selection_cost(node.selection_set, fragments, variables)
            size = _size(node, variables)
            if size is not None:
                total += size * max(1, inner)
            elif node.name.value in _FREE or node.name.value.endswith("Set"):
                total += inner
            else:
                total += 1 + inner
        elif isinstance(node, InlineFragmentNode):
            total += _selection_cost(node.selection_set, fragments, variables)
        elif isinstance(node, FragmentSpreadNode):
            total += _selection_cost(fragments[node.name.value].selection_set, fragments, variables)
    return total


def _size(node: FieldNode, variables: dict[str, Any]) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value == "first" and isinstance(argument.value, IntValueNode):
            return int(argument.value.value)
        if argument.name.value in ("first", "ids") and isinstance(argument.value, VariableNode):
            value = variables.get(argument.value.name.value)
            return value if isinstance(value, int) else len(value or ())
    return None


def actual_cost(value: Any) -> int:
    """Points after the query has run: one for each object that was given."""
    if isinstance(value, dict):
        own = 1 if "id" in value else 0
        return own + sum(actual_cost(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(actual_cost(item) for item in value)
    return 0


@dataclass(slots=True)
class Bucket:
    """Points of one app in one shop; they come back at a steady rate."""

    capacity: float
    per_second: float
    monotonic: Callable[[], float] = time.monotonic
    points: float = math.inf
    seen_at: float = 0.0

    def available(self) -> float:
        now = self.monotonic()
        self.points = min(self.capacity, self.points + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        return self.points

    def take(self, points: float) -> bool:
        """Pay, if there is enough."""
        if self.available() < points:
            return False
        self.points -= points
        return True

    def give_back(self, points: float) -> None:
        self.points = min(self.capacity, self.points + points)

    def status(self) -> dict[str, float]:
        """As ``extensions.cost.throttleStatus`` has it."""
        return {
            "maximumAvailable": float(self.capacity),
            "currentlyAvailable": math.floor(self.available()),
            "restoreRate": float(self.per_second),
        }
