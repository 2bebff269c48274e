"""What the roles of users let them do. Every one of them may read."""

from __future__ import annotations

from enum import StrEnum

from fondaco.control import Role


class Permission(StrEnum):
    """More than reading figures: see who the customers are, take figures away as files, keep segments, say what
    things cost, look after alerts and their rules, decide what is ordered, or change anything that is not one's own."""

    PEOPLE = "people"
    EXPORT = "export"
    SEGMENT = "segment"
    COSTS = "costs"
    ALERTS = "alerts"
    STOCK = "stock"
    CHANGE = "change"


_GRANTED = {
    Role.OWNER: frozenset(Permission),
    Role.ANALYST: frozenset(
        {
            Permission.PEOPLE,
            Permission.EXPORT,
            Permission.SEGMENT,
            Permission.COSTS,
            Permission.ALERTS,
            Permission.STOCK,
        }
    ),
    Role.VIEWER: frozenset[Permission](),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether users of ``role`` have ``permission``."""
    return permission in _GRANTED[role]
