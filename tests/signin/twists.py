"""One sign-in at the level of the provider, and the ways to twist what it is told."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import pytest

from api.errors import SignInFailed
from api.seal import new_secret
from api.signin.attempts import Begun, Spent
from api.signin.people import Profile
from api.signin.providers import Provider
from tests.signin.hostile import Hostile

PORTAL = "http://localhost:8000"
Twist = Callable[[Any], Any]


def provider_of(hostile: Hostile, **given: Any) -> Provider:
    return Provider("hostile", hostile.settings(**given), PORTAL)


class Signer(Protocol):
    """A provider that people sign in at."""

    def sign_in(self, address: str) -> dict[str, str]: ...


async def sign_in(provider: Provider, hostile: Signer) -> Profile:
    begun = Begun(new_secret(), new_secret(), new_secret())
    address = await provider.start(begun)
    return await provider.finish(Spent(begun.nonce, begun.code_verifier, "/"), hostile.sign_in(address))


def refusal(attempt: Coroutine[Any, Any, Profile]) -> str:
    with pytest.raises(SignInFailed) as caught:
        asyncio.run(attempt)
    return caught.value.code


def less(name: str) -> Twist:
    return lambda given: {key: value for key, value in given.items() if key != name}


def more(**changes: Any) -> Twist:
    return lambda given: {**given, **changes}


def moved(name: str, seconds: float) -> Twist:
    return lambda given: {**given, name: given[name] + seconds}


def always(answer: Any) -> Twist:
    return lambda _given: answer
