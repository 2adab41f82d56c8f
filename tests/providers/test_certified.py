"""Sign-in against a strict provider that is not ours, from the first address to the proven profile."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from api import clock
from api.errors import SignInFailed
from api.seal import new_secret
from api.settings_parts import ProviderSettings
from api.signin.attempts import Begun, Errand, Spent
from api.signin.people import Profile
from api.signin.providers import Provider
from api.tables import Purpose
from tests.cast import Forms
from tests.patience import PATIENCE
from tests.providers.conftest import Certified


def provider_of(certified: Certified, **changes: object) -> Provider:
    settings = ProviderSettings.model_validate(certified.settings.model_dump() | changes)
    return Provider("certified", settings, certified.portal)


STRONG = "urn:example:two-factors"
LOG_IN, AGREE = {"prompt": "login", "login": "ada", "password": "x"}, {"prompt": "consent"}


def sign_in_at(address: str, portal: str) -> dict[str, str]:
    """What a person does there, log in and agree; the parameters that their browser brings back."""
    with httpx2.Client(verify=False, timeout=PATIENCE) as browser:
        return go_through(browser, address, portal, [LOG_IN, AGREE])


def go_through(browser: httpx2.Client, address: str, portal: str, steps: list[dict[str, str]]) -> dict[str, str]:
    """The way to the provider and back, with exactly these forms on it."""
    left, answer = list(steps), browser.get(address)
    for _ in range(20):
        location = answer.headers.get("location")
        if location is None:
            form = Forms.of(answer.text)[0]
            assert form.fields["prompt"] == left[0]["prompt"]
            answer = browser.post(urljoin(str(answer.url), form.action), data=form.fields | left.pop(0))
        elif location.startswith(portal):
            assert not left
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
    return new_begun()


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


def test_a_fresh_sign_in_is_one_though_a_session_is_open_there(certified: Certified) -> None:
    """By itself the provider lets the open session pass; asked afresh it wants the person, and says since when."""
    provider, portal = provider_of(certified), certified.portal

    async def three_times(browser: httpx2.Client) -> Profile:
        go_through(browser, await provider.start(new_begun()), portal, [LOG_IN, AGREE])
        go_through(browser, await provider.start(new_begun()), portal, [])
        begun, now = new_begun(), clock.now()
        callback = go_through(browser, await provider.start(begun, afresh=True), portal, [LOG_IN])
        claims = await provider.prove(again(begun, now), callback)
        assert claims["auth_time"] >= int(now.timestamp())
        return provider.kind.profile(claims)

    with httpx2.Client(verify=False, timeout=PATIENCE) as browser:
        assert asyncio.run(three_times(browser)).subject == "ada"


def test_whoever_takes_the_wish_out_of_the_address_is_found_out(certified: Certified) -> None:
    provider, portal = provider_of(certified), certified.portal

    async def in_silence(browser: httpx2.Client) -> None:
        go_through(browser, await provider.start(new_begun()), portal, [LOG_IN, AGREE])
        begun = new_begun()
        address = (await provider.start(begun, afresh=True)).replace("prompt=login", "").replace("age=0", "age=9999")
        callback = go_through(browser, address, portal, [])
        await provider.prove(again(begun, clock.now() + timedelta(minutes=2)), callback)

    with httpx2.Client(verify=False, timeout=PATIENCE) as browser, pytest.raises(SignInFailed) as caught:
        asyncio.run(in_silence(browser))
    assert caught.value.code == "provider-token-authentication"


@pytest.mark.parametrize(("person", "context"), [("ada", STRONG), ("ben", None)])
def test_how_strong_a_sign_in_was_is_asked_for_and_told(certified: Certified, person: str, context: str | None) -> None:
    provider, portal = provider_of(certified, staff_acr=STRONG), certified.portal

    async def there_and_back(browser: httpx2.Client) -> list[Profile]:
        profiles = []
        for strongly, steps in ((False, [LOG_IN, AGREE]), (True, [LOG_IN])):
            begun = new_begun()
            address = await provider.start(begun, afresh=True, strongly=strongly)
            callback = go_through(browser, address, portal, [step | {"login": person} for step in steps])
            profiles.append(await provider.finish(again(begun, clock.now()), callback))
        return profiles

    with httpx2.Client(verify=False, timeout=PATIENCE) as browser:
        assert [profile.context for profile in asyncio.run(there_and_back(browser))] == [None, context]


def new_begun() -> Begun:
    return Begun(new_secret(), new_secret(), new_secret())


def again(begun: Begun, at: datetime) -> Spent:
    return Spent(begun.nonce, begun.code_verifier, "/", errand=Errand(Purpose.AGAIN), begun_at=at)
