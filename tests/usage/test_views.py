"""A landing page seen is one investigation, from memory or rendered, with a session or without."""

from datetime import timedelta

import pytest
from sqlmodel import select

from api import clock
from api.tables import Event, EventKind, RuleKind, State
from tests.cast import ADA, make_editor
from tests.faults.workers import wait_for
from tests.make import Made, shelve
from tests.site import Site
from tests.usage.conftest import FIREFOX, Events, person, signed_in

VIEW = EventKind.INVESTIGATION


def test_each_view_counts_also_from_memory(site: Site, made: Made, events: Events) -> None:
    nobody = person(site)
    for _ in range(3):
        assert nobody.get(made.path).status_code == 200
    views = events(VIEW)
    assert [(view.title_id, view.status, view.items, view.delivery) for view in views] == [(made.id, 200, 1, None)] * 3
    assert {(view.data_type, view.access_type, view.provider) for view in views} == {("Report", "Controlled", None)}


def test_a_page_that_has_not_changed_was_seen_all_the_same(site: Site, made: Made, events: Events) -> None:
    nobody = person(site)
    etag = nobody.get(made.path).headers["etag"]
    assert nobody.get(made.path, headers={"if-none-match": etag}).status_code == 304
    assert [view.status for view in events(VIEW)] == [200, 304]


def test_what_nobody_looked_at_is_no_view(site: Site, made: Made, events: Events) -> None:
    cleo, nobody = signed_in(site), person(site)
    for client in (nobody, nobody, cleo):
        client.head(made.path)
        client.get(made.path, headers={"sec-purpose": "prefetch"})
        client.get(made.path, headers={"purpose": "prefetch"})
        client.get(made.path, headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"})
    client.get("/reports/no-such-title")
    assert events(VIEW) == []


def test_a_reader_is_one_reader_wherever_they_read(site: Site, made: Made, events: Events) -> None:
    signed_in(site).get(made.path)
    signed_in(site, agent=FIREFOX).get(made.path)
    person(site).get(made.path)
    person(site, FIREFOX).get(made.path)
    here, there, nobody, other = events(VIEW)
    assert here.user_key == there.user_key
    assert len({here.user_key, nobody.user_key, other.user_key}) == 3
    assert (here.provider, nobody.provider) == ("demo", None)


def test_a_bad_session_cookie_is_nobody(site: Site, made: Made, events: Events) -> None:
    person(site).get(made.path, headers={"cookie": "gatefold=" + "x" * 43})
    assert [view.provider for view in events(VIEW)] == [None]


def test_the_catalogue_counts_for_a_title_only_while_it_is_that_titles_page(site: Site, events: Events) -> None:
    made = shelve(site)
    person(site).get("/")
    assert [view.title_id for view in events(VIEW)] == [made.id]
    shelve(site, "another")
    with clock.frozen(clock.now()):
        site.app.state.public_pages._asked_at = float("-inf")
        person(site).get("/")
    assert len(events(VIEW)) == 1


def test_staff_previews_are_never_written(site: Site, events: Events) -> None:
    draft = shelve(site, "a-draft", state=State.DRAFT)
    made = shelve(site)
    make_editor(site)
    ada = signed_in(site, ADA)
    for path in (draft.path, made.path, "/"):
        assert ada.get(path).status_code == 200
    assert events(VIEW) == []


def test_access_is_as_it_was_when_the_page_was_seen(site: Site, events: Events) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    made = shelve(site, rules=[RuleKind.EVERYONE], opens_at=tomorrow)
    nobody = person(site)
    nobody.get(made.path)
    with clock.frozen(tomorrow):
        nobody.get(made.path)
    assert [view.access_type for view in events(VIEW)] == ["Controlled", "Open"]


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://scholar.example.org/search?q=rivers", "scholar.example.org"),
        ("https://jane:secret@News.Example.org:8443/a/path", "news.example.org"),
        ("{site}/reports/rivers-of-paper", None),
        ("http://192.0.2.7/inbox", None),
        ("http://[2001:db8::7]/inbox", None),
        ("http://[broken/", None),
        ("android-app://com.example.mail/", "com.example.mail"),
        ("https://<script>/", None),
        (f"https://{'a.' * 200}org/", None),
    ],
)
def test_of_a_referrer_only_the_host_is_kept(
    site: Site, made: Made, events: Events, referrer: str, kept: str | None
) -> None:
    person(site).get(made.path, headers={"referer": referrer.format(site=site.url)})
    assert [view.referrer_host for view in events(VIEW)] == [kept]


def test_views_are_written_within_a_second_and_at_the_stop(site: Site, made: Made) -> None:
    """Of several views one is enough: the thread that writes may have to wait for the processor."""

    def is_written_soon(number: int) -> bool:
        person(site).get(made.path)
        return wait_for(lambda: written(site) == number) < 1

    assert any(is_written_soon(number) for number in range(1, 20))


def written(site: Site) -> int:
    with site.portal.database.reading() as db:
        return len(db.exec(select(Event)).all())
