"""The contract's table of answers at `{work}.pdf`, row by row."""

from datetime import timedelta

import pytest

from api import clock
from api.tables import RuleKind, State, Ticket
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.make import NAMED, grant, shelve
from tests.site import Site

LATER = timedelta(days=30)


def tickets(site: Site) -> int:
    with site.portal.database.reading() as db:
        return len(db.exec(Ticket.__table__.select()).all())


@pytest.mark.parametrize("client", ["browser", "program"])
def test_open_to_everyone_the_bytes_come_at_once(site: Site, client: str) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    answer = getattr(site, client)().get(made.pdf)
    assert answer.status_code == 200
    assert answer.content == made.file
    assert answer.headers["content-disposition"] == NAMED
    assert "set-cookie" not in answer.headers
    assert tickets(site) == 0


def test_admitted_readers_are_sent_to_a_link_of_their_own(site: Site) -> None:
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(made.pdf)
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    link = answer.headers["location"]
    assert link.startswith("/t/")
    assert link.endswith("/rivers-of-paper.pdf")
    assert cleo.get(link).content == made.file


def test_signed_out_browsers_go_to_the_landing_page(site: Site) -> None:
    made = shelve(site)
    answer = site.browser().get(made.pdf)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}?get=pdf")


def test_signed_out_programs_are_told_to_sign_in(site: Site) -> None:
    made = shelve(site)
    answer = site.program().get(made.pdf)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_refused_readers_go_to_the_page_that_says_why(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(made.pdf)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}?get=pdf")
    assert "You are not on the list" in cleo.get(answer.headers["location"]).text
    assert cleo.get(made.pdf, headers={"accept": "*/*"}).status_code == 403


def test_a_named_reader_is_admitted(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    ben = site.browser()
    sign_in(ben, BEN)
    assert ben.get(ben.get(made.pdf).headers["location"]).content == made.file


@pytest.mark.parametrize("client", ["browser", "program"])
def test_withdrawn_is_gone_for_all(site: Site, client: str) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE], state=State.WITHDRAWN)
    make_editor(site)
    ada = site.browser()
    sign_in(ada, ADA)
    assert getattr(site, client)().get(made.pdf).status_code == 410
    assert ada.get(made.pdf).status_code == 410


def test_without_a_file_it_is_in_preparation(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE], file=None)
    nobody = site.browser()
    answer = nobody.get(made.pdf)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}?get=pdf")
    assert "In preparation" in nobody.get(answer.headers["location"]).text
    assert site.program().get(made.pdf).status_code == 404


@pytest.mark.parametrize("rules", [[RuleKind.EVERYONE], [RuleKind.SIGNED_IN]])
def test_before_its_opening_date_no_reader_has_it(site: Site, rules: list[RuleKind]) -> None:
    made = shelve(site, rules=rules, opens_at=clock.now() + LATER)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert cleo.get(made.pdf).headers["location"] == f"{made.path}?get=pdf"
    assert cleo.get(made.pdf, headers={"accept": "*/*"}).status_code == 403
    with clock.frozen(clock.now() + LATER):
        sign_in(cleo, CLEO)
        answer = cleo.get(made.pdf, follow_redirects=True)
        assert answer.content == made.file


def test_staff_have_drafts_and_embargoed_titles(site: Site) -> None:
    make_editor(site)
    ada = site.browser()
    sign_in(ada, ADA)
    draft = shelve(site, "a-draft", rules=[], state=State.DRAFT)
    embargoed = shelve(site, "embargoed", opens_at=clock.now() + LATER)
    for made in (draft, embargoed):
        assert ada.get(made.pdf, follow_redirects=True).content == made.file


def test_a_draft_and_an_unknown_title_are_the_same_404(site: Site) -> None:
    shelve(site, "a-draft", rules=[RuleKind.EVERYONE], state=State.DRAFT)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for client in (site.browser(), site.program(), cleo):
        for suffix in ("", ".pdf"):
            hidden = client.get(f"/reports/a-draft{suffix}")
            unknown = client.get(f"/reports/no-such-one{suffix}")
            assert hidden.status_code == unknown.status_code == 404
            assert hidden.text == unknown.text
            own = {"date": "", "x-request-id": ""}
            assert dict(hidden.headers) | own == dict(unknown.headers) | own
        assert client.post("/reports/a-draft/tickets").status_code == 404


def test_head_says_what_get_would_and_makes_no_ticket(site: Site) -> None:
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.head(made.pdf)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(made.file or b"")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["etag"]
    assert answer.headers["last-modified"]
    assert answer.content == b""
    assert site.browser().head(made.pdf).status_code == 303
    assert site.program().head(made.pdf).status_code == 401
    assert tickets(site) == 0


@pytest.mark.parametrize(
    "idle",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"},
    ],
)
def test_what_nobody_clicked_makes_no_ticket(site: Site, idle: dict[str, str]) -> None:
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(made.pdf, headers=idle)
    assert (answer.status_code, answer.content) == (204, b"")
    assert tickets(site) == 0
    followed = cleo.get(made.pdf, headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"})
    assert followed.status_code == 303


def test_conditions_and_ranges_at_an_open_file(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    assert made.file is not None
    client = site.program()
    whole = client.get(made.pdf)
    assert client.get(made.pdf, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    part = client.get(made.pdf, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, made.file[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(made.file)}"
    beyond = client.get(made.pdf, headers={"range": f"bytes={len(made.file)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(made.file)}")
