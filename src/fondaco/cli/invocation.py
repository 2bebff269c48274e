"""What the options before the command say, and the project that they lead to."""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.orchestration import Project

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command."""

    folder: Path | None = None
    debug: bool = False
    verbose: bool = False

    @contextmanager
    def project(self) -> Iterator[Project]:
        """The opened project; its logs go to its folder while the command runs."""
        from fondaco.orchestration import Project

        with Project.open(self.folder) as project:
            self.log_to(project)
            yield project

    def log_to(self, project: Project) -> None:
        """Send the logs of this process to the project's folder."""
        from fondaco.orchestration.logs import configure_logs

        configure_logs(
            project.data / "logs", console_level=logging.INFO if self.verbose else logging.CRITICAL
        )


def keep_trace(error: Exception) -> Path:
    """Write where ``error`` came from, redacted, to the error log; give the log's path."""
    from fondaco.governance.redaction import redact_text

    for handler in logging.getLogger().handlers:
        if getattr(handler, "_is_fondacos", False) and handler.level == logging.ERROR:
            _log.error("unexpected error", exc_info=error)
            return Path(getattr(handler, "baseFilename", ""))
    # Not beside the project: that may be what cannot be written.
    handle, name = tempfile.mkstemp(prefix="fondaco-error-", suffix=".log")  # for its owner's eyes only
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(redact_text("".join(traceback.format_exception(error))))
    return path
