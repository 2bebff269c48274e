"""Which addresses the application has, so that nothing links to nowhere."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Match


def leads_somewhere(app: FastAPI, path: str) -> bool:
    """Whether ``path`` is the address of a page: something answers a GET there."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
        "app": app,
    }
    return any(route.matches(scope)[0] is Match.FULL for route in app.routes)
