"""A title's record as JSON, and back without loss: `docs/record.md` describes the form.

What has nothing in it is left out, so the same record always gives the same text.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from api.errors import Invalid
from api.shelf.drafts import LISTS, TitleDraft, TitleFacts
from api.shelf.record_rules import Fault, FaultKind, FaultyRecord
from api.spoken import N_

FORM = "gatefold-record"
VERSION = 1
_WORDS = {str: N_("has to be text"), bool: N_("has to be true or false"), int: N_("has to be a whole number")}
T = TypeVar("T")


def pieces(drafts: Iterable[TitleDraft]) -> Iterator[str]:
    """The records as a JSON text, one form for one title and for many, a title at a time for a shelf of any size."""
    before = f'{{\n  "format": "{FORM}",\n  "version": {VERSION},\n  "titles": ['
    after = "]\n}\n"
    for draft in drafts:
        text = json.dumps(plain(draft), ensure_ascii=False, indent=2)
        yield before + "\n    " + text.replace("\n", "\n    ")
        before, after = ",", "\n  ]\n}\n"
    yield after if before == "," else before + after


def loaded(text: str) -> list[TitleDraft]:
    """The records of a JSON text, not yet checked by the rules. Raises Invalid where it is no such text."""
    found = []
    for record in records(text):
        if isinstance(record, FaultyRecord):
            raise record
        found.append(record)
    return found


def records(text: str) -> Iterator[TitleDraft | FaultyRecord]:
    """Each record of a JSON text, or what is wrong with it. Raises Invalid where it is no such text."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(N_("This is not JSON: {error}.", error=str(error))) from error
    if not isinstance(whole, dict) or whole.get("format") != FORM:
        raise Invalid(N_('This is no file of records: it has to begin with "format": "{form}".', form=FORM))
    if type(whole.get("version")) is not int or whole["version"] != VERSION:
        words = N_(
            "This file of records is of version {version}; version {known} is known here.",
            version=str(whole.get("version")),
            known=VERSION,
        )
        raise Invalid(words)
    if set(whole) - {"format", "version", "titles"} or not isinstance(whole.get("titles"), list):
        raise Invalid(N_("A file of records has format, version and a list of titles, and nothing else."))
    for number, row in enumerate(whole["titles"], start=1):
        try:
            yield read(row, f"titles[{number}].")
        except FaultyRecord as faulty:
            yield faulty


def plain(draft: TitleDraft) -> dict[str, Any]:
    """The record of one title as JSON would have it: its facts, then its lists."""
    return {**_plain(draft.facts), **{name: rows for name in LISTS if (rows := _plain(getattr(draft, name)))}}


def read(row: object, path: str = "") -> TitleDraft:
    """The record that JSON says, not yet checked by the rules. Raises FaultyRecord where its form is not this one."""
    faults: list[Fault] = []
    if not isinstance(row, dict):
        raise FaultyRecord([Fault(path.rstrip("."), FaultKind.MALFORMED, N_("has to be an object"))])
    facts = _read(TitleFacts, {"full_title": "", **{key: row[key] for key in row if key not in LISTS}}, path, faults)
    hints = _hints(TitleDraft)
    lists = {name: _value(hints[name], row[name], path + name, faults) for name in LISTS if name in row}
    if faults:
        raise FaultyRecord(faults)
    return TitleDraft(cast(TitleFacts, facts), **lists)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if not is_dataclass(value):
        return str(value) if isinstance(value, StrEnum) else value
    said = ((field, getattr(value, field.name)) for field in fields(value) if field.compare)
    return {
        field.name: _plain(each)
        for field, each in said
        if field.default is MISSING or (each not in (None, "", ()) and each is not False)
    }


def _read(kind: type[T], row: object, path: str, faults: list[Fault]) -> T | None:
    """A plain thing of that kind, or None and a fault."""
    if not isinstance(row, dict):
        faults.append(Fault(path.rstrip("."), FaultKind.MALFORMED, N_("has to be an object")))
        return None
    hints, known = _hints(cast(Any, kind)), [field for field in fields(cast(Any, kind)) if field.compare]
    names = [field.name for field in known]
    before = len(faults)
    faults += [
        Fault(
            path + str(key),
            FaultKind.MALFORMED,
            N_("is not known here; what may be said: {names}", names=", ".join(sorted(names))),
        )
        for key in row
        if key not in names
    ]
    for field in known:
        if field.default is MISSING and row.get(field.name) is None:
            faults.append(Fault(path + field.name, FaultKind.MISSING, N_("is missing")))
    given = {name: _value(hints[name], row[name], path + name, faults) for name in names if row.get(name) is not None}
    return kind(**given) if len(faults) == before else None


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: object, path: str, faults: list[Fault]) -> Any:
    """The value as the type hint wants it, or None and a fault."""
    if isinstance(hint, UnionType):
        hint = next(each for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            faults.append(Fault(path, FaultKind.MALFORMED, N_("has to be a list")))
            return ()
        of = get_args(hint)[0]
        return tuple(_read(of, row, f"{path}[{number}].", faults) for number, row in enumerate(value, start=1))
    if issubclass(hint, StrEnum):
        if value not in list(hint):
            faults.append(Fault(path, FaultKind.MALFORMED, N_("has to be one of: {choices}", choices=", ".join(hint))))
            return None
        return hint(cast(str, value))
    if type(value) is not hint:
        faults.append(Fault(path, FaultKind.MALFORMED, _WORDS[hint]))
    return value
