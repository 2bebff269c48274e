"""The sheets of stock that the demo's merchant keeps: suppliers, purchase orders, receipts and counts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.orchestration import Project

CONNECTION = "stock-sheets"


def import_stock_sheets(project: Project, world: Path) -> None:
    """Put the sheets of a world with stock where the next run reads them, as ``fondaco import`` does."""
    from fondaco.orchestration.connecting import connect
    from fondaco.orchestration.importing import folder_of, options_for
    from fondaco.simulator.world.stock_sheets import write_stock_sheets
    from fondaco.sources.files.importing import prepare

    own = project.settings.project
    folder = folder_of(project, CONNECTION)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {"folder": str(folder), "currency": own.currency, "timezone": own.timezone}
    connect(project, "files", CONNECTION, settings)
    with tempfile.TemporaryDirectory() as name:
        for path in write_stock_sheets(world, Path(name)):
            prepared = prepare(path, options_for(project, CONNECTION, {}))
            try:
                prepared.keep(folder, clock=project.clock)
            finally:
                prepared.close()
