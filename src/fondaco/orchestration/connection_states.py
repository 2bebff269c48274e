"""How each connection stands: by its newest check, or by the newest run that asked it, whichever is later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fondaco.control import Connection, ControlPlane, Run, RunStream


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """What is known of a connection.

    Attributes
    ----------
    status
        ``ready``, ``limited`` (some scopes are missing) or ``refused``, as a check says; or ``partly_read``,
        ``not_reached`` or ``not_read``, as a run found.
    fault
        What kept the run from reading all of it, and what to do; empty if nothing did.
    streams
        The streams that the fault kept back.
    run
        The run that found it; None where a check says the newest.
    """

    status: str
    fault: str = ""
    streams: tuple[str, ...] = ()
    run: Run | None = None

    @property
    def reached(self) -> bool:
        return self.status not in ("not_reached", "not_read")


def connection_states(
    control: ControlPlane, tenant_id: str, connections: Iterable[Connection]
) -> dict[str, ConnectionState]:
    """The state of each connection, by its id."""
    newest = control.runs.newest_by_connection(tenant_id)
    states = {}
    for connection in connections:
        state = ConnectionState(connection.status)
        run, streams = newest.get(connection.connection_id, (None, []))
        if run is not None and not _checked_since(connection, run):
            state = _found_by_run(connection, run, streams) or state
        states[connection.connection_id] = state
    return states


def _checked_since(connection: Connection, run: Run) -> bool:
    checked = connection.checked_at
    return checked is not None and checked > (run.ended_at or run.started_at)


def _found_by_run(connection: Connection, run: Run, streams: Sequence[RunStream]) -> ConnectionState | None:
    """None when nothing went wrong that the shop's check does not say already."""
    faults = [each for each in streams if each.error and each.outcome in ("partial", "failed")]
    worst = next((each for each in faults if each.outcome == "failed"), faults[0] if faults else None)
    if worst is None:
        return None
    said = " ".join((worst.error or "").split("\n"))
    names = tuple(each.stream for each in faults)
    if len(faults) < len(streams) or any(each.extracted for each in faults):
        if worst.outcome == "partial" and connection.status == "limited":
            return None  # what it may not read is named beside it
        return ConnectionState("partly_read", said, names, run)
    unreached = worst.outcome == "partial" and len({each.error for each in faults}) == 1
    return ConnectionState("not_reached" if unreached else "not_read", said, names, run)
