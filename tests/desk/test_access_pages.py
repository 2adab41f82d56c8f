"""Vouchers, links, institutions, and the trial of the rules at the desk."""

from datetime import timedelta

import httpx2
from sqlmodel import select

from api import clock
from api.access import institutions
from api.access.asked import parse
from api.access.institutions import House
from api.access.rules import set_ladder
from api.tables import Audit, Grant, Institution, RuleKind, State, Voucher
from tests.cast import ADA, BEN, CLEO, Forms, issuer, pick_person, sign_in
from tests.desk.test_access import PAGE
from tests.make import Made, grant, shelve
from tests.site import Site

VOUCHERS, LINKS, TRIAL, HOUSES = f"{PAGE}/vouchers", f"{PAGE}/links", f"{PAGE}/trial", "/desk/institutions"
BAD_HOUSES = [
    ("slug", "Example University"),
    ("slug", "new"),
    ("name", ""),
    ("name", "x" * 201),
    ("ror", "https://ror.org/03yrm5c27"),
    ("domains", "=cmd"),
    ("networks", "10.0.0.0/4"),
    ("networks", "192.0.2.1/24"),
    ("issuer", "http://id.example.edu"),
    ("issuer", "https://["),
    ("issuer", "https://id.example.edu/ x"),
    ("domains", ""),
]
BAD_TRIALS: list[tuple[dict[str, str], str]] = [
    ({"who": "king"}, "who"),
    ({"who": "member", "institution": "nowhere"}, "institution"),
    ({"who": "person", "person": ""}, "person"),
    ({"who": "person", "person": "demo:stranger"}, "person"),
    ({"who": "person", "person": "99999999999999999999"}, "person"),
    ({"who": "person", "person": "a\x00b"}, "person"),
    ({"who": "nobody", "date": "soon"}, "date"),
    ({"who": "nobody", "time": "09:30"}, "date"),
]
CAMPUS = {"slug": "example-university", "name": "Example  University", "domains": "Example.edu\nmail.example.edu"}


def actions(site: Site) -> list[tuple[str, str]]:
    with site.portal.database.reading() as db:
        return [(line.action, line.object) for line in db.exec(select(Audit).order_by(Audit.id)).all()]


def code_in(page: str) -> str:
    return page.partition('class="shown-once">')[2].partition("<")[0]


def order(client: httpx2.Client) -> dict[str, str]:
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    form = next(form for form in Forms.of(client.get(VOUCHERS).text) if form.action == VOUCHERS)
    return form.fields | {"uses": "2", "until": day}


def test_a_code_is_shown_once_let_in_by_and_revoked(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=[RuleKind.VOUCHER])
    page = editor.post(VOUCHERS, data=order(editor))
    assert page.status_code == 200
    code = code_in(page.text)
    assert len(code) == 19
    assert code not in editor.get(VOUCHERS).text
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert cleo.post(f"{made.path}/vouchers", data={"code": code}).status_code == 303
    assert "Open to you" in cleo.get(made.path).text
    assert "1 of 2 used" in editor.get(VOUCHERS).text
    assert editor.post(f"{VOUCHERS}/1/revocation").status_code == 303
    assert "Revoked" in editor.get(VOUCHERS).text
    assert "Open to you" in cleo.get(made.path).text
    revoked = [editor.post(f"{VOUCHERS}/1/revocation", data={"with_readers": "on"}).status_code for _ in range(2)]
    assert revoked == [303, 303]
    assert "Open to you" not in cleo.get(made.path).text
    title = "title rivers-of-paper"
    assert actions(site) == [("voucher-made", title), ("voucher-revoked", title), ("voucher-revoked", title)]


def test_one_form_sent_twice_makes_one_code(site: Site, made: Made, editor: httpx2.Client) -> None:
    form = order(editor)
    codes = {code_in(editor.post(VOUCHERS, data=form).text) for _ in range(2)}
    assert len(codes) == 1
    assert code_in(editor.post(VOUCHERS, data=order(editor)).text) not in codes
    with site.portal.database.reading() as db:
        assert len(db.exec(select(Voucher)).all()) == 2


