"""Who did what for a title, and what else it is known by, in the words that readers see."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from api.edge.words import Named, names
from api.tables import Contribution, IdentifierKind, SubjectScheme

IN_A_BYLINE = {  # in this order, each with its verb
    Contribution.AUTHOR: "by",
    Contribution.EDITOR: "edited by",
    Contribution.COMPILER: "compiled by",
    Contribution.TRANSLATOR: "translated by",
    Contribution.INTRODUCTION: "with an introduction by",
    Contribution.FOREWORD: "with a foreword by",
    Contribution.AFTERWORD: "with an afterword by",
    Contribution.ILLUSTRATOR: "illustrated by",
    Contribution.CONTRIBUTOR: "with contributions by",
}
ROLES = {
    Contribution.AUTHOR: "Author",
    Contribution.EDITOR: "Editor",
    Contribution.COMPILER: "Compiler",
    Contribution.TRANSLATOR: "Translator",
    Contribution.INTRODUCTION: "Introduction",
    Contribution.FOREWORD: "Foreword",
    Contribution.AFTERWORD: "Afterword",
    Contribution.ILLUSTRATOR: "Illustrator",
    Contribution.SERIES_EDITOR: "Series editor",
    Contribution.CONTRIBUTOR: "Contributor",
    Contribution.CONTACT: "Contact",
}
IDENTIFIERS = {
    IdentifierKind.ISBN_PRINT: "ISBN of the printed book",
    IdentifierKind.ISBN_HARDBACK: "ISBN of the hardback",
    IdentifierKind.ISBN_EPUB: "ISBN of the EPUB",
    IdentifierKind.REPORT_NUMBER: "Report number",
    IdentifierKind.URN: "URN",
    IdentifierKind.HANDLE: "Handle",
    IdentifierKind.LCCN: "LCCN",
    IdentifierKind.OCLC: "OCLC number",
}
SCHEMES = {
    SubjectScheme.THEMA: "Thema",
    SubjectScheme.BISAC: "BISAC",
    SubjectScheme.LCSH: "LCSH",
    SubjectScheme.LCC: "LC class",
    SubjectScheme.DDC: "Dewey",
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
    words = ", ".join(_phrases(work))
    return words[:1].upper() + words[1:]


def credit(chapter: Credited) -> str:
    """A and B, translated by D: as under a chapter's name, where authors need no verb."""
    return ", ".join(_phrases(chapter)).removeprefix("by ")


def _phrases(work: Credited) -> list[str]:
    by_role: dict[Contribution, list[InRole]] = {}
    for person in work.contributors:
        by_role.setdefault(person.role, []).append(person)
    return [f"{verb} {names(by_role[role])}" for role, verb in IN_A_BYLINE.items() if role in by_role]


def more_known(people: Iterable[K]) -> list[tuple[K, str]]:
    """Those of whom there is more to say than stands in the byline, each once, with all their roles in words."""
    roles: dict[tuple[object, ...], list[str]] = {}
    known: dict[tuple[object, ...], K] = {}
    for person in people:
        same = (person.display, person.orcid)
        roles.setdefault(same, []).append(ROLES[person.role])
        if person.orcid or person.ror or person.affiliations or person.note or person.role not in IN_A_BYLINE:
            known.setdefault(same, person)
    return [(person, ", ".join(roles[same])) for same, person in known.items()]


def subject(about: Of) -> str:
    """A heading, and the code of a scheme where there is one: Diplomacy (Thema JPSD)."""
    if about.code is None:
        return about.heading or ""
    code = f"{SCHEMES[about.scheme]} {about.code}"
    return f"{about.heading} ({code})" if about.heading else code


def identifier_name(kind: IdentifierKind) -> str:
    return IDENTIFIERS[kind]
