"""Who would lose access is shown before a stricter ladder or a later opening is saved, and saving takes no grant."""

from collections.abc import Sequence
from datetime import timedelta

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.access import losing
from api.access.asked import AskedRule, parse
from api.access.losing import Opening, can_take_away, losses
from api.access.rules import give_grant, set_ladder
from api.tables import Edition, Grant, Holding, Identity, Invitation, RuleKind, State, Title, User
from tests.cast import ADA, BEN, CLEO, issuer, sign_in
from tests.desk.test_access import PAGE, filled, ladder, saves
from tests.effort import at_most
from tests.make import Made, grant, shelve
from tests.site import Site

NOW = clock.now()


def rules(*written: str) -> tuple[AskedRule, ...]:
    return tuple(parse(each) for each in written)


def took(site: Site, made: Made, person: str) -> httpx2.Client:
    """Somebody who has signed in and taken the file."""
    client = site.browser()
    sign_in(client, person)
    assert client.get(made.pdf, follow_redirects=True).content == made.file
    return client


def test_who_loses_is_shown_and_nothing_is_saved_before_that(site: Site, made: Made, editor: httpx2.Client) -> None:
    ben, cleo = took(site, made, BEN), took(site, made, CLEO)
    grant(site, made, BEN)
    link = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"}).json()["url"]
    page = saves(editor, "listed", do="save")
    assert page.status_code == 200
    assert "<strong>1 reader of 2</strong>" in page.text
    assert "Cleo Specimen" in page.text
    assert "demo:cleo" in page.text
    assert "Ben Example" not in page.text
    assert "example.org" not in page.text  # nobody's e-mail address
    assert ladder(site, made) == ["signed-in"]
    assert saves(editor, "listed", do="confirm").status_code == 303
    assert ladder(site, made) == ["listed"]
    assert "Open to you" in ben.get(made.path).text
    assert site.program().get(link).status_code == 403
    with site.portal.database.reading() as db:
        assert len(db.exec(select(Grant)).all()) == 1
        assert len(db.exec(select(Holding)).all()) == 2


def test_back_from_that_page_everything_typed_is_there(site: Site, made: Made, editor: httpx2.Client) -> None:
    took(site, made, CLEO)
    page = editor.post(PAGE, data=filled(editor, "email-domain:other.example", date="2199-01-01") | {"do": "back"})
    assert page.status_code == 200
    assert 'value="other.example"' in page.text
    assert 'value="2199-01-01"' in page.text
    assert ladder(site, made) == ["signed-in"]


def test_a_later_opening_closes_to_all_and_says_so(site: Site, made: Made, editor: httpx2.Client) -> None:
    took(site, made, CLEO)
    page = saves(editor, "signed-in", do="save", date="2199-01-01")
    assert "<strong>1 reader of 1</strong>" in page.text
    assert "Closed to every reader until" in page.text


