"""Landing: pages in, raw rows out. No vendor special case."""

from fondaco.landing.landing import Landing, LandResult
from fondaco.landing.spool import Spooled

__all__ = ["LandResult", "Landing", "Spooled"]
