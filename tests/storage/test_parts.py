"""A file that arrives in parts, in every store: begun, sent in any order, put together once, or given up."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from storage.keys import staged_id as new_id
from storage.store import AddressingStore, BadKey, Missing, PartsMissing, ReceivingStore, Store
from storage.stores import store_of
from tests.s3 import S3Server
from tests.storage.parts import LIFETIME, Refused, digest_of, put, send

PARTS = [os.urandom(70_000), os.urandom(70_000), os.urandom(1)]
SIZES = [len(part) for part in PARTS]


@pytest.fixture
def staged_id() -> str:
    return new_id()


@pytest.fixture
def in_store(store: Store, staged_id: str) -> str:
    return store.begin_parts(staged_id)


def staged(store: Store, staged_id: str) -> bytes:
    with store.open_staged(staged_id) as file:
        return file.read_at(0, file.size)


def test_parts_in_any_order_become_one_staged_file(store: Store, staged_id: str, in_store: str) -> None:
    assert store.parts(staged_id, in_store) == {}
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: send(store, staged_id, in_store, number, PARTS[number - 1]), [3, 1, 2]))
    assert store.parts(staged_id, in_store) == dict(enumerate(SIZES, 1))
    with pytest.raises(Missing):
        store.staged_size(staged_id)
    store.join_parts(staged_id, in_store, SIZES)
    assert staged(store, staged_id) == b"".join(PARTS)
    assert store.parts(staged_id, in_store) == {}


def test_a_part_sent_again_counts_as_it_came_last(store: Store, staged_id: str, in_store: str) -> None:
    for data in (b"first", b"other"):
        send(store, staged_id, in_store, 1, data)
    store.join_parts(staged_id, in_store, [5])
    assert staged(store, staged_id) == b"other"


def test_putting_together_twice_is_once(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, PARTS[0])
    for _ in range(2):
        store.join_parts(staged_id, in_store, SIZES[:1])
    assert staged(store, staged_id) == PARTS[0]


def test_many_who_put_together_at_once_end_in_one_whole_file(store: Store, staged_id: str, in_store: str) -> None:
    for number, part in enumerate(PARTS, 1):
        send(store, staged_id, in_store, number, part)
    with ThreadPoolExecutor(4) as pool:
        ends = [pool.submit(store.join_parts, staged_id, in_store, SIZES) for _ in range(4)]
    assert any(end.exception() is None for end in ends)
    assert staged(store, staged_id) == b"".join(PARTS)


def test_a_missing_part_is_named_and_the_others_stay(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, PARTS[0])
    send(store, staged_id, in_store, 3, PARTS[2])
    with pytest.raises(PartsMissing) as missing:
        store.join_parts(staged_id, in_store, SIZES)
    assert missing.value.numbers == (2,)
    send(store, staged_id, in_store, 2, PARTS[1])
    store.join_parts(staged_id, in_store, SIZES)


def test_a_part_of_another_size_counts_as_missing(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, b"short")
    with pytest.raises(PartsMissing):
        store.join_parts(staged_id, in_store, SIZES[:1])


@pytest.mark.parametrize(
    "sent", [PARTS[0][:-1], PARTS[0] + b"!", PARTS[1], b""], ids=["short", "long", "other", "none"]
)
def test_what_is_not_the_part_that_was_announced_is_not_there(
    store: Store, staged_id: str, in_store: str, sent: bytes
) -> None:
    with pytest.raises(Refused):
        send(store, staged_id, in_store, 1, sent, announced=PARTS[0])
    assert store.parts(staged_id, in_store) == {}


def test_a_bad_part_leaves_the_good_one(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, PARTS[0])
    with pytest.raises(Refused):
        send(store, staged_id, in_store, 1, PARTS[1], announced=PARTS[0])
    store.join_parts(staged_id, in_store, SIZES[:1])
    assert staged(store, staged_id) == PARTS[0]


def test_what_is_given_up_is_gone(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, PARTS[0])
    for _ in range(2):
        store.abandon_parts(staged_id, in_store)
    assert store.parts(staged_id, in_store) == {}
    with pytest.raises(PartsMissing):
        store.join_parts(staged_id, in_store, SIZES[:1])


def test_parts_of_two_files_stay_apart(store: Store, staged_id: str, in_store: str) -> None:
    other = new_id()
    other_in_store = store.begin_parts(other)
    send(store, staged_id, in_store, 1, b"one")
    send(store, other, other_in_store, 1, b"two")
    store.abandon_parts(other, other_in_store)
    assert store.parts(staged_id, in_store) == {1: 3}


def test_old_parts_are_swept_and_new_ones_stay(store: Store, staged_id: str, in_store: str) -> None:
    send(store, staged_id, in_store, 1, PARTS[0])
    assert store.sweep(timedelta(hours=1)) == 0
    assert store.parts(staged_id, in_store) == {1: SIZES[0]}
    assert store.sweep(timedelta(0)) == 1
    assert store.parts(staged_id, in_store) == {}


def test_only_ids_of_the_staging_begin(store: Store) -> None:
    for bad in ("", "../x", "A" * 32, "0" * 31, "0" * 32 + "\n"):
        with pytest.raises(BadKey):
            store.begin_parts(bad)


def test_a_file_on_disk_has_no_part_below_one_or_above_ten_thousand(tmp_path: Path, staged_id: str) -> None:
    store = store_of("local", root=tmp_path)
    assert isinstance(store, ReceivingStore)
    for number in (0, 10_001, -1):
        with pytest.raises(ValueError, match="no part"):
            store.receive_part(staged_id, number, 1, "0" * 64)


def test_an_address_takes_its_own_part_and_nothing_else(
    s3_server: S3Server, s3_keys: None, tmp_path: Path, staged_id: str
) -> None:
    store = store_of("s3", root=tmp_path, bucket=s3_server.bucket(), endpoint_url=s3_server.url)
    assert isinstance(store, AddressingStore)
    data, in_store = PARTS[0], store.begin_parts(staged_id)
    address = store.part_address(staged_id, in_store, 1, len(data), digest_of(store, data), LIFETIME)
    assert address.url.startswith(f"{store.part_origin}/")
    where = urlsplit(address.url)
    query = dict(parse_qsl(where.query))
    for field, value in {
        "partNumber": "2",
        "uploadId": "9",
        "X-Amz-Expires": "9000",
        "X-Amz-SignedHeaders": "host",
    }.items():
        with pytest.raises(Refused):
            put(where._replace(query=urlencode(query | {field: value})).geturl(), data, dict(address.headers))
    with pytest.raises(Refused):
        put(where._replace(path=where.path.replace(staged_id, new_id())).geturl(), data, dict(address.headers))
    with pytest.raises(Refused):
        put(address.url, data, {})
    assert store.parts(staged_id, in_store) == {}
    put(address.url, data, dict(address.headers))
