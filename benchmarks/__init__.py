"""One module a claim. Each prints what was measured beside a yardstick from the same run."""
