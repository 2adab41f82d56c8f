"""The time-limited link: how it is made, what ends it, and what a use is."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api import clock
from api.access.rules import set_ladder, take_grant
from api.tables import RuleKind, State, Ticket, Title, User, metadata
from tests.cast import BEN, CLEO, issuer, sign_in
from tests.make import Made, grant, shelve
from tests.site import Site


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


def link_of(site: Site, made: Made, person: str = CLEO) -> str:
    client = site.browser()
    sign_in(client, person)
    answer = client.post(f"{made.path}/tickets", headers={"accept": "application/json"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


def uses_left(site: Site) -> int:
    with site.portal.database.reading() as db:
        return int(db.exec(sa.select(Ticket.uses_left)).scalar_one())


def change_title(site: Site, made: Made, **values: object) -> None:
    with site.portal.database.writing() as db:
        title = db.get(Title, made.id)
        for name, value in values.items():
            setattr(title, name, value)


def test_as_json_the_link_comes_with_all_a_program_needs(site: Site, made: Made) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"url", "expires_at", "uses_left", "filename", "size", "sha256", "media_type"}
    assert answer.json()["url"].startswith(f"{site.url}/t/")
    assert answer.json()["uses_left"] == 5
    assert answer.headers["cache-control"] == "private, no-store"


def test_as_a_page_it_starts_the_download_by_itself(site: Site, made: Made) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    page = cleo.post(f"{made.path}/tickets")
    assert page.status_code == 200
    link = page.text.partition('content="0; url=')[2].partition('"')[0]
    assert link.startswith(f"{site.url}/t/")
    assert "made for you" in page.text
    assert site.program().get(link).content == made.file


def test_the_secret_of_a_link_is_not_in_the_database(site: Site, made: Made) -> None:
    secret = link_of(site, made).split("/")[4]
    assert len(secret) >= 22  # 128 bits
    with site.portal.database.reading() as db:
        kept = [repr(db.exec(sa.select(table)).all()) for table in metadata.sorted_tables]
    assert any("rivers-of-paper" in rows for rows in kept)
    assert not [rows for rows in kept if secret in rows]


def test_whoever_holds_the_link_holds_the_ticket(site: Site, made: Made) -> None:
    answer = site.program().get(link_of(site, made))
    assert (answer.status_code, answer.content) == (200, made.file)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


def test_only_a_transfer_from_byte_0_is_a_use(site: Site, made: Made) -> None:
    link, anyone = link_of(site, made), site.program()
    etag = anyone.head(link).headers["etag"]
    anyone.get(link, headers={"range": "bytes=100-"})
    anyone.get(link, headers={"if-none-match": etag})
    anyone.get(link, headers={"range": "bytes=99999999-"})
    anyone.get(link, headers={"sec-purpose": "prefetch"})
    assert uses_left(site) == 5
    anyone.get(link, headers={"range": "bytes=0-9"})
    assert uses_left(site) == 4
    anyone.get(link, headers={"range": "bytes=100-", "if-range": '"another file"'})
    assert uses_left(site) == 3


def test_a_used_up_link_is_gone_but_its_last_transfer_may_continue(site: Site, made: Made) -> None:
    link, anyone = link_of(site, made), site.browser()
    for _ in range(5):
        assert anyone.get(link).status_code == 200
    gone = anyone.get(link)
    assert gone.status_code == 410
    assert "That link has run out" in gone.text
    assert f'href="{made.pdf}"' in gone.text
    assert anyone.get(link, headers={"range": "bytes=100-"}).status_code == 206


def test_of_twenty_redemptions_of_the_last_use_one_wins(site: Site, made: Made) -> None:
    link = link_of(site, made)
    with site.portal.database.writing() as db:
        db.exec(sa.update(Ticket).values(uses_left=1))
    start, statuses = threading.Barrier(20), []

    def redeem() -> None:
        client = site.program()
        start.wait()
        statuses.append(client.get(link).status_code)

    threads = [threading.Thread(target=redeem) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [410] * 19


@pytest.mark.parametrize(("after", "status"), [(599, 200), (600, 410), (6000, 410)])
def test_a_link_ends_on_time(site: Site, made: Made, after: int, status: int) -> None:
    now = clock.now()
    with clock.frozen(now):
        link = link_of(site, made)
    with clock.frozen(now + timedelta(seconds=after)):
        assert site.program().get(link).status_code == status
        assert site.program().head(link).status_code == status


def test_a_fresh_link_is_one_step_from_a_dead_one(site: Site, made: Made) -> None:
    now = clock.now()
    cleo = site.browser()
    with clock.frozen(now):
        sign_in(cleo, CLEO)
        link = cleo.get(made.pdf).headers["location"]
    with clock.frozen(now + timedelta(hours=1)):
        assert cleo.get(link).status_code == 410
        assert cleo.get(made.pdf, follow_redirects=True).content == made.file


def test_forged_and_bent_links_are_all_the_same_404(site: Site, made: Made) -> None:
    link, anyone = link_of(site, made), site.program()
    host, secret, filename = link.rpartition("/t/")[0], *link.split("/")[4:]
    bent = [secret[:-1] + ("A" if secret[-1] != "A" else "B"), secret + "x", secret[1:], secret.swapcase(), "x" * 43]
    bent += [secret.replace(secret[20], "%00", 1), "..%2f..", "é" * 20]
    answers = [anyone.get(f"{host}/t/{other}/{filename}") for other in bent]
    answers += [anyone.get(f"{host}/t/{secret}/{name}") for name in ("other.pdf", "rivers-of-paper", "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert uses_left(site) == 5


def test_a_revoked_link_is_gone(site: Site, made: Made) -> None:
    link = link_of(site, made)
    with site.portal.database.writing() as db:
        db.exec(sa.update(Ticket).values(revoked_at=clock.now()))
    assert site.program().get(link).status_code == 410


def test_a_link_dies_with_the_withdrawal_of_its_title(site: Site, made: Made) -> None:
    link = link_of(site, made)
    change_title(site, made, state=State.WITHDRAWN)
    answer = site.program().get(link)
    assert answer.status_code == 410
    assert "withdrawn" in answer.json()["detail"]


def test_a_link_dies_with_the_grant_it_came_from(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    link = link_of(site, made, BEN)
    with site.portal.database.writing() as db:
        assert take_grant(db, made.id, issuer(site), BEN)
    assert site.program().get(link).status_code == 403


@pytest.mark.parametrize("rules", [[], [RuleKind.LISTED]])
def test_a_link_dies_with_the_rule_that_admitted(site: Site, made: Made, rules: list[RuleKind]) -> None:
    link = link_of(site, made)
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, rules)
    assert site.browser().get(link).status_code == 403


def test_a_link_dies_with_its_readers_account(site: Site, made: Made) -> None:
    link = link_of(site, made)
    with site.portal.database.writing() as db:
        db.exec(sa.update(User).values(disabled_at=clock.now()))
    assert site.program().get(link).status_code == 403


def test_a_link_is_shut_by_a_later_opening_date(site: Site, made: Made) -> None:
    link = link_of(site, made)
    change_title(site, made, opens_at=clock.now() + timedelta(days=1))
    assert site.program().get(link).status_code == 403


def test_asking_for_a_link_without_being_admitted(site: Site) -> None:
    listed = shelve(site, rules=[RuleKind.LISTED])
    opened = shelve(site, "opened", rules=[RuleKind.EVERYONE])
    gone = shelve(site, "gone", state=State.WITHDRAWN)
    nobody, program = site.browser(), site.program()
    assert nobody.post(f"{listed.path}/tickets").headers["location"] == f"{listed.path}?get=pdf"
    assert program.post(f"{listed.path}/tickets").status_code == 401
    answer = nobody.post(f"{opened.path}/tickets")
    assert (answer.status_code, answer.headers["location"]) == (303, opened.pdf)
    assert program.post(f"{gone.path}/tickets").status_code == 410
