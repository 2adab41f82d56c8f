"""Puts the founding title and the examples on the shelf, through the same intake and rules as any press would."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.access import institutions
from api.access.asked import AskedRule
from api.access.institutions import House
from api.access.rules import give_grant, set_ladder
from api.database import Database
from api.demo.voices import EXAMPLE, STAND_IN, Voice
from api.intake.accept import accept
from api.intake.titlefile import read
from api.settings import Settings
from api.shelf.shelving import TitleDraft, add_draft, id_of, publish, set_opens_at, withdraw
from api.signin.devpeople import EXAMPLE_SIGN_IN, PEOPLE
from api.signin.people import Profile, recognise
from api.tables import Institution, Role, RuleKind, Title
from storage.store import Store

FILES = Path(__file__).with_name("titles")
EDITOR = "ada"
HOUSE = House("example-university", "Example University", domains=("university.example",))  # ben is a member


@dataclass(frozen=True)
class Example:
    """One title of the demo and the wall that stands before it."""

    slug: str
    rules: tuple[RuleKind | AskedRule, ...]
    voice: Voice | None = EXAMPLE  # None: in preparation, no file yet
    opens_in: timedelta | None = None
    named: tuple[str, ...] = ()  # subjects of the demo's provider
    withdrawn: bool = False


EXAMPLES = (  # in the order they are posted; the last one leads the catalogue
    Example("a-withdrawn-paper", (RuleKind.EVERYONE,), withdrawn=True),
    Example("the-empty-shelf", (RuleKind.SIGNED_IN,), voice=None),
    Example("a-date-on-the-door", (RuleKind.SIGNED_IN,), opens_in=timedelta(days=120)),
    Example("a-knock-at-the-door", (AskedRule(RuleKind.INSTITUTION, HOUSE.slug), RuleKind.ON_REQUEST)),
    Example("the-named-reader", (RuleKind.LISTED,), named=("ben",)),
    Example("an-open-door", (RuleKind.EVERYONE,)),
    Example("russia-china-relations", (RuleKind.SIGNED_IN,), voice=STAND_IN),
)


def introduction() -> str:
    """One line that names the people a visitor of the demo can be."""
    people = "; ".join(f"{person.subject} ({person.about[0].lower()}{person.about[1:]})" for person in PEOPLE)
    return f"Sign in as one of the example people: {people}."


def shelve(settings: Settings, database: Database, store: Store) -> None:
    """What is on the shelf already stays as it is, whatever has been done to it since."""
    issuer = EXAMPLE_SIGN_IN.issuer(settings.public_url)
    with database.writing() as db:
        _seed_editor(db, issuer)
        if db.exec(select(Institution).where(Institution.slug == HOUSE.slug)).first() is None:
            institutions.add(db, HOUSE)
    with database.reading() as db:
        shelved = set(db.exec(select(Title.slug)).all())
    missing = [example for example in EXAMPLES if example.slug not in shelved]
    if missing:
        _shelve_all(missing, issuer, database, store)


def _seed_editor(db: Db, issuer: str) -> None:
    person = next(person for person in PEOPLE if person.subject == EDITOR)
    identity = recognise(
        db, EXAMPLE_SIGN_IN.provider_id, Profile(issuer, person.subject, person.name, person.email, True)
    )
    identity.user.role = Role.EDITOR


def _shelve_all(examples: list[Example], issuer: str, database: Database, store: Store) -> None:
    from api.demo.sheet import cast_fonts
    from api.demo.volume import make

    with TemporaryDirectory() as name:
        folder = Path(name)
        cast_fonts(folder)
        for example in examples:
            draft = read(FILES / f"{example.slug}.toml")
            post = partial(_post, example=example, draft=draft, issuer=issuer)
            if example.voice is None:
                with database.writing() as db:
                    post(db)
            else:
                pdf = folder / f"{example.slug}.pdf"
                make(draft, example.voice, folder, pdf)
                accept(pdf, post, database, store)


def _post(db: Db, example: Example, draft: TitleDraft, issuer: str) -> Title:
    title = add_draft(db, draft)
    set_ladder(db, id_of(title), example.rules)
    for subject in example.named:
        give_grant(db, id_of(title), issuer, subject)
    if example.opens_in is not None:
        set_opens_at(db, example.slug, _midnight(clock.now() + example.opens_in))
    publish(db, example.slug)
    if example.withdrawn:
        withdraw(db, example.slug)
    return title


def _midnight(instant: datetime) -> datetime:
    """The beginning of that day in UTC."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)
