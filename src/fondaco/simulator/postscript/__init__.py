"""Postscript's API over the simulated world."""
