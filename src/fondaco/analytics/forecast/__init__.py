"""Sales and profit of days to come, with what such a forecast was worth on days that it had not seen."""

from fondaco.analytics.forecast.books import Books
from fondaco.analytics.forecast.outlook import LEAST_DAYS, LEVEL, TESTED, BackTest, Outlook, look_ahead

__all__ = ["LEAST_DAYS", "LEVEL", "TESTED", "BackTest", "Books", "Outlook", "look_ahead"]
