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
from api.spoken import N_, Said

DRIFT = timedelta(seconds=10)  # worth a word, though tokens still hold up
CLOCK, CONNECTION, DISCOVERY, ISSUER, KEYS = N_("clock"), N_("connection"), N_("discovery"), N_("issuer"), N_("keys")
CLIENT, REDIRECT, ADDRESSES, SCOPES = N_("client"), N_("redirect address"), N_("addresses"), N_("scopes")
STRENGTH = N_("strong sign-ins")
PKCE = "PKCE"
_DRIFTS = {  # by whether ours is ahead
    True: N_("This machine's clock is {n} s ahead of the provider's; let it follow a time server."),
    False: N_("This machine's clock is {n} s behind the provider's; let it follow a time server."),
}
_IS_FAR_OFF = {
    True: N_(
        "This machine's clock is {n} s ahead of the provider's, so good tokens are refused; "
        "let it follow a time server."
    ),
    False: N_(
        "This machine's clock is {n} s behind the provider's, so good tokens are refused; let it follow a time server."
    ),
}


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
        return [*findings, _fault(DISCOVERY, _about(provider.metadata_address, failure))]
    findings += [_good(DISCOVERY, N_("{address} answers.", address=provider.metadata_address)), _clock(answer)]
    try:
        metadata = read_metadata(document, provider.expected_issuer(document))
    except SignInFailed as failure:
        return [*findings, _metadata_fault(failure.code, document)]
    findings.append(_good(ISSUER, N_("The provider names itself {issuer}.", issuer=metadata.issuer)))
    findings += await _out_of_reach(provider, metadata)
    findings.append(await _keys(provider, metadata))
    return [*findings, _pkce(document), *_scopes(provider, document), *_strength(provider, document)]


def _client(provider: Provider) -> Iterator[Finding]:
    given = {
        "CLIENT_ID": provider.settings.client_id,
        "CLIENT_SECRET": provider.settings.client_secret.get_secret_value(),
    }
    odd = [name for name, value in given.items() if not value.isprintable() or value != value.strip()]
    for name in odd:
        yield _fault(CLIENT, N_("{name} has a space or a line break at an end or inside; copy it again.", name=name))
    if not odd:
        yield _good(CLIENT, N_("The portal is known there as {name}.", name=provider.settings.client_id))


def _redirect_address(provider: Provider) -> Finding:
    if provider.redirect_uri.startswith("https://"):
        return _good(REDIRECT, N_("Give the provider exactly this: {address}", address=provider.redirect_uri))
    words = N_("{address} works on this machine only; set GATEFOLD_PUBLIC_URL.", address=provider.redirect_uri)
    return _warning(REDIRECT, words)


async def _fixed_addresses(provider: Provider, probe: str) -> list[Finding]:
    try:
        answer = await provider.line.get(probe, "provider-account")
    except SignInFailed as failure:
        return [_fault(CONNECTION, _about(probe, failure))]
    if answer.status_code >= 500:
        status = answer.status_code
        words = N_("{address} answers {status}; the provider is out of order, try later.", address=probe, status=status)
        return [_fault(CONNECTION, words)]
    words = N_("{address} answers; this provider has fixed addresses and no keys to look at.", address=probe)
    return [_good(CONNECTION, words), _clock(answer)]


def _clock(answer: httpx2.Response) -> Finding:
    try:
        there = parsedate_to_datetime(answer.headers["date"])
        ahead = clock.now() - there - timedelta(seconds=int(answer.headers.get("age", "0")))
    except (KeyError, ValueError, TypeError, OverflowError):
        return _warning(CLOCK, N_("The provider does not tell the time; see that this machine's clock is right."))
    seconds = round(abs(ahead.total_seconds()))
    if abs(ahead) <= DRIFT:
        return _good(CLOCK, N_("This machine's clock agrees with the provider's."))
    if abs(ahead) <= LEEWAY:
        return _warning(CLOCK, Said(_DRIFTS[ahead > timedelta(0)], n=seconds))
    return _fault(CLOCK, Said(_IS_FAR_OFF[ahead > timedelta(0)], n=seconds))


def _metadata_fault(code: str, document: dict[str, Any]) -> Finding:
    if code == "provider-metadata-issuer":
        return _fault(
            ISSUER, N_("{words} It says {issuer}.", words=in_words(code), issuer=quoted(document.get("issuer")))
        )
    return _fault(DISCOVERY, in_words(code))


async def _out_of_reach(provider: Provider, metadata: Metadata) -> list[Finding]:
    """The addresses of the document that only a sign-in asks, where they are none that may be asked."""
    findings = []
    for address in filter(None, (metadata.token_endpoint, metadata.userinfo_endpoint)):
        try:
            await provider.line.must_lead_to(address)
        except SignInFailed as failure:
            findings.append(_fault(ADDRESSES, _about(address, failure)))
    return findings


async def _keys(provider: Provider, metadata: Metadata) -> Finding:
    try:
        answer = await provider.line.get(metadata.keys_address, "provider-keys")
        keys = read_keys(json_object(answer, "provider-keys"))
    except SignInFailed as failure:
        return _fault(KEYS, _about(metadata.keys_address, failure))
    ways = ", ".join(sorted(metadata.algorithms))
    words = N_("{n} key for signatures, by {ways}.", "{n} keys for signatures, by {ways}.", n=len(keys), ways=ways)
    return _good(KEYS, words)


def _pkce(document: dict[str, Any]) -> Finding:
    methods = document.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" in methods:
        return _good(PKCE, N_("The provider checks it (S256)."))
    if methods is None:
        return _warning(PKCE, N_("The provider does not say that it checks it (S256); it is sent all the same."))
    return _warning(PKCE, N_("The provider does not offer S256, so codes are protected by the client secret alone."))


def _scopes(provider: Provider, document: dict[str, Any]) -> Iterator[Finding]:
    offered = document.get("scopes_supported")
    missing = [scope for scope in provider.scopes.split() if isinstance(offered, list) and scope not in offered]
    if missing:
        names = " and ".join(missing)
        yield _warning(SCOPES, N_("The provider does not list {names}; set SCOPES to what it offers.", names=names))


def _strength(provider: Provider, document: dict[str, Any]) -> Iterator[Finding]:
    offered = document.get("acr_values_supported")
    missing = [word for word in sorted(provider.staff_contexts) if isinstance(offered, list) and word not in offered]
    if missing:
        words = N_(
            "The provider does not list {names} for strong sign-ins; see STAFF_ACR.", names=" and ".join(missing)
        )
        yield _warning(STRENGTH, words)


def _about(address: str, failure: SignInFailed) -> Said:
    return Said("{address}: {words}", address=address, words=in_words(failure.code))


def _good(point: str, words: str) -> Finding:
    return Finding(point, Verdict.GOOD, words)


def _warning(point: str, words: str) -> Finding:
    return Finding(point, Verdict.WARNING, words)


def _fault(point: str, words: str) -> Finding:
    return Finding(point, Verdict.FAULT, words)
