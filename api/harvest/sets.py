"""The sets that the shelf is divided into for harvesters: by kind, series, language, and whether all may read."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session as Db

from api.formats.library import KIND_WORDS
from api.shelf import harvest
from api.shelf.harvest import EVERYTHING, TITLES, Entry, Wanted
from api.tables import Kind

BOOKS, CHAPTERS = "books", "chapters"
_OF_KIND = {
    Kind.EDITED_VOLUME: "books:edited",
    Kind.MONOGRAPH: "books:monographs",
    Kind.REPORT: "reports",
    Kind.PAPER: "papers",
}
_FIXED = {
    BOOKS: ("Books", replace(TITLES, kinds=(Kind.EDITED_VOLUME, Kind.MONOGRAPH))),
    **{spec: (f"{KIND_WORDS[kind]}s".capitalize(), replace(TITLES, kinds=(kind,))) for kind, spec in _OF_KIND.items()},
    CHAPTERS: ("Chapters", replace(EVERYTHING, titles=False)),
    "access:open": ("Open to everyone", replace(EVERYTHING, is_open=True)),
    "access:controlled": ("Readers sign in", replace(EVERYTHING, is_open=False)),
}
_SERIES = re.compile(r"series:([1-9][0-9]{0,8})")
_LANGUAGE = re.compile(r"lang:([A-Za-z0-9-]{2,35})")


def wanted(spec: str) -> Wanted | None:
    """What belongs to a set, or None where there can be no such set."""
    if spec in _FIXED:
        return _FIXED[spec][1]
    if (series := _SERIES.fullmatch(spec)) is not None:
        return replace(EVERYTHING, series_id=int(series[1]))
    if (language := _LANGUAGE.fullmatch(spec)) is not None:
        return replace(EVERYTHING, language=language[1])
    return None


def every_set(db: Db) -> Iterator[tuple[str, str]]:
    """Each set there is, with its name."""
    for spec, (name, _) in _FIXED.items():
        yield spec, name
    for series_id, name in harvest.series(db):
        yield f"series:{series_id}", name
    for language in harvest.languages(db):
        yield f"lang:{language}", f"Language: {language}"


def sets_of(entry: Entry) -> Iterator[str]:
    """Those that an entry belongs to."""
    record = entry.shelved.record
    if entry.mark.chapter_id:
        yield CHAPTERS
    else:
        spec = _OF_KIND[record.kind]
        if spec.startswith(f"{BOOKS}:"):
            yield BOOKS
        yield spec
    if record.series_id is not None:
        yield f"series:{record.series_id}"
    yield f"lang:{(entry.chapter.language if entry.chapter is not None else None) or record.language}"
    if not entry.is_deleted:
        yield "access:open" if entry.shelved.public_decision.is_open_to_all else "access:controlled"
