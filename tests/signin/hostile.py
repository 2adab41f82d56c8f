"""An OpenID provider of our own that is honest until told to twist one thing, and counts each time it did.

Real HTTP on a real port. `twist(where, change)` changes what is served at `where`: metadata, keys, header,
claims, id_token, token (the whole answer), userinfo, callback.
"""

import base64
import hashlib
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import clock
from api.seal import new_secret
from api.settings_parts import ProviderSettings
from tests.patience import PATIENCE

CLIENT_ID, CLIENT_SECRET = "gatefold", "hostile-client-password"


class Hostile:
    """`served[where]` counts twisted answers, `asked[path]` all requests."""

    def __init__(self, key: RSAKey) -> None:
        self.address = ""
        self.start_over(key)
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo),
                Route("/elsewhere", self._elsewhere, methods=["GET", "POST"]),
            ]
        )

    def start_over(self, key: RSAKey) -> None:
        self.key = key
        self._calls_itself: str | None = None
        self.takes_secret_in_form = False
        self.served: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.codes: dict[str, dict[str, str]] = {}
        self._twists: dict[str, Callable[[Any], Any]] = {}

    @property
    def issuer(self) -> str:
        """Its own address, unless it stands in for another provider."""
        return self._calls_itself or self.address

    @issuer.setter
    def issuer(self, name: str) -> None:
        self._calls_itself = name

    def settings(self, **given: Any) -> ProviderSettings:
        return ProviderSettings(
            kind="oidc", issuer=self.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **given
        )

    def twist(self, where: str, change: Callable[[Any], Any]) -> None:
        self._twists[where] = change

    def honest(self) -> None:
        self._twists.clear()

    def sign_in(self, address: str) -> dict[str, str]:
        """What a person's browser would carry back from the authorization address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = new_secret()
        self.codes[code] = asked
        return self._twisted("callback", {"code": code, "state": asked["state"], "iss": self.issuer})

    def _twisted(self, where: str, value: Any) -> Any:
        if where not in self._twists:
            return value
        self.served[where] += 1
        return self._twists[where](value)

    async def _metadata(self, request: Request) -> Response:
        self.asked[request.url.path] += 1
        honest = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _answer(self._twisted("metadata", honest))

    async def _keys(self, request: Request) -> Response:
        self.asked[request.url.path] += 1
        return _answer(self._twisted("keys", {"keys": [self.key.as_dict(private=False)]}))

    async def _token(self, request: Request) -> Response:
        self.asked[request.url.path] += 1
        form = await request.form()
        asked = self.codes.pop(str(form.get("code")), None)
        if asked is None or not self._holds_up(request, dict(form), asked):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = new_secret()
        honest = {
            "token_type": "Bearer",
            "access_token": access_token,
            "id_token": self._id_token(asked["nonce"]),
        }
        return _answer(self._twisted("token", honest))

    def _holds_up(self, request: Request, form: dict[str, Any], asked: dict[str, str]) -> bool:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        by_header = request.headers.get("authorization") == f"Basic {basic}"
        by_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        return (by_form if self.takes_secret_in_form else by_header) and proves(form, asked)

    def _id_token(self, nonce: str) -> str:
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "reader-1",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": "Rea Der",
            "email": "rea@example.org",
        }
        header = self._twisted("header", {"alg": "RS256", "kid": self.key.kid})
        claims = self._twisted("claims", claims)
        return self._twisted("id_token", jwt.encode(header, claims, self.key, ["RS256"]))

    async def _userinfo(self, request: Request) -> Response:
        self.asked[request.url.path] += 1
        return _answer(self._twisted("userinfo", {"sub": "reader-1", "name": "Rea Der from userinfo"}))

    async def _elsewhere(self, request: Request) -> Response:
        """Where redirects lead; nobody is to come here."""
        self.asked[request.url.path] += 1
        return JSONResponse({})


def proves(form: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    """Whether who brings a code is who asked for it: PKCE by S256, and the same redirect address."""
    digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
    return (
        asked["code_challenge_method"] == "S256"
        and asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        and asked["redirect_uri"] == form.get("redirect_uri")
    )


def _answer(value: Any) -> Response:
    return value if isinstance(value, Response) else JSONResponse(value)


def unsigned(token: str) -> str:
    """The same claims with algorithm none and no signature."""
    return f"{_part({'alg': 'none'})}.{token.split('.')[1]}."


def signed_with_public_key(token: str, key: RSAKey) -> str:
    """The same claims under HS256, keyed with what everyone knows: the provider's public key."""
    import hmac

    signed = f"{_part({'alg': 'HS256', 'kid': key.kid})}.{token.split('.')[1]}"
    mark = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class OnTheAir(Protocol):
    """Anything that can be served and wants to know where."""

    app: Starlette
    address: str


Served = TypeVar("Served", bound=OnTheAir)


@contextmanager
def on_the_air(provider: Served) -> Iterator[Served]:
    config = uvicorn.Config(provider.app, "127.0.0.1", 0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    listener.listen()  # who comes before the server is up has to wait, and is not refused
    provider.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@contextmanager
def mute(*, hang: bool) -> Iterator[tuple[str, Counter[str]]]:
    """The address of a server that takes every request and answers nothing: it hangs, or closes at once."""
    heard: Counter[str] = Counter()
    kept: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            if caller.recv(65_536):
                heard["requests"] += 1
            if hang:
                kept.append(caller)
            else:
                caller.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(PATIENCE)
        for caller in kept:
            caller.close()
