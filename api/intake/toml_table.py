"""One table of a TOML file, read key by key; every fault is a sentence that names file and key."""

from enum import StrEnum
from typing import Any, TypeVar

from api.errors import Invalid
from api.shelf.record_rules import unseen

MOST_ROWS = 1000
W = TypeVar("W", bound=StrEnum)


class Table:
    """What was asked for is known; `refuse_unknown_keys` then names what nobody asked for."""

    def __init__(self, file: str, entries: dict[str, Any], within: str = "") -> None:
        self._file = file
        self._entries = entries
        self._known: set[str] = set()
        self.within = within  # where in the file it stands, such as `parts[2].chapters[1].`

    def fault(self, key: str, words: str) -> Invalid:
        return Invalid(f"{self._file}: {self.within}{key} {words}.")

    def take(self, key: str) -> Any:
        self._known.add(key)
        return self._entries.get(key)

    def required_text(self, key: str, longest: int | None = None) -> str:
        text = self.text(key, longest)
        if text is None:
            raise self.fault(key, "is missing")
        return text

    def text(self, key: str, longest: int | None = None) -> str | None:
        """The text without the spaces around it; with `longest`, one line of so many characters at most."""
        value = self.take(key)
        return None if value is None else self._limited(key, self._checked(key, value), longest)

    def texts(self, key: str, longest: int | None = None) -> list[str]:
        return [self._limited(key, self._checked(key, value), longest) for value in self._rows(key)]

    def word(self, key: str, words: type[W]) -> W:
        """One of a few words."""
        text = self.required_text(key)
        if text not in list(words):
            raise self.fault(key, f"is “{text}”; it has to be one of: {', '.join(words)}")
        return words(text)

    def number(self, key: str) -> int | None:
        value = self.take(key)
        if value is not None and type(value) is not int:
            raise self.fault(key, "has to be a whole number, without quotes")
        return value

    def yes_or_no(self, key: str) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, "has to be true or false, without quotes")
        return bool(value)

    def tables(self, key: str) -> list["Table"]:
        tables = []
        for number, row in enumerate(self._rows(key), start=1):
            if not isinstance(row, dict):
                raise self.fault(key, f"has to be a list of tables, each begun with [[{key}]]")
            tables.append(Table(self._file, row, f"{self.within}{key}[{number}]."))
        return tables

    def refuse_unknown_keys(self) -> None:
        unknown = [key for key in self._entries if key not in self._known]
        if unknown:
            raise self.fault(unknown[0], f"is not known here; what may be said: {', '.join(sorted(self._known))}")

    def _rows(self, key: str) -> list[Any]:
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fault(key, "has to be a list")
        if len(value) > MOST_ROWS:
            raise self.fault(key, f"has more than {MOST_ROWS} entries")
        return value

    def _checked(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.fault(key, "has to be text, in quotes")
        text = value.strip()
        if not text:
            raise self.fault(key, "is empty; leave it out if it is not known")
        return text

    def _limited(self, key: str, text: str, longest: int | None) -> str:
        if longest is not None:
            if len(text) > longest:
                raise self.fault(key, f"is longer than {longest} characters")
            if words := unseen(text, lines=False):
                raise self.fault(key, words)
        return text
