"""The provider doctor: what a provider publishes, looked over point by point, each fault with what to mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

import httpx2

from api import clock
from api.errors import SignInFailed
from api.signin.asking import json_object
from api.signin.documents import Metadata, read_keys, read_metadata
from api.signin.faults import in_words
from api.signin.idtoken import LEEWAY
from api.signin.providers import Provider
from api.signin.shown import quoted

DRIFT = timedelta(seconds=10)  # worth a word, though tokens still hold up


class Verdict(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One point, how it stands, and a sentence about it."""

    point: str
    verdict: Verdict
    words: str


async def examine(provider: Provider) -> list[Finding]:
    """Everything that can be told without signing in, in the order in which a sign-in would meet it."""
    findings = [*_client(provider), _redirect_address(provider)]
    if provider.kind.accounts is not None:
        return findings + await _fixed_addresses(provider, provider.kind.accounts.probe)
    try:
        answer = await provider.line.get(provider.metadata_address, "provider-metadata")
        document = json_object(answer, "provider-metadata")
    except SignInFailed as failure:
        return [*findings, _fault("discovery", f"{provider.metadata_address}: {in_words(failure.code)}")]
    findings += [_good("discovery", f"{provider.metadata_address} answers."), _clock(answer)]
    try:
        metadata = read_metadata(document, provider.expected_issuer(document))
    except SignInFailed as failure:
        return [*findings, _metadata_fault(failure.code, document)]
    findings.append(_good("issuer", f"The provider names itself {metadata.issuer}."))
    findings += await _out_of_reach(provider, metadata)
    findings.append(await _keys(provider, metadata))
    return [*findings, _pkce(document), *_scopes(provider, document)]


def _client(provider: Provider) -> Iterator[Finding]:
    given = {
        "CLIENT_ID": provider.settings.client_id,
        "CLIENT_SECRET": provider.settings.client_secret.get_secret_value(),
    }
    odd = [name for name, value in given.items() if not value.isprintable() or value != value.strip()]
    for name in odd:
        yield _fault("client", f"{name} has a space or a line break at an end or inside; copy it again.")
    if not odd:
        yield _good("client", f"The portal is known there as {provider.settings.client_id}.")


def _redirect_address(provider: Provider) -> Finding:
    if provider.redirect_uri.startswith("https://"):
        return _good("redirect address", f"Give the provider exactly this: {provider.redirect_uri}")
    return _warning("redirect address", f"{provider.redirect_uri} works on this machine only; set GATEFOLD_PUBLIC_URL.")


async def _fixed_addresses(provider: Provider, probe: str) -> list[Finding]:
    try:
        answer = await provider.line.get(probe, "provider-account")
    except SignInFailed as failure:
        return [_fault("connection", f"{probe}: {in_words(failure.code)}")]
    if answer.status_code >= 500:
        return [_fault("connection", f"{probe} answers {answer.status_code}; the provider is out of order, try later.")]
    return [
        _good("connection", f"{probe} answers; this provider has fixed addresses and no keys to look at."),
        _clock(answer),
    ]


def _clock(answer: httpx2.Response) -> Finding:
    try:
        there = parsedate_to_datetime(answer.headers["date"])
        ahead = clock.now() - there - timedelta(seconds=int(answer.headers.get("age", "0")))
    except (KeyError, ValueError, TypeError, OverflowError):
        return _warning("clock", "The provider does not tell the time; see that this machine's clock is right.")
    seconds = round(abs(ahead.total_seconds()))
    words = f"This machine's clock is {seconds} s {'ahead of' if ahead > timedelta(0) else 'behind'} the provider's"
    if abs(ahead) > LEEWAY:
        return _fault("clock", f"{words}, so good tokens are refused; let it follow a time server.")
    if abs(ahead) > DRIFT:
        return _warning("clock", f"{words}; let it follow a time server.")
    return _good("clock", "This machine's clock agrees with the provider's.")


def _metadata_fault(code: str, document: dict[str, Any]) -> Finding:
    if code == "provider-metadata-issuer":
        return _fault("issuer", f"{in_words(code)} It says {quoted(document.get('issuer'))}.")
    return _fault("discovery", in_words(code))


async def _out_of_reach(provider: Provider, metadata: Metadata) -> list[Finding]:
    """The addresses of the document that only a sign-in asks, where they are none that may be asked."""
    findings = []
    for address in filter(None, (metadata.token_endpoint, metadata.userinfo_endpoint)):
        try:
            await provider.line.must_lead_to(address)
        except SignInFailed as failure:
            findings.append(_fault("addresses", f"{address}: {in_words(failure.code)}"))
    return findings


async def _keys(provider: Provider, metadata: Metadata) -> Finding:
    try:
        answer = await provider.line.get(metadata.keys_address, "provider-keys")
        keys = read_keys(json_object(answer, "provider-keys"))
    except SignInFailed as failure:
        return _fault("keys", f"{metadata.keys_address}: {in_words(failure.code)}")
    many = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
    return _good("keys", f"{many} for signatures, by {', '.join(sorted(metadata.algorithms))}.")


def _pkce(document: dict[str, Any]) -> Finding:
    methods = document.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" in methods:
        return _good("PKCE", "The provider checks it (S256).")
    if methods is None:
        return _warning("PKCE", "The provider does not say that it checks it (S256); it is sent all the same.")
    return _warning("PKCE", "The provider does not offer S256, so codes are protected by the client secret alone.")


def _scopes(provider: Provider, document: dict[str, Any]) -> Iterator[Finding]:
    offered = document.get("scopes_supported")
    missing = [scope for scope in provider.scopes.split() if isinstance(offered, list) and scope not in offered]
    if missing:
        yield _warning("scopes", f"The provider does not list {' and '.join(missing)}; set SCOPES to what it offers.")


def _good(point: str, words: str) -> Finding:
    return Finding(point, Verdict.GOOD, words)


def _warning(point: str, words: str) -> Finding:
    return Finding(point, Verdict.WARNING, words)


def _fault(point: str, words: str) -> Finding:
    return Finding(point, Verdict.FAULT, words)
