"""Who may do what on a page: everyone who is logged in may look; the rest needs a role."""

from __future__ import annotations

from fastapi import Request

from fondaco.control import Role, User
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.server.auth.sessions import CurrentUser

READING = ("GET", "HEAD", "OPTIONS")

_REFUSED = {
    Permission.PEOPLE: "may look at figures, but not at who the customers are",
    Permission.EXPORT: "may look at figures, but not take them away as files",
    Permission.SEGMENT: "may look at segments of customers, but not change them",
    Permission.COSTS: "may look at costs, but not change them",
    Permission.ALERTS: "may look at alerts, but not change them or their rules",
    Permission.STOCK: "may look at what is proposed and ordered, but not decide it",
    Permission.CHANGE: "may change nothing here",
}


class ForbiddenError(ConfigError):
    """Who asks is known, and may not do it."""


def require(role: Role, permission: Permission) -> None:
    """Refuse what the role does not permit."""
    if not may(role, permission):
        raise ForbiddenError(
            f"Your role, {role.value}, {_REFUSED[permission]}.",
            "Ask an owner for another role: `fondaco users role EMAIL ROLE`.",
        )


def page_user(request: Request, user: CurrentUser) -> User:
    """The user of a page. Whatever is not read there is for owners, unless a route of its own says otherwise."""
    if request.method not in READING:
        require(user.role, Permission.CHANGE)
    return user


def segmenting_user(user: CurrentUser) -> User:
    """A user who may keep segments of customers."""
    require(user.role, Permission.SEGMENT)
    return user


def costing_user(user: CurrentUser) -> User:
    """A user who may say what things cost."""
    require(user.role, Permission.COSTS)
    return user


def alerting_user(user: CurrentUser) -> User:
    """A user who may look after alerts and their rules."""
    require(user.role, Permission.ALERTS)
    return user


def buying_user(user: CurrentUser) -> User:
    """A user who may decide what is ordered, moved and marked down."""
    require(user.role, Permission.STOCK)
    return user


def people_user(user: CurrentUser) -> User:
    """A user who may see who the customers are, and so decide who is who."""
    require(user.role, Permission.PEOPLE)
    return user


def exporting_user(user: CurrentUser) -> User:
    """A user who may take figures away."""
    require(user.role, Permission.EXPORT)
    return user
