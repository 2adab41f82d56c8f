"""Publishing at the desk: now, by plan, taken back, withdrawn; each once, and the second of two editors is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.shelf import history, shelving
from api.tables import Audit, Happening, ScheduledPublication, State, Title, User
from tests.cast import BEN, CLEO, sign_in
from tests.desk.conftest import editor_of
from tests.make import shelve
from tests.site import Site

SLUG = "rivers-of-paper"
PAGE = f"/desk/titles/{SLUG}/publishing"


def state(site: Site) -> str:
    with site.portal.database.reading() as db:
        return db.exec(select(Title.state).where(Title.slug == SLUG)).one()


def life(site: Site) -> list[tuple[str, str]]:
    with site.portal.database.reading() as db:
        events = history.of_title(db, shelving.id_of(shelving.find_title(db, SLUG)))
        return [(event.what, event.words) for event in events]


def post(client: httpx2.Client, form: str, **fields: object) -> httpx2.Response:
    return client.post(f"{PAGE}/{form}", data={name: str(value) for name, value in fields.items()})


def plan_for(days: int = 9) -> dict[str, str]:
    due = clock.now() + timedelta(days=days)
    return {"due_on": due.strftime("%Y-%m-%d"), "due_at": due.strftime("%H:%M")}


def test_an_editor_publishes_and_the_log_knows_who(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, state=State.DRAFT)
    page = editor.get(PAGE).text
    assert "For readers there is no page at /reports/rivers-of-paper yet." in page
    assert f'<a href="{PAGE}" aria-current="page">Publish</a>' in page
    answer = post(editor, "now", seen=0)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert site.browser().get(made.path).status_code == 200
    page = editor.get(PAGE).text
    assert "by Ada Sample" in page
    assert "Withdraw it for good" in page
    with site.portal.database.reading() as db:
        act = db.exec(select(Audit).where(Audit.action == "title-published")).one()
        assert db.get_one(User, act.actor_user_id).name == "Ada Sample"


def test_the_same_button_pressed_twice_makes_one_event(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    assert [post(editor, "now", seen=0).status_code for _ in range(2)] == [303, 303]
    assert life(site) == [(Happening.PUBLISHED, "")]
    assert [post(editor, "withdrawal", seen=1, slug=SLUG, reason="Wrong").status_code for _ in range(2)] == [303, 303]
    assert life(site)[1:] == [(Happening.WITHDRAWN, "Wrong")]


def test_presses_at_the_same_moment_make_one_event(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    ben = editor_of(site, BEN)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: post(client, "now", seen=0).status_code, [editor, ben] * 3))
    assert sorted(set(answers)) == [303, 409]
    assert answers.count(409) == 3  # all of the editor who came second
    assert len(life(site)) == 1


def test_of_two_editors_the_second_is_told_what_happened(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    ben = editor_of(site, BEN)
    assert post(editor, "plan", seen=0, **plan_for()).status_code == 303
    answer = post(ben, "now", seen=0)
    assert answer.status_code == 409
    assert "something has happened to this title since you opened the page" in answer.text
    assert "by Ada Sample" in answer.text
    assert (state(site), len(life(site))) == (State.DRAFT, 1)
    assert post(ben, "plan", seen=0, **plan_for(5)).status_code == 409
    assert post(editor, "plan", seen=0, **plan_for(5)).status_code == 409  # another tab of the same editor
    assert post(ben, "now", seen=1).status_code == 303


def test_what_is_missing_is_said_first(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    with site.portal.database.writing() as db:
        title = shelving.find_title(db, SLUG)
        title.abstract = ""
        db.add(title)
    page = editor.get(PAGE).text
    assert f'href="/desk/titles/{SLUG}/record#abstract"' in page
    assert "Publish now</button>" not in page
    for form, fields in (("now", {}), ("plan", plan_for())):
        answer = post(editor, form, seen=0, **fields)
        assert answer.status_code == 422
        assert "There is no abstract." in answer.text
    assert (state(site), life(site)) == (State.DRAFT, [])


def test_a_title_without_file_or_rule_is_published_only_if_that_is_meant(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT, file=None, rules=())
    page = editor.get(PAGE).text
    assert 'name="meant" value="file"' in page
    assert 'name="meant" value="access"' in page
    answer = post(editor, "now", seen=0, meant="file")
    assert answer.status_code == 422
    assert 'value="file" checked' in answer.text
    assert 'value="access" checked' not in answer.text
    answer = editor.post(f"{PAGE}/now", data={"seen": "0", "meant": ["file", "access"], "other": "x"})
    assert answer.status_code == 303
    assert state(site) == State.PUBLISHED


def test_a_plan_is_made_changed_and_taken_back(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    when = plan_for()
    assert post(editor, "plan", seen=0, **when).status_code == 303
    assert post(editor, "plan", seen=0, **when).status_code == 303  # the same once more
    page = editor.get(PAGE).text
    assert "It will be published by itself on" in page
    assert f'value="{when["due_on"]}"' in page
    assert "to be published by itself on" in editor.get(f"/desk/titles/{SLUG}").text
    assert post(editor, "plan", seen=1, **plan_for(12)).status_code == 303
    assert [post(editor, "no-plan", seen=2).status_code for _ in range(2)] == [303, 303]
    assert [what for what, _ in life(site)] == ["scheduled", "scheduled", "unscheduled"]
    assert post(editor, "no-plan", seen=3).status_code == 409


def test_what_was_planned_comes_and_stays_one_event(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    post(editor, "plan", seen=0, **plan_for())
    with site.portal.database.writing() as db:
        planned = db.exec(select(ScheduledPublication)).one()
        planned.due_at = clock.now()
        db.add(planned)
        shelving.publish_due(db, clock.now())
    page = editor.get(PAGE).text
    assert "as scheduled" in page
    assert post(editor, "no-plan", seen=1).status_code == 409
    assert life(site)[-1] == (Happening.PUBLISHED, "as scheduled")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_on": "soon", "due_at": "09:30"}, "Write the day as"),
        ({"due_on": "2030-01-01", "due_at": "half"}, "Write the time as"),
        ({"due_on": "2001-01-01", "due_at": "09:30"}, "has passed"),
        ({"due_on": "2999-01-01", "due_at": "09:30"}, "ten years"),
        ({}, "Write the day as"),
    ],
)
def test_an_instant_that_does_not_do_is_refused_and_kept(
    site: Site, editor: httpx2.Client, fields: dict[str, str], words: str
) -> None:
    shelve(site, state=State.DRAFT)
    answer = post(editor, "plan", seen=0, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    if fields:
        assert f'value="{fields["due_on"]}"' in answer.text
    assert life(site) == []


def test_withdrawing_asks_for_the_address_and_a_reason(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site)
    for fields in ({"slug": "rivers", "reason": "Wrong"}, {"slug": SLUG, "reason": " "}, {"slug": SLUG}, {}):
        assert post(editor, "withdrawal", seen=0, **fields).status_code == 422
    answer = post(editor, "withdrawal", seen=0, slug=SLUG, reason="x" * 501)
    assert answer.status_code == 422
    assert "these are 501" in answer.text
    assert state(site) == State.PUBLISHED
    assert post(editor, "withdrawal", seen=0, slug=SLUG, reason="Two\nlines").status_code == 303
    page = site.browser().get(made.path).text
    assert "withdrawn" in page
    assert "Two lines" not in page
    assert "Two lines" in editor.get(PAGE).text
    assert post(editor, "now", seen=1).status_code == 409
    assert post(editor, "withdrawal", seen=1, slug=SLUG, reason="Again").status_code == 409


def test_for_all_others_there_is_nothing(site: Site) -> None:
    shelve(site, state=State.DRAFT)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for client in (cleo, site.browser()):
        for path in ("", "/publishing", "/preview", "/notices"):
            assert client.get(f"/desk/titles/{SLUG}{path}").status_code == 404
        for path in ("/desk/readiness", "/desk/outbox"):
            assert client.get(path).status_code == 404
        for form in ("now", "plan", "no-plan", "withdrawal"):
            assert post(client, form, seen=0).status_code == 404
        assert client.post(f"/desk/titles/{SLUG}/notices").status_code == 404
        assert client.post(f"/desk/titles/{SLUG}/preview").status_code == 404
    assert state(site) == State.DRAFT


def test_an_unknown_title_is_not_there(site: Site, editor: httpx2.Client) -> None:
    for path in ("", "/publishing", "/preview", "/notices"):
        assert editor.get(f"/desk/titles/none{path}").status_code == 404
    assert editor.post("/desk/titles/none/publishing/now", data={"seen": "0"}).status_code == 404
