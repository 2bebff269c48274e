from __future__ import annotations

from fondaco.control import ControlPlane


def test_a_tenant_follows_its_settings(plane: ControlPlane) -> None:
    plane.tenants.put("default", name="New name", currency="USD", time_zone="UTC")

    tenant = plane.tenants.get("default")

    assert (tenant.name, tenant.currency, tenant.time_zone) == ("New name", "USD", "UTC")


def test_the_audit_log_is_newest_first(plane: ControlPlane) -> None:
    plane.audit.add("default", actor="cli", action="connect", subject="berlin", detail={"source": "shopify"})
    plane.audit.add("default", actor="user:1", action="login", subject="user:1")

    assert [(e.actor, e.action, e.detail) for e in plane.audit.recent("default")] == [
        ("user:1", "login", {}),
        ("cli", "connect", {"source": "shopify"}),
    ]


def test_saved_values_are_replaced_whole(plane: ControlPlane) -> None:
    assert plane.saved.get("default", "k") is None
    plane.saved.put("default", "k", {"a": 1, "b": 2})
    plane.saved.put("default", "k", {"a": 3})

    assert plane.saved.get("default", "k") == {"a": 3}
