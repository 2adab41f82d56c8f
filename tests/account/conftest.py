"""The account's tests stand on sign-in's: a portal with two providers, one of which says what it is told."""

from tests.signin.conftest import guarded, hostile, hostile_on_the_air, provider_key

__all__ = ["guarded", "hostile", "hostile_on_the_air", "provider_key"]
