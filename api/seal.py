"""Secrets that leave the portal, and the digests it keeps of them.

A capability (a ticket, a session, a sign-in attempt) is handed out once and stored only as a keyed digest.
The key is the portal's secret and the name of the use, so a digest of one kind never passes for another,
and a stolen database proves nothing without the secret.
"""

import hashlib
import hmac
import secrets

BYTES = 32  # 256 bits; the contract asks for at least 128


def new_secret() -> str:
    """A fresh capability, 43 characters safe in addresses and cookies."""
    return secrets.token_urlsafe(BYTES)


class Seal:
    """Digests under one portal secret, each use with a purpose of its own."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def digest(self, purpose: str, capability: str) -> str:
        """HMAC-SHA-256 of `capability` under (secret, purpose), as 64 hexadecimal characters."""
        purpose_key = hmac.digest(self._key, purpose.encode(), hashlib.sha256)
        return hmac.digest(purpose_key, capability.encode(errors="surrogatepass"), hashlib.sha256).hex()
