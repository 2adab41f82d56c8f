"""A reader's page about access keys: made, shown once, revoked; and that a key itself opens nothing of it."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
from sqlmodel import select

from api import clock
from api.access import institutions, keys
from api.access.institutions import House
from api.tables import Identity, Role
from tests.cast import BEN, CLEO, Forms, issuer, sign_in
from tests.site import Site

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def reader(site: Site, person: str = CLEO) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def test_a_new_key_is_shown_once(site: Site) -> None:
    cleo = reader(site)
    with clock.frozen(NOON):
        answer = cleo.post("/account/keys", data={"name": "My <laptop>", "days": "30"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    (secret,) = re.findall(keys.KEY, answer.text)
    assert "22\u00a0December\u00a02026" in answer.text
    later = cleo.get("/account/keys")
    assert "My &lt;laptop&gt;" in later.text
    assert secret not in later.text
    assert "Not used yet" in later.text


def test_by_itself_a_key_is_good_for_90_days(site: Site) -> None:
    cleo = reader(site)
    assert 'value="90" selected' in cleo.get("/account/keys").text
    with clock.frozen(NOON):
        assert "20\u00a0February\u00a02027" in cleo.post("/account/keys", data={"name": "laptop"}).text


def test_it_tells_the_day_of_the_last_use_and_the_end(site: Site) -> None:
    cleo, program = reader(site), site.program()
    now = clock.now()
    with clock.frozen(now):
        made = cleo.post("/account/keys", data={"name": "laptop", "days": "30"})
        (secret,) = re.findall(keys.KEY, made.text)
        program.get("/api/v1/titles", headers={"authorization": f"Bearer {secret}"})
        page = cleo.get("/account/keys").text
    assert "Last used on" in page
    assert "Good until" in page
    with clock.frozen(now + timedelta(days=31)):
        assert program.get("/api/v1/titles", headers={"authorization": f"Bearer {secret}"}).status_code == 401
        sign_in(cleo, CLEO)
        assert "Ran out on" in cleo.get("/account/keys").text


def test_revoking_is_one_click_and_only_ones_own(site: Site) -> None:
    cleo, ben = reader(site), reader(site, BEN)
    cleo.post("/account/keys", data={"name": "laptop"})
    revocations = [
        form.action for form in Forms.of(cleo.get("/account/keys").text) if form.action.endswith("/revocation")
    ]
    assert len(revocations) == 1
    assert ben.post(revocations[0]).status_code == 404
    answer = cleo.post(revocations[0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/keys")
    assert "You have no keys." in cleo.get("/account/keys").text
    assert cleo.post(revocations[0]).status_code == 404


def test_what_cannot_be_made_says_why_and_leads_back(site: Site) -> None:
    cleo = reader(site)
    refused = (
        {"name": ""},
        {"name": "x" * 81},
        {"name": "laptop", "days": "366"},
        {"name": "laptop", "days": "0"},
    )
    for given in refused:
        answer = cleo.post("/account/keys", data=given)
        assert answer.status_code == 400, given
        assert "No key was made" in answer.text
        assert 'href="/account/keys"' in answer.text
    assert cleo.post("/account/keys", data={"name": "laptop", "days": "soon"}).status_code == 400
    assert cleo.post(f"/account/keys/{10**30}/revocation").status_code == 400
    assert "You have no keys." in cleo.get("/account/keys").text


def test_with_twenty_there_is_no_form_for_more(site: Site) -> None:
    cleo = reader(site)
    for _ in range(keys.AT_MOST):
        cleo.post("/account/keys", data={"name": "laptop"})
    page = cleo.get("/account/keys").text
    assert "which is the limit" in page
    assert 'name="name"' not in page
    assert cleo.post("/account/keys", data={"name": "laptop"}).status_code == 409


def test_the_account_page_leads_there(site: Site) -> None:
    assert 'href="/account/keys"' in reader(site).get("/account").text


def test_nobody_and_a_key_alone_get_no_further_than_the_door(site: Site) -> None:
    (secret,) = re.findall(keys.KEY, reader(site).post("/account/keys", data={"name": "laptop"}).text)
    assert site.browser().get("/account/keys").headers["location"] == "/sign-in?next=%2Faccount%2Fkeys"
    program = site.program()
    program.headers["authorization"] = f"Bearer {secret}"
    assert program.get("/account").status_code == 401
    assert program.get("/account/keys").status_code == 401
    assert program.post("/account/keys", data={"name": "another"}).status_code == 401
    assert program.post("/account/keys/1/revocation").status_code == 401
    assert program.get("/api/v1/titles").status_code == 200


def test_making_a_key_needs_a_recent_sign_in(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        answer = cleo.post("/account/keys", data={"name": "laptop"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/account/sign-in-again?next=")
        assert "laptop" not in cleo.get("/account/keys").text


def promote(site: Site, subject: str, role: Role) -> None:
    """Give someone who has signed in another role; their sessions go on."""
    with site.portal.database.writing() as db:
        row = db.exec(select(Identity).where(Identity.subject == subject)).one()
        row.user.role = role
        db.add(row.user)


def test_keys_for_reports_are_offered_to_librarians_of_an_institution_and_to_staff(site: Site) -> None:
    cleo, ben = reader(site), reader(site, BEN)
    with site.portal.database.writing() as db:
        institutions.add(db, House("uni", "The University", issuer=issuer(site)))
        institutions.add(db, House("other", "Another", domains=["other.example"]))
    assert "COUNTER reports" not in cleo.get("/account/keys").text
    assert cleo.post("/account/keys", data={"name": "k", "purpose": "reports:uni"}).status_code == 403
    promote(site, CLEO, Role.LIBRARIAN)
    promote(site, BEN, Role.EDITOR)
    page = cleo.get("/account/keys").text
    assert 'value="reports:uni"' in page
    assert "reports:other" not in page
    assert 'value="reports"' in ben.get("/account/keys").text
    made = cleo.post("/account/keys", data={"name": "harvester", "purpose": "reports:uni"})
    assert "For COUNTER reports of uni." in made.text
    (secret,) = re.findall(keys.KEY, made.text)
    asked = {"customer_id": "uni", "api_key": secret}
    assert site.program().get("/counter/r51/reports", params=asked).status_code == 200
    for purpose, status in (("reports", 403), ("reports:other", 403), ("api:uni", 400), ("nonsense", 400)):
        assert cleo.post("/account/keys", data={"name": "k", "purpose": purpose}).status_code == status, purpose
    assert "For COUNTER reports." in ben.post("/account/keys", data={"name": "k", "purpose": "reports"}).text
