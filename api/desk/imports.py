"""`/desk/import`: records from a file, seen as a dry run first, then taken in as the editor ticks them."""

import json
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import Form, Query, UploadFile
from starlette.responses import RedirectResponse, Response

from api.access.policy import Reader
from api.desk import record_words
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Conflict, Invalid, TooLarge
from api.intake import dry_runs, importing, reading
from api.intake.importing import Fate, Planned
from api.intake.readers.found import Found
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_, gettext

router = Router()
HERE = f"{DESK}/import"
ONE = f"{HERE}/{{kept}}"
LONGEST_PASTE = 200_000  # characters
LARGEST_FORM = 2 * dry_runs.LARGEST  # bytes; what is just too large is said beside its field
MOST_SHOWN = 40  # changes of one record
LONGEST_SHOWN = 160  # characters of a change
FORMS = (("", N_("Recognise it")), *((str(form), name) for form, name in reading.NAMES.items()))
_NAME = ("given", "particle", "family", "suffix")
LABELS = {"file": N_("File"), "pasted": N_("Or paste"), "form": N_("Format"), "take": N_("Records")}


@router.get(HERE)
@open_to_all(FOR_STAFF)
def choose(portal: ThePortal, reader: Staff) -> Response:
    return _form(portal, reader, "", "", {})


@router.post(HERE, max_body_size=LARGEST_FORM)
@open_to_all(FOR_STAFF)
def look(
    portal: ThePortal,
    reader: Staff,
    file: UploadFile | None = None,
    pasted: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
) -> Response:
    """Nothing is written down yet; the file waits for the editor's choice."""
    content = file.file.read(dry_runs.LARGEST + 1) if file is not None else b""
    field = "file" if content or not pasted.strip() else "pasted"
    try:
        if form and form not in reading.NAMES:
            field = "form"
            raise Invalid(N_("Choose one of the list."))
        if not content and not pasted.strip():
            raise Invalid(N_("Choose a file, or paste records below."))
        if not content and len(pasted) > LONGEST_PASTE:
            raise Invalid(N_("This is longer than {most} characters. Send it as a file.", most=LONGEST_PASTE))
        kept = dry_runs.keep(portal.store, content or pasted.encode(), reading.Form(form) if form else None)
    except (Invalid, TooLarge) as fault:
        return _form(portal, reader, pasted, form, {field: fault.message})
    return RedirectResponse(ONE.format(kept=kept), 303, headers=PRIVATE)


@router.get(ONE)
@open_to_all(FOR_STAFF)
def dry_run(
    portal: ThePortal,
    reader: Staff,
    kept: str,
    added: Annotated[int | None, Query(ge=0, le=9999)] = None,
    changed: Annotated[int, Query(ge=0, le=9999)] = 0,
    already: Annotated[int, Query(ge=0, le=9999)] = 0,
) -> Response:
    form, found = dry_runs.fetch(portal.store, kept)
    done = {"added": added, "changed": changed, "already": already} if added is not None else None
    return _page(portal, reader, kept, form, found, done=done)


@router.post(ONE, max_body_size=256 * 1024)
@open_to_all(FOR_STAFF)
def take_in(portal: ThePortal, reader: Staff, kept: str, take: Annotated[list[str] | None, Form()] = None) -> Response:
    form, found = dry_runs.fetch(portal.store, kept)
    try:
        if not take:
            raise Invalid(N_("Tick at least one record."))
        with portal.database.writing() as db:
            done = importing.carry_out(db, found, take, reader.user_id)
    except (Invalid, Conflict) as refusal:
        return _page(portal, reader, kept, form, found, ticked=take or (), fault=refusal.message)
    result = f"?added={len(done.added)}&changed={len(done.changed)}&already={done.already}"
    return RedirectResponse(ONE.format(kept=kept) + result, 303, headers=PRIVATE)


def in_words(value: Any) -> str:
    """A value before or after a change, short enough for a line."""
    text = (
        gettext("nothing") if value in (None, "", [], False) else value if isinstance(value, str) else _compact(value)
    )
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


def _compact(value: Any) -> str:
    """A list row by row, a row by what it says."""
    if isinstance(value, list):
        return "; ".join(map(_compact, value[:8])) + (_many_more(len(value)) if len(value) > 8 else "")
    if isinstance(value, dict):
        name = " ".join(value[part] for part in _NAME if part in value)
        rest = (each for part, each in value.items() if part not in _NAME and not isinstance(each, list | bool))
        return ", ".join(filter(None, (name, *map(str, rest))))
    return gettext("yes") if value is True else json.dumps(value)


def _many_more(count: int) -> str:
    return " … " + gettext("{n} in all").format(n=count)


def _form(portal: Portal, reader: Reader, pasted: str, form: str, faults: dict[str, str]) -> Response:
    return desk_page(
        portal,
        "desk/import.html",
        reader,
        here="titles",
        status=422 if faults else 200,
        pasted=pasted,
        form=form,
        forms=FORMS,
        faults=faults,
        labels=LABELS,
        longest_paste=LONGEST_PASTE,
        most_titles=dry_runs.MOST_TITLES,
    )


def _page(
    portal: Portal,
    reader: Reader,
    kept: str,
    form: reading.Form,
    found: list[Found],
    *,
    ticked: Collection[str] | None = None,
    fault: str = "",
    done: Mapping[str, int] | None = None,
) -> Response:
    with portal.database.reading() as db:
        planned = importing.plan(db, found)
    return desk_page(
        portal,
        "desk/import_run.html",
        reader,
        here="titles",
        status=422 if fault else 200,
        address=ONE.format(kept=kept),
        form=reading.NAMES[form],
        planned=planned,
        counts={str(fate): count for fate, count in importing.counted(planned).items()},
        ticked=_ticked(planned, ticked),
        faults={"take": fault} if fault else {},
        labels=LABELS,
        done=done,
        in_words=in_words,
        name_of=record_words.whole_name_of,
        most_shown=MOST_SHOWN,
    )


def _ticked(planned: list[Planned], ticked: Collection[str] | None) -> set[str]:
    """What the editor ticked; at first everything new, and nothing that would change a title."""
    if ticked is not None:
        return set(ticked)
    return {each.seen for each in planned if each.fate is Fate.NEW}