def test_what_was_open_without_a_sign_in_says_so(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    page = saves(editor, "signed-in", do="save")
    assert "It could be read without signing in" in page.text
    assert ladder(site, made) == ["everyone"]


def test_names_that_have_not_come_are_counted(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    with site.portal.database.writing() as db:
        db.add(Invitation(title_id=made.id, email="jane@example.org"))
    page = saves(editor, "voucher", do="save")
    assert "2 names stand on your list" in page.text
    assert "Nobody is known" in page.text


def test_a_wider_ladder_is_saved_at_once(site: Site, made: Made, editor: httpx2.Client) -> None:
    took(site, made, CLEO)
    assert saves(editor, "signed-in", "listed", do="save").status_code == 303
    assert saves(editor, "everyone", do="save").status_code == 303
    assert ladder(site, made) == ["everyone"]


@pytest.mark.parametrize(
    ("before", "after", "later", "state", "expected"),
    [
        (["signed-in"], ["listed"], False, State.PUBLISHED, True),
        (["signed-in"], [], False, State.PUBLISHED, True),
        (["listed"], ["signed-in"], False, State.PUBLISHED, False),
        (["listed", "voucher"], ["voucher", "listed"], False, State.PUBLISHED, False),
        (["listed"], ["listed", "voucher"], False, State.PUBLISHED, False),
        (["everyone"], ["signed-in"], False, State.PUBLISHED, True),
        (["listed"], ["listed"], True, State.PUBLISHED, True),
        (["signed-in"], ["listed"], False, State.DRAFT, False),
        (["signed-in"], ["listed"], False, State.WITHDRAWN, False),
        ([], ["listed"], True, State.PUBLISHED, False),
    ],
)
def test_when_anyone_could_lose(before: list[str], after: list[str], later: bool, state: State, expected: bool) -> None:
    new = Opening(NOW + timedelta(days=1) if later else None, rules(*after))
    assert can_take_away(state, Opening(None, rules(*before)), new, NOW) is expected
    closed = Opening(NOW + timedelta(hours=1), rules(*before))
    assert can_take_away(state, closed, new, NOW) is False


def crowd(site: Site, made: Made, count: int) -> None:
    """So many readers, each of whom has taken the title; every tenth is on its list."""
    now = clock.now()
    with site.portal.database.writing() as db:
        edition = db.exec(select(Edition.id).where(Edition.title_id == made.id)).one()
        each = range(1000, 1000 + count)
        rows: dict[type, Sequence[dict[str, object]]] = {
            User: [{"id": n, "name": f"Reader {n}", "role": "reader", "created_at": now} for n in each],
            Identity: [
                {
                    "user_id": n,
                    "provider": "demo",
                    "issuer": issuer(site),
                    "subject": f"r{n}",
                    "email_verified": False,
                    "created_at": now,
                }
                for n in each
            ],
            Holding: [{"user_id": n, "edition_id": edition, "taken_at": now + timedelta(seconds=n)} for n in each],
            Grant: [
                {"title_id": made.id, "issuer": issuer(site), "subject": f"r{n}", "source": "listed", "granted_at": now}
                for n in each
                if n % 10 == 0
            ],
        }
        for table, values in rows.items():
            db.connection().execute(sa.insert(table), values)


def test_of_a_crowd_the_latest_are_looked_at_and_it_is_said(
    site: Site, made: Made, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losing, "LOOKED_AT", 100)
    crowd(site, made, 250)
    page = saves(editor, "listed", do="save").text
    assert "<strong>90 readers of 100</strong>" in page
    assert "Reader 1249" in page
    assert page.count('class="handle">demo:r') == losing.SHOWN
    assert "40 more are not shown" in page
    assert "250 readers are known, and only the 100 seen last were looked at" in page


@pytest.mark.timed
def test_a_large_crowd_is_answered_in_a_moment(site: Site, made: Made) -> None:
    crowd(site, made, 12_000)
    with site.portal.database.reading() as db:
        title = db.get_one(Title, made.id)
        with at_most(5):  # about a third of a second on an idle machine
            found = losses(db, title, Opening(None, rules("signed-in")), Opening(None, rules("listed")), clock.now())
    assert (found.known, found.looked_at, found.losing) == (12_000, 5_000, 4_500)


def test_staff_and_the_shut_out_are_not_among_those_who_lose(site: Site, made: Made, editor: httpx2.Client) -> None:
    took(site, made, ADA)
    took(site, made, CLEO)
    with site.portal.database.writing() as db:
        cleo = db.exec(select(User).where(User.name == "Cleo Specimen")).one()
        cleo.disabled_at = clock.now()
        db.add(cleo)
    assert "nobody who can read it now would lose that" in saves(editor, "listed", do="save").text


def test_whoever_keeps_another_way_in_does_not_lose(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.LISTED, RuleKind.VOUCHER])
    with site.portal.database.writing() as db:
        give_grant(db, made.id, issuer(site), BEN)
        give_grant(db, made.id, issuer(site), BEN, RuleKind.VOUCHER)
        give_grant(db, made.id, issuer(site), CLEO)
        set_ladder(db, made.id, rules("listed", "voucher"))
    for person in (BEN, CLEO):
        sign_in(site.browser(), person)
    page = saves(editor, "voucher", do="save").text
    assert "Cleo Specimen" in page
    assert "Ben Example" not in page
