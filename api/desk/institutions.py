"""`/desk/institutions`: houses whose members a rule may let in, described and removed, and their librarians."""

from collections.abc import Callable, Mapping

from sqlmodel import Session as Db
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.access import institutions, librarians, lists
from api.access.institutions import LONGEST_NAME, MOST_ENTRIES, House
from api.access.policy import Reader
from api.access.proposed import described
from api.desk import forms
from api.desk.access_readers import LONGEST_PERSON, issuers_of
from api.desk.forms import Id, Sent
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal, Writing
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid, NotFound
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Institution

router = Router()
HERE = f"{DESK}/institutions"
ONE = f"{HERE}/{{slug}}"
LABELS = {
    "slug": N_("Short name"),
    "name": N_("Name"),
    "ror": N_("ROR identifier"),
    "domains": N_("Domains"),
    "networks": N_("Networks"),
    "issuer": N_("Issuer"),
}
ALL_LABELS = {**LABELS, "librarian": N_("A librarian")}
LONGEST = {"slug": 120, "name": LONGEST_NAME, "ror": 40, "domains": 20_000, "networks": 20_000, "issuer": 500}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def all_institutions(portal: ThePortal, reader: Staff, db: Reading) -> Response:
    houses = [described(row) for row in institutions.all_of_them(db)]
    return desk_page(portal, "desk/institutions.html", reader, here="institutions", houses=houses)


@router.get(f"{HERE}/new")
@open_to_all(FOR_STAFF)
def new(portal: ThePortal, reader: Staff) -> Response:
    return _form(portal, reader, None, dict.fromkeys(LABELS, ""), {})


@router.post(HERE)
@open_to_all(FOR_STAFF)
def add(portal: ThePortal, reader: Staff, form: Sent) -> Response:
    typed = _typed(form)
    if typed["slug"] == "new":
        return _form(portal, reader, None, typed, {"slug": N_("“new” is a word of the desk’s own; take another.")})
    return _save(portal, reader, None, typed, institutions.add)


@router.get(ONE)
@open_to_all(FOR_STAFF)
def one(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    house = _house(db, slug)
    return _form(portal, reader, slug, _written(house), {})


@router.post(ONE)
@open_to_all(FOR_STAFF)
def edit(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    with portal.database.reading() as db:
        _house(db, slug)
    return _save(portal, reader, slug, _typed(form) | {"slug": slug}, institutions.edit)


@router.post(f"{ONE}/librarians")
@open_to_all(FOR_STAFF)
def name_librarian(portal: ThePortal, reader: Staff, form: Sent, slug: str) -> Response:
    written = forms.text(form, "librarian")
    with portal.database.reading() as db:
        house = _house(db, slug)
    person = lists.person_of(1, written[:LONGEST_PERSON], issuers_of(portal))
    try:
        with portal.database.writing() as db:
            librarians.name_one(db, slug, person, reader.user_id)
    except (Invalid, Conflict) as fault:
        faults = {"librarian": fault.message}
        return _form(portal, reader, slug, _written(house) | {"librarian": written}, faults)
    return RedirectResponse(f"{HERE}/{slug}#h-librarians", 303, headers=PRIVATE)


@router.post(f"{ONE}/librarians/{{librarian_id}}/removal")
@open_to_all(FOR_STAFF)
def remove_librarian(reader: Staff, db: Writing, slug: str, librarian_id: Id) -> Response:
    _house(db, slug)
    librarians.remove(db, slug, librarian_id, reader.user_id)
    return RedirectResponse(f"{HERE}/{slug}#h-librarians", 303, headers=PRIVATE)


@router.post(f"{ONE}/removal")
@open_to_all(FOR_STAFF)
def remove(portal: ThePortal, reader: Staff, slug: str) -> Response:
    """Pressed twice, it is gone once; refused while a title's rules name it."""
    try:
        with portal.database.writing() as db:
            if slug.isprintable():
                institutions.remove(db, slug, reader.user_id)
    except NotFound:
        pass
    except Conflict:
        with portal.database.reading() as db:
            titles = institutions.naming(db, slug)
            return _form(portal, reader, slug, _written(_house(db, slug)), {}, named_by=titles)
    return _to_list()


def _save(
    portal: Portal,
    reader: Reader,
    slug: str | None,
    typed: dict[str, str],
    keep: Callable[[Db, House, int | None], Institution],
) -> Response:
    faults = institutions.faults_of(_described_by(typed))
    faults |= {
        name: N_("At most {longest} characters.", longest=longest)
        for name, longest in LONGEST.items()
        if len(typed[name]) > longest
    }
    if not faults:
        try:
            with portal.database.writing() as db:
                keep(db, _described_by(typed), reader.user_id)
        except Conflict as taken:
            with portal.database.reading() as db:
                if described(institutions.find(db, typed["slug"])) != _described_by(typed):  # not the same form twice
                    faults["slug"] = taken.message
        except Invalid as fault:
            faults["name"] = fault.message
    return _form(portal, reader, slug, typed, faults) if faults else _to_list()


def _house(db: Db, slug: str) -> House:
    if not slug.isprintable():
        raise NotFound
    try:
        return described(institutions.find(db, slug))
    except NotFound:
        raise NotFound from None  # the common page, without the words for the command line


def _typed(form: FormData) -> dict[str, str]:
    return {name: forms.text(form, name).strip() for name in LABELS}


def _described_by(typed: Mapping[str, str]) -> House:
    """What was typed, as plainly as it would be kept where it is good."""
    return institutions.tidied(
        House(
            slug=typed["slug"],
            name=typed["name"],
            ror=typed["ror"] or None,
            domains=tuple(typed["domains"].split()),
            networks=tuple(typed["networks"].split()),
            issuer=typed["issuer"] or None,
        )
    )


def _written(house: House) -> dict[str, str]:
    return {
        "slug": house.slug,
        "name": house.name,
        "ror": house.ror or "",
        "domains": "\n".join(house.domains),
        "networks": "\n".join(house.networks),
        "issuer": house.issuer or "",
    }


def _form(
    portal: Portal,
    reader: Reader,
    slug: str | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    *,
    named_by: list[str] | None = None,
) -> Response:
    with portal.database.reading() as db:
        named = librarians.of_institution(db, slug) if slug else ()
    return desk_page(
        portal,
        "desk/institution.html",
        reader,
        here="institutions",
        status=409 if named_by else 422 if faults else 200,
        slug=slug,
        typed={"librarian": "", **typed},
        faults=faults,
        labels=ALL_LABELS,
        longest=LONGEST,
        most=MOST_ENTRIES,
        named_by=named_by or [],
        librarians=named,
        longest_person=LONGEST_PERSON,
        issuers=[issuer for issuer in issuers_of(portal).values() if issuer],
    )


def _to_list() -> Response:
    return RedirectResponse(HERE, 303, headers=PRIVATE)
