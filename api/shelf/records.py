"""Records of titles, made from their rows: everything a page or a format says, and nothing of the database."""

from dataclasses import fields

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import select

from api.formats.accessible import said_of, seen_of
from api.formats.files import ChapterFileRecord
from api.formats.record import (
    About,
    Affiliation,
    ContentsLine,
    EditionRecord,
    Funding,
    Identified,
    Person,
    TitleRecord,
    Worded,
)
from api.tables import (
    Chapter,
    ChapterFile,
    Contribution,
    Contributor,
    Edition,
    IdentifierKind,
    Kind,
    Origin,
    State,
    SubjectScheme,
    Title,
)

_ELSEWHERE = {"id", "kind", "state", "series", "series_issn", "contributors", "wordings", "identifiers"}
_ELSEWHERE |= {"subjects", "funding", "contents", "edition", "earlier", "said"}
_AS_THEY_ARE = [field.name for field in fields(TitleRecord) if field.name not in _ELSEWHERE]
WHOLE = select(Title).options(
    selectinload(Title.contributors),  # type: ignore[arg-type]
    selectinload(Title.chapters).selectinload(Chapter.contributors),  # type: ignore[arg-type]
    selectinload(Title.chapters).selectinload(Chapter.files).joinedload(ChapterFile.file),  # type: ignore[arg-type]
    selectinload(Title.chapters).selectinload(Chapter.files).joinedload(ChapterFile.edition),  # type: ignore[arg-type]
    selectinload(Title.editions).joinedload(Edition.file),  # type: ignore[arg-type]
    joinedload(Title.in_series),  # type: ignore[arg-type]
    selectinload(Title.wordings),  # type: ignore[arg-type]
    selectinload(Title.identifiers),  # type: ignore[arg-type]
    selectinload(Title.subjects),  # type: ignore[arg-type]
)


def record_of(title: Title) -> TitleRecord:
    """The plain record of a title's row and what hangs on it."""
    assert title.id is not None
    series = title.in_series
    return TitleRecord(
        **{name: getattr(title, name) for name in _AS_THEY_ARE},
        id=title.id,
        kind=Kind(title.kind),
        state=State(title.state),
        series=series.name if series is not None else None,
        series_issn=series.issn if series is not None else None,
        contributors=_people(title.contributors),
        wordings=tuple(Worded(row.language, row.title, row.subtitle, row.abstract) for row in title.wordings),
        identifiers=tuple(Identified(IdentifierKind(row.kind), row.value) for row in title.identifiers),
        subjects=tuple(About(SubjectScheme(row.scheme), row.code, row.heading) for row in title.subjects),
        funding=tuple(Funding(**row) for row in title.funding),
        contents=tuple(_contents_line(chapter) for chapter in title.chapters),
        edition=edition_record(title.editions[-1]) if title.editions else None,
        earlier=tuple(edition_record(edition) for edition in reversed(title.editions[:-1])),
        said=said_of(title.accessibility),
    )


def edition_record(edition: Edition) -> EditionRecord:
    assert edition.id is not None
    return EditionRecord(
        id=edition.id,
        number=edition.number,
        made_at=edition.made_at,
        page_count=edition.file.page_count,
        size=edition.file.size,
        sha256=edition.file.sha256,
        media_type=edition.file.media_type,
        note=edition.note,
        seen=seen_of(edition.file.facts),
    )


def _people(contributors: list[Contributor]) -> tuple[Person, ...]:
    return tuple(
        Person(
            given=row.given,
            family=row.family,
            name=row.name,
            is_organisation=row.is_organisation,
            role=Contribution(row.role),
            particle=row.particle,
            suffix=row.suffix,
            orcid=row.orcid,
            ror=row.ror,
            affiliations=tuple(Affiliation(**each) for each in row.affiliations),
            note=row.note,
        )
        for row in contributors
    )


def _contents_line(chapter: Chapter) -> ContentsLine:
    return ContentsLine(
        name=chapter.name,
        is_part=chapter.is_part,
        number=chapter.number,
        first_page=chapter.first_page,
        last_page=chapter.last_page,
        doi=chapter.doi,
        contributors=_people(chapter.contributors),
        doi_is_ours=chapter.doi_is_ours,
        language=chapter.language,
        abstract=chapter.abstract,
        licence=chapter.licence,
        licence_uri=chapter.licence_uri,
        id=chapter.id,
        address=chapter.address if not chapter.is_part else None,
        file=chapter_file_record(chapter.files[-1]) if chapter.files else None,
    )


def chapter_file_record(row: ChapterFile) -> ChapterFileRecord:
    assert row.id is not None
    return ChapterFileRecord(
        id=row.id,
        edition_id=row.edition_id,
        edition=row.edition.number,
        origin=Origin(row.origin),
        made_at=row.made_at,
        page_count=row.file.page_count,
        size=row.file.size,
        sha256=row.file.sha256,
        media_type=row.file.media_type,
        seen=seen_of(row.file.facts),
    )
