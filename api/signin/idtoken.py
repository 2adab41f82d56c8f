"""The strict reading of an id_token: signed by the provider's own key, meant for us, fresh, and about someone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from api.errors import SignInFailed

KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
ALGORITHMS = frozenset(KEY_TYPES)
LARGEST = 16 * 1024  # bytes
LONGEST_SUBJECT = 255  # characters, from OpenID Connect Core, section 2
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)


@dataclass(frozen=True)
class Expected:
    """What a good token of this sign-in says.

    With `afresh_since` the person has signed in at the provider since then, as far as the token tells when they did.
    """

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    access_token: str | None = None
    afresh_since: datetime | None = None


class Pinned(JWSRegistry):
    """Only the algorithms it is given, and none at all where it is given none.

    Unknown header parameters are passed over, as JWS asks; `crit` and keys in the token are refused earlier.
    """

    max_header_length = 2048  # bytes

    def __init__(self, algorithms: frozenset[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)
        self.pinned = algorithms

    def get_alg(self, name: str) -> Any:
        if name not in self.pinned:
            raise UnsupportedAlgorithmError()
        return self.algorithms[name]


def header_of(token: object, algorithms: frozenset[str]) -> dict[str, Any]:
    """The header of `token`, not proven yet: its algorithm is allowed and it brings no key of its own."""
    if not isinstance(token, str) or not token:
        _refuse("missing")
    if len(token) > LARGEST:
        _refuse("size")
    try:
        header = jws.extract_compact(token.encode("ascii"), registry=Pinned(algorithms)).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        _refuse("malformed")
    if not isinstance(header, dict) or not isinstance(header.get("kid", ""), str):
        _refuse("malformed")
    if not isinstance(header.get("alg"), str) or header["alg"] not in algorithms:
        _refuse("algorithm")
    if header.keys() & {"crit", "jwk", "jku", "b64"}:
        _refuse("header")
    return header


def key_for(header: dict[str, Any], keys: list[Key]) -> Key | None:
    """The one key that `header` means: by its id, or the only one of the kind where it names none."""
    fitting = [
        key
        for key in keys
        if key.key_type == KEY_TYPES[header["alg"]]
        and key.get("alg", header["alg"]) == header["alg"]
        and header.get("kid") in (None, key.kid)
    ]
    return fitting[0] if len(fitting) == 1 else None


def opened(token: str, key: Key, algorithms: frozenset[str], refuse: Callable[[str], NoReturn]) -> jwt.Token:
    """The token, proven to be signed with `key`; its claims are not looked at. `refuse` is told the point else."""
    try:
        return jwt.decode(token, key, registry=Pinned(algorithms))
    except BadSignatureError:
        refuse("signature")
    except (JoseError, ValueError, TypeError, RecursionError):
        refuse("malformed")


def read(token: str, key: Key, algorithms: frozenset[str], expected: Expected) -> dict[str, Any]:
    """The claims of a token that holds up in every point; SignInFailed with the point where it doesn't."""
    proven = opened(token, key, algorithms, _refuse)
    claims = proven.claims
    _is_for_us(claims, expected)
    _is_fresh(claims, expected.now)
    _is_about_someone(claims)
    _is_afresh(claims, expected.afresh_since)
    _satisfies_authlib(proven, expected)
    return claims


def _is_for_us(claims: dict[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        _refuse("issuer")
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        _refuse("audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        _refuse("audience")
    if claims.get("nonce") != expected.nonce:
        _refuse("nonce")


def _is_fresh(claims: dict[str, Any], now: datetime) -> None:
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    if not present - leeway < _instant(claims, "exp"):
        _refuse("expired")
    if not present - OLDEST.total_seconds() <= _instant(claims, "iat") <= present + leeway:
        _refuse("issued")


def _instant(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse("malformed")
    return value


def _is_about_someone(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        _refuse("subject")
    if not subject.isascii() or not subject.isprintable():
        _refuse("subject")


def _is_afresh(claims: dict[str, Any], since: datetime | None) -> None:
    if since is None or "auth_time" not in claims:
        return
    if not (since - LEEWAY).timestamp() <= _instant(claims, "auth_time"):
        _refuse("authentication")


def _satisfies_authlib(proven: jwt.Token, expected: Expected) -> None:
    """What is left of the standard: `nbf`, `at_hash`, and the shape of optional claims."""
    parameters = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
    token = CodeIDToken(proven.claims, proven.header, {}, parameters)
    try:
        token.validate(now=int(expected.now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError):
        _refuse("claims")


def _refuse(point: str) -> NoReturn:
    raise SignInFailed(f"provider-token-{point}")
