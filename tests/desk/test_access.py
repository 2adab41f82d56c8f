"""A title's opening and its ladder at the desk: filled in, ordered, checked, saved, and never over another's change."""

from datetime import UTC, datetime, timedelta

import httpx2
from sqlmodel import select

from api import clock
from api.access.proposed import rules_of
from api.access.rules import set_ladder
from api.access.sorts import MOST_RULES, SORTS
from api.tables import Audit, RuleKind, State, Title
from tests.cast import CLEO, Forms, sign_in
from tests.make import Made, shelve
from tests.site import Site

SLUG = "rivers-of-paper"
PAGE = f"/desk/titles/{SLUG}/access"
PAGES = [PAGE, *(f"{PAGE}/{leaf}" for leaf in ("readers", "readers/list", "vouchers", "links", "trial"))]

BAD: list[tuple[list[str], dict[str, str], str, str]] = [
    (["email-domain:"], {}, "argument-1", "Write a domain"),
    (["signed-in", "email-domain:=cmd"], {}, "argument-2", "Write a domain"),
    (["email-domain:" + "x" * 300 + ".org"], {}, "argument-1", "Write a domain"),
    (["email-domain:k\u212alvin.org"], {}, "argument-1", "Write a domain"),
    (["affiliation:two words"], {}, "argument-1", "Write an affiliation"),
    (["one-orcid:0000-0002-1825-0098"], {}, "argument-1", "Write an ORCID iD"),
    (["institution:nowhere"], {}, "argument-1", "Choose an institution"),
    (["provider:elsewhere"], {}, "argument-1", "Choose a provider"),
    (["signed-in"], {"date": "soon"}, "date", "Write a day"),
    (["signed-in"], {"date": "1999-12-31"}, "date", "from the year 2000"),
    (["signed-in"], {"date": "2027-03-01", "time": "25:00"}, "time", "Write a time"),
    (["signed-in"], {"time": "09:30"}, "date", "Write a day"),
]


def filled(client: httpx2.Client, *rows: str, **fields: str) -> dict[str, str]:
    """The form as it stands, with these rules, each `sort` or `sort:argument`, in the place of those there."""
    form = next(form for form in Forms.of(client.get(PAGE).text) if form.action == PAGE)
    typed = {"seen": form.fields["seen"], "date": "", "time": ""}
    for place, row in enumerate(rows, start=1):
        typed[f"sort-{place}"], _, typed[f"argument-{place}"] = row.partition(":")
    return typed | fields


def saves(client: httpx2.Client, *rows: str, do: str = "confirm", **fields: str) -> httpx2.Response:
    return client.post(PAGE, data=filled(client, *rows, **fields) | {"do": do})


def ladder(site: Site, made: Made) -> list[str]:
    with site.portal.database.reading() as db:
        return [str(rule) for rule in rules_of(db, made.id)]


def audited(site: Site, action: str) -> list[str]:
    with site.portal.database.reading() as db:
        return [line.words for line in db.exec(select(Audit).where(Audit.action == action)).all()]


def test_from_the_form_to_the_reader(site: Site, made: Made, editor: httpx2.Client) -> None:
    page = editor.get(PAGE).text
    assert "Whoever signs in" in page
    assert "Free to read, sign-in required" in page  # the leaf as readers see it
    answer = saves(editor, "email-domain:Example.ORG", "affiliation:member@example.edu", "orcid", "listed")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=1")
    assert ladder(site, made) == [
        "email-domain:example.org",
        "claim:affiliation=member@example.edu",
        "claim:orcid",
        "listed",
    ]
    assert "Saved. What follows is how it stands." in editor.get(f"{PAGE}?saved=1").text
    assert "people with an address at example.org" in site.browser().get(made.path).text
    assert audited(site, "access-changed") == [
        "signed-in → email-domain:example.org, claim:affiliation=member@example.edu, claim:orcid, listed"
    ]


def test_each_kind_that_stands_alone_is_saved(site: Site, made: Made, editor: httpx2.Client) -> None:
    for sort in [sort.name for sort in SORTS.values() if not sort.field]:
        assert saves(editor, sort).status_code == 303
        assert ladder(site, made) == [{"orcid": "claim:orcid"}.get(sort, sort)]


def test_an_orcid_is_a_person_and_stays_out_of_the_audit_log(site: Site, made: Made, editor: httpx2.Client) -> None:
    assert saves(editor, "one-orcid:0000-0002-1825-0097").status_code == 303
    assert ladder(site, made) == ["claim:orcid=0000-0002-1825-0097"]
    assert audited(site, "access-changed") == ["signed-in → claim:orcid=one"]
    assert 'value="0000-0002-1825-0097"' in editor.get(PAGE).text


def test_rules_are_moved_taken_out_and_added_without_saving(site: Site, made: Made, editor: httpx2.Client) -> None:
    typed = filled(editor, "listed", "voucher", "email-domain:example.org")
    for press, order in (
        ("up-3", ["listed", "email-domain", "voucher"]),
        ("down-1", ["voucher", "listed", "email-domain"]),
        ("up-1", ["listed", "voucher", "email-domain"]),
        ("remove-2", ["listed", "email-domain"]),
        ("down-99", ["listed", "voucher", "email-domain"]),
    ):
        page = editor.post(PAGE, data=typed | {"do": press})
        form = next(form for form in Forms.of(page.text) if form.action == PAGE)
        assert [value for name, value in form.fields.items() if name.startswith("sort-")] == order
        assert form.fields["seen"] == typed["seen"]
    page = editor.post(PAGE, data=typed | {"do": "add", "add": "on-request"})
    assert page.status_code == 200
    assert 'name="sort-4" value="on-request"' in page.text
    assert "Not saved yet." in page.text
    assert editor.post(PAGE, data=typed | {"do": "add", "add": "x"}).status_code == 422
    full = filled(editor, *["email-domain:example.org"] * MOST_RULES)
    assert "at most 40 rules" in editor.post(PAGE, data=full | {"do": "add", "add": "listed"}).text
    assert ladder(site, made) == ["signed-in"]


