"""The strict reading of a logout token: the provider's word that its sessions of someone have ended.

By OpenID Connect Back-Channel Logout 1.0, section 2.6.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from joserfc.jwk import Key

from api.errors import SignInFailed
from api.signin.idtoken import LEEWAY, LONGEST_SUBJECT, OLDEST, opened

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("logout+jwt", "application/logout+jwt")
LONGEST_ID = 255  # characters of `sid` and `jti`


@dataclass(frozen=True)
class Notice:
    """Whose sessions have ended: of a subject, of one session at the provider, or of both. `token_id` comes once."""

    issuer: str
    subject: str | None
    provider_session: str | None
    token_id: str
    expires_at: datetime  # from then on the token is refused for its age


def read(token: str, key: Key, algorithms: frozenset[str], issuer: str, client_id: str, now: datetime) -> Notice:
    """The notice in a token that holds up in every point; SignInFailed with the point where it doesn't."""
    proven = opened(token, key, algorithms, _refuse)
    claims = proven.claims
    kind = proven.header.get("typ")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES):
        _refuse("type")
    if claims.get("iss") != issuer:
        _refuse("issuer")
    if claims.get("aud") not in (client_id, [client_id]):
        _refuse("audience")
    if "nonce" in claims:
        _refuse("nonce")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        _refuse("events")
    _is_fresh(claims, now)
    subject, provider_session = _text(claims, "sub", LONGEST_SUBJECT), _text(claims, "sid", LONGEST_ID)
    if subject is None and provider_session is None:
        _refuse("nobody")
    token_id = _text(claims, "jti", LONGEST_ID)
    if token_id is None:
        _refuse("id")
    return Notice(issuer, subject, provider_session, token_id, now + OLDEST + 2 * LEEWAY)


def session_id(value: object) -> str | None:
    """The `sid` of an id_token, where it has one that can be remembered."""
    return value if isinstance(value, str) and 1 <= len(value) <= LONGEST_ID else None


def _is_fresh(claims: dict[str, Any], now: datetime) -> None:
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    issued = _instant(claims, "iat")
    if issued is None or not present - OLDEST.total_seconds() <= issued <= present + leeway:
        _refuse("issued")
    expires = _instant(claims, "exp") if "exp" in claims else present
    if expires is None or not present - leeway < expires:
        _refuse("expired")


def _instant(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _text(claims: dict[str, Any], name: str, longest: int) -> str | None:
    """The text of a claim that may be missing; one that is there and is no text makes the token bad."""
    value = claims.get(name)
    if name in claims and (not isinstance(value, str) or not 1 <= len(value) <= longest):
        _refuse("malformed")
    return value


def _refuse(point: str) -> NoReturn:
    raise SignInFailed(f"logout-token-{point}")
