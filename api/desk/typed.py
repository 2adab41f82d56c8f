"""A form of the record as it is typed: what was sent and asked, kept until it is saved, and shown again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from sqlmodel import Session as Db
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.desk import record_words
from api.edge import words
from api.errors import Invalid
from api.formats.prose import prose
from api.shelf import typed_kept
from api.shelf.drafts import TitleDraft
from api.shelf.record_rules import Fault
from api.shelf.revising import Revision
from api.shelf.typed import Sent, Shape, Texts, fitted
from api.shelf.typed_kept import Place
from api.signin.reader import Staff
from api.spoken import N_, Said

LARGEST = 8 << 20  # bytes; 1,000 contributors with all that may be said of them
MOST_FIELDS = 60_000
FIRST = {  # the field where typing begins in a new row
    **{"contributors": "given", "wordings": "language", "identifiers": "value", "subjects": "heading"},
    **{"funding": "funder", "contents": "name"},
}
ROWS = ("add", "up", "down", "remove")


@dataclass(frozen=True)
class RecordForm:
    """One of the forms over a record: its name and shape, and how it goes from the record and to it.

    `draft` takes what was typed and the record as it stands; None where there is none yet.
    """

    name: str
    shape: Shape
    texts: Callable[[TitleDraft], Texts]
    draft: Callable[[Texts, TitleDraft | None], tuple[TitleDraft, list[Fault]]]


@dataclass(frozen=True)
class Typing:
    """What came in: the fields, what is to be done (`up`) to what (`contributors[3]`), the version it began from."""

    sent: Sent
    verb: str
    of: str
    version: int | None
    others: dict[str, str]


@dataclass
class Shown:
    """What the form shows: its texts, and what there is to say about them."""

    texts: Texts
    version: int | None = None
    faults: dict[str, str] = field(default_factory=dict)
    on_top: list[tuple[str, str]] = field(default_factory=list)
    focus: str = ""
    preview: tuple[str, str] = ("", "")
    typed_at: datetime | None = None
    revisions: Sequence[Revision] = ()
    version_now: int | None = None
    said: str = ""
    lost: Sequence[str] = ()
    status: int = 200

    def refuse(self, path: str, words: str) -> None:
        """One fault more, in words that say all."""
        self.faults[path] = words
        self.on_top.append((path, words))
        self.status = 422

    def say_faults(self, faults: Sequence[Fault]) -> None:
        self.faults, self.on_top = record_words.beside(faults), record_words.on_top(faults)
        self.status = 422


def typing_in(shape: Shape) -> Callable[..., Awaitable[Typing]]:
    """The form that was sent, read only after it is known to be staff who sends, and away from the loop."""

    async def read(request: Request, _staff: Staff) -> Typing:
        body = await request.body()
        return await run_in_threadpool(_typing, shape, body)

    return read


def _typing(shape: Shape, body: bytes) -> Typing:
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid(N_("The form has more fields than a form of ours can have.")) from error
    others = {name: value for name, value in pairs if name in ("do", "version", "pasted")}
    verb, _, of = others.get("do", "save").partition(" ")
    return Typing(Sent(shape, pairs), verb, of, number_in(others.get("version", "")), others)


def number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def begun(db: Db, form: RecordForm, place: Place, saved: Texts, version: int | None) -> Shown:
    """The form as it is opened: with what this editor typed and has not saved, else as it is saved."""
    row = typed_kept.find(db, place)
    if row is None:
        return Shown(saved, version)
    return Shown(fitted(row.fields, form.shape), row.version, typed_at=row.at)


def changed(typing: Typing) -> Shown:
    """The form after something was asked of it that saves nothing: a row moved, a preview."""
    focus, said = "", ""
    if typing.verb in ROWS:
        path = typing.sent.move(typing.verb, typing.of)
        focus = _focus(typing.verb, path, typing.of)
        said = _moved_words(typing.verb, path, typing.of)
    if typing.verb == "hold":
        said = N_("What you typed is kept until you come back or save it.")
    texts = typing.sent.texts()
    shown = Shown(texts, typing.version, focus=focus, said=said)
    if typing.verb == "preview" and (path := typing.sent.path(typing.of)):
        shown.preview = (path, prose(text_at(texts, path)).html)
        shown.focus = f"preview {path}"
    return shown


def text_at(texts: Texts, path: str) -> str:
    """The text of a field, its rows numbered from 1; empty where there is none."""
    place: Any = texts
    for step in path.split("."):
        name, _, number = step.rstrip("]").partition("[")
        place = place.get(name, "") if isinstance(place, dict) else ""
        place = place[int(number) - 1] if number else place
    return place if isinstance(place, str) else ""


def _focus(verb: str, path: str, of: str) -> str:
    """The field or button that the keyboard goes on from: the same button of the same row, wherever it is now."""
    rows = of.rpartition("[")[0] if of.endswith("]") else of
    if not path:
        return f"add {rows}"
    if verb == "add":
        return f"{path}.{FIRST[rows.rpartition('.')[2]]}"
    if verb == "remove":
        return f"row {path}"
    return f"down {path}" if verb == "up" and path.endswith("[1]") else f"{verb} {path}"


def _moved_words(verb: str, path: str, of: str) -> str:
    what = record_words.ONE_OF.get(of.rpartition(".")[2].partition("[")[0], N_("row"))
    number = path.rpartition("[")[2].rstrip("]")
    if verb == "remove":
        return N_("The {what} is removed. Nothing is saved yet.", what=what)
    if not path:
        return ""
    what = Said("{what}", what=partial(words.sentence, what))
    if verb == "add":
        return N_("{what} {number} is a new one. Nothing is saved yet.", what=what, number=number)
    return N_("{what} {number} is where it was moved to. Nothing is saved yet.", what=what, number=number)
