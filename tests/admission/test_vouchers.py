"""A code that readers enter on a title's page: it lets so many in, and every code that fails looks the same."""

import threading
from datetime import timedelta

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from api import clock
from api.access import vouchers
from api.access.policy import Reader
from api.access.rules import take_grant
from api.errors import NotFound
from api.signin.people import Profile, as_reader, recognise
from api.tables import Grant, RuleKind, State, Voucher
from tests.cast import BEN, CLEO, issuer, sign_in
from tests.make import Made, shelve
from tests.site import Site


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.LISTED, RuleKind.VOUCHER])


@pytest.fixture
def cleo(site: Site) -> httpx2.Client:
    client = site.browser()
    sign_in(client, CLEO)
    return client


def voucher(site: Site, made: Made, uses: int = 1) -> str:
    now = clock.now()
    with site.portal.database.writing() as db:
        return vouchers.make(db, site.portal.seal, made.id, uses=uses, ends_at=now + timedelta(days=1), now=now).code


def entered(client: httpx2.Client, made: Made, code: str) -> httpx2.Response:
    return client.post(f"{made.path}/vouchers", data={"code": code})


def change(site: Site, **values: object) -> None:
    with site.portal.database.writing() as db:
        db.exec(sa.update(Voucher).values(**values))


def test_a_code_opens_the_title_to_its_reader_alone(site: Site, made: Made, cleo: httpx2.Client) -> None:
    page = cleo.get(made.path).text
    assert "Open to named readers and to readers with a code" in page
    assert "Enter your code to read the full report" in page
    assert f'action="{made.path}/vouchers"' in page
    answer = entered(cleo, made, voucher(site, made))
    assert (answer.status_code, answer.headers["location"]) == (303, made.path)
    assert "Open to you" in cleo.get(made.path).text
    assert cleo.get(made.pdf, follow_redirects=True).content == made.file
    ben = site.browser()
    sign_in(ben, BEN)
    assert "Enter your code" in ben.get(made.path).text


def test_what_it_gives_is_a_grant_with_its_source(site: Site, made: Made, cleo: httpx2.Client) -> None:
    entered(cleo, made, voucher(site, made))
    with site.portal.database.reading() as db:
        grant = db.exec(select(Grant)).one()
    assert (grant.issuer, grant.subject, grant.source) == (issuer(site), CLEO, "voucher")
    assert grant.voucher_id is not None


def test_a_code_is_read_as_people_type_it(site: Site, made: Made, cleo: httpx2.Client) -> None:
    code = voucher(site, made)
    typed = f" {code.replace('-', ' ').lower().replace('0', 'o').replace('1', 'l')} "
    assert entered(cleo, made, typed).status_code == 303


def test_the_code_itself_is_not_kept(site: Site, made: Made) -> None:
    code = voucher(site, made)
    assert len(code.replace("-", "")) == 16
    with site.portal.database.reading() as db:
        kept = db.exec(select(Voucher)).one()
    assert code not in repr(kept)
    assert code.replace("-", "") not in repr(kept)


def test_every_code_that_fails_has_the_same_answer(site: Site, made: Made, cleo: httpx2.Client) -> None:
    other = shelve(site, "other", rules=[RuleKind.VOUCHER])
    elsewhere, spent = voucher(site, other), voucher(site, made)
    answers = [entered(cleo, made, code) for code in ("", "0000-0000-0000-0000", "x" * 5000, "\x00", elsewhere)]
    for values in (
        {"uses_left": 0},
        {"uses_left": 1, "ends_at": clock.now()},
        {"ends_at": clock.now() + timedelta(days=1), "revoked_at": clock.now()},
    ):
        change(site, **values)
        answers.append(entered(cleo, made, spent))
    assert {answer.status_code for answer in answers} == {404}
    for answer in answers:
        assert "That code does not open this title" in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
    shapes = {answer.text.partition('value="')[0] for answer in answers}
    assert len(shapes) == 1


def test_guessing_ends_after_ten_tries_with_the_right_code_too(site: Site, made: Made, cleo: httpx2.Client) -> None:
    code = voucher(site, made)
    for number in range(10):
        assert entered(cleo, made, f"guess {number}").status_code == 404
    answer = entered(cleo, made, code)
    assert answer.status_code == 429
    assert "Your account has tried 10 codes in the last hour" in answer.text
    with clock.frozen(clock.now() + timedelta(hours=1, minutes=1)):
        assert entered(cleo, made, code).status_code == 303


