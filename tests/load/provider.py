"""A provider with readers without number, as a process: who comes is written in the code, so it keeps nothing."""

import base64
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
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
from tests.signin.hostile import CLIENT_ID, CLIENT_SECRET, proves
from tests.site import free_port

PROCESSES = multiprocessing.get_context("forkserver")
CARRIED = ("nonce", "redirect_uri", "code_challenge", "code_challenge_method")  # from the way there into the code


def settings(issuer: str) -> dict[str, str]:
    """What a portal has to be told of it."""
    given = {"KIND": "oidc", "ISSUER": issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET}
    return {f"GATEFOLD_PROVIDERS__CAMPUS__{name}": value for name, value in given.items()}


def signed_in_as(subject: str, address: str, issuer: str) -> tuple[str, dict[str, str]]:
    """Where the browser goes when that person has signed in at the authorization address, and with what."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    carried = {"sub": subject} | {name: asked[name] for name in CARRIED}
    code = base64.urlsafe_b64encode(json.dumps(carried).encode()).decode()
    return urlsplit(asked["redirect_uri"]).path, {"code": code, "state": asked["state"], "iss": issuer}


class Provider:
    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._key = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._issuer,
                "authorization_endpoint": f"{self._issuer}/authorize",
                "token_endpoint": f"{self._issuer}/token",
                "jwks_uri": f"{self._issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = json.loads(base64.urlsafe_b64decode(form["code"]))
        if not proves(form, asked):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {"iss": self._issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"sub": asked["sub"], "nonce": asked["nonce"], "name": f"Reader {asked['sub']}"}
        id_token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key, ["RS256"])
        return JSONResponse({"token_type": "Bearer", "access_token": new_secret(), "id_token": id_token})


@contextmanager
def on_the_air() -> Iterator[str]:
    """Its issuer."""
    port, ready = free_port(), PROCESSES.Event()
    process = PROCESSES.Process(target=_serve, args=(port, ready), daemon=True)
    process.start()
    try:
        assert ready.wait(60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join(10)


def _serve(port: int, ready: Any) -> None:
    config = uvicorn.Config(
        Provider(f"http://127.0.0.1:{port}").app, "127.0.0.1", port, log_level="critical", ws="none"
    )
    listener = config.bind_socket()
    listener.listen()  # from here on connections wait to be taken
    ready.set()
    uvicorn.Server(config).run([listener])
