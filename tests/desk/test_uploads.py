"""What the uploader asks of the portal: the whole way first, then each refusal with its reason."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.tables import Intake, IntakeState, Upload
from api.uploads import addresses, arrivals
from tests.cast import BEN, CLEO, sign_in
from tests.desk.conftest import SMALL, editor_of
from tests.desk.sender import ACCEPT, Sender, reason
from tests.make import Made, shelve
from tests.site import Site

FILE = os.urandom(3 * SMALL + 17)  # four parts
SLUG = "rivers-of-paper"
JSON_POST = ("/desk/uploads", "/desk/uploads/x/parts", "/desk/uploads/x/completion", "/desk/uploads/x/end")


@pytest.fixture
def sender(editor: httpx2.Client, made: Made) -> Sender:
    sender = Sender(editor, SLUG, FILE)
    assert sender.begin().status_code == 200
    return sender


def intakes(site: Site) -> list[Intake]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Intake)).all())


def test_a_file_goes_in_parts_and_waits_to_be_checked(site: Site, sender: Sender) -> None:
    assert sender.upload["parts"] == 4
    assert sender.upload["have"] == []
    sender.send()
    assert sender.have() == [1, 2, 3, 4]
    answer = sender.finish()
    assert answer.json() == {"state": "finished", "next": f"/desk/titles/{SLUG}/file"}
    (intake,) = intakes(site)
    assert (intake.state, intake.file_name, intake.size) == (IntakeState.RECEIVED, "rivers.pdf", len(FILE))
    assert intake.user_id is not None
    with site.portal.store.open_staged(intake.staged_id) as file:
        assert file.read_at(0, len(FILE)) == FILE


def test_a_bucket_takes_the_parts_by_itself(bucket_site: Site) -> None:
    shelve(bucket_site)
    data = os.urandom((5 << 20) + 3)
    sender = Sender(editor_of(bucket_site), SLUG, data)
    assert sender.begin().json()["digest"] == "md5"
    assert sender.address(1).json()["url"].startswith(bucket_site.portal.store.part_origin)
    sender.send()
    assert sender.finish().status_code == 200
    (intake,) = intakes(bucket_site)
    with bucket_site.portal.store.open_staged(intake.staged_id) as file:
        assert file.read_at(0, len(data)) == data


def test_the_same_file_goes_on_where_it_stopped(sender: Sender) -> None:
    sender.send(1, 3)
    again = Sender(sender.client, SLUG, FILE)
    assert again.begin().json()["address"] == sender.upload["address"]
    assert again.upload["have"] == [1, 3]
    again.send(2, 4)
    assert again.finish().status_code == 200


@pytest.mark.parametrize(
    "other", [{"name": "other.pdf"}, {"size": len(FILE) - 1}, {"changed": 5}, {"first_part": "0" * 64}]
)
def test_another_file_is_another_upload(sender: Sender, other: dict[str, object]) -> None:
    assert Sender(sender.client, SLUG, FILE).begin(**other).json()["address"] != sender.upload["address"]


def test_parallel_beginnings_of_one_file_are_one_upload(editor: httpx2.Client, made: Made) -> None:
    with ThreadPoolExecutor(6) as pool:
        begun = list(pool.map(lambda _: Sender(editor, SLUG, FILE).begin(), range(6)))
    assert len({answer.json()["address"] for answer in begun}) == 1


def test_finishing_twice_is_once(site: Site, sender: Sender) -> None:
    sender.send()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: sender.finish(), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert sender.finish().json()["state"] == "finished"
    assert len(intakes(site)) == 1


def test_a_finish_that_was_cut_off_after_the_parts_were_joined_goes_through(site: Site, sender: Sender) -> None:
    sender.send()
    staged_id = sender.upload["address"].rpartition("/")[2]
    site.portal.store.join_parts(staged_id, staged_id, [SMALL, SMALL, SMALL, 17])
    assert intakes(site) == []
    assert sender.finish().status_code == 200
    assert len(intakes(site)) == 1


def test_a_finished_upload_takes_no_more(sender: Sender) -> None:
    sender.send()
    address = sender.address(1).json()
    sender.finish()
    for answer in (sender.address(1), sender.put(address, sender.piece(1))):
        assert answer.status_code == 409
        assert "finished" in reason(answer)
    assert sender.client.get(sender.upload["address"], headers=ACCEPT).json()["state"] == "finished"


def test_a_missing_part_is_named(site: Site, sender: Sender) -> None:
    sender.send(1, 4)
    answer = sender.finish()
    assert answer.status_code == 409
    assert "not whole: 2, 3." in reason(answer)
    assert answer.json()["missing"] == "2, 3"
    assert intakes(site) == []


@pytest.mark.parametrize("number", [0, -1, 5, 10_001])
def test_there_is_no_part_beyond_the_last(sender: Sender, number: int) -> None:
    answer = sender.address(number, b"x")
    assert answer.status_code == 400
    assert f"has 4 parts, and number {number} is none" in reason(answer)


@pytest.mark.parametrize(("number", "size"), [(1, SMALL + 1), (1, SMALL - 1), (4, SMALL), (4, 0)])
def test_a_part_has_its_own_size(sender: Sender, number: int, size: int) -> None:
    answer = sender.address(number, size=size)
    assert answer.status_code == 400
    assert f"bytes, not {size}" in reason(answer)


def test_what_is_no_digest_gets_no_address(sender: Sender) -> None:
    for digest in ("", "0" * 63, "A" * 64):
        answer = sender.address(1, digest=digest)
        assert answer.status_code == 400
        assert "sha256" in reason(answer)


@pytest.mark.parametrize("more", [b"!", bytes(SMALL * 40)], ids=["a byte", "two megabytes"])
def test_a_part_larger_than_declared_is_refused(sender: Sender, more: bytes) -> None:
    data = sender.piece(1) + more
    address = sender.address(1).json()
    for body in (data, iter([data])):  # with its length announced, and without
        try:
            answer = sender.put(address, body)
        except httpx2.TransportError:  # refused before all was sent, so the connection may be cut
            continue
        assert answer.status_code == 413
        assert f"was to have {SMALL} bytes" in reason(answer)
    assert sender.have() == []


def test_a_part_that_breaks_off_is_not_there(sender: Sender) -> None:
    answer = sender.put(sender.address(1).json(), iter([sender.piece(1)[:-1]]))
    assert answer.status_code == 413
    assert sender.have() == []


def test_a_wrong_digest_is_refused(sender: Sender) -> None:
    answer = sender.put(sender.address(1).json(), sender.piece(2))
    assert answer.status_code == 400
    assert "not what its digest says" in reason(answer)
    assert sender.have() == []


def test_an_address_is_good_for_its_own_part_only(sender: Sender) -> None:
    other = Sender(sender.client, SLUG, FILE, "other.pdf")
    other.begin()
    address = sender.address(1).json()["url"]
    query = dict(parse_qsl(urlsplit(address).query))
    bent = [address.replace(sender.upload["address"], other.upload["address"]), address.replace("/parts/1", "/parts/2")]
    changes = {"size": str(SMALL - 1), "digest": "0" * 64, "until": str(int(query["until"]) + 1), "signature": "0" * 64}
    path = address.partition("?")[0]
    bent += [f"{path}?{urlencode(query | {name: value})}" for name, value in changes.items()]
    bent += [f"{path}?{urlencode(query | {'signature': query['signature'] + 'é'})}"]
    for url in bent:
        assert sender.put({"url": url, "headers": {}}, sender.piece(1)).status_code == 404, url
    assert sender.put({"url": path, "headers": {}}, sender.piece(1)).status_code == 400
    assert (sender.have(), other.have()) == ([], [])


def test_an_address_runs_out(sender: Sender) -> None:
    address = sender.address(1).json()
    with clock.frozen(clock.now() + timedelta(seconds=addresses.LIFETIME + 1)):
        answer = sender.put(address, sender.piece(1))
        assert answer.status_code == 410
        assert "run out" in reason(answer)
        sender.send(1)


def test_another_editors_upload_is_theirs(site: Site, sender: Sender) -> None:
    address = sender.address(1).json()
    other = Sender(editor_of(site, BEN), SLUG, FILE)
    other.upload = sender.upload
    answers = [other.client.get(sender.upload["address"], headers=ACCEPT), other.address(1), other.finish()]
    for answer in [*answers, other.put(address, sender.piece(1))]:
        assert answer.status_code == 403
        assert "Another editor began it" in reason(answer)
    assert other.begin().json()["address"] != sender.upload["address"]


def test_readers_and_nobody_find_nothing_there(site: Site, sender: Sender) -> None:
    cleo, nobody = site.browser(), site.browser()
    sign_in(cleo, CLEO)
    for client in (cleo, nobody):
        for path in JSON_POST:
            assert client.post(path, content=b"no json", headers=ACCEPT).status_code == 404
        assert client.get(sender.upload["address"], headers=ACCEPT).status_code == 404
        other = Sender(client, SLUG, FILE)
        assert other.put(sender.address(1).json(), sender.piece(1)).status_code == 404
    assert sender.have() == []


def test_another_sites_page_can_not_write(sender: Sender) -> None:
    foreign = ACCEPT | {"sec-fetch-site": "cross-site"}
    assert sender.client.post(sender.upload["address"] + "/completion", headers=foreign).status_code == 403
    url = sender.address(1).json()["url"]
    assert sender.client.put(url, content=sender.piece(1), headers=foreign).status_code == 403
    assert sender.have() == []


def test_after_a_day_an_upload_is_not_known_and_is_forgotten(site: Site, sender: Sender) -> None:
    sender.send(1)
    with clock.frozen(clock.now() + arrivals.LIFE):
        sign_in(sender.client, "ada")
        answer = sender.address(2)
        assert answer.status_code == 404
        assert "not known any more" in reason(answer)
        with site.portal.database.writing() as db:
            assert arrivals.forget_old(db, clock.now()) == 1
            assert db.exec(select(Upload)).all() == []


def test_a_stopped_upload_leaves_nothing(site: Site, sender: Sender) -> None:
    sender.send(1)
    assert sender.client.post(f"{sender.upload['address']}/end", headers=ACCEPT).status_code == 204
    assert sender.finish().status_code == 404
    assert Sender(sender.client, SLUG, FILE).begin().json()["have"] == []


def test_a_finished_one_can_not_be_stopped(site: Site, sender: Sender) -> None:
    sender.send()
    sender.finish()
    sender.client.post(f"{sender.upload['address']}/end", headers=ACCEPT)
    (intake,) = intakes(site)
    assert site.portal.store.staged_size(intake.staged_id) == len(FILE)


@pytest.mark.parametrize("told", [{"size": "3"}, {"first_part": "x"}, {"name": None}, {"size": -1}, {"changed": 2**60}])
def test_an_announcement_that_makes_no_sense_names_the_field(
    editor: httpx2.Client, made: Made, told: dict[str, object]
) -> None:
    answer = Sender(editor, SLUG, FILE).begin(**told)
    assert answer.status_code == 400
    assert next(iter(told)) in reason(answer)


def test_what_is_no_json_is_refused(editor: httpx2.Client, made: Made) -> None:
    for body in (b"", b"no", b"[]", b'{"title": 1'):
        assert editor.post("/desk/uploads", content=body, headers=ACCEPT).status_code == 400


def test_a_title_that_is_none_is_404(editor: httpx2.Client, made: Made) -> None:
    for slug in ("no-such-title", "a\0b", ""):
        assert Sender(editor, slug, FILE).begin().status_code == 404
