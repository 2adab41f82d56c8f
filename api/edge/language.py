"""Which language a request is answered in: `?lang=`, else the account's, else what the browser prefers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from api.spoken import ENGLISH, Hearer, hear, hearer, languages

LONGEST_HEADER = 500  # bytes of Accept-Language that are looked at; no person's browser sends as many
MOST_WISHES = 20
CHOICE = b"lang="


@dataclass(frozen=True)
class Offered:
    """The languages a house speaks, as BCP 47 tags, and the one for those who prefer none of them."""

    tags: tuple[str, ...] = (ENGLISH,)
    default: str = ENGLISH

    @classmethod
    def of(cls, wanted: str | None, default: str | None) -> "Offered":
        """What a house has chosen, in words separated by spaces, as far as there are catalogues; all where nothing."""
        chosen = (wanted or "").split()
        tags = tuple(tag for tag in languages() if tag in chosen) or languages()
        return cls(tags, default if default in tags else ENGLISH if ENGLISH in tags else tags[0])

    def known(self, tag: str) -> str | None:
        """The language offered for a tag: the very one, else the nearest more general or more special one."""
        parts = tag.lower().split("-")
        for length in range(len(parts), 0, -1):
            wanted = "-".join(parts[:length])
            for offered in self.tags:
                if offered.lower() == wanted:
                    return offered
        return next((each for each in self.tags if each.lower().split("-")[0] == parts[0]), None)


class InLanguage:
    """Pure ASGI middleware behind the front door: from here on the request's task speaks the reader's language."""

    def __init__(self, app: ASGIApp, offered: Callable[[], Offered]) -> None:
        self.app = app
        self.offered = offered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            hear(asked_by(scope, self.offered()))
        return await self.app(scope, receive, send)


def asked_by(scope: Scope, offered: Offered) -> Hearer:
    """Who is spoken to, as far as the request itself tells."""
    path = scope["path"] if scope["method"] in ("GET", "HEAD") else None
    if CHOICE in scope["query_string"] and (named := chosen(scope["query_string"], offered)) is not None:
        return Hearer(named, True, path)
    header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return Hearer(negotiated(header[:LONGEST_HEADER], offered), False, path)


def chosen(query_string: bytes, offered: Offered) -> str | None:
    """The language that an address names, if it is offered."""
    for word in query_string.split(b"&"):
        if word.startswith(CHOICE):
            tag = word[len(CHOICE) :].decode("latin-1")
            return next((each for each in offered.tags if each.lower() == tag.lower()), None)
    return None


@lru_cache(maxsize=512)
def negotiated(accept_language: bytes, offered: Offered) -> str:
    """The language offered that the header of a browser prefers (RFC 9110, 12.5.4), else the house's own."""
    wishes = [_wish(each) for each in accept_language.decode("latin-1").split(",")[:MOST_WISHES]]
    refused = {tag.lower() for tag, weight in wishes if weight == 0}
    for tag, weight in sorted(wishes, key=lambda wish: -wish[1]):
        if weight <= 0:
            break
        found = offered.default if tag == "*" else offered.known(tag)
        if found is not None and found.lower() not in refused:
            return found
    return offered.default


def _wish(words: str) -> tuple[str, float]:
    """A range and its weight; what can't be read weighs less than nothing."""
    tag, *parameters = (part.strip() for part in words.split(";"))
    weight = 1.0
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip().lower() == "q":
            try:
                weight = float(value)
            except ValueError:
                return tag, -1.0
    return (tag, weight) if tag and 0 <= weight <= 1 else (tag, -1.0)


def heed_account(preferred: str | None, offered: Offered) -> None:
    """Speak the language of the reader's account, unless the address names another."""
    who = hearer()
    if preferred in offered.tags and preferred != who.language and not who.is_chosen:
        hear(replace(who, language=preferred))
