"""The number of a request: on its answer, in its log lines, and on the page of a fault. Always made here."""

import secrets
from contextvars import ContextVar

HEADER = b"x-request-id"
_current: ContextVar[str] = ContextVar("request_id", default="")


def new() -> str:
    """A fresh number, known to everything this request does."""
    number = secrets.token_hex(8)
    _current.set(number)
    return number


def current() -> str:
    """The number of the request at hand, or nothing where there is none."""
    return _current.get()
