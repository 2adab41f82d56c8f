"""From the entries of a bibliography to records: chapters go into their volume, and each title gets an address."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields

from api.formats.record import ContentsLine
from api.intake.readers.entry import Entry, folded, slugged
from api.intake.readers.found import Found
from api.shelf.drafts import FACTS, LISTS, TitleDraft, TitleFacts
from api.shelf.record_rules import Fault, FaultKind
from api.spoken import N_, Said

NO_VOLUME = N_("is a chapter, and its volume, “{volume}”, is not in this file")
TWO_VOLUMES = N_(
    "is a chapter of “{volume}”, and two volumes in this file are called that; the ISBN of its own is missing"
)
_DEFAULTS = {field.name: field.default for field in fields(TitleFacts)}


def gathered(entries: Sequence[Entry]) -> list[Found]:
    """A record for each work, in the order of the file; chapters without a volume are named at the end of it."""
    works = [entry for entry in entries if entry.kind is not None]
    index = _Index(works)
    chapters: dict[int, list[Entry]] = defaultdict(list)
    lost: list[Found] = []
    for entry in entries:
        if entry.kind is not None:
            continue
        homes = index.homes(entry)
        if entry.faults or len(homes) != 1:
            words = TWO_VOLUMES if len(homes) > 1 else NO_VOLUME
            fault = Fault(N_("It"), FaultKind.MISSING, Said(words, volume=entry.container[:120]))
            where = Said("{where}, “{title}”", where=entry.where, title=entry.full_title[:120])
            lost.append(Found(where, faults=tuple(entry.faults) or (fault,)))
        else:
            chapters[id(homes[0])].append(entry)
    slugs = _addresses(works)
    return [_found(work, chapters[id(work)], slug) for work, slug in zip(works, slugs, strict=True)] + lost


class _Index:
    """Works by everything a chapter may know its volume by, the surest first."""

    def __init__(self, works: Iterable[Entry]) -> None:
        self._by: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for work in works:
            names = {("key", work.key), ("title", folded(work.full_title))}
            names.add(("title", folded(str(work.facts.get("title", "")))))
            names |= {("isbn", each) for each in _isbns(work)}
            for name in names:
                if name[1]:
                    self._by[name].append(work)

    def homes(self, chapter: Entry) -> list[Entry]:
        signs = [("key", chapter.container_key), *(("isbn", each) for each in _isbns(chapter))]
        for sign in (*signs, ("title", folded(chapter.container))):
            if sign[1] and (found := self._by.get(sign)):
                return found
        return []


def _isbns(entry: Entry) -> list[str]:
    own = [entry.facts["isbn"]] if "isbn" in entry.facts else []
    return own + [each.value for each in entry.identifiers if each.kind.startswith("isbn-")]


def _found(work: Entry, chapters: list[Entry], slug: str) -> Found:
    if work.faults:
        return Found(work.where, faults=tuple(work.faults))
    assert work.kind is not None
    said = {name: work.facts.get(name, _DEFAULTS[name]) for name in FACTS if name not in ("slug", "kind")}
    said |= {"title": work.facts.get("title", ""), "full_title": ""}
    draft = TitleDraft(
        TitleFacts(slug=slug, kind=work.kind, **said),
        contributors=tuple(work.people),
        contents=(*work.contents, *_in_order([chapter.line() for chapter in chapters])),
        wordings=tuple(work.wordings),
        identifiers=tuple(work.identifiers),
        subjects=tuple(work.subjects),
    )
    notes = list(work.notes)
    for chapter in chapters:
        notes += [
            Said("{where}: {note}", where=chapter.where, note=note)
            for note in chapter.notes
            if "of the PDF" not in note
        ]
    spoken = {*work.facts, *(name for name in LISTS if getattr(draft, name))}
    if "title" in spoken:
        spoken |= {"subtitle", "full_title"}
    return Found(work.where, draft, tuple(notes), said=frozenset(spoken), adds=True, has_slug=False)


def _in_order(lines: list[ContentsLine]) -> tuple[ContentsLine, ...]:
    """By page where every chapter has one, else as the file has them; roman pages stand before the others."""
    starts = [line.first_page or "" for line in lines]
    if all(start.isdecimal() for start in starts):
        return tuple(sorted(lines, key=lambda line: int(line.first_page or 0)))
    return tuple(lines)


def _addresses(works: Sequence[Entry]) -> list[str]:
    """An address for each, from this file alone: with the year where two titles are the same, then with a number."""
    first = [slugged(str(work.facts.get("title", ""))) or _unspoken(work) for work in works]
    counts = Counter(first)
    years = [str(work.facts.get("published", ""))[:4] for work in works]
    second = [f"{slug}-{year}" if counts[slug] > 1 and year else slug for slug, year in zip(first, years, strict=True)]
    seen: Counter[str] = Counter()
    slugs = []
    for slug, work in zip(second, works, strict=True):
        seen[slug] += 1
        is_known = "doi" in work.facts or _isbns(work)
        slugs.append(f"{slug}-{seen[slug]}" if seen[slug] > 1 and is_known else slug)
    return slugs


def _unspoken(work: Entry) -> str:
    """For a title in another script: of its DOI or ISBN, or else of the words themselves."""
    name = str(work.facts.get("doi") or next(iter(_isbns(work)), ""))
    return slugged(name) or f"title-{hashlib.sha256(work.full_title.encode()).hexdigest()[:8]}"
