"""The project of the server's tests."""

from tests.server.conftest import known, new_folder, new_project, watch

__all__ = ["known", "new_folder", "new_project", "watch"]
