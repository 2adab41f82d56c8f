"""What commands print: a result in words or in JSON on stdout, a refusal in one sentence on stderr."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from api.tables import Title

Command = TypeVar("Command", bound=Callable[..., Any])


class Refused(click.ClickException):
    """It can't be done, and the message says why."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class WrongSettings(Refused):
    """The settings don't hold up; one line for each."""

    exit_code = 2


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def answer(as_json: bool, result: Any, words: str) -> None:
    click.echo(json.dumps(result, default=_plain, ensure_ascii=False, indent=2) if as_json else words)


def store_in_words(error: BaseException) -> str:
    """What went wrong with a store, in a sentence."""
    from storage.store import Full, Unreachable

    match error:
        case Full():
            return "The store, or the disk here, is full."
        case Unreachable():
            return f"The store does not answer: {error}."
        case OSError():
            return f"The store could not be used: {error.strerror or error}."
    return f"The store is at fault: {error}."


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{value!r} has no JSON form")


def described(db: "Db", title: "Title") -> dict[str, Any]:
    """Everything about a title, its rules and its named readers included."""
    from sqlmodel import col, select

    from api.access.asked import AskedRule
    from api.access.invitations import invited
    from api.access.rules import ladder
    from api.shelf.records import record_of
    from api.tables import Grant

    record = record_of(title)
    grants = db.exec(select(Grant).where(Grant.title_id == record.id).order_by(col(Grant.id))).all()
    return asdict(record) | {
        "path": record.path,
        "rules": [str(AskedRule(rung.kind, rung.argument)) for rung in ladder(db, record.id, None)],
        "grants": [{"issuer": each.issuer, "subject": each.subject, "source": each.source} for each in grants],
        "invitations": sorted(invited(db, record.id)),
    }


def access_in_words(title: dict[str, Any]) -> str:
    """`signed-in, then listed; opens 2027-03-01T00:00:00Z`, or that it is closed to all readers."""
    if not title["rules"]:
        return "closed to all readers"
    opens_at = title["opens_at"]
    return ", then ".join(title["rules"]) + (f"; opens {_plain(opens_at)}" if opens_at else "")


def file_in_words(title: dict[str, Any]) -> str:
    edition = title["edition"]
    if edition is None:
        return "no file yet"
    return f"edition {edition['number']}, {edition['page_count']} pages, {edition['size']} bytes"
