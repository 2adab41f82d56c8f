"""`gatefold doctor` on what the portal does by itself, its jobs and its mail: what is overdue, fails or waits."""

from datetime import timedelta

import pytest

from api import clock
from api.database import Database
from api.jobs import Periodic, Runner
from api.ops import checks
from api.ops.doctor import examine
from api.ops.findings import Verdict
from api.settings import Settings
from api.signin.people import Profile, recognise
from api.tables import Job, MailState, OutgoingMail
from storage.local import LocalStore
from tests import mailserver
from tests.doctored import found, one
from tests.site import Site

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("no_settings_file")


def test_a_job_that_is_overdue_or_fails_is_a_failure(settings: Settings, database: Database) -> None:
    job, now = "job opening embargoes", clock.now()
    row = Job(name="opening embargoes", next_at=now - HOUR)
    with database.writing() as db:
        db.add(row)
    verdict, words = one(settings, job)
    assert (verdict, "is `gatefold serve` running?" in words) == (Verdict.FAIL, True)
    with database.writing() as db:
        row = db.merge(row)
        row.next_at, row.finished_at, row.is_failing, row.words = now + HOUR, now, True, "OSError: the disk is away"
    verdict, words = one(settings, job)
    assert (verdict, words.endswith("OSError: the disk is away")) == (Verdict.FAIL, True)


def test_a_job_is_told_in_each_of_its_states(settings: Settings) -> None:
    database = Database(settings.database_url)
    faults: list[str] = []

    def work(_run: object) -> str:
        if faults:
            raise OSError(faults[0])
        return "Tidied."

    job = Periodic("tidying", every=HOUR, lease=HOUR, work=work)
    runner, now = Runner(database, [job]), clock.now()

    def told(after: timedelta) -> tuple[str, str]:
        with clock.frozen(now + after):
            findings = examine(settings, LocalStore(settings.storage.root), (job,))
            ((verdict, words),) = [(each.verdict, each.words) for each in findings if each.check == "job tidying"]
            return verdict, words

    assert told(0 * HOUR)[1] == "It has not run yet; it begins with `gatefold serve`."
    with clock.frozen(now):
        runner.run_due()
    verdict, words = told(HOUR)
    assert verdict == Verdict.OK
    assert words.startswith("Tidied. That was at ")
    assert told(HOUR + checks.OVERDUE)[0] == Verdict.OK
    verdict, words = told(HOUR + checks.OVERDUE + timedelta(seconds=1))
    assert (verdict, "is `gatefold serve` running?" in words) == (Verdict.FAIL, True)

    faults.append("the disk is away")
    with clock.frozen(now + HOUR):
        runner.run_due()
    verdict, words = told(HOUR)
    assert verdict == Verdict.FAIL
    assert "tried again" in words
    assert words.endswith("OSError: the disk is away")

    with database.writing() as db:
        row = db.get_one(Job, "tidying")
        row.leased_by, row.started_at, row.leased_until = "a worker", now + 2 * HOUR, now + 3 * HOUR
    assert told(2.5 * HOUR)[1].startswith("It is running since")
    assert told(4 * HOUR)[0] == Verdict.FAIL
    database.close()


def test_without_a_mail_server_it_says_where_notices_are(site: Site, settings: Settings) -> None:
    assert one(settings, "mail") == (Verdict.OK, "There is no mail server; notices wait on readers' pages.")


def test_the_mail_server_is_tried_and_no_mail_sent(site: Site, settings: Settings) -> None:
    with mailserver.serving(None) as server:
        given = settings.model_copy(update={"mail": server.settings})
        words = "localhost takes mail from Sample Press <books@press.example>; none was sent."
        assert one(given, "mail") == (Verdict.OK, words)
        server.mailbox.sender_answer = "553 5.7.1 Sender rejected"
        assert one(given, "mail") == (
            Verdict.FAIL,
            "The mail server takes nothing from books@press.example: 553 5.7.1 Sender rejected. Mails wait until then.",
        )
        assert server.mailbox.taken == []
    verdict, words = one(given, "mail")
    assert (verdict, words.startswith("The mail server can’t be reached: Connection refused.")) == (Verdict.FAIL, True)


def test_mail_that_was_given_up_is_a_warning(site: Site, settings: Settings) -> None:
    assert found(settings, "outgoing mail") == []
    with site.portal.database.writing() as db:
        user_id = recognise(db, "campus", Profile("https://id.example.org", "ada")).user_id
        mail = OutgoingMail(user_id=user_id, key="notice 1", kind="notice", state=MailState.SENT)
        db.add(mail)
    assert one(settings, "outgoing mail")[0] == Verdict.OK
    with site.portal.database.writing() as db:
        db.merge(mail).state = MailState.GIVEN_UP
    verdict, words = one(settings, "outgoing mail")
    assert (verdict, "1 given-up" in words, "gatefold notice outbox" in words) == (Verdict.WARN, True, True)
