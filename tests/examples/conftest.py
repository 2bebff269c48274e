"""The project of the server's tests."""

from tests.server.conftest import known, known_folder, new_folder, new_project, watch

__all__ = ["known", "known_folder", "new_folder", "new_project", "watch"]
