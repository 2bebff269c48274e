"""Time goes on in a world that is being served."""

from fondaco.simulator.progress.advance import Advanced, advance

__all__ = ["Advanced", "advance"]
