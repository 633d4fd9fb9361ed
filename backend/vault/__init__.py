"""Personal data at rest: sealed to be read back, or blinded to be found and compared."""

from backend.vault import signing
from backend.vault.vault import SealBroken, Vault, blind, current, seal, unseal

__all__ = ["SealBroken", "Vault", "blind", "check", "current", "seal", "unseal"]


def check() -> None:
    """Raise SettingsError, one sentence, if the data keys or the secret keys are unusable."""
    current()
    signing.keys()
