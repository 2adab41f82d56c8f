"""Titles to search for, and a search as each reader makes it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import select

from api.access.policy import Reader
from api.access.rules import set_ladder
from api.database import Database
from api.formats.record import About, ContentsLine, Person, Worded
from api.formats.terms import terms_of
from api.shelf import search, search_index, shelving
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.search import Results, Wanted
from api.shelf.search_passages import Find
from api.signin.people import Profile, recognise
from api.tables import Contribution, Edition, File, Kind, Role, RuleKind, SubjectScheme

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ISSUER = "https://id.example.org"
NOBODY = None


def shelve(
    database: Database,
    slug: str,
    *,
    rules: Sequence[RuleKind] = (RuleKind.SIGNED_IN,),
    pages: Sequence[str] = (),
    full_title: str = "Rivers of Paper",
    abstract: str = "What archives carry.",
    is_draft: bool = False,
    **facts: object,
) -> int:
    draft = TitleDraft(
        TitleFacts(slug=slug, kind=Kind.REPORT, title=full_title, full_title=full_title, abstract=abstract, **facts),
        contributors=(Person(given="Zoë", family="Müller-Łukasz", role=Contribution.AUTHOR),),
        subjects=(About(SubjectScheme.KEYWORD, None, "Hydrology"),),
        wordings=(Worded("ru", "Реки бумаги", None, "Что несут архивы."),),
        contents=(
            ContentsLine("Upstream", is_part=True),
            ContentsLine(
                "The Source – 源流", number="1", first_page="1", last_page="2", abstract="Where springs begin."
            ),
        ),
    )
    with database.writing() as db:
        title_id = shelving.id_of(shelving.add_draft(db, draft))
        set_ladder(db, title_id, rules)
        if pages:
            give_pages(database, db, title_id, slug, pages)
        if not is_draft:
            shelving.publish(db, slug)
    return title_id


def give_pages(database: Database, db: object, title_id: int, name: str, pages: Sequence[str]) -> None:
    file = File(sha256=name.ljust(64, "0"), size=3, page_count=len(pages))
    number = len(db.exec(select(Edition).where(Edition.title_id == title_id)).all()) + 1  # type: ignore[attr-defined]
    db.add(Edition(title_id=title_id, number=number, file=file))  # type: ignore[attr-defined]
    db.flush()  # type: ignore[attr-defined]
    search_index.put_pages(db, file, pages)  # type: ignore[arg-type]


def reader(database: Database, subject: str = "cleo", role: Role = Role.READER) -> Reader:
    with database.writing() as db:
        identity = recognise(db, "campus", Profile(ISSUER, subject))
        db.flush()
        assert identity.user_id is not None
        return Reader(identity.user_id, None, role, "campus", ISSUER, subject)


def searched(database: Database, text: str, who: Reader | None = NOBODY, page: int = 1, **wanted: object) -> Results:
    with database.reading() as db:
        return search.find(db, Wanted(terms_of(text), **wanted), who, NOW, page)  # type: ignore[arg-type]


def slugs(results: Results) -> list[str]:
    return [find.shelved.record.slug for find in results.finds]


def words(passage: object) -> str:
    return "".join(piece.text for piece in passage or ())  # type: ignore[attr-defined]


def only(results: Results) -> Find:
    (found,) = results.finds
    return found
