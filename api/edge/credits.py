"""Who did what for a title, and what else it is known by, in the words that readers see."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from api.edge.words import Named, names, sentence
from api.spoken import N_, gettext, told
from api.tables import Contribution, IdentifierKind, SubjectScheme

IN_A_BYLINE = {  # in this order, each with its words
    Contribution.AUTHOR: N_("by {names}"),
    Contribution.EDITOR: N_("edited by {names}"),
    Contribution.COMPILER: N_("compiled by {names}"),
    Contribution.TRANSLATOR: N_("translated by {names}"),
    Contribution.INTRODUCTION: N_("with an introduction by {names}"),
    Contribution.FOREWORD: N_("with a foreword by {names}"),
    Contribution.AFTERWORD: N_("with an afterword by {names}"),
    Contribution.ILLUSTRATOR: N_("illustrated by {names}"),
    Contribution.CONTRIBUTOR: N_("with contributions by {names}"),
}
ROLES = {
    Contribution.AUTHOR: N_("Author"),
    Contribution.EDITOR: N_("Editor"),
    Contribution.COMPILER: N_("Compiler"),
    Contribution.TRANSLATOR: N_("Translator"),
    Contribution.INTRODUCTION: N_("Introduction"),
    Contribution.FOREWORD: N_("Foreword"),
    Contribution.AFTERWORD: N_("Afterword"),
    Contribution.ILLUSTRATOR: N_("Illustrator"),
    Contribution.SERIES_EDITOR: N_("Series editor"),
    Contribution.CONTRIBUTOR: N_("Contributor"),
    Contribution.CONTACT: N_("Contact"),
}
IDENTIFIERS = {
    IdentifierKind.ISBN_PRINT: N_("ISBN of the printed book"),
    IdentifierKind.ISBN_HARDBACK: N_("ISBN of the hardback"),
    IdentifierKind.ISBN_EPUB: N_("ISBN of the EPUB"),
    IdentifierKind.REPORT_NUMBER: N_("Report number"),
    IdentifierKind.URN: "URN",
    IdentifierKind.HANDLE: N_("Handle"),
    IdentifierKind.LCCN: "LCCN",
    IdentifierKind.OCLC: N_("OCLC number"),
}
SCHEMES = {
    SubjectScheme.THEMA: "Thema",
    SubjectScheme.BISAC: "BISAC",
    SubjectScheme.LCSH: "LCSH",
    SubjectScheme.LCC: N_("LC class"),
    SubjectScheme.DDC: N_("Dewey"),
    SubjectScheme.JEL: "JEL",
}


class InRole(Named, Protocol):
    """Someone who has done something for a work."""

    @property
    def role(self) -> Contribution: ...


class Known(InRole, Protocol):
    """Someone of whom more may be known than a name."""

    @property
    def orcid(self) -> str | None: ...

    @property
    def ror(self) -> str | None: ...

    @property
    def affiliations(self) -> tuple[object, ...]: ...

    @property
    def note(self) -> str | None: ...


class Credited(Protocol):
    """Anything with contributors."""

    @property
    def contributors(self) -> Iterable[InRole]: ...


class Of(Protocol):
    """A subject of a scheme."""

    @property
    def scheme(self) -> SubjectScheme: ...

    @property
    def code(self) -> str | None: ...

    @property
    def heading(self) -> str | None: ...


K = TypeVar("K", bound=Known)


def byline(work: Credited) -> str:
    """By A and B, edited by C, translated by D."""
    return sentence(", ".join(_phrases(_by_role(work))))


def credit(chapter: Credited) -> str:
    """A and B, translated by D: as under a chapter's name, where authors need no verb."""
    by_role = _by_role(chapter)
    authors = [names(by_role.pop(Contribution.AUTHOR))] if Contribution.AUTHOR in by_role else []
    return ", ".join(authors + _phrases(by_role))


def _by_role(work: Credited) -> dict[Contribution, list[InRole]]:
    by_role: dict[Contribution, list[InRole]] = {}
    for person in work.contributors:
        by_role.setdefault(person.role, []).append(person)
    return by_role


def _phrases(by_role: dict[Contribution, list[InRole]]) -> list[str]:
    return [gettext(words).format(names=names(by_role[role])) for role, words in IN_A_BYLINE.items() if role in by_role]


def more_known(people: Iterable[K]) -> list[tuple[K, str]]:
    """Those of whom there is more to say than stands in the byline, each once, with all their roles in words."""
    roles: dict[tuple[object, ...], list[str]] = {}
    known: dict[tuple[object, ...], K] = {}
    for person in people:
        same = (person.display, person.orcid)
        roles.setdefault(same, []).append(ROLES[person.role])
        if person.orcid or person.ror or person.affiliations or person.note or person.role not in IN_A_BYLINE:
            known.setdefault(same, person)
    return [(person, ", ".join(told(role) for role in roles[same])) for same, person in known.items()]


def subject(about: Of) -> str:
    """A heading, and the code of a scheme where there is one: Diplomacy (Thema JPSD)."""
    if about.code is None:
        return about.heading or ""
    code = f"{told(SCHEMES[about.scheme])} {about.code}"
    return f"{about.heading} ({code})" if about.heading else code


def identifier_name(kind: IdentifierKind) -> str:
    return IDENTIFIERS[kind]
