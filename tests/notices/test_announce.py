"""Who is told: everyone who holds the title, once, set-based; mail goes to who asked for it and has an address."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import Conflict, Invalid
from api.notices import announce, choice
from api.notices.announce import Reach
from api.tables import Audit, Holding, Identity, MailChoice, MailState, NoticeKind, State, Title, User
from tests.notices.readers import Shelf

MANY = 10_000


def preview(shelf: Shelf, kind: NoticeKind = NoticeKind.ERRATUM, *, has_mail: bool = True) -> Reach:
    with shelf.database.reading() as db:
        return announce.preview(db, db.get_one(Title, shelf.title_id), kind, has_mail=has_mail)


def test_all_holders_are_told_and_some_by_mail(shelf: Shelf) -> None:
    by_mail = shelf.reader("rea@readers.example")
    on_page = shelf.reader("ned@readers.example", wants_mail=False)
    with shelf.database.writing() as db:
        db.add(User(name="Holds nothing"))
    assert preview(shelf) == Reach(readers=2, by_mail=1)
    done = shelf.tell()
    assert (done.reach, done.is_new) == (Reach(2, 1), True)
    assert shelf.told() == {by_mail, on_page}
    assert [(mail.user_id, mail.state) for mail in shelf.mails()] == [(by_mail, MailState.WAITING)]
    with shelf.database.reading() as db:
        act = db.exec(select(Audit)).one()
        assert (act.action, act.object, act.words) == ("notice-sent", "title rivers", "erratum")


def test_no_address_is_in_the_outbox(shelf: Shelf) -> None:
    shelf.reader("rea@readers.example")
    shelf.tell()
    assert "readers.example" not in str(shelf.mail())


def test_no_mail_goes_to_what_no_provider_vouches_for(shelf: Shelf) -> None:
    shelf.reader("rea@readers.example", verified=False)
    shelf.reader(None)
    assert shelf.tell().reach == Reach(2, 0)


def test_without_a_mail_server_notices_stand_on_the_page_alone(shelf: Shelf) -> None:
    shelf.reader("rea@readers.example")
    assert preview(shelf, has_mail=False) == Reach(1, 0)
    assert shelf.tell(has_mail=False).reach == Reach(1, 0)
    assert shelf.mails() == []


def test_who_is_shut_out_gets_nothing_and_who_is_leaving_no_mail(shelf: Shelf) -> None:
    out, leaving = shelf.reader("out@readers.example"), shelf.reader("leaving@readers.example")
    with shelf.database.writing() as db:
        db.get_one(User, out).disabled_at = clock.now()
        db.get_one(User, leaving).closing_at = clock.now()
    assert preview(shelf) == Reach(1, 0)
    assert shelf.tell().reach == Reach(1, 0)
    assert shelf.told() == {leaving}  # who stays after all has missed nothing


def test_the_same_words_are_told_once(shelf: Shelf) -> None:
    shelf.reader("rea@readers.example")
    first, second = shelf.tell(), shelf.tell("  Page 12: read 21.\r\n")
    assert (second.notice_id, second.reach, second.is_new) == (first.notice_id, Reach(1, 1), False)
    assert len(shelf.mails()) == 1
    assert shelf.tell("Page 13: read 31.").is_new


def test_two_presses_of_the_button_at_once_make_one_notice(shelf: Shelf) -> None:
    import threading

    shelf.reader("rea@readers.example")
    both, done = threading.Barrier(2), []

    def press() -> None:
        both.wait()
        done.append(shelf.tell())

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.is_new for each in done) == [False, True]
    assert len(shelf.mails()) == 1


def test_news_of_an_edition_goes_to_who_has_not_taken_it(shelf: Shelf) -> None:
    old = shelf.reader()
    newest = shelf.add_edition(2)
    new = shelf.reader(holds=newest)
    assert preview(shelf, NoticeKind.NEW_EDITION) == Reach(1, 0)
    shelf.tell("", NoticeKind.NEW_EDITION)
    assert shelf.told() == {old}
    shelf.add_edition(3)
    assert shelf.tell("", NoticeKind.NEW_EDITION).is_new  # the same words, of another edition
    assert shelf.told() == {old, new}


def test_there_has_to_be_a_new_edition(shelf: Shelf) -> None:
    with pytest.raises(Conflict, match="no second edition"):
        shelf.tell("", NoticeKind.NEW_EDITION)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (State.DRAFT, NoticeKind.ERRATUM, "a draft"),
        (State.DRAFT, NoticeKind.NEW_EDITION, "a draft"),
        (State.WITHDRAWN, NoticeKind.NEW_EDITION, "withdrawn"),
    ],
)
def test_of_a_title_in_that_state_nobody_is_told(shelf: Shelf, state: State, kind: NoticeKind, words: str) -> None:
    shelf.reader()
    shelf.add_edition(2)
    shelf.change(state=state)
    with pytest.raises(Conflict, match=words):
        preview(shelf, kind)
    with pytest.raises(Conflict, match=words):
        shelf.tell("Words.", kind)
    assert shelf.told() == set()


def test_of_a_withdrawn_title_an_erratum_is_told(shelf: Shelf) -> None:
    shelf.reader()
    shelf.change(state=State.WITHDRAWN)
    assert shelf.tell().reach == Reach(1, 0)


@pytest.mark.parametrize("words", ["", " \n\t ", "x" * (announce.LONGEST + 1)])
def test_words_have_a_length(words: str) -> None:
    with pytest.raises(Invalid):
        announce.clean(words, NoticeKind.ERRATUM)


def test_words_are_plain_text_in_lines() -> None:
    said = announce.clean(" One.\r\n\r\nTwo\x00\x1b[31m.\u202e\t ", NoticeKind.ERRATUM)
    assert said == "One.\n\nTwo  [31m."


def test_the_press_sees_how_many_have_read_it_and_nobody_of_them(shelf: Shelf) -> None:
    from api.notices import shown

    reader = shelf.reader("rea@readers.example")
    shelf.reader()
    done = shelf.tell()
    with shelf.database.writing() as db:
        shown.mark_seen(db, reader, done.notice_id, clock.now())
    with shelf.database.reading() as db:
        (told,) = announce.told(db, shelf.title_id)
    assert (told.notice.id, told.readers, told.seen) == (done.notice_id, 2, 1)
    assert told.mails == {"waiting": 1, "sending": 0, "sent": 0, "given-up": 0}


def many_readers(database: Database, shelf: Shelf) -> None:
    """Half of them want mail."""
    now = clock.now()
    ids = range(1, MANY + 1)
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (User, [{"id": each, "role": "reader", "created_at": now} for each in ids]),
        (
            Identity,
            [
                {
                    "user_id": each,
                    "provider": "demo",
                    "issuer": "https://id.example",
                    "subject": str(each),
                    "email": f"{each}@readers.example",
                    "email_verified": True,
                    "created_at": now,
                }
                for each in ids
            ],
        ),
        (MailChoice, [{"user_id": each, "allowed_at": now} for each in ids if each % 2]),
        (Holding, [{"user_id": each, "edition_id": shelf.edition_ids[0], "taken_at": now} for each in ids]),
    ]
    with database.writing() as db:
        for table, values in rows:
            db.connection().execute(sa.insert(table), values)


def test_ten_thousand_holders_are_told_in_a_few_statements(shelf: Shelf, database: Database) -> None:
    many_readers(database, shelf)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    assert shelf.tell().reach == Reach(MANY, MANY // 2)
    inserts = [each.split()[2] for each in statements if each.startswith("INSERT")]
    assert inserts == ["notice", "audit", *["notice_copy", "outbox"] * 2]  # a slice, and one that finds nobody more
    assert len(statements) < 15


def test_slices_reach_everyone_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "SLICE", 2)
    readers = {shelf.reader(f"{number}@readers.example", wants_mail=number != 2) for number in range(5)}
    assert shelf.tell().reach == Reach(5, 4)
    assert shelf.told() == readers
    assert len({mail.user_id for mail in shelf.mails()}) == 4


def test_leave_is_given_once_and_taken_back(shelf: Shelf) -> None:
    reader = shelf.reader("rea@readers.example", wants_mail=False)
    with shelf.database.writing() as db:
        choice.allow(db, reader, clock.now())
        since = choice.allowed_at(db, reader)
        assert since is not None
        choice.allow(db, reader, clock.now())
        assert choice.allowed_at(db, reader) == since
        choice.stop(db, reader)
        assert choice.allowed_at(db, reader) is None


def test_the_accounts_own_address_comes_first_where_it_is_vouched_for(shelf: Shelf) -> None:
    reader = shelf.reader("new@readers.example")
    with shelf.database.writing() as db:
        other = Identity(provider="campus", issuer="https://campus.example", subject="1", user_id=reader)
        other.email, other.email_verified, other.vouched_at = "campus@readers.example", True, clock.now()
        db.add(other)
        db.flush()
        assert choice.address_of(db, reader) == "new@readers.example"
        db.get_one(User, reader).email = "typed-in@elsewhere.example"
        db.flush()
        assert choice.address_of(db, reader) == "campus@readers.example"  # the one vouched for last
