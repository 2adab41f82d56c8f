"""One table of a TOML file, read key by key; every fault is a sentence that names file and key."""

import re
import unicodedata
from typing import Any

from api.errors import Invalid

LONGEST_LINE = 500  # characters, where nothing else is said
MOST_ROWS = 1000
_BREAKS = ("Cc", "Zl", "Zp")  # control characters, line and paragraph separators


class Table:
    """What was asked for is known; `refuse_unknown_keys` then names what nobody asked for."""

    def __init__(self, file: str, entries: dict[str, Any], within: str = "") -> None:
        self._file = file
        self._entries = entries
        self._within = within
        self._known: set[str] = set()

    def fault(self, key: str, words: str) -> Invalid:
        return Invalid(f"{self._file}: {self._within}{key} {words}.")

    def take(self, key: str) -> Any:
        self._known.add(key)
        return self._entries.get(key)

    def required_text(self, key: str, longest: int = LONGEST_LINE) -> str:
        text = self.text(key, longest)
        if text is None:
            raise self.fault(key, "is missing")
        return text

    def text(self, key: str, longest: int = LONGEST_LINE, *, lines: bool = False) -> str | None:
        """The text without the spaces around it; one line unless `lines`."""
        value = self.take(key)
        return None if value is None else self._checked(key, value, longest, lines)

    def text_like(self, key: str, pattern: re.Pattern[str], words: str, longest: int) -> str | None:
        text = self.text(key, longest)
        if text is not None and not pattern.fullmatch(text):
            raise self.fault(key, f"has to be {words}")
        return text

    def texts(self, key: str, longest: int = LONGEST_LINE) -> list[str]:
        return [self._checked(key, value, longest, False) for value in self._rows(key)]

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
            tables.append(Table(self._file, row, f"{self._within}{key}[{number}]."))
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

    def _checked(self, key: str, value: Any, longest: int, lines: bool) -> str:
        if not isinstance(value, str):
            raise self.fault(key, "has to be text, in quotes")
        text = value.strip()
        if not text:
            raise self.fault(key, "is empty; leave it out if it is not known")
        if len(text) > longest:
            raise self.fault(key, f"is longer than {longest} characters")
        if any(unicodedata.category(sign) in _BREAKS and not (lines and sign == "\n") for sign in text):
            raise self.fault(key, "has a control character" if lines else "has a line break or a control character")
        return text