def test_a_code_that_nobody_could_use_is_not_made(site: Site, made: Made, editor: httpx2.Client) -> None:
    for field, value in (
        ("uses", "0"),
        ("uses", "100001"),
        ("uses", "٣"),
        ("until", "2020-01-01"),
        ("until", "2199-01-01"),
    ):
        answer = editor.post(VOUCHERS, data=order(editor) | {field: value})
        assert answer.status_code == 422
        assert f'id="{field}-fault"' in answer.text
        assert f'value="{value}"' in answer.text
    with site.portal.database.reading() as db:
        assert not db.exec(select(Voucher)).all()


def test_another_titles_code_is_not_there(site: Site, made: Made, editor: httpx2.Client) -> None:
    editor.post(VOUCHERS, data=order(editor))
    shelve(site, "other")
    assert editor.post(VOUCHERS.replace("rivers-of-paper", "other") + "/1/revocation").status_code == 404


def test_links_that_are_out_are_counted_and_ended(site: Site, made: Made, editor: httpx2.Client) -> None:
    found = {}
    for person in (BEN, CLEO):
        client = site.browser()
        sign_in(client, person)
        make = f"{made.path}/tickets"
        found[person] = [client.post(make, headers={"accept": "application/json"}).json()["url"] for _ in range(2)]
    page = editor.get(LINKS).text
    assert "<strong>4</strong> links work" in page
    assert "Ben Example" in page
    number = page.partition('name="reader" value="')[2].partition('"')[0]
    assert editor.post(f"{LINKS}/revocation", data={"reader": number}).status_code == 303
    assert [site.program().get(link).status_code for link in (*found[BEN], *found[CLEO])] == [410, 410, 200, 200]
    assert editor.post(f"{LINKS}/revocation", data={"whose": "all"}).status_code == 303
    assert site.program().get(found[CLEO][0]).status_code == 410
    assert "No link is out" in editor.get(LINKS).text
    assert editor.post(f"{LINKS}/revocation", data={"whose": "all"}).status_code == 303
    assert editor.post(f"{LINKS}/revocation", data={}).status_code == 400
    assert actions(site) == [("links-revoked", "title rivers-of-paper")] * 2


def test_an_institution_is_described_edited_and_removed(site: Site, made: Made, editor: httpx2.Client) -> None:
    assert [editor.post(HOUSES, data=CAMPUS).status_code for _ in range(2)] == [303, 303]
    assert "Example University" in editor.get(HOUSES).text
    page = editor.get(f"{HOUSES}/example-university").text
    assert "example.edu\nmail.example.edu</textarea>" in page
    taken = editor.post(HOUSES, data=CAMPUS | {"name": "Another"})
    assert taken.status_code == 422
    assert "already" in taken.text
    changed = CAMPUS | {"domains": "", "networks": "192.0.2.0/24", "slug": "other"}
    assert editor.post(f"{HOUSES}/example-university", data=changed).status_code == 303
    with site.portal.database.writing() as db:
        row = db.exec(select(Institution)).one()
        assert (row.slug, row.domains, row.networks) == ("example-university", [], ["192.0.2.0/24"])
        set_ladder(db, made.id, [parse("institution:example-university")])
    refused = editor.post(f"{HOUSES}/example-university/removal")
    assert refused.status_code == 409
    assert f'href="{PAGE}"' in refused.text
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.SIGNED_IN])
    assert [editor.post(f"{HOUSES}/example-university/removal").status_code for _ in range(2)] == [303, 303]
    assert [action for action, _ in actions(site)] == ["institution-added", "institution-edited", "institution-removed"]


def test_a_bad_institution_is_told_and_kept(site: Site, editor: httpx2.Client) -> None:
    for field, value in BAD_HOUSES:
        answer = editor.post(HOUSES, data=CAMPUS | {field: value})
        assert answer.status_code == 422, (field, value)
        assert f'id="{field}-fault"' in answer.text
        assert value in answer.text
    with site.portal.database.reading() as db:
        assert not db.exec(select(Institution)).all()