def test_a_program_is_told_as_plainly(site: Site, made: Made, cleo: httpx2.Client) -> None:
    answer = cleo.post(f"{made.path}/vouchers", data={"code": "x"}, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("That code does not open this title.")


def test_what_was_typed_comes_back_escaped(made: Made, cleo: httpx2.Client) -> None:
    page = entered(cleo, made, '"><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_a_reader_uses_a_voucher_once_even_after_being_put_out(site: Site, made: Made, cleo: httpx2.Client) -> None:
    code = voucher(site, made, uses=2)
    entered(cleo, made, code)
    assert entered(cleo, made, code).status_code == 303  # open already: nothing is spent
    with site.portal.database.writing() as db:
        assert db.exec(select(Voucher.uses_left)).one() == 1
        assert take_grant(db, made.id, issuer(site), CLEO)
    assert entered(cleo, made, code).status_code == 404
    with site.portal.database.reading() as db:
        assert db.exec(select(Voucher.uses_left)).one() == 1


def test_taking_the_access_back_ends_the_link(site: Site, made: Made, cleo: httpx2.Client) -> None:
    entered(cleo, made, voucher(site, made))
    link = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"}).json()["url"]
    assert site.program().get(link).status_code == 200
    with site.portal.database.writing() as db:
        voucher_id = db.exec(select(Voucher.id)).one()
        assert voucher_id is not None
        assert vouchers.revoke(db, voucher_id, clock.now(), with_readers=True) == 1
    assert site.program().get(link).status_code == 403


def test_revoking_a_voucher_alone_leaves_its_readers(site: Site, made: Made, cleo: httpx2.Client) -> None:
    entered(cleo, made, voucher(site, made))
    with site.portal.database.writing() as db:
        vouchers.revoke(db, db.exec(select(Voucher.id)).one() or 0, clock.now(), with_readers=False)
    assert "Open to you" in cleo.get(made.path).text


def test_a_title_without_the_rule_takes_no_code(site: Site, cleo: httpx2.Client) -> None:
    listed = shelve(site, "listed", rules=[RuleKind.LISTED])
    assert "/vouchers" not in cleo.get(listed.path).text
    assert entered(cleo, listed, voucher(site, listed)).status_code == 404


def test_no_code_opens_what_is_not_open_yet(site: Site, cleo: httpx2.Client) -> None:
    later = shelve(site, "later", rules=[RuleKind.VOUCHER], opens_at=clock.now() + timedelta(days=1))
    assert entered(cleo, later, voucher(site, later)).status_code == 404
    with site.portal.database.reading() as db:
        assert db.exec(select(Voucher.uses_left).where(col(Voucher.title_id) == later.id)).one() == 1


def test_nobody_and_hidden_titles(site: Site, made: Made, cleo: httpx2.Client) -> None:
    draft = shelve(site, "draft", rules=[RuleKind.VOUCHER], state=State.DRAFT)
    gone = shelve(site, "gone", rules=[RuleKind.VOUCHER], state=State.WITHDRAWN)
    assert site.browser().post(f"{made.path}/vouchers", data={"code": "x"}).status_code == 401
    assert entered(cleo, draft, "x").status_code == 404
    assert entered(cleo, gone, "x").status_code == 410


def test_of_twenty_readers_with_five_uses_five_are_let_in(site: Site, made: Made) -> None:
    code = voucher(site, made, uses=5)
    readers = [_reader(site, f"reader-{number}") for number in range(20)]
    start, opened = threading.Barrier(20), []

    def redeem(reader: Reader) -> None:
        start.wait()
        try:
            with site.portal.database.writing() as db:
                vouchers.redeem(db, site.portal.seal, made.id, reader, code, clock.now())
        except NotFound:
            return
        opened.append(reader.subject)

    threads = [threading.Thread(target=redeem, args=[reader]) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.portal.database.reading() as db:
        grants = db.exec(select(Grant.subject)).all()
        assert db.exec(select(Voucher.uses_left)).one() == 0
    assert len(opened) == 5
    assert sorted(grants) == sorted(opened)


def test_one_reader_in_twenty_tabs_takes_one_use(site: Site, made: Made) -> None:
    code, reader = voucher(site, made, uses=5), _reader(site, "reader")
    start = threading.Barrier(20)

    def redeem() -> None:
        start.wait()
        try:
            with site.portal.database.writing() as db:
                vouchers.redeem(db, site.portal.seal, made.id, reader, code, clock.now())
        except NotFound:
            pass

    threads = [threading.Thread(target=redeem) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.portal.database.reading() as db:
        assert db.exec(select(Voucher.uses_left)).one() == 4
        assert len(db.exec(select(Grant)).all()) == 1


def _reader(site: Site, subject: str) -> Reader:
    with site.portal.database.writing() as db:
        identity = recognise(db, "demo", Profile(issuer(site), subject))
        return as_reader(identity.user, identity)
