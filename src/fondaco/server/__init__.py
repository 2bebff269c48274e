"""The web application: pages for people, ``/api/v1`` for programs."""

from fondaco.server.app import create_app

__all__ = ["create_app"]
