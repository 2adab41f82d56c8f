"""A campus whose provider sends people on to a log-in page at another origin, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.settings import Settings
from tests.journeys.conftest import PATIENT
from tests.make import shelve
from tests.signin.hostile import Hostile, on_the_air
from tests.site import Site, served


class LogInHouse:
    """The campus's log-in page, on an origin of its own: a form, then back to where the provider wants people."""

    address: str

    def __init__(self, provider: Hostile) -> None:
        self.provider = provider
        self.visits: list[str] = []
        self.app = Starlette(routes=[Route("/", self._page), Route("/", self._done, methods=["POST"])])

    async def _page(self, request: Request) -> Response:
        self.visits.append(request.headers["host"])
        action = f"/?{request.url.query}".replace("&", "&amp;").replace('"', "&quot;")
        return HTMLResponse(f'<form method="post" action="{action}"><button>Log in at the campus</button></form>')

    async def _done(self, request: Request) -> Response:
        asked = request.query_params["asked"]
        carried = self.provider.sign_in(asked)
        return RedirectResponse(f"{self.provider.codes[carried['code']]['redirect_uri']}?{urlencode(carried)}", 303)


class Campus(Hostile):
    """An honest provider whose authorization address sends people on to the log-in house."""

    house: LogInHouse

    def __init__(self, key: RSAKey) -> None:
        super().__init__(key)
        self.app.router.routes.append(Route("/authorize", self._send_on))

    async def _send_on(self, request: Request) -> Response:
        asked = f"{self.address}/authorize?{request.url.query}"
        return RedirectResponse(f"{self.house.address}/?asked={quote(asked, safe='')}", 302)


@pytest.fixture
def campus() -> Iterator[Campus]:
    provider = Campus(RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "campus"}))
    provider.house = LogInHouse(provider)
    with on_the_air(provider), on_the_air(provider.house):
        provider.house.address = provider.house.address.replace("127.0.0.1", "localhost")
        yield provider


@pytest.fixture
def portal(settings: Settings, campus: Campus) -> Iterator[Site]:
    given = settings.model_copy(update={"providers": {"campus": campus.settings(label="Example Campus")}})
    with served(given) as site:
        yield site


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_log_in_at_a_second_origin_leads_back_to_the_file(
    chromium: Browser, portal: Site, campus: Campus, with_scripts: bool
) -> None:
    made = shelve(portal)
    context = chromium.new_context(java_script_enabled=with_scripts, base_url=portal.url, accept_downloads=True)
    context.set_default_timeout(PATIENT)
    page = context.new_page()
    page.goto(made.pdf)
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    page.get_by_role("button", name="Example Campus").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Log in at the campus").click()
    assert Path(started.value.path()).read_bytes() == made.file
    expect(page.get_by_text("Open to you")).to_be_visible()
    assert campus.house.visits == [campus.house.address.removeprefix("http://")]
    context.close()
