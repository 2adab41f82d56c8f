"""What an import would do with each record of a file, and doing it: all that was chosen in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session as Db

from api.database import hold
from api.errors import Conflict, Refusal
from api.intake.readers.found import Found
from api.intake.recognising import Known, Shelf, isbns_of
from api.shelf.drafts import FACTS, LISTS, TitleDraft, draft_of
from api.shelf.everything import records_of
from api.shelf.record_rules import Fault, FaultKind, FaultyRecord, examine
from api.shelf.revising import Change, differences, revise
from api.shelf.shelving import add_draft
from api.spoken import N_, Said
from api.tables import Audit

REMEDIES = {
    FaultKind.MISSING: N_("Add it to the file."),
    FaultKind.TOO_LONG: N_("Shorten it."),
    FaultKind.TOO_MANY: N_("Leave some out."),
    FaultKind.UNSEEN_SIGN: N_("Type the text again without it."),
    FaultKind.MALFORMED: N_("Mend it in the file, or leave it out."),
    FaultKind.CHECK_DIGIT: N_("Look it up in the imprint; a digit is mistyped."),
    FaultKind.REPEATED: N_("Keep one of the two."),
    FaultKind.AT_ODDS: N_("Mend one of the two in the file."),
}
_JOINING = {"identifiers", "subjects", "wordings"}


class Fate(StrEnum):
    """What would become of a record."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    """One record of the file and its fate. `known` is the title on the shelf that it is, and `sign` what by.

    `draft` is what would be kept, `changes` what that changes, `faults` why it is refused.
    """

    number: int
    found: Found
    fate: Fate
    draft: TitleDraft | None = None
    known: Known | None = None
    sign: str = ""
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def seen(self) -> str:
        """What whoever chooses this record has seen: that it is new, or the version it would change."""
        return f"{self.number}:{'new' if self.known is None else self.known.version}"

    @property
    def name(self) -> str:
        """The title as the file has it, or the place in the file."""
        draft = self.draft or self.found.draft
        return (draft.facts.full_title or draft.facts.title if draft else "") or self.found.where

    @property
    def why(self) -> list[str]:
        """Every fault in words, each with what to do."""
        return [Said("{fault} {remedy}", fault=fault.sentence(), remedy=REMEDIES[fault.kind]) for fault in self.faults]


@dataclass(frozen=True)
class Done:
    """The slugs of what was made and of what was changed, and how many chosen records were on the shelf already."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    already: int


def plan(db: Db, found: Sequence[Found]) -> list[Planned]:
    """What would become of each record, in the order of the file. Nothing is written."""
    examined = [examine(each.draft) if each.draft is not None else None for each in found]
    sound = [kept for each in examined if each is not None and not each[1] for kept in each[:1]]
    planning = _Planning(db, sound)
    drafts = [each[0] if each is not None else None for each in examined]
    faults = [tuple(each[1]) if each is not None else () for each in examined]
    return [
        planning.plan(number, one, draft, one.faults or wrong)
        for number, (one, draft, wrong) in enumerate(zip(found, drafts, faults, strict=True), start=1)
    ]


def carry_out(db: Db, found: Sequence[Found], chosen: Iterable[str], by: int | None = None) -> Done:
    """Do what was chosen, each by its `seen`: all of it or, with a Conflict that says why, nothing.

    What is on the shelf already as the file has it is let be, so doing it again changes nothing.
    """
    hold(db, "import")
    planned = {each.number: each for each in plan(db, found)}
    added, changed, already = list[str](), list[str](), 0
    for seen in dict.fromkeys(chosen):
        number = seen.partition(":")[0]
        each = planned.get(int(number)) if number.isdecimal() and len(number) < 8 else None
        if each is None or each.draft is None or each.fate is Fate.REFUSED:
            raise Conflict(N_("Record {number} can’t be taken in. Look at the list again.", number=number[:8]))
        if each.fate is Fate.SAME:
            already += 1
        elif each.seen != seen:
            words = N_("“{name}” has been changed since you looked. Look at what would change now.", name=each.name)
            raise Conflict(words)
        elif each.known is None:
            added.append(_add(db, each, each.draft, by))
        else:
            changed.append(_change(db, each, each.draft, each.known, by))
    return Done(tuple(added), tuple(changed), already)


def counted(planned: Iterable[Planned]) -> Mapping[Fate, int]:
    fates = [each.fate for each in planned]
    return {fate: fates.count(fate) for fate in Fate}


