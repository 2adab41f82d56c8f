"""Everything that is kept, as JSON, after a fresh sign-in."""

from sqlmodel import select

from api import clock
from api.access.rules import give_grant
from api.intake.pipeline import receive
from api.notices import choice
from api.notices.announce import announce
from api.tables import NoticeKind, Title, TypedDraft, User
from api.uploads import arrivals
from tests import make
from tests.account.moves import in_future
from tests.cast import issuer, sign_in
from tests.site import Site


def test_it_has_everything_and_no_secret(site: Site) -> None:
    report = make.shelve(site)
    with site.portal.database.writing() as db:
        give_grant(db, report.id, issuer(site), "cleo")
    cleo, ben = site.browser(), site.browser()
    sign_in(cleo, "cleo")
    sign_in(ben, "ben")
    link = cleo.get(report.pdf).headers["location"]
    cleo.get(link)
    answer = cleo.get("/account/export.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="gatefold-account.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    found = answer.json()
    assert (found["account"]["name"], found["account"]["email"]) == ("Cleo Specimen", "cleo@example.org")
    assert found["account"]["role"] == "reader"
    assert [way["subject"] for way in found["ways_to_sign_in"]] == ["cleo"]
    assert [line["what"] for line in found["sign_in_log"]] == ["signed-in"]
    assert len(found["sessions"]) == 1
    assert [(held["title"], held["edition"]) for held in found["titles"]] == [("Rivers of Paper", 1)]
    assert [(made["title"], made["uses_left"]) for made in found["links"]] == [("Rivers of Paper", 4)]
    assert [listed["title"] for listed in found["lists"]] == ["Rivers of Paper"]
    assert found["acts"] == []
    assert {"what": "Internet addresses", "why": "not needed", "how_long": "never"} in found["what_is_kept"]
    for secret in (link.split("/")[2], str(cleo.cookies.get("gatefold")), "Ben", "digest"):
        assert secret not in answer.text


def test_it_has_the_files_one_sent(site: Site) -> None:
    report, cleo = make.shelve(site), site.browser()
    sign_in(cleo, "cleo")
    with site.portal.database.writing() as db:
        user = db.exec(select(User)).one()
        receive(db, staged_id="0" * 32, file_name="volume.pdf", size=7, title_id=report.id, user_id=user.id)
    (sent,) = cleo.get("/account/export.json").json()["files_sent"]
    assert (sent["file_name"], sent["size"], sent["state"]) == ("volume.pdf", 7, "received")


def test_it_has_the_uploads_one_began(site: Site) -> None:
    report, cleo = make.shelve(site), site.browser()
    sign_in(cleo, "cleo")
    with site.portal.database.reading() as db:
        user = db.exec(select(User)).one()
    assert user.id is not None
    portal, told = site.portal, arrivals.Told("half.pdf", 7, 0, "0" * 64)
    arrivals.begin(
        portal.database, portal.store, portal.settings.uploads, title_id=report.id, user_id=user.id, told=told
    )
    (begun,) = cleo.get("/account/export.json").json()["uploads"]
    assert (begun["file_name"], begun["size"], begun["finished_at"]) == ("half.pdf", 7, None)


def test_it_has_notices_and_mail(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    assert cleo.get("/account/export.json").json()["mail"] == {"wanted_since": None, "sent_or_to_be_sent": []}
    cleo.get(cleo.get(report.pdf).headers["location"])
    now = clock.now().replace(microsecond=0)
    with clock.frozen(now), site.portal.database.writing() as db:
        choice.allow(db, db.exec(select(User.id)).one() or 0, now)
        announce(db, db.get_one(Title, report.id), NoticeKind.ERRATUM, "Page 12.", by=None, has_mail=True, now=now)
    found = cleo.get("/account/export.json").json()
    at = now.isoformat().replace("+00:00", "Z")
    notice = {"title": "Rivers of Paper", "kind": "erratum", "edition": 1, "words": "Page 12.", "at": at}
    assert found["notices"] == [notice | {"seen_at": None}]
    assert found["mail"]["wanted_since"] == at
    (mail,) = found["mail"]["sent_or_to_be_sent"]
    assert (mail["kind"], mail["state"], mail["made_at"], mail["sent_at"]) == ("notice", "waiting", at, None)


def test_it_has_what_one_typed_and_did_not_save(site: Site) -> None:
    report, cleo = make.shelve(site), site.browser()
    sign_in(cleo, "cleo")
    with site.portal.database.writing() as db:
        user_id = db.exec(select(User.id)).one() or 0
        place = f"record {report.id}"
        db.add(TypedDraft(user_id=user_id, title_id=report.id, place=place, version=1, fields={"title": "Rivières"}))
    (typed,) = cleo.get("/account/export.json").json()["typed_and_not_saved"]
    assert (typed["form"], typed["title"], typed["fields"]) == ("record", "rivers-of-paper", {"title": "Rivières"})


def test_an_old_sign_in_is_asked_for_again(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    with in_future(minutes=15):
        answer = cleo.get("/account/export.json")
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/sign-in-again?next=%2Faccount")


def test_nobody_exports(site: Site) -> None:
    assert site.program().get("/account/export.json").status_code == 401
