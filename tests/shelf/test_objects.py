"""The list of every object that the portal owns."""

import hashlib

import sqlalchemy as sa

from api.database import Database
from api.shelf.objects import PAGE, all_objects, how_much, is_owned
from api.tables import Edition, File, Title

SIZE = 1 << 33  # bytes; more than the store's usual integer holds


def key(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def test_every_object_that_a_row_names_is_there_once_and_in_order(database: Database) -> None:
    count = 2 * PAGE + 100
    with database.writing() as db:
        rows = [{"sha256": key(number), "size": SIZE, "page_count": 1} for number in range(count)]
        db.connection().execute(sa.insert(File), rows)
    found = list(all_objects(database))
    assert [each.key for each in found] == sorted(key(number) for number in range(count))
    assert how_much(database) == (count, count * SIZE)
    with database.reading() as db:
        assert is_owned(db, key(7))
        assert not is_owned(db, "0" * 64)


def test_an_object_says_whose_it_is(database: Database) -> None:
    with database.writing() as db:
        shared = File(sha256=key(1), size=10, page_count=1)
        for slug in ("rivers", "lakes"):
            title = Title(slug=slug, kind="report", title=slug, full_title=slug)
            title.editions.append(Edition(number=1, file=shared))
            db.add(title)
        db.add(File(sha256=key(2), size=20, page_count=1))
    found = {each.key: (each.size, each.what) for each in all_objects(database)}
    assert found == {key(1): (10, "the file of “lakes”"), key(2): (20, "a file that no title has")}


def test_an_empty_portal_owns_nothing(database: Database) -> None:
    assert list(all_objects(database)) == []
    assert how_much(database) == (0, 0)
