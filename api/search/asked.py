"""What an address of the search page asks for. What is no choice of the page changes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from api.formats.terms import terms_of
from api.shelf.search import Wanted
from api.tables import Kind

LONGEST = 300  # characters of a search
LONGEST_CHOICE = 200
OPEN, MINE = "open", "mine"  # of `access`
NAMES = ("kind", "access", "language", "subject", "from", "until")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """The words as they were typed, what narrows them down by name (empty where nothing does), and the page."""

    text: str
    choices: Mapping[str, str]
    page: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        number = query.get("page", "1")
        return cls(
            text=query.get("q", "").replace("\0", " ").strip(),
            choices={name: query.get(name, "").strip()[:LONGEST_CHOICE] for name in NAMES},
            page=int(number) if _NUMBER.fullmatch(number) else 1,
        )

    @property
    def is_too_long(self) -> bool:
        return len(self.text) > LONGEST

    def wanted(self, *, is_signed_in: bool) -> Wanted:
        chosen = self.choices
        return Wanted(
            terms=terms_of(self.text),
            kind=Kind(chosen["kind"]) if chosen["kind"] in list(Kind) else None,
            language=_text(chosen["language"]),
            subject=_text(chosen["subject"]),
            since=chosen["from"] if _YEAR.fullmatch(chosen["from"]) else None,
            until=chosen["until"] if _YEAR.fullmatch(chosen["until"]) else None,
            is_open=chosen["access"] == OPEN,
            is_mine=chosen["access"] == MINE and is_signed_in,
        )

    def address(self, page: int = 1) -> str:
        """The address of a page of the same search."""
        kept = {"q": self.text} | {name: value for name, value in self.choices.items() if value}
        return f"/search?{urlencode(kept | ({'page': str(page)} if page > 1 else {}))}"

    @property
    def bare(self) -> str:
        """The address of the same words with nothing that narrows them down."""
        return f"/search?{urlencode({'q': self.text})}"


def _text(choice: str) -> str | None:
    """None too for what no database can be asked for."""
    return choice if choice and choice.isprintable() else None
