"""What a provider publishes about itself, metadata and keys: checked, kept for a while, and through an outage."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey

from api import clock
from api.errors import SignInFailed
from api.settings_addresses import is_loopback
from api.signin.idtoken import ALGORITHMS, KEY_TYPES

SHORTEST_RSA = 2048  # bits
KEPT = timedelta(hours=1)
KEPT_IN_OUTAGE = timedelta(days=1)
RENEWED_AT_MOST = timedelta(minutes=1)
FAILURE_KEPT = timedelta(seconds=30)

T = TypeVar("T")


@dataclass(frozen=True)
class Metadata:
    """The part of a discovery document that sign-in uses, already checked."""

    issuer: str  # as callbacks and tokens have to name it
    authorization_endpoint: str
    token_endpoint: str
    keys_address: str
    userinfo_endpoint: str | None
    algorithms: frozenset[str]
    token_auth_method: str
    promises_issuer: bool  # whether every callback carries `iss` (RFC 9207)
    end_session_endpoint: str | None = None  # where a reader can sign out at the provider too


def read_metadata(document: dict[str, Any], issuer: str) -> Metadata:
    """Metadata of `issuer` from its discovery document; SignInFailed where it names another or can't be used."""
    if document.get("issuer") != issuer:
        raise SignInFailed("provider-metadata-issuer")
    algorithms = ALGORITHMS & _names(document, "id_token_signing_alg_values_supported", {"RS256"})
    if not algorithms:
        raise SignInFailed("provider-metadata-algorithms")
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        keys_address=_endpoint(document, "jwks_uri", issuer),
        userinfo_endpoint=_endpoint(document, "userinfo_endpoint", issuer)
        if document.get("userinfo_endpoint") is not None
        else None,
        algorithms=algorithms,
        token_auth_method=_token_auth_method(document),
        promises_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        end_session_endpoint=_endpoint(document, "end_session_endpoint", issuer)
        if document.get("end_session_endpoint") is not None
        else None,
    )


def read_keys(document: dict[str, Any]) -> list[Key]:
    """The public signing keys of a key set; secret or short ones and kinds that are not used here are passed over."""
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise SignInFailed("provider-keys")
    keys: list[Key] = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kty") not in KEY_TYPES.values():
            continue
        if entry.get("use", "sig") != "sig" or not isinstance(entry.get("kid", ""), str):
            continue
        try:
            key = JWKRegistry.import_key(entry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not (isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA):
            keys.append(key)
    if not keys:
        raise SignInFailed("provider-keys")
    return keys


def _names(document: dict[str, Any], name: str, default: set[str]) -> set[str]:
    names = document.get(name)
    if names is None:
        return default
    return {each for each in names if isinstance(each, str)} if isinstance(names, list) else set()


def _endpoint(document: dict[str, Any], name: str, issuer: str) -> str:
    address = document.get(name)
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.fragment or parts.username is not None or not str(address).isprintable():
        raise SignInFailed("provider-metadata-endpoint")
    is_local = issuer.startswith("http://") and parts.scheme == "http" and is_loopback(host)
    if parts.scheme != "https" and not is_local:
        raise SignInFailed("provider-metadata-endpoint")
    return str(address)


def _token_auth_method(document: dict[str, Any]) -> str:
    methods = _names(document, "token_endpoint_auth_methods_supported", {"client_secret_basic"})
    for method in ("client_secret_basic", "client_secret_post"):
        if method in methods:
            return method
    raise SignInFailed("provider-metadata-authentication")


class Outage(SignInFailed):
    """The provider gave no document at all: no connection, an error, not JSON."""


class Kept(Generic[T]):
    """A document that one request at a time fetches and all share until it is old.

    An old one is kept through an outage, for a day at most; a document that does not hold up is no outage. After
    a failure nobody asks again for half a minute.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._value: T | None = None
        self._failure: SignInFailed | None = None
        self._fetched_at = self._renewed_at = self._failed_at = clock.now() - KEPT_IN_OUTAGE
        self._lock = asyncio.Lock()

    @property
    def is_down(self) -> bool:
        """Whether the last try failed a moment ago and nothing is at hand instead."""
        if self._failure is None or self._is_fresh or clock.now() - self._failed_at >= FAILURE_KEPT:
            return False
        return self._at_hand_despite(self._failure) is None

    @property
    def at_hand(self) -> T | None:
        """The copy at hand, however old; nothing is fetched."""
        return self._value

    async def get(self) -> T:
        async with self._lock:
            if self._value is not None and self._is_fresh:
                return self._value
            if self._failure is not None and clock.now() - self._failed_at < FAILURE_KEPT:
                return self._despite(self._failure)
            return await self._fetched()

    async def renewed(self) -> T:
        """A fresh copy, or the one at hand where a fresh one was asked for within the last minute."""
        async with self._lock:
            if self._value is not None and clock.now() - self._renewed_at < RENEWED_AT_MOST:
                return self._value
            self._renewed_at = clock.now()
            return await self._fetched()

    @property
    def _is_fresh(self) -> bool:
        return self._value is not None and clock.now() - self._fetched_at < KEPT

    async def _fetched(self) -> T:
        try:
            self._value = await self._fetch()
        except SignInFailed as failure:
            self._failure, self._failed_at = failure, clock.now()
            return self._despite(failure)
        self._failure = None
        self._fetched_at = clock.now()
        return self._value

    def _despite(self, failure: SignInFailed) -> T:
        value = self._at_hand_despite(failure)
        if value is None:
            raise type(failure)(failure.code)
        return value

    def _at_hand_despite(self, failure: SignInFailed) -> T | None:
        is_kept = isinstance(failure, Outage) and clock.now() - self._fetched_at < KEPT_IN_OUTAGE
        return self._value if is_kept else None
