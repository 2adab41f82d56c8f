"""A request is one file served from its byte 0 on; what else a client does with a link counts for nothing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from api import clock
from api.access.rules import set_ladder
from api.tables import Chapter, Event, EventKind, Kind, RuleKind, Title
from tests.cast import ADA, BEN, make_editor
from tests.make import grant, shelve
from tests.site import Site
from tests.usage.conftest import CHROME, FIREFOX, Events, link_of, person, signed_in

REQUEST, NO_LICENSE = EventKind.REQUEST, EventKind.NO_LICENSE


def test_a_download_is_one_request_with_all_that_a_report_needs(site: Site, events: Events) -> None:
    made = shelve(site)
    cleo = signed_in(site)
    assert cleo.get(made.pdf, follow_redirects=True).content == made.file
    (request,) = events(REQUEST)
    assert (request.title_id, request.edition_id, request.data_type, request.items) == (made.id, 1, "Report", 1)
    assert (request.access_type, request.access_method) == ("Controlled", "Regular")
    assert (request.status, request.delivery, request.provider, request.is_robot) == (200, "stream", "demo", False)
    assert abs(clock.now() - request.happened_at) < timedelta(minutes=1)


def test_a_download_in_three_ranges_is_one(site: Site, events: Events) -> None:
    cleo = signed_in(site)
    link = link_of(cleo, shelve(site))
    got = [cleo.get(link, headers={"range": part}) for part in ("bytes=0-99", "bytes=100-199", "bytes=200-")]
    assert [answer.status_code for answer in got] == [206, 206, 206]
    assert [request.status for request in events(REQUEST)] == [206]


@pytest.mark.parametrize("rules", [[RuleKind.EVERYONE], [RuleKind.SIGNED_IN]])
def test_what_is_no_request(site: Site, events: Events, rules: list[RuleKind]) -> None:
    made = shelve(site)
    cleo = signed_in(site)
    address = link_of(cleo, made) if rules == [RuleKind.SIGNED_IN] else made.pdf
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, rules)
    etag = cleo.head(address).headers["etag"]
    for headers, status in (
        ({"if-none-match": etag}, 304),
        ({"if-match": '"another"'}, 412),
        ({"range": "bytes=100-"}, 206),
        ({"range": "bytes=99999999-"}, 416),
        ({"sec-purpose": "prefetch;prerender"}, 204),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"}, 204),
    ):
        assert cleo.get(address, headers=headers).status_code == status
    assert events(REQUEST) == []
    assert cleo.get(address).status_code == 200
    assert len(events(REQUEST)) == 1


def test_a_used_up_or_forged_link_is_no_request(site: Site, events: Events) -> None:
    cleo = signed_in(site)
    link = link_of(cleo, shelve(site))
    assert [cleo.get(link).status_code for _ in range(7)] == [200] * 5 + [410] * 2
    assert cleo.get(f"/t/{'x' * 43}/rivers-of-paper.pdf").status_code == 404
    assert len(events(REQUEST)) == 5


@pytest.mark.parametrize("rules", [[], [RuleKind.SIGNED_IN], [RuleKind.EVERYONE]])
def test_staff_are_not_counted(site: Site, events: Events, rules: list[RuleKind]) -> None:
    made = shelve(site, rules=rules)
    make_editor(site)
    ada = signed_in(site, ADA)
    assert ada.get(made.pdf, follow_redirects=True).content == made.file
    assert ada.get(made.path).status_code == 200
    assert events(REQUEST, EventKind.INVESTIGATION, EventKind.SIGNED_IN) == []


def test_an_open_title_is_counted_at_its_stable_address(site: Site, events: Events) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    assert person(site).get(made.pdf).content == made.file
    signed_in(site).get(made.pdf)
    nobodys, cleos = events(REQUEST)
    assert {nobodys.access_type, cleos.access_type} == {"Open"}
    assert (nobodys.provider, cleos.provider) == (None, "demo")
    assert nobodys.user_key != cleos.user_key


def test_two_clicks_are_two_rows_that_can_be_folded(site: Site, events: Events) -> None:
    made = shelve(site)
    now = clock.now().replace(hour=12)
    with clock.frozen(now):
        cleo, ben = signed_in(site), signed_in(site, BEN)
        cleo.get(made.pdf, follow_redirects=True)
        ben.get(made.pdf, follow_redirects=True)
    with clock.frozen(now + timedelta(seconds=20)):
        cleo.get(made.pdf, follow_redirects=True)
    first, bens, second = events(REQUEST)
    assert first.user_key == second.user_key != bens.user_key
    assert second.happened_at - first.happened_at == timedelta(seconds=20)


def test_whoever_uses_a_link_it_counts_for_the_reader_it_was_made_for(site: Site, events: Events) -> None:
    cleo = signed_in(site)
    link = link_of(cleo, shelve(site))
    cleo.get(link)
    person(site, FIREFOX).get(link)
    assert len({request.user_key for request in events(REQUEST)}) == 1


def test_a_whole_volume_counts_the_chapters_known_then(site: Site, events: Events) -> None:
    made = shelve(site)
    with site.portal.database.writing() as db:
        title = db.get(Title, made.id)
        assert title is not None
        title.kind = Kind.EDITED_VOLUME
        title.chapters = [Chapter(position=1, name="Part One", is_part=True)]
        title.chapters += [Chapter(position=number, name=f"Chapter {number}") for number in range(2, 14)]
    signed_in(site).get("/books/edited/rivers-of-paper.pdf", follow_redirects=True)
    with site.portal.database.writing() as db:
        title = db.get(Title, made.id)
        assert title is not None
        title.chapters = title.chapters[:1]
    person(site).get("/books/edited/rivers-of-paper")
    signed_in(site).get("/books/edited/rivers-of-paper.pdf", follow_redirects=True)
    assert [(event.data_type, event.items) for event in events(REQUEST)] == [("Book", 12), ("Book", 1)]
    assert {event.items for event in events(EventKind.INVESTIGATION)} == {1}


def test_a_refused_reader_is_a_turnaway(site: Site, events: Events) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    cleo = signed_in(site)
    cleo.get(made.pdf)
    cleo.get(made.pdf, headers={"accept": "*/*"})
    cleo.post(f"{made.path}/tickets")
    cleo.head(made.pdf)
    person(site).get(made.pdf)
    turned_away = [(event.status, event.provider) for event in events(NO_LICENSE)]
    assert turned_away == [(303, "demo"), (403, "demo"), (303, "demo"), (303, None)]
    signed_in(site, BEN).get(made.pdf, follow_redirects=True)
    assert len(events(NO_LICENSE)) == 4
    assert len(events(REQUEST)) == 1


def test_what_nobody_may_have_turns_nobody_away(site: Site, events: Events) -> None:
    embargoed = shelve(site, "embargoed", opens_at=clock.now() + timedelta(days=1))
    closed = shelve(site, "closed", rules=[])
    in_preparation = shelve(site, "in-preparation", file=None)
    cleo = signed_in(site)
    for made in (embargoed, closed, in_preparation):
        assert cleo.get(made.pdf).status_code == 303
    assert events(NO_LICENSE, REQUEST) == []


def test_no_person_is_in_an_event(site: Site, events: Events) -> None:
    made = shelve(site)
    cleo = signed_in(site)
    link = link_of(cleo, made)
    cleo.get(link)
    person(site, "Canary/77.31 (a telltale build 99182)").get(made.path)
    assert events()
    with site.portal.database.reading() as db:
        text = repr(db.connection().execute(sa.select(*sa.inspect(Event).columns)).all())
    assert "investigation" in text
    for telltale in ("127.0.0.1", "::1", "Cleo", "cleo", link.split("/")[2], "77.31", "99182", CHROME):
        assert telltale not in text
