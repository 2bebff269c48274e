"""Klaviyo's API over the simulated world."""
