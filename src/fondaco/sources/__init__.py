"""Platforms that Fondaco reads: one module each, found by the entry point group ``fondaco.sources``."""
