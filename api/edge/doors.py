"""Closed by default: a route is for signed-in readers unless it says here that it is open, and why."""

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
