"""Who somebody is, confirmed by the city's identity service; docs/identity.md is its contract."""

from backend.identity.identity_check.asker import Asker
from backend.identity.identity_check.checks import Confirmed, confirm, keep
from backend.identity.identity_check.claim import Claim
from backend.identity.identity_check.service import close

__all__ = ["Asker", "Claim", "Confirmed", "close", "confirm", "keep"]
