"""The protocol of the demo provider: Authlib's authorization server over plain values, PKCE never left out."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidRequestError,
    OAuth2Error,
    OAuth2Payload,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey

from api import clock
from api.seal import new_secret
from api.signin.devpeople import Person

CODE_LIFETIME = timedelta(minutes=1)
TOKEN_LIFETIME = timedelta(minutes=5)


@dataclass
class Answer:
    """An HTTP answer before it is one."""

    status: int
    body: Any
    headers: dict[str, str]
    location: str | None = None


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """The one client there is: the portal."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(each for each in (scope or "").split() if each in ("openid", "profile", "email"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code and all that it is bound to."""

    person: Person
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    expires_at: datetime

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int((self.expires_at - CODE_LIFETIME).timestamp())


@dataclass(frozen=True)
class Token:
    """An access token for one person's claims."""

    person: Person
    scope: str
    expires_at: datetime

    def is_expired(self) -> bool:
        return clock.now() >= self.expires_at

    def is_revoked(self) -> bool:
        return False

    def get_scope(self) -> str:
        return self.scope


class DemoServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server between `demo_request` and `Answer`."""

    def __init__(self, issuer: str, key: RSAKey, client_id: str, client_secret: str, redirect_uri: str) -> None:
        super().__init__(scopes_supported=["openid", "profile", "email"])
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self._client = Client(client_id, client_secret, redirect_uri)
        self.register_token_generator(
            "default",
            BearerTokenGenerator(lambda **_: new_secret(), expires_generator=int(TOKEN_LIFETIME.total_seconds())),
        )
        self.register_grant(CodeGrant, [ProofRequired(), IdTokens(issuer, key)])
        self.register_extension(NamedIssuer(issuer))

    def query_client(self, client_id: str) -> Client | None:
        return self._client if client_id == self._client.client_id else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        now = clock.now()
        self.tokens = {text: each for text, each in self.tokens.items() if each.expires_at > now}
        self.tokens[token["access_token"]] = Token(request.user, token["scope"], now + TOKEN_LIFETIME)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        given = dict(headers)
        return Answer(status, body, given, given.pop("Location", None))

    def refusal(self, request: OAuth2Request, error: OAuth2Error) -> Answer:
        answer: Answer = self.handle_error_response(request, error)
        return answer


class DemoPayload(OAuth2Payload):  # type: ignore[misc]
    """The parameters of a request; the first of each name is used, and Authlib refuses repeated ones."""

    def __init__(self, items: list[tuple[str, str]]) -> None:
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in items:
            self._lists[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._lists.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._lists


class DemoRequest(OAuth2Request):  # type: ignore[misc]
    """Authlib's request over parameters that are already read."""

    @property
    def args(self) -> dict[str, str]:
        return self.form

    @property
    def form(self) -> dict[str, str]:
        given: dict[str, str] = self.payload.data
        return given


def demo_request(
    method: str, address: str, items: list[tuple[str, str]], headers: Mapping[str, str] | None = None
) -> OAuth2Request:
    request = DemoRequest(method, address, headers=headers)
    request.payload = DemoPayload(items)
    return request


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization code grant over the server's memory. A code is gone with its first use, good or bad."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        now = clock.now()
        given = request.payload.data
        self.server.codes = {text: each for text, each in self.server.codes.items() if each.expires_at > now}
        self.server.codes[code] = Code(
            person=request.user,
            client_id=request.client.client_id,
            redirect_uri=given["redirect_uri"],
            scope=request.scope,
            nonce=given.get("nonce", ""),
            code_challenge=given["code_challenge"],
            code_challenge_method=given["code_challenge_method"],
            expires_at=now + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.server.codes.pop(code, None)
        is_good = found is not None and found.client_id == client.client_id and found.expires_at > clock.now()
        return found if is_good else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It went when it was looked up."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class ProofRequired(CodeChallenge):  # type: ignore[misc]
    """PKCE by S256 for every client; Authlib by itself asks only clients without a secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        given = grant.request.payload.data
        if not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge by S256 is required")
        super().validate_code_challenge(grant, redirect_uri)


class IdTokens(OpenIDCode):  # type: ignore[misc]
    """The id_token: who signed in, for whom, now."""

    def __init__(self, issuer: str, key: RSAKey) -> None:
        super().__init__(require_nonce=True)
        self._issuer = issuer
        self._key = key

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False  # codes are single-use, so a nonce can't come back in a second token

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self._key

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        return {"alg": "RS256", "kid": self._key.kid}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        expires = now + int(TOKEN_LIFETIME.total_seconds())
        return {"iss": self._issuer, "aud": client.client_id, "iat": now, "exp": expires}

    def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
        return user.claims(scope)


class NamedIssuer(IssuerParameter):  # type: ignore[misc]
    """`iss` in every callback (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer


class IssuedTokens(BearerTokenValidator):  # type: ignore[misc]
    """Access tokens are those in the server's memory."""

    def __init__(self, server: DemoServer) -> None:
        super().__init__()
        self._server = server

    def authenticate_token(self, token_string: str) -> Token | None:
        return self._server.tokens.get(token_string)
