"""`gatefold notice`: telling holders from the command line, and reading the outbox without seeing an address."""

import json

import pytest

from api.database import Database
from api.tables import MailState
from tests.commands.conftest import Run
from tests.notices.readers import Shelf


@pytest.fixture
def shelf(run: Run, database: Database) -> Shelf:
    return Shelf(database)


@pytest.fixture
def with_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_MAIL__HOST", "mail.press.example")
    monkeypatch.setenv("GATEFOLD_MAIL__SENDER", "Sample Press <books@press.example>")


@pytest.mark.usefixtures("with_mail")
def test_holders_are_told_and_the_outbox_says_what_became_of_it(shelf: Shelf, run: Run) -> None:
    reader = shelf.reader("rea@readers.example")
    shelf.reader(None)
    words = ("notice", "send", "rivers", "--erratum", "Page 12: read 21.")
    would = run(*words, "--dry-run").stdout
    assert would == (
        "It would tell 2 readers on their account page, and 1 of them by mail too.\n"
        "Nobody was told: this was a dry run.\n"
    )
    assert shelf.told() == set()
    assert run(*words).stdout == "Told 2 readers on their account page, and 1 of them by mail too.\n"
    assert run(*words).stdout.startswith("Nothing was done: these words were told before, to 2 readers")
    listed = run("notice", "outbox").stdout
    assert listed == (
        f"1 waiting, 0 sending, 0 sent, 0 given-up.\n{shelf.mail().id}  waiting  account {reader}  notice 1  tries 0\n"
    )


@pytest.mark.usefixtures("with_mail")
def test_faults_are_listed_by_account_and_never_by_address(shelf: Shelf, run: Run) -> None:
    reader = shelf.reader("rea@readers.example")
    shelf.tell()
    with shelf.database.writing() as db:
        mail = db.merge(shelf.mail())
        mail.state, mail.tries, mail.fault = MailState.GIVEN_UP, 1, "The mail server refuses it for good (550)."
    for words in ((), ("--json",)):
        listed = run("notice", "outbox", "--state", "given-up", *words).stdout
        assert "refuses it for good (550)" in listed
        assert "@" not in listed
    found = json.loads(listed)
    assert found["counts"] == {"waiting": 0, "sending": 0, "sent": 0, "given-up": 1}
    (one,) = found["mails"]
    assert (one["account"], one["what"], one["tries"]) == (reader, "notice 1", 1)
    assert run("notice", "outbox", "--state", "sent").stdout.count("\n") == 1


def test_without_a_mail_server_it_says_so(shelf: Shelf, run: Run) -> None:
    shelf.reader("rea@readers.example")
    told = run("notice", "send", "rivers", "--erratum", "Page 12: read 21.").stdout
    assert told == "Told 1 reader on their account page; there is no mail server, so nobody by mail.\n"
    assert shelf.mails() == []


def test_a_new_edition_may_come_with_words(shelf: Shelf, run: Run) -> None:
    shelf.reader()
    shelf.add_edition(2)
    words = ("notice", "send", "rivers", "--new-edition", "--words", "With an index.", "--json")
    dry = json.loads(run(*words, "--dry-run").stdout)
    assert dry == {"slug": "rivers", "kind": "new-edition", "dry_run": True, "readers": 1, "by_mail": 0}
    assert json.loads(run(*words).stdout) == dry | {"dry_run": False, "notice": 1, "is_new": True}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("rivers",), 2, "--erratum or --new-edition"),
        (("rivers", "--erratum", "x", "--new-edition"), 2, "--erratum or --new-edition"),
        (("rivers", "--erratum", "x", "--words", "y"), 2, "--words goes with --new-edition"),
        (("rivers", "--erratum", " "), 1, "Say what is wrong"),
        (("rivers", "--new-edition"), 1, "no second edition"),
        (("rivers", "--new-edition", "--dry-run"), 1, "no second edition"),
        (("elsewhere", "--erratum", "x"), 1, "There is no title “elsewhere”."),
    ],
)
def test_what_cannot_be_told_is_one_sentence(
    shelf: Shelf, run: Run, words: tuple[str, ...], code: int, says: str
) -> None:
    assert says in run("notice", "send", *words, code=code).stderr
