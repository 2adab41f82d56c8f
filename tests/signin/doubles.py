"""Stand-ins for providers with fixed addresses: a transport that carries what is meant for them to a real double."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.seal import new_secret
from tests.signin.hostile import CLIENT_ID, CLIENT_SECRET, proves


class Relay(httpx2.AsyncBaseTransport):
    """Real HTTP to the doubles; `doubles` are their addresses by those they stand for, and there is nothing else."""

    def __init__(self, doubles: dict[str, str]) -> None:
        self._doubles = doubles
        self._wire = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = str(request.url)
        for address, double in self._doubles.items():
            if asked.startswith(f"{address}/"):
                request.url = httpx2.URL(double + asked.removeprefix(address))
                return await self._wire.handle_async_request(request)
        raise AssertionError(f"{asked} was asked, and nothing stands for it")

    async def aclose(self) -> None:
        await self._wire.aclose()


class GitHubDouble:
    """GitHub's ways: tokens as a form unless JSON is asked for, errors with status 200, accounts told by an API.

    `twist(where, change)` changes what is served at `where`: token, user, emails, callback.
    """

    def __init__(self) -> None:
        self.address = ""
        self.app = Starlette(
            routes=[
                Route("/login/oauth/access_token", self._token, methods=["POST"]),
                Route("/user", self._user),
                Route("/user/emails", self._emails),
                Route("/", self._root),
                Route("/elsewhere", self._elsewhere, methods=["GET", "POST"]),
            ]
        )
        self.start_over()

    def start_over(self) -> None:
        self.served: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self._twists: dict[str, Callable[[Any], Any]] = {}

    def relay(self) -> Relay:
        return Relay({"https://github.com": self.address, "https://api.github.com": self.address})

    def twist(self, where: str, change: Callable[[Any], Any]) -> None:
        self._twists[where] = change

    def sign_in(self, address: str) -> dict[str, str]:
        """What a person's browser would carry back from the authorization address."""
        assert address.startswith("https://github.com/login/oauth/authorize?")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = new_secret()[:20]
        self.codes[code] = asked
        callback = {"code": code, "state": asked["state"], "iss": "https://github.com/login/oauth"}
        return self._twisted("callback", callback)

    def _twisted(self, where: str, value: Any) -> Any:
        if where not in self._twists:
            return value
        self.served[where] += 1
        return self._twists[where](value)

    async def _token(self, request: Request) -> Response:
        self.asked[request.url.path] += 1
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        honest: dict[str, Any]
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            honest = {"error": "incorrect_client_credentials", "error_description": "They are incorrect."}
        elif asked is None or not proves(form, asked):
            honest = {"error": "bad_verification_code", "error_description": "It is incorrect or expired."}
        else:
            token = f"gho_{new_secret()}"
            self.tokens[token] = asked["scope"]
            honest = {"access_token": token, "token_type": "bearer", "scope": asked["scope"].replace(" ", ",")}
        answer = self._twisted("token", honest)
        if isinstance(answer, Response):
            return answer
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(answer)
        return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")

    async def _user(self, request: Request) -> Response:
        user = {"login": "rea", "id": 583231, "name": "Rea Der", "email": "public@example.org", "type": "User"}
        return self._of_account(request, "user", user)

    async def _emails(self, request: Request) -> Response:
        emails = [
            {"email": "old@example.org", "primary": False, "verified": True, "visibility": None},
            {"email": "rea@example.org", "primary": True, "verified": True, "visibility": "private"},
        ]
        if "user:email" not in self.tokens.get(_bearer(request), "user:email").split():
            return JSONResponse({"message": "Not Found"}, 404)
        return self._of_account(request, "emails", emails)

    def _of_account(self, request: Request, where: str, honest: Any) -> Response:
        self.asked[request.url.path] += 1
        if _bearer(request) not in self.tokens:
            return JSONResponse({"message": "Bad credentials"}, 401)
        answer = self._twisted(where, honest)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def _root(self, request: Request) -> Response:
        return JSONResponse({"current_user_url": "https://api.github.com/user"})

    async def _elsewhere(self, request: Request) -> Response:
        """Where redirects lead; nobody is to come here."""
        self.asked[request.url.path] += 1
        return JSONResponse({})


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""
