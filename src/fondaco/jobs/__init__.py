"""Features out of the warehouse, through ``fondaco.analytics``, and what it finds back as tables."""
