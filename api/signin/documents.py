"""What a provider publishes about itself, metadata and keys: fetched with limits, checked, kept for a while."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from api import clock
from api.errors import SignInFailed
from api.settings import is_loopback
from api.signin.idtoken import ALGORITHMS, KEY_TYPES

LARGEST = 256 * 1024  # bytes of any answer
KEPT = timedelta(hours=1)
RENEWED_AT_MOST = timedelta(minutes=1)

T = TypeVar("T")


@dataclass(frozen=True)
class Metadata:
    """The part of a discovery document that sign-in uses, already checked."""

    authorization_endpoint: str
    token_endpoint: str
    keys_address: str
    userinfo_endpoint: str | None
    algorithms: frozenset[str]
    token_auth_method: str
    promises_issuer: bool  # whether every callback carries `iss` (RFC 9207)


def read_metadata(document: dict[str, Any], issuer: str) -> Metadata:
    """Metadata of `issuer` from its discovery document; SignInFailed where it names another or can't be used."""
    if document.get("issuer") != issuer:
        raise SignInFailed("provider-metadata-issuer")
    algorithms = ALGORITHMS & _names(document, "id_token_signing_alg_values_supported", {"RS256"})
    if not algorithms:
        raise SignInFailed("provider-metadata-algorithms")
    return Metadata(
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        keys_address=_endpoint(document, "jwks_uri", issuer),
        userinfo_endpoint=_endpoint(document, "userinfo_endpoint", issuer)
        if document.get("userinfo_endpoint") is not None
        else None,
        algorithms=algorithms,
        token_auth_method=_token_auth_method(document),
        promises_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def read_keys(document: dict[str, Any]) -> list[Key]:
    """The public signing keys of a key set; secret ones and kinds that no algorithm here uses are passed over."""
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
            keys.append(JWKRegistry.import_key(entry))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not keys:
        raise SignInFailed("provider-keys")
    return keys


def json_object(response: httpx2.Response, code: str) -> dict[str, Any]:
    """The JSON object of a 200 answer; SignInFailed(`code`) for anything else."""
    try:
        document = json.loads(response.content) if response.status_code == 200 else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise SignInFailed(code)
    return document


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


class Kept(Generic[T]):
    """A document that one request at a time fetches and all share until it is old."""

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._value: T | None = None
        self._fetched_at = self._renewed_at = clock.now() - KEPT
        self._failure: SignInFailed | None = None
        self._turn = 0
        self._lock = asyncio.Lock()

    async def get(self) -> T:
        turn = self._turn
        async with self._lock:
            if self._value is not None and clock.now() - self._fetched_at < KEPT:
                return self._value
            return await self._fetched(turn)

    async def renewed(self) -> T:
        """A fresh copy, or the one at hand where a fresh one was asked for within the last minute."""
        turn = self._turn
        async with self._lock:
            if self._value is not None and clock.now() - self._renewed_at < RENEWED_AT_MOST:
                return self._value
            self._renewed_at = clock.now()
            return await self._fetched(turn)

    async def _fetched(self, turn: int) -> T:
        """Fetch; who waited while another's try failed shares that failure instead of queueing for its own."""
        if self._failure is not None and self._turn != turn:
            raise SignInFailed(self._failure.code)
        try:
            self._value = await self._fetch()
        except SignInFailed as failure:
            self._failure = failure
            raise
        finally:
            self._turn += 1
        self._failure = None
        self._fetched_at = clock.now()
        return self._value


class Limited(httpx2.AsyncBaseTransport):
    """A transport that stops at the size limit and takes no compressed answer, which could hide its size."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.DecodingError("the answer is compressed", request=request)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_LimitedStream(cast(httpx2.AsyncByteStream, answer.stream)),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _LimitedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > LARGEST:
                raise httpx2.ReadError("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
