"""Who may do what, and how secrets are kept."""

from fondaco.governance.sealer import Sealer

__all__ = ["Sealer"]
