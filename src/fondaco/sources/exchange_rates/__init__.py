"""Exchange rates: the European Central Bank's CSV, or a static table that lets a demo convert without a download."""

from fondaco.sources.exchange_rates.ecb import (
    RATES_SCHEMA,
    Gap,
    gaps,
    read_ecb,
    static_rates,
)

__all__ = ["RATES_SCHEMA", "Gap", "gaps", "read_ecb", "static_rates"]
