"""Libraries of the extra ``forecasting``: imported when they are needed, never before."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fondaco.errors import ConfigError

EXTRAS = {
    "statsforecast": "forecasting",
    "xgboost": "forecasting",
    "holidays": "forecasting",
    "prophet": "prophet",
    "fugue": "distributed",
    "ray": "distributed",
}


def has(library: str) -> bool:
    """Whether it can be imported."""
    return find_spec(library) is not None


def need(library: str, module: str | None = None) -> Any:
    """The library, or a module of it.

    Raises
    ------
    ConfigError
        If it is not installed.
    """
    if not has(library):
        raise ConfigError(
            f"Forecasts of demand need {library} for this, which is not installed.",
            f"Install it with `pip install 'fondaco[{EXTRAS[library]}]'`.",
        )
    return import_module(module or library)
