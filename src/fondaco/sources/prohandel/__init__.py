"""ProHandel, the ERP of German retail: articles, branches, stock, sales, suppliers and orders, by a mapping that a merchant can change."""

from fondaco.sources.prohandel.connector import ProHandel
from fondaco.sources.prohandel.settings import ProHandelSettings

__all__ = ["ProHandel", "ProHandelSettings"]
