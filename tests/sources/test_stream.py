"""What sources and landing hand to each other."""

from __future__ import annotations

import json

from fondaco.sources.stream import Page


def test_half_a_surrogate_pair_is_kept_as_json_says_it() -> None:
    """JSON can say it and UTF-8 cannot; one odd letter must not keep a page of orders from being read."""
    half, whole = json.loads('[{"note": "\\ud83d"}, {"note": "Größe 🙂"}]')
    page = Page.of([half, whole])
    assert page.records == 2
    first, second = page.lines.splitlines()
    assert (json.loads(first), json.loads(second)) == (half, whole)
    assert "Größe 🙂".encode() in second
