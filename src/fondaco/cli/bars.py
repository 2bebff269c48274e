"""Progress bars out of the pipeline's events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.orchestration.progress import Event, Progress

_TITLES = {
    "world": "making a world",
    "sync": "reading",
    "build": "building",
    "analyse": "analysing",
    "reconcile": "reconciling",
    "publish": "publishing",
    "alerts": "looking for alerts",
}


@contextmanager
def bars(*, shown: bool = True) -> Iterator[Progress]:
    """Draws to standard error; on a pipe, one line when a step ends."""
    from rich.console import Console

    from fondaco.orchestration.progress import silent

    if not shown:
        yield silent
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(console.print)
        return
    from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    with Bars(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console,
        transient=False,
    ) as drawn:
        tasks: dict[tuple[str, str], TaskID] = {}

        def draw(event: Event) -> None:
            key = (event.step, event.subject)
            if key not in tasks:
                title = f"{_TITLES.get(event.step, event.step):<14}{event.subject}"
                tasks[key] = drawn.add_task(title, total=None, detail="")
            task = tasks[key]
            total = event.total if event.total is not None else (1 if event.ended else None)
            done = (total or 1) if event.ended else event.done
            drawn.update(task, completed=done, total=total, detail=event.detail)

        yield draw


def _lines(write: object) -> Progress:
    def tell(event: Event) -> None:
        if event.ended and callable(write):
            title = f"{_TITLES.get(event.step, event.step)} {event.subject}".strip()
            write(f"{title}: {event.detail}" if event.detail else title)

    return tell
