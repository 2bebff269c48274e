"""Members of a kept segment as a file. Every file is written down: who, which segment, how many rows, which columns."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from fondaco.activation.attributes import columns
from fondaco.activation.audience import Audience
from fondaco.activation.definition import parse_definition
from fondaco.control import ControlPlane, Segment

ACTION = "segment.export"


def export_members(
    control: ControlPlane,
    audience: Audience,
    segment: Segment,
    names: Sequence[str],
    *,
    actor: str,
    form: str,
) -> pa.Table:
    """All members with the columns asked for, by their ids; noted in the audit log before anyone gets them.

    Parameters
    ----------
    actor
        Who takes them away: ``user:7``, ``token:3`` or ``cli``.
    form
        csv, parquet or json.

    Raises
    ------
    ConfigError
        If a column does not exist, or needs scores and there are none.
    """
    members = audience.members(parse_definition(segment.definition), names)
    note_export(control, segment, names, members.num_rows, actor=actor, form=form)
    return members


def note_export(
    control: ControlPlane, segment: Segment, names: Sequence[str], rows: int, *, actor: str, form: str
) -> None:
    """Keep that members were taken away; nothing of the members themselves is kept."""
    control.audit.add(
        segment.tenant_id,
        actor=actor,
        action=ACTION,
        subject=f"segment:{segment.segment_id}",
        detail={
            "version": segment.version,
            "rows": rows,
            "columns": [column.name for column in columns(tuple(names))],
            "format": form,
        },
    )


CUSTOMERS_ACTION = "customers.export"


def note_customers(
    control: ControlPlane,
    tenant_id: str,
    names: Sequence[str],
    rows: int,
    *,
    segment: str | None,
    actor: str,
    form: str,
) -> None:
    """Keep that customers were taken away from the list of them: all, those of one of the eight segments, or of an own one
    (``own:7``)."""
    control.audit.add(
        tenant_id,
        actor=actor,
        action=CUSTOMERS_ACTION,
        subject=f"customers:{segment or 'all'}",
        detail={"rows": rows, "columns": list(names), "format": form},
    )


CUSTOMER_ACTION = "customer.read"


def note_customer(
    control: ControlPlane, tenant_id: str, person_id: str, names: Sequence[str], *, actor: str
) -> None:
    """Keep that somebody was given one customer's personal data, and which columns of them."""
    control.audit.add(
        tenant_id,
        actor=actor,
        action=CUSTOMER_ACTION,
        subject=f"customer:{person_id}",
        detail={"columns": list(names)},
    )


def has_personal(names: Sequence[str]) -> bool:
    """Whether any of the columns names or reaches a person."""
    return any(column.personal for column in columns(tuple(names)))
