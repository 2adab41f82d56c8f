"""What an editor types into a form of the record: texts under the paths of their fields, in rows that can be moved.

A form's field is called as the record's rules call it: `title`, `contributors[3].orcid`. What stands in the brackets
is any word; rows stand in the order in which the form sends them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from api.formats.record import About, ContentsLine, Funding, Identified, Person, Worded
from api.shelf.drafts import FACTS

Texts = dict[str, Any]  # each field's text, and for rows a list of the same
Shape = Mapping[str, Any]  # each field's name: None for a text, another shape for rows


def _texts_of(kind: Any) -> dict[str, Any]:
    return {field.name: None for field in fields(kind) if field.compare or field.name == "id"}


PERSON: Shape = _texts_of(Person)
RECORD: Shape = {
    **dict.fromkeys(FACTS),
    "contributors": PERSON,
    "wordings": _texts_of(Worded),
    "identifiers": _texts_of(Identified),
    "subjects": _texts_of(About),
    "funding": _texts_of(Funding),
}
CONTENTS: Shape = {"contents": {**_texts_of(ContentsLine), "contributors": PERSON}}
CHOSEN = frozenset(("role", "kind", "scheme", "is_organisation", "is_part", "doi_is_ours", "id"))  # never typed
_STEP = re.compile(r"([a-z_]{1,30})(?:\[(\w{1,12})\])?", re.ASCII)
_Tree = dict[str, Any]  # as Texts, with the rows by their words


class Sent:
    """One form as it was sent. Fields that the shape does not have are left out."""

    def __init__(self, shape: Shape, pairs: Iterable[tuple[str, str]]) -> None:
        self._shape = shape
        self._tree: _Tree = {}
        for name, value in pairs:
            above, _, last = name.rpartition(".")
            found = self._place(above)
            if found is not None and found[1].get(last, "") is None:
                found[0][last] = value.replace("\r\n", "\n")

    def texts(self) -> Texts:
        """Every field of the shape; what was not sent is empty."""
        return _whole(self._tree, self._shape)

    def path(self, path: str) -> str:
        """The same field with its rows numbered from 1, or the empty text where there is no such row."""
        steps, place = [], self._tree
        for name, word in _steps(path):
            rows = place.get(name)
            if not word:
                steps.append(name)
            elif isinstance(rows, dict) and word in rows:
                steps.append(f"{name}[{list(rows).index(word) + 1}]")
                place = rows[word]
            else:
                return ""
        return ".".join(steps)

    def move(self, verb: str, path: str) -> str:
        """Put a row up or down, remove it, or add one: at the end of `path`, or after the row that `path` names.

        The path of the row where one acted, numbered from 1; for a removed one that of the row in its place.
        """
        above, _, last = path.rpartition(".")
        found, step = self._place(above), _STEP.fullmatch(last)
        if found is None or step is None or not isinstance(found[1].get(step[1]), Mapping):
            return ""
        rows: dict[str, _Tree] = found[0].setdefault(step[1], {})
        order, word = list(rows), step[2]
        at = order.index(word) if word in order else len(order) - 1
        if verb == "add":
            at += 1
            order.insert(at, fresh := _unused(rows))
            rows[fresh] = {}
        elif word not in rows:
            return ""
        elif verb == "remove":
            order.remove(word)
            at = min(at, len(order) - 1)
        else:
            order.remove(word)
            at = max(at - 1, 0) if verb == "up" else min(at + 1, len(order))
            order.insert(at, word)
        found[0][step[1]] = {word: rows[word] for word in order}
        prefix = f"{self.path(above)}." if above else ""
        return f"{prefix}{step[1]}[{at + 1}]" if order else ""

    def _place(self, path: str) -> tuple[_Tree, Shape] | None:
        """Where the fields of that row are kept, made where it is new; None where the shape has no such rows."""
        place, shape = self._tree, self._shape
        for name, word in _steps(path) if path else ():
            inner = shape.get(name)
            if not word or not isinstance(inner, Mapping):
                return None
            place, shape = place.setdefault(name, {}).setdefault(word, {}), inner
        return place, shape


def without_blank_rows(texts: Texts, shape: Shape) -> Texts:
    """The same without rows in which nothing is typed."""
    kept: Texts = dict(texts)
    for name, inner in shape.items():
        if inner is not None:
            rows = (without_blank_rows(row, inner) for row in texts[name])
            kept[name] = [row for row in rows if not _is_blank(row)]
    return kept


def fitted(said: Mapping[str, Any], shape: Shape) -> Texts:
    """What was kept as the shape has it by now."""
    return {
        name: said.get(name, "") if inner is None else [fitted(row, inner) for row in said.get(name, [])]
        for name, inner in shape.items()
    }


def blank(shape: Shape) -> Texts:
    return _whole({}, shape)


def _is_blank(row: Texts) -> bool:
    typed = (value for name, value in row.items() if name not in CHOSEN)
    return not any(value if isinstance(value, list) else value.strip() for value in typed)


def _steps(path: str) -> Iterator[tuple[str, str]]:
    for step in path.split("."):
        found = _STEP.fullmatch(step)
        yield (found[1], found[2] or "") if found else ("", "")


def _whole(tree: _Tree, shape: Shape) -> Texts:
    return {
        name: tree.get(name, "") if inner is None else [_whole(row, inner) for row in tree.get(name, {}).values()]
        for name, inner in shape.items()
    }


def _unused(rows: Mapping[str, Any]) -> str:
    return next(word for number in range(len(rows) + 1) if (word := f"n{number}") not in rows)