class _Planning:
    """One file while it is gone through: what is on the shelf, and what earlier records of the file have taken."""

    def __init__(self, db: Db, drafts: Iterable[TitleDraft]) -> None:
        self._shelf = Shelf(db, drafts)
        self._records = records_of(db, self._shelf.ids)
        self._slugs: dict[str, str] = {}
        self._titles: dict[int, str] = {}

    def plan(self, number: int, found: Found, draft: TitleDraft | None, faults: tuple[Fault, ...]) -> Planned:
        if draft is None or faults:
            return Planned(number, found, Fate.REFUSED, draft, faults=faults)
        sign, here = self._shelf.find(draft, slug_is_sure=found.has_slug)
        if len(here) > 1:
            field = "doi" if sign == "DOI" else "isbn"
            words = N_("is that of two titles here, “{one}” and “{other}”", one=here[0].slug, other=here[1].slug)
            return self._refused(number, found, draft, Fault(field, FaultKind.REPEATED, words))
        planned = self._change(number, found, draft, here[0], sign) if here else self._new(number, found, draft)
        if planned.draft is not None and planned.fate is not Fate.REFUSED:
            self._slugs.setdefault(planned.draft.facts.slug, found.where)
        return planned

    def _new(self, number: int, found: Found, draft: TitleDraft) -> Planned:
        slug = draft.facts.slug
        is_known = draft.facts.doi or isbns_of(draft)
        if slug in self._slugs and (found.has_slug or not is_known):
            words = N_("“{slug}” is that of {where} in this file too", slug=slug, where=self._slugs[slug])
            return self._refused(number, found, draft, Fault("slug", FaultKind.REPEATED, words))
        if slug in self._slugs or not self._shelf.is_free(slug):
            if found.has_slug:
                words = N_("“{slug}” was another title’s address, and still leads there", slug=slug)
                return self._refused(number, found, draft, Fault("slug", FaultKind.AT_ODDS, words))
            draft = _with_slug(draft, self._shelf.free_like(slug, self._slugs))
        return Planned(number, found, Fate.NEW, draft)

    def _change(self, number: int, found: Found, draft: TitleDraft, known: Known, sign: str) -> Planned:
        if known.id in self._titles:
            where = self._titles[known.id]
            words = N_("is the same title as {where} in this file, by its {sign}", where=where, sign=sign)
            return self._refused(number, found, draft, Fault("title", FaultKind.REPEATED, words))
        self._titles[known.id] = found.where
        here = draft_of(self._records[known.id])
        merged, faults = examine(_merged(here, draft, found))
        slug = merged.facts.slug
        if not self._shelf.is_free(slug, known.id) or self._slugs.get(slug, found.where) != found.where:
            words = N_("“{slug}” is or was another title’s address", slug=slug)
            faults.append(Fault("slug", FaultKind.AT_ODDS, words))
        changes = tuple(differences(here, merged))
        fate = Fate.REFUSED if faults else Fate.CHANGES if changes else Fate.SAME
        return Planned(number, found, fate, merged, known, sign, changes, tuple(faults))

    def _refused(self, number: int, found: Found, draft: TitleDraft, fault: Fault) -> Planned:
        return Planned(number, found, Fate.REFUSED, draft, faults=(fault,))


def _merged(here: TitleDraft, draft: TitleDraft, found: Found) -> TitleDraft:
    """The record with what the file speaks of put in its place; what the file is silent on stays."""
    said = found.said if found.has_slug else found.said - {"slug", "kind"}
    facts: dict[str, Any] = {name: getattr(draft.facts, name) for name in FACTS if name in said}
    if "series_issn" in facts and facts["series_issn"] is None and draft.facts.series == here.facts.series:
        del facts["series_issn"]  # it is the series' own, known from another title of it
    if "full_title" not in said and {"title", "subtitle"} & said:
        facts["full_title"] = ""
    lists: dict[str, Any] = {name: getattr(draft, name) for name in LISTS if name in said}
    if found.adds:
        for name in _JOINING & set(lists):
            lists[name] = _joined(name, getattr(here, name), lists[name], here)
    return replace(here, facts=replace(here.facts, **facts), **lists)


def _joined(name: str, here: tuple[Any, ...], more: tuple[Any, ...], record: TitleDraft) -> tuple[Any, ...]:
    if name == "wordings":
        spoken = {each.language for each in more}
        return (*(each for each in here if each.language not in spoken), *more)
    return (*here, *(each for each in more if each not in here and getattr(each, "value", "") != record.facts.isbn))


def _with_slug(draft: TitleDraft, slug: str) -> TitleDraft:
    return replace(draft, facts=replace(draft.facts, slug=slug))


def _named(each: Planned, refusal: Refusal) -> Conflict:
    return Conflict(N_("{where}, “{name}”: {why}", where=each.found.where, name=each.name, why=refusal.message))


def _add(db: Db, each: Planned, draft: TitleDraft, by: int | None) -> str:
    try:
        title = add_draft(db, draft)
    except (Conflict, FaultyRecord) as refusal:
        raise _named(each, refusal) from refusal
    db.add(Audit(actor_user_id=by, action="title-imported", object=f"title {title.slug}"))
    return title.slug


def _change(db: Db, each: Planned, draft: TitleDraft, known: Known, by: int | None) -> str:
    try:
        revise(db, known.slug, draft, known.version, by)
    except (Conflict, FaultyRecord) as refusal:
        raise _named(each, refusal) from refusal
    return draft.facts.slug
