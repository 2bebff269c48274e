"""commercetools, through its HTTP API. ``docs/connectors/commercetools.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.commercetools.connector import Commercetools
from fondaco.sources.commercetools.settings import CommercetoolsSettings

__all__ = ["Commercetools", "CommercetoolsSettings"]