def tries(client: httpx2.Client, who: str, **fields: str) -> str:
    answer = client.post(TRIAL, data={"who": who} | fields)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_trial_answers_for_everybody(site: Site, made: Made, editor: httpx2.Client) -> None:
    with site.portal.database.writing() as db:
        institutions.add(
            db, House("campus", "Example Campus", networks=("192.0.2.0/24",), issuer="https://id.example.edu")
        )
        set_ladder(db, made.id, [parse("institution:campus"), parse("listed"), parse("on-request")])
    grant(site, made, BEN)
    for person in (BEN, CLEO):
        sign_in(site.browser(), person)
    nobody = tries(editor, "nobody")
    assert "May not read it" in nobody
    assert "Nobody is let in without a sign-in" in nobody
    assert "Sign in to read the full report" in nobody
    someone = tries(editor, "someone")
    assert "ask-first" in someone
    assert "Ask to read the full report" in someone
    member = tries(editor, "member", institution="campus")
    assert "Rule 1 lets them in: Members of an institution: campus." in member
    assert "asking from 192.0.2.0" in member
    for name in ("demo:ben", "Ben@example.org"):
        ben = tries(editor, "person", person=name)
        assert "Rule 2 lets them in: Named readers." in ben
        assert "Ben Example, demo:ben" in ben
    assert "No rule lets them in" in tries(editor, "person", person="demo:cleo")
    staff = tries(editor, "person", person=f"demo:{ADA}")
    assert "They are staff" in staff
    assert '<fieldset class="seen" disabled' in staff


def test_the_trial_and_the_list_answer_in_german(site: Site, made: Made, editor: httpx2.Client) -> None:
    editor.headers["accept-language"] = "de"
    with site.portal.database.writing() as db:
        institutions.add(db, House("campus", "Example Campus", domains=("example.edu",)))
        set_ladder(db, made.id, [parse("institution:campus")])
    member = tries(editor, "member", institution="campus")
    assert "Ein Mitglied von Example Campus: mit einer bestätigten Adresse in example.edu." in member
    assert "Regel 1 lässt die Person zu: Mitglieder einer Einrichtung: campus." in member
    listed = editor.post(f"{PAGE}/readers", data={"person": "=x"})
    assert "Das beginnt wie eine Formel einer Tabellenkalkulation." in listed.text


def test_the_trial_answers_for_a_date_and_for_every_state(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, opens_at=clock.now() + timedelta(days=9))
    assert "not open yet" in tries(editor, "someone")
    later = (clock.now() + timedelta(days=10)).date().isoformat()
    assert "Rule 1 lets them in" in tries(editor, "someone", date=later)
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [])
    assert "The title has no rule" in tries(editor, "someone")
    shelve(site, "draft", state=State.DRAFT)
    shelve(site, "gone", state=State.WITHDRAWN)
    for slug, words in (("draft", "The title is a draft"), ("gone", "The title is withdrawn")):
        answer = editor.post(TRIAL.replace("rivers-of-paper", slug), data={"who": "someone"})
        assert words in answer.text


def test_a_trial_of_nobody_known_says_so(made: Made, editor: httpx2.Client) -> None:
    for typed, field in BAD_TRIALS:
        answer = editor.post(TRIAL, data=typed)
        assert answer.status_code == 422, typed
        assert f'href="#{field}"' in answer.text
        assert "The answer" not in answer.text


def test_an_address_of_two_accounts_is_not_guessed(site: Site, made: Made, editor: httpx2.Client) -> None:
    sign_in(site.browser(), ADA)
    campus = site.browser()
    started = campus.post("/sign-in/demo-campus", data={"next": "/"})
    chosen = pick_person(campus, started.headers["location"], "u-1815")
    campus.get(chosen.headers["location"])
    answer = editor.post(TRIAL, data={"who": "person", "person": "ada@example.org"})
    assert answer.status_code == 422
    assert "Several accounts have this address: demo:ada, demo-campus:u-1815" in answer.text


def test_a_trial_changes_nothing(site: Site, made: Made, editor: httpx2.Client) -> None:
    tries(editor, "someone")
    assert actions(site) == []
    with site.portal.database.reading() as db:
        assert not db.exec(select(Grant).where(Grant.issuer == issuer(site))).all()
