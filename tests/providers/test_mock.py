"""Sign-in against a second provider that is not ours and has other manners: no PKCE, any client, no callback issuer."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from api import clock
from api.errors import SignInFailed
from api.seal import new_secret
from api.settings_parts import ProviderSettings
from api.signin.attempts import SIGN_IN, Begun, Errand, Spent
from api.signin.doctor import Verdict, examine
from api.signin.people import Profile
from api.signin.providers import Provider
from api.tables import Purpose
from tests.faults.workers import wait_for
from tests.patience import PATIENCE
from tests.site import free_port

PORTAL = "http://localhost:8000"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: server.poll() is not None or answers(address))
            assert server.poll() is None, "oidc-provider-mock did not start"
            yield address
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/jwks", timeout=PATIENCE).status_code == 200
    except httpx2.ConnectError:
        return False


@pytest.fixture
def provider(issuer: str) -> Provider:
    settings = ProviderSettings(kind="oidc", issuer=issuer, client_id="gatefold", client_secret="anything")
    return Provider("mock", settings, PORTAL)


async def there_and_back(provider: Provider, nonce: str | None = None, errand: Errand = SIGN_IN) -> Profile:
    begun, at = Begun(new_secret(), new_secret(), new_secret()), clock.now()
    address = await provider.start(begun, afresh=errand.purpose is Purpose.AGAIN)
    with httpx2.Client(verify=False, timeout=PATIENCE) as browser:
        location = browser.post(address, data={"sub": "rea"}).headers["location"]
    callback = dict(parse_qsl(urlsplit(location).query))
    assert callback["state"] == begun.state
    assert "iss" not in callback
    spent = Spent(nonce or begun.nonce, begun.code_verifier, "/", errand=errand, begun_at=at)
    return await provider.finish(spent, callback)


def test_a_person_is_proven(provider: Provider, issuer: str) -> None:
    assert asyncio.run(there_and_back(provider)) == Profile(issuer, "rea", None, None, False)


def test_a_fresh_sign_in_that_does_not_say_when_it_was(provider: Provider) -> None:
    assert asyncio.run(there_and_back(provider, errand=Errand(Purpose.AGAIN))).subject == "rea"


def test_another_nonce_is_noticed(provider: Provider) -> None:
    with pytest.raises(SignInFailed) as caught:
        asyncio.run(there_and_back(provider, nonce=new_secret()))
    assert caught.value.code == "provider-token-nonce"


def test_the_doctor_sees_its_manners(provider: Provider) -> None:
    findings = {finding.point: finding for finding in asyncio.run(examine(provider))}
    assert findings["PKCE"].verdict is Verdict.WARNING
    assert not any(finding.verdict is Verdict.FAULT for finding in findings.values())
