"""A record as the texts of its form, and back: what is typed becomes a draft, and every fault keeps its field."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

from api.formats.record import Affiliation, joined_title
from api.shelf import record_json
from api.shelf.drafts import FACTS, TitleDraft
from api.shelf.identifiers import Malformed, ror
from api.shelf.record_rules import Fault, FaultKind, FaultyRecord, examine
from api.shelf.typed import CONTENTS, RECORD, Shape, Texts
from api.spoken import N_

NUMBERS = ("edition_number", "pages", "copyright_year")
FLAGS = ("is_organisation", "is_part", "doi_is_ours")
LISTS = tuple(name for name, inner in RECORD.items() if inner is not None)
LONGEST_SLUG = 80  # characters of one that is made from a title
_ROR = re.compile(r"(.*?)[\s,;|(]+((?:https?://)?ror\.org/\S+?|0[0-9a-z]{8})\)?", re.IGNORECASE)


def record_texts(draft: TitleDraft) -> Texts:
    """The form of a record without its contents. A whole title that is only its parts joined stands empty."""
    facts, lists = draft.facts, {name: rows_of(getattr(draft, name), RECORD[name]) for name in LISTS}
    texts = {name: _text(getattr(facts, name)) for name in FACTS} | lists
    if facts.full_title == joined_title(facts.title, facts.subtitle):
        texts["full_title"] = ""
    return texts


def contents_texts(draft: TitleDraft) -> Texts:
    return {"contents": rows_of(draft.contents, CONTENTS["contents"])}


def record_draft(texts: Texts, others: TitleDraft | None) -> tuple[TitleDraft, list[Fault]]:
    """The draft that was typed, with what `others` has besides, and all its faults. No address: one from the title."""
    faults: list[Fault] = []
    row = _plain(texts, RECORD, "", faults)
    if others is None and not row["slug"].strip():
        row["slug"] = slug_of(row["title"])
    draft = _read(row, faults)
    if others is not None:
        draft = replace(draft, contents=others.contents, accessibility=others.accessibility)
    return _examined(draft, faults)


def contents_draft(texts: Texts, others: TitleDraft | None) -> tuple[TitleDraft, list[Fault]]:
    """The record of `others` with the contents that were typed, and all its faults."""
    assert others is not None  # contents are those of a title that is there
    faults: list[Fault] = []
    row = record_json.plain(replace(others, contents=())) | _plain(texts, CONTENTS, "", faults)
    draft = _read(row, faults)
    ids = (row["id"] for row in texts["contents"])
    numbered = (replace(line, id=_number(said)) for line, said in zip(draft.contents, ids, strict=True))
    return _examined(replace(draft, contents=tuple(numbered)), faults)


def slug_of(title: str) -> str:
    """An address from the words of a title; empty where none of them has a Latin letter or a digit."""
    plain = unicodedata.normalize("NFKD", title.lower().replace("ß", "ss").replace("’", "").replace("'", ""))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[a-z0-9]+", letters)
    slug = "-".join(words)
    return slug if len(slug) <= LONGEST_SLUG else slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]


def affiliations_of(lines: str) -> list[dict[str, str]]:
    """One a line, with a ROR at the end where it is known: as an address, or bare where its check digits hold."""
    return [_affiliation(line.strip()) for line in lines.split("\n") if line.strip()]


def _affiliation(line: str) -> dict[str, str]:
    found = _ROR.fullmatch(line)
    if found is None or ("/" not in found[2] and not _is_ror(found[2])):
        return {"name": line, "ror": ""}
    return {"name": found[1], "ror": found[2]}


def _is_ror(text: str) -> bool:
    try:
        ror(text)
    except Malformed:
        return False
    return True


def rows_of(rows: Any, shape: Shape) -> list[Texts]:
    """The rows of a form that say what these plain things say."""
    return [
        {
            name: _text(getattr(row, name)) if inner is None else rows_of(getattr(row, name), inner)
            for name, inner in shape.items()
        }
        for row in rows
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, tuple):
        return "\n".join(_affiliation_line(each) for each in value)
    return "" if value is None else str(value)


def _affiliation_line(affiliation: Affiliation) -> str:
    return f"{affiliation.name}, https://ror.org/{affiliation.ror}" if affiliation.ror else affiliation.name


def _plain(texts: Texts, shape: Shape, path: str, faults: list[Fault]) -> dict[str, Any]:
    """As the JSON of a record has it; a number that is none is left out and is a fault."""
    plain: dict[str, Any] = {}
    for name, inner in shape.items():
        said = texts[name]
        if inner is not None:
            rows = enumerate(said, start=1)
            plain[name] = [_plain(row, inner, f"{path}{name}[{number}].", faults) for number, row in rows]
        elif name in FLAGS:
            plain[name] = bool(said)
        elif name == "affiliations":
            plain[name] = affiliations_of(said)
        elif name in NUMBERS:
            plain[name] = _number(said)
            if plain[name] is None and said.strip():
                faults.append(Fault(path + name, FaultKind.MALFORMED, N_("has to be a whole number")))
        elif name != "id":
            plain[name] = said
    return plain


def _number(said: str) -> int | None:
    digits = said.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


def _read(row: dict[str, Any], faults: list[Fault]) -> TitleDraft:
    """Raises FaultyRecord where a choice is none of those there are; no form of ours sends that."""
    try:
        return record_json.read(row)
    except FaultyRecord as error:
        raise FaultyRecord([*faults, *error.faults]) from error


def _examined(draft: TitleDraft, faults: list[Fault]) -> tuple[TitleDraft, list[Fault]]:
    kept, others = examine(draft)
    return kept, [*faults, *others]
