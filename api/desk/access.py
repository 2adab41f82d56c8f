"""`/desk/titles/{slug}/access`: when a title opens and to whom; and who would lose access before that is saved."""

from dataclasses import dataclass

from markupsafe import Markup
from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access import institutions, losing, trying
from api.access.losing import Opening
from api.access.policy import Reader
from api.access.proposed import rules_of
from api.access.sorts import LONGEST_ARGUMENT, MOST_RULES, SORTS, in_words
from api.catalogue.pages import panel
from api.desk import access_form, forms
from api.desk.access_form import Typed
from api.desk.file import title_of
from api.desk.forms import Sent
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import NotFound
from api.shelf import opening as openings
from api.shelf import trial
from api.shelf.opening import OpeningChanged
from api.shelf.shelving import set_shows_lines
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import State, Title

router = Router()
HERE = f"{DESK}/titles/{{slug}}/access"
LEAVES = (
    ("rules", N_("Opening and rules"), HERE),
    ("readers", N_("Named readers"), f"{HERE}/readers"),
    ("vouchers", N_("Vouchers"), f"{HERE}/vouchers"),
    ("links", N_("Links"), f"{HERE}/links"),
    ("trial", N_("Try it"), f"{HERE}/trial"),
)  # the pages about a title's access, as in NAVIGATION
UNSAVED = ("up", "down", "remove", "add", "back")  # presses that change the form alone


@dataclass
class Choices:
    """What a rule can name: institutions by slug, providers by id, each with its name."""

    institution: dict[str, str]
    provider: dict[str, str]


@router.get(HERE)
@open_to_all(FOR_STAFF)
def access(portal: ThePortal, reader: Staff, db: Reading, slug: str, saved: str = "") -> Response:
    title = title_of(db, slug)
    typed = access_form.filled_in(openings.opening_of(db, title))
    return _page(portal, db, reader, title, typed, is_saved=bool(saved))


@router.post(HERE)
@open_to_all(FOR_STAFF)
def save(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    """A press of any button of the form. Only `save`, and `confirm` on the page it may lead to, change anything."""
    typed, button = access_form.typed_in(form), forms.text(form, "do")
    with portal.database.reading() as db:
        title = title_of(db, slug)
        if button.partition("-")[0] in UNSAVED:
            typed.press(button)
            if button == "add":
                typed.add(forms.text(form, "add"))
            return _page(portal, db, reader, title, typed)
        old, choices = openings.opening_of(db, title), _choices(portal, db)
        wanted = typed.read(old, choices.institution, choices.provider)
        if typed.faults:
            return _page(portal, db, reader, title, typed)
        if wanted != old and typed.was_seen != openings.seen(old):
            return _overtaken(portal, db, reader, title, typed, old)
        takes_away = losing.can_take_away(State(title.state), old, wanted, clock.now())
        if button != "confirm" and takes_away:
            return _who_loses(portal, db, reader, title, typed, old, wanted)
    try:
        with portal.database.writing() as db:
            openings.change(db, slug, wanted, typed.was_seen, reader.user_id)
    except OpeningChanged as changed:
        with portal.database.reading() as db:
            return _overtaken(portal, db, reader, title, typed, changed.now)
    except NotFound:  # the title, or an institution that was there a moment ago
        with portal.database.reading() as db:
            typed.faults["add"] = N_("An institution that a rule names has just been removed.")
            return _page(portal, db, reader, title_of(db, slug), typed)
    return RedirectResponse(f"{HERE.format(slug=slug)}?saved=1", 303, headers=PRIVATE)


@router.post(f"{HERE}/search")
@open_to_all(FOR_STAFF)
def save_search(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    """Whether the search shows everyone a line of what it finds inside."""
    with portal.database.writing() as db:
        set_shows_lines(db, title_of(db, slug).slug, forms.text(form, "shows_lines") == "yes", reader.user_id)
    return RedirectResponse(f"{HERE.format(slug=slug)}?saved=1", 303, headers=PRIVATE)


def _overtaken(portal: Portal, db: Db, reader: Reader, title: Title, typed: Typed, now: Opening) -> Response:
    """The second of two editors keeps what they typed, is shown what the first did, and may save over it."""
    typed.was_seen = openings.seen(now)
    return _page(portal, db, reader, title, typed, theirs=now)


def _page(
    portal: Portal,
    db: Db,
    reader: Reader,
    title: Title,
    typed: Typed,
    *,
    theirs: Opening | None = None,
    is_saved: bool = False,
) -> Response:
    choices = _choices(portal, db)
    return desk_page(
        portal,
        "desk/access.html",
        reader,
        here="titles",
        status=422 if typed.faults else 409 if theirs is not None else 200,
        leaves=LEAVES,
        title=title,
        typed=typed,
        faults=typed.faults,
        theirs=theirs,
        theirs_in_words=list(map(in_words, theirs.rules)) if theirs is not None else [],
        is_saved=is_saved,
        sorts=SORTS.values(),
        choices=choices,
        most_rules=MOST_RULES,
        longest=LONGEST_ARGUMENT,
        now=clock.now(),
        panel=_panel(portal, db, title),
    )


def _panel(portal: Portal, db: Db, title: Title) -> Markup:
    """What the title's page says to somebody who is not signed in, as things are saved."""
    saved = Opening(title.opens_at, rules_of(db, title.id or 0))
    shelved = trial.tried(db, title, saved, trying.NOBODY, clock.now())
    return Markup(panel(portal, shelved, None))  # noqa: S704 — made by our own template, which escapes


def _who_loses(
    portal: Portal, db: Db, reader: Reader, title: Title, typed: Typed, old: Opening, wanted: Opening
) -> Response:
    return desk_page(
        portal,
        "desk/access_losses.html",
        reader,
        here="titles",
        leaves=LEAVES,
        title=title,
        typed=typed,
        losses=losing.losses(db, title, old, wanted, clock.now()),
        before=list(map(in_words, old.rules)),
        after=list(map(in_words, wanted.rules)),
        opens_at=wanted.opens_at,
        now=clock.now(),
    )


def _choices(portal: Portal, db: Db) -> Choices:
    houses = {house.slug: house.name for house in institutions.all_of_them(db)}
    return Choices(houses, portal.provider_names)
