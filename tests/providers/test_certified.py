"""Sign-in against a strict provider that is not ours, from the first address to the proven profile."""

import asyncio
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from api.errors import SignInFailed
from api.seal import new_secret
from api.settings_parts import ProviderSettings
from api.signin.attempts import Begun, Spent
from api.signin.people import Profile
from api.signin.providers import Provider
from tests.cast import Forms
from tests.providers.conftest import Certified


def provider_of(certified: Certified, **changes: object) -> Provider:
    settings = ProviderSettings.model_validate(certified.settings.model_dump() | changes)
    return Provider("certified", settings, certified.portal)


def sign_in_at(address: str, portal: str) -> dict[str, str]:
    """What a person does there, log in and agree; the parameters that their browser brings back."""
    steps = [{"prompt": "login", "login": "ada", "password": "x"}, {"prompt": "consent"}]
    with httpx2.Client() as browser:
        answer = browser.get(address)
        for _ in range(20):
            location = answer.headers.get("location")
            if location is None:
                form = Forms.of(answer.text)[0]
                answer = browser.post(urljoin(str(answer.url), form.action), data=form.fields | steps.pop(0))
            elif location.startswith(portal):
                return dict(parse_qsl(urlsplit(location).query))
            else:
                answer = browser.get(urljoin(str(answer.url), location))
    raise AssertionError("the provider never sent the browser back")


def finish(provider: Provider, portal: str, begun: Begun, verifier: str, times: int = 1) -> Profile:
    async def there_and_back() -> Profile:
        callback = sign_in_at(await provider.start(begun), portal)
        assert callback["state"] == begun.state
        for _ in range(times):
            profile = await provider.finish(Spent(begun.nonce, verifier, "/"), callback)
        return profile

    return asyncio.run(there_and_back())


@pytest.fixture
def begun() -> Begun:
    return Begun(new_secret(), new_secret(), new_secret())


def test_a_person_is_proven(certified: Certified, begun: Begun) -> None:
    profile = finish(provider_of(certified), certified.portal, begun, begun.code_verifier)
    assert profile == Profile(certified.settings.issuer, "ada", "ada of the certified house", "ada@example.org", True)


def test_without_the_verifier_there_is_no_token(certified: Certified, begun: Begun) -> None:
    with pytest.raises(SignInFailed) as caught:
        finish(provider_of(certified), certified.portal, begun, new_secret())
    assert caught.value.code == "callback-code-refused"


def test_a_code_works_once(certified: Certified, begun: Begun) -> None:
    with pytest.raises(SignInFailed) as caught:
        finish(provider_of(certified), certified.portal, begun, begun.code_verifier, times=2)
    assert caught.value.code == "callback-code-refused"


def test_another_nonce_is_noticed(certified: Certified, begun: Begun) -> None:
    provider = provider_of(certified)

    async def with_another_nonce() -> Profile:
        callback = sign_in_at(await provider.start(begun), certified.portal)
        return await provider.finish(Spent(new_secret(), begun.code_verifier, "/"), callback)

    with pytest.raises(SignInFailed) as caught:
        asyncio.run(with_another_nonce())
    assert caught.value.code == "provider-token-nonce"


def test_a_wrong_client_secret_is_the_portals_fault_to_mend(certified: Certified, begun: Begun) -> None:
    with pytest.raises(SignInFailed) as caught:
        finish(provider_of(certified, client_secret="wrong"), certified.portal, begun, begun.code_verifier)
    assert caught.value.code == "provider-refused"
