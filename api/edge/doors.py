"""Closed by default: a route is for signed-in readers unless it says here that it is open, and why.

And only for readers in a browser, unless it says that programs may show an access key there.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def open_to_all(why: str) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint as open to people who are not signed in. A test lists every one with its `why`."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.open_because = why  # type: ignore[attr-defined]
        return endpoint

    return mark


def why_open(endpoint: Callable[..., Any] | None) -> str | None:
    """The reason an endpoint is open, or None for a closed one."""
    return getattr(endpoint, "open_because", None)


def takes_keys(*scopes: str) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint as one where a program may show an access key of these scopes. A test lists every one."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.takes_keys = scopes  # type: ignore[attr-defined]
        return endpoint

    return mark


def keys_taken(endpoint: Callable[..., Any] | None) -> tuple[str, ...]:
    """The scopes of the keys that an endpoint takes; none where it takes no keys."""
    found: tuple[str, ...] = getattr(endpoint, "takes_keys", ())
    return found
