"""Who may do what, and how secrets are kept."""

from fondaco.governance.people import People
from fondaco.governance.roles import Permission, may
from fondaco.governance.sealer import Sealer

__all__ = ["People", "Permission", "Sealer", "may"]
