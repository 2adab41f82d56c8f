"""The demo's own identity providers: real OpenID Connect on Authlib's server classes, with example people to pick.

They live in the portal's process, work on loopback only, and keep codes and tokens in memory.
"""

import secrets
from functools import cached_property
from urllib.parse import urlsplit

import httpx2
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ResourceProtector
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from api.edge.pages import Pages
from api.seal import new_secret
from api.settings_addresses import is_loopback
from api.settings_parts import ProviderSettings
from api.signin.devpeople import House
from api.signin.devserver import Answer, DemoServer, IssuedTokens, demo_request

CLIENT_ID = "gatefold"
PRIVATE = {"Cache-Control": "no-store"}


class DemoProvider:
    """The provider of `house` at `public_url`; ValueError unless that is on loopback.

    `app` is to be mounted at the house's path; the portal's own questions reach it through `transport`.
    """

    def __init__(self, house: House, public_url: str, pages: Pages) -> None:
        if not is_loopback(urlsplit(public_url).hostname or ""):
            raise ValueError("a demo provider works on loopback only")
        self.house = house
        self.issuer = house.issuer(public_url)
        self._redirect_uri = f"{public_url}/sign-in/{house.provider_id}/callback"
        self._pages = pages
        self._secret = new_secret()
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/jwks", self._keys),
                Route("/authorize", self._people, methods=["GET"]),
                Route("/authorize", self._picked, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo),
            ]
        )
        self.transport = httpx2.ASGITransport(Starlette(routes=[Mount(house.path, self.app)]))

    @cached_property
    def _key(self) -> RSAKey:
        """Made when it is first needed, because making one takes a while."""
        return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": secrets.token_hex(8)})

    @cached_property
    def _server(self) -> DemoServer:
        return DemoServer(self.issuer, self._key, CLIENT_ID, self._secret, self._redirect_uri)

    @cached_property
    def _bearers(self) -> ResourceProtector:
        bearers = ResourceProtector()
        bearers.register_token_validator(IssuedTokens(self._server))
        return bearers

    def provider_settings(self) -> ProviderSettings:
        """What the portal has to know to use it as any other provider."""
        return ProviderSettings(
            kind="oidc",
            issuer=self.issuer,
            client_id=CLIENT_ID,
            client_secret=SecretStr(self._secret),
            label=self.house.name,
            scopes="openid profile email",
        )

    async def _metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid", "profile", "email"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _people(self, request: Request) -> Response:
        asked = demo_request(request.method, f"{self.issuer}/authorize", request.query_params.multi_items())
        try:
            grant = self._server.get_consent_grant(asked)
        except OAuth2Error as error:
            return _to_response(self._server.refusal(asked, error))
        page = self._pages.render(
            "signin/demo.html",
            reader=None,
            here="signin",
            house=self.house.name,
            people=self.house.people,
            action=f"{self.house.path}/authorize",
            fields=dict(request.query_params),
            cancel_url=self._server.create_authorization_response(asked, grant_user=None, grant=grant).location,
        )
        return HTMLResponse(page, headers=PRIVATE)

    async def _picked(self, request: Request) -> Response:
        asked = demo_request(request.method, f"{self.issuer}/authorize", await _form(request))
        person = next((each for each in self.house.people if each.subject == asked.form.get("person")), None)
        try:
            grant = self._server.get_consent_grant(asked, end_user=person)
        except OAuth2Error as error:
            return _to_response(self._server.refusal(asked, error))
        return _to_response(self._server.create_authorization_response(asked, grant_user=person, grant=grant))

    async def _token(self, request: Request) -> Response:
        asked = demo_request("POST", f"{self.issuer}/token", await _form(request), request.headers)
        return _to_response(self._server.create_token_response(asked))

    async def _userinfo(self, request: Request) -> Response:
        asked = demo_request("GET", f"{self.issuer}/userinfo", [], request.headers)
        try:
            token = self._bearers.validate_request(["openid"], asked)
        except OAuth2Error as error:
            return _to_response(self._server.refusal(asked, error))
        return JSONResponse(token.person.claims(token.scope), headers=PRIVATE)


async def _form(request: Request) -> list[tuple[str, str]]:
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _to_response(answer: Answer) -> Response:
    if answer.location is not None:
        return RedirectResponse(answer.location, 303, headers=PRIVATE)
    return JSONResponse(answer.body, answer.status, headers=PRIVATE | answer.headers)
