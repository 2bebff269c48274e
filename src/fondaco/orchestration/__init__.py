"""The project as one object, and the pipeline over it."""

from fondaco.orchestration.pipeline import RunOutcome, run_pipeline
from fondaco.orchestration.project import Project

__all__ = ["Project", "RunOutcome", "run_pipeline"]
