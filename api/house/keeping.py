"""The house's row and its texts, read and changed; and its face, kept at hand for every page."""

import logging
import threading
from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db
from sqlmodel import select

from api import clock, spoken
from api.database import Database
from api.edge.face import Face, Logo
from api.edge.language import Offered
from api.errors import Invalid
from api.house import colours, logo
from api.spoken import N_
from api.tables import House, HouseText

LOOK_AGAIN_AFTER = 0.8  # seconds; fresh on every worker within one
SHOWN_HEIGHT = 32  # CSS pixels of a logo
LONGEST_NAME = 80
LONGEST_TEXT = 50_000  # characters
PAGES: Mapping[str, str] = {
    "help": N_("Help"),
    "privacy": N_("Privacy"),
    "accessibility": N_("Accessibility"),
    "imprint": N_("Imprint"),
    "for-libraries": N_("For libraries"),
}
log = logging.getLogger("gatefold.house")


def house(db: Db) -> House:
    """The house's row; one with nothing set where there is none yet."""
    return db.get(House, 1) or House()


def set_look(db: Db, *, name: str, colour: str, colour_dark: str) -> None:
    """Change name and colours; what is empty is the portal's own again. Invalid, in words, changes nothing."""
    name = checked_name(name)
    light = colours.checked(colour, colours.LIGHT) if colour.strip() else None
    dark = colours.checked(colour_dark, colours.DARK) if colour_dark.strip() else None
    row = house(db)
    row.name, row.colour, row.colour_dark = name or None, light, dark
    _changed(db, row)


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            N_("The name has to be one line of at most {longest_name} characters.", longest_name=LONGEST_NAME)
        )
    return name


def set_languages(db: Db, tags: Sequence[str], default: str) -> None:
    """Which languages the house speaks, and to whom prefers none of them. Invalid where the two do not agree."""
    known = [tag for tag in spoken.languages() if tag in tags]
    if not known:
        raise Invalid(N_("Choose at least one language."))
    if default not in known:
        raise Invalid(N_("The house’s own language has to be one of those it speaks."))
    row = house(db)
    row.languages, row.language = " ".join(known), default
    _changed(db, row)


def set_logo(db: Db, picture: bytes | None) -> None:
    """Change the logo, or take it away with None. Invalid where it is no picture."""
    row = house(db)
    if picture is None:
        row.logo = row.logo_digest = row.logo_width = row.logo_height = None
    else:
        made = logo.drawn(picture)
        row.logo, row.logo_digest, row.logo_width, row.logo_height = made.png, made.digest, made.width, made.height
    _changed(db, row)


def _changed(db: Db, row: House) -> None:
    row.changed_at = clock.now()
    db.add(row)


def text(db: Db, page: str) -> str:
    """The press's own words on one of `PAGES`, in Markdown; empty where it has none."""
    row = db.get(HouseText, page)
    return row.words if row is not None else ""


def set_text(db: Db, page: str, words: str) -> None:
    """Change the press's own words on a page; empty takes them away."""
    assert page in PAGES
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_TEXT:
        raise Invalid(N_("The text is longer than {longest_text} characters.", longest_text=LONGEST_TEXT))
    if "\x00" in words:
        raise Invalid(N_("The text has a sign in it that no text has (NUL)."))
    row = db.get(HouseText, page)
    if not words:
        if row is not None:
            db.delete(row)
        return
    row = row or HouseText(page=page, words="")
    row.words, row.changed_at = words, clock.now()
    db.add(row)


def face_of(row: House) -> Face:
    mark = None
    if row.logo_digest and row.logo_width and row.logo_height:
        height = min(SHOWN_HEIGHT, row.logo_height)
        width = max(1, round(row.logo_width * height / row.logo_height))
        mark = Logo(f"/house/{row.logo_digest}.png", width, height)
    sheet = colours.stylesheet(row.colour, row.colour_dark)
    return Face(
        name=row.name or Face.name,
        logo=mark,
        offered=Offered.of(row.languages, row.language),
        colours=f"/house/colours.css?v={sha256(sheet.encode()).hexdigest()[:12]}" if sheet else None,
    )


class HouseMemory:
    """The face of one worker's pages, looked for again and again between `start` and `stop`.

    No page waits for the database: an old face is better than none. And none finds one that is older than a moment,
    however long nobody has come to this worker.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._face = Face()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="house", daemon=True)

    def start(self) -> None:
        self.look()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def face(self) -> Face:
        """The face as it was known a moment ago."""
        return self._face

    @property
    def offered(self) -> Offered:
        """The languages of the house, as they were known a moment ago."""
        return self._face.offered

    def look(self) -> None:
        """Learn the face now."""
        try:
            with self._database.reading() as db:
                self._face = face_of(db.exec(select(House)).first() or House())
        except SQLAlchemyError as error:
            log.warning("the house's name and look could not be read: %s", type(error).__name__)

    def _keep_looking(self) -> None:
        while not self._stopping.wait(LOOK_AGAIN_AFTER):
            self.look()
