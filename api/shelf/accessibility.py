"""What the press says of the accessibility of a title's file, checked and written down."""

from dataclasses import asdict, dataclass, replace

from sqlmodel import Session as Db

from api.errors import Invalid
from api.formats.accessible import LONGEST_NAME, LONGEST_SUMMARY, NOTHING_SAID, Pictures, Said
from api.shelf.identifiers import is_day
from api.shelf.revising import as_it_stands, differences, write_down
from api.shelf.shelving import hold_title
from api.spoken import N_
from api.tables import Audit


@dataclass(frozen=True)
class Typed:
    """The same as an editor typed it."""

    summary: str = ""
    pictures: str = ""
    no_hazards: bool = False
    reading_order: bool = False
    assessed_by: str = ""
    assessed_on: str = ""


class FaultySaid(Invalid):
    """What is wrong, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def say(db: Db, slug: str, typed: Typed, by: int) -> None:
    """Write down what the press says, in the place of what it said before. Raises FaultySaid, NotFound."""
    said = _checked(typed)
    title = hold_title(db, slug)
    before = as_it_stands(db, title)
    after = replace(before, accessibility=(said,) if said != NOTHING_SAID else ())
    title.accessibility = asdict(said) if said != NOTHING_SAID else None
    db.add(title)
    write_down(db, title, tuple(differences(before, after)), by)
    db.add(Audit(actor_user_id=by, action="accessibility-said", object=f"title {slug}"))


def typed_of(said: Said) -> Typed:
    return Typed(**{**asdict(said), "pictures": said.pictures or ""})


def _checked(typed: Typed) -> Said:
    summary, name = " ".join(typed.summary.split()), " ".join(typed.assessed_by.split())
    faults: dict[str, str] = {}
    if len(summary) > LONGEST_SUMMARY:
        faults["summary"] = N_("Write at most {longest} characters.", longest=LONGEST_SUMMARY)
    if typed.pictures and typed.pictures not in list(Pictures):
        faults["pictures"] = N_("Choose one of the lines.")
    if len(name) > LONGEST_NAME:
        faults["assessed_by"] = N_("Write at most {longest} characters.", longest=LONGEST_NAME)
    if typed.assessed_on and not is_day(typed.assessed_on):
        faults["assessed_on"] = N_("Write the day as 2026-11-22.")
    if faults:
        raise FaultySaid(faults)
    pictures = Pictures(typed.pictures) if typed.pictures else None
    return Said(summary, pictures, typed.no_hazards, typed.reading_order, name, typed.assessed_on)
