"""The web application: pages for people, ``/api/v1`` for programs. ``fondaco.server.app.create_app`` makes it."""
