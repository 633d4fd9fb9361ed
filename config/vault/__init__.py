"""Personal data at rest: sealed to be read back, or blinded to be found and compared."""

from config.vault.vault import OVERHEAD, SealBroken, Vault, blind, current, seal, unseal

__all__ = ["OVERHEAD", "SealBroken", "Vault", "blind", "current", "seal", "unseal"]