def test_the_rule_that_was_moved_keeps_the_focus(editor: httpx2.Client, made: Made) -> None:
    page = editor.post(PAGE, data=filled(editor, "listed", "voucher") | {"do": "up-2"}).text
    assert 'value="up-1" aria-disabled="true" autofocus' in page


def test_an_opening_is_saved_in_utc_and_closes_the_text_till_then(
    site: Site, made: Made, editor: httpx2.Client
) -> None:
    assert saves(editor, "signed-in", date="2199-03-01", time="09:30").status_code == 303
    with site.portal.database.reading() as db:
        assert db.get_one(Title, made.id).opens_at == datetime(2199, 3, 1, 9, 30, tzinfo=UTC)
    assert "Opens on" in site.browser().get(made.path).text
    page = editor.get(PAGE).text
    assert 'value="2199-03-01"' in page
    assert 'value="09:30"' in page
    assert saves(editor, "signed-in").status_code == 303
    assert audited(site, "access-changed")[1] == "signed-in, from 2199-03-01T09:30+00:00 → signed-in"


def test_seconds_that_the_form_does_not_show_are_kept(site: Site, editor: httpx2.Client) -> None:
    opens_at = datetime(2026, 11, 1, 8, 15, 42, 7, tzinfo=UTC)
    made = shelve(site, opens_at=opens_at)
    assert saves(editor, "signed-in", "listed", date="2026-11-01", time="08:15").status_code == 303
    with site.portal.database.reading() as db:
        assert db.get_one(Title, made.id).opens_at == opens_at


def test_a_fault_stands_at_its_field_and_on_top_and_all_is_kept(site: Site, made: Made, editor: httpx2.Client) -> None:
    for rows, fields, field, words in BAD:
        answer = saves(editor, *rows, **fields)
        assert answer.status_code == 422, rows
        assert 'role="alert"' in answer.text
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-fault"' in answer.text
        assert words in answer.text
        for typed in fields.values():
            assert f'value="{typed}"' in answer.text
    assert ladder(site, made) == ["signed-in"]


def test_the_second_of_two_editors_is_shown_what_the_first_did(site: Site, made: Made, editor: httpx2.Client) -> None:
    begun = filled(editor, "listed", "email-domain:example.org")
    assert saves(editor, "voucher", date="2199-01-01").status_code == 303
    answer = editor.post(PAGE, data=begun | {"do": "confirm"})
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text
    assert "Readers with a code" in answer.text
    assert "2199" in answer.text
    assert 'value="example.org"' in answer.text
    assert ladder(site, made) == ["voucher"]
    form = next(form for form in Forms.of(answer.text) if form.action == PAGE)
    again = editor.post(PAGE, data=begun | {"do": "confirm", "seen": form.fields["seen"]})
    assert again.status_code == 303
    assert ladder(site, made) == ["listed", "email-domain:example.org"]


def test_a_press_twice_changes_once_and_other_fields_are_ignored(site: Site, made: Made, editor: httpx2.Client) -> None:
    form = filled(editor, "voucher") | {"do": "confirm", "state": "withdrawn", "slug": "other"}
    assert [editor.post(PAGE, data=form).status_code for _ in range(2)] == [303, 303]
    assert len(audited(site, "access-changed")) == 1
    with site.portal.database.reading() as db:
        assert db.get_one(Title, made.id).state == State.PUBLISHED


def test_the_same_rule_twice_is_one(site: Site, made: Made, editor: httpx2.Client) -> None:
    assert saves(editor, "listed", "listed", "voucher").status_code == 303
    assert ladder(site, made) == ["listed", "voucher"]


def test_a_rule_that_another_makes_needless_says_so(site: Site, editor: httpx2.Client) -> None:
    shelve(site, rules=[RuleKind.SIGNED_IN, RuleKind.LISTED])
    assert "lets nobody in whom a rule above it" in editor.get(PAGE).text


def test_all_others_get_the_common_404(site: Site, made: Made) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for path in [*PAGES, "/desk/requests", "/desk/institutions", "/desk/institutions/new"]:
        for client in (cleo, site.browser()):
            assert client.get(path).status_code == 404
            assert client.post(path, data={"do": "save"}).status_code in (404, 405)
    assert ladder(site, made) == ["signed-in"]


def test_each_page_is_private_and_an_unknown_title_is_not_there(made: Made, editor: httpx2.Client) -> None:
    for path in PAGES:
        page = editor.get(path)
        assert page.status_code == 200, path
        assert page.headers["cache-control"] == "private, no-store"
        assert f'href="{PAGE}" aria-current="page"' in page.text
        assert editor.get(path.replace(SLUG, "no-such")).status_code == 404
        assert editor.get(path.replace(SLUG, "no%00such")).status_code == 404


def test_a_later_opening_of_a_draft_takes_nothing_from_anyone(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    later = (clock.now() + timedelta(days=9)).date().isoformat()
    assert saves(editor, "listed", do="save", date=later).status_code == 303


def test_a_ladder_set_meanwhile_on_the_command_line_counts_as_another_editor(
    site: Site, made: Made, editor: httpx2.Client
) -> None:
    begun = filled(editor, "listed")
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.EVERYONE])
    assert editor.post(PAGE, data=begun | {"do": "confirm"}).status_code == 409
