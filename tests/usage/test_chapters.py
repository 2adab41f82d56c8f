"""A chapter seen or served is an item of its own, within its title."""

import pytest

from api.tables import Event, EventKind, Kind, RuleKind
from tests.make import give_chapters, new_edition, shelve
from tests.site import Site
from tests.usage.conftest import Events, person, signed_in


def said(event: Event) -> tuple[int | None, str | None, int]:
    return event.chapter_id, event.data_type, event.items


@pytest.mark.parametrize(("kind", "data_type"), [(Kind.EDITED_VOLUME, "Book_Segment"), (Kind.REPORT, "Report")])
def test_a_chapter_is_counted_once_and_by_its_name(site: Site, events: Events, kind: Kind, data_type: str) -> None:
    made = shelve(site, kind=kind)
    give_chapters(site, made)
    cleo, nobody = signed_in(site), person(site)
    assert cleo.get(f"{made.path}/chapters/1.pdf", follow_redirects=True).status_code == 200
    for client in (cleo, nobody, nobody):
        client.get(f"{made.path}/chapters/1")
    nobody.get(f"{made.path}/chapters/1.pdf")
    served, denied = events(EventKind.REQUEST), events(EventKind.NO_LICENSE)
    views = events(EventKind.INVESTIGATION)
    assert (len(served), len(denied), len(views)) == (1, 1, 3)
    chapter_id = served[0].chapter_id
    assert chapter_id is not None
    assert {said(event) for event in (*served, *denied, *views)} == {(chapter_id, data_type, 1)}
    assert {event.title_id for event in (*served, *views)} == {made.id}


def test_the_whole_counts_all_chapters_and_names_none(site: Site, events: Events) -> None:
    made = shelve(site, kind=Kind.MONOGRAPH)
    give_chapters(site, made)
    cleo = signed_in(site)
    cleo.get(made.pdf, follow_redirects=True)
    cleo.get(made.path)
    assert [said(event) for event in events(EventKind.REQUEST)] == [(None, "Book", 3)]
    assert [said(event) for event in events(EventKind.INVESTIGATION)] == [(None, "Book", 1)]


def test_the_edition_that_was_served_is_written_down(site: Site, events: Events) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    give_chapters(site, made)
    new_edition(site, made)
    for address in (".pdf", "/editions/1.pdf", "/chapters/1.pdf"):
        person(site).get(f"{made.path}{address}")
    newest, older, chapter = events(EventKind.REQUEST)
    assert newest.edition_id != older.edition_id == chapter.edition_id
