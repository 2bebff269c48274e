"""``python -m fondaco``: the same as ``fondaco``."""

from fondaco.cli.main import main

main()
