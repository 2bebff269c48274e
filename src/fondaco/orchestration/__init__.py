"""The project as one object, and the pipeline over it."""

from fondaco.orchestration.project import Project

__all__ = ["Project"]
