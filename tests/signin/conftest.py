"""What the tests of sign-in stand on: a database of their own, and a provider that can be twisted."""

from collections.abc import Iterator

import pytest
from joserfc.jwk import RSAKey

from api.seal import Seal
from api.settings import Settings
from tests.signin.hostile import Hostile, on_the_air
from tests.site import Site, served


@pytest.fixture
def seal() -> Seal:
    return Seal("k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca")


@pytest.fixture(scope="session")
def provider_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})


@pytest.fixture(scope="session")
def hostile_on_the_air(provider_key: RSAKey) -> Iterator[Hostile]:
    with on_the_air(Hostile(provider_key)) as provider:
        yield provider


@pytest.fixture
def hostile(hostile_on_the_air: Hostile, provider_key: RSAKey) -> Hostile:
    """The provider, honest again and with its counters at nought."""
    hostile_on_the_air.start_over(provider_key)
    return hostile_on_the_air


@pytest.fixture
def guarded(settings: Settings, hostile: Hostile) -> Iterator[Site]:
    """The portal with two providers: the demo's and one that can be twisted."""
    given = settings.model_copy(update={"providers": {"hostile": hostile.settings(label="Hostile House")}})
    with served(given) as site:
        yield site
