"""An access key: how it is made, what ends it, and that nothing but a digest of it is kept."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from api.access import keys
from api.errors import Conflict, Invalid, NotFound
from api.tables import AccessKey, KeyScope, User, metadata
from tests.site import Site

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def user_id(site: Site) -> int:
    return new_user(site)


def new_user(site: Site) -> int:
    with site.portal.database.writing() as db:
        user = User()
        db.add(user)
        db.flush()
        assert user.id is not None
        return user.id


def make(site: Site, user_id: int, name: str = "laptop", days: int = 90) -> keys.Made:
    with site.portal.database.writing() as db:
        return keys.make(db, site.portal.seal, user_id, name, days, NOON)


def find(site: Site, shown: str, at: datetime = NOON) -> AccessKey | None:
    with site.portal.database.reading() as db:
        return keys.find(db, site.portal.seal, shown, (KeyScope.API,), at)


def test_a_key_is_found_until_it_ends(site: Site, user_id: int) -> None:
    made = make(site, user_id, days=2)
    assert keys.KEY.fullmatch(made.secret)
    assert made.expires_at == NOON + 2 * DAY
    found = find(site, made.secret, NOON + 2 * DAY - timedelta(seconds=1))
    assert found is not None
    assert (found.user_id, found.name, found.last_used_on) == (user_id, "laptop", None)
    assert find(site, made.secret, NOON + 2 * DAY) is None


def test_only_a_digest_is_kept(site: Site, user_id: int) -> None:
    made = make(site, user_id)
    with site.portal.database.reading() as db:
        kept = [repr(db.exec(sa.select(table)).all()) for table in metadata.sorted_tables]
    assert any("laptop" in rows for rows in kept)
    assert not [rows for rows in kept if made.secret.removeprefix("gf_") in rows]


def test_a_bent_key_is_none(site: Site, user_id: int) -> None:
    secret = make(site, user_id).secret
    last = "A" if secret[-1] != "A" else "B"
    for bent in (secret[:-1] + last, secret[:-1], f"{secret}x", secret.removeprefix("gf_"), secret.swapcase(), "", "é"):
        assert find(site, bent) is None, bent


def test_a_key_for_something_else_is_none(site: Site, user_id: int) -> None:
    made = make(site, user_id)
    with site.portal.database.writing() as db:
        db.get_one(AccessKey, 1).scope = "something-else"
    assert find(site, made.secret) is None


@pytest.mark.parametrize("days", [0, -1, 366])
def test_no_key_lives_longer_than_a_year(site: Site, user_id: int, days: int) -> None:
    with pytest.raises(Invalid):
        make(site, user_id, days=days)
    assert make(site, user_id, days=365).expires_at == NOON + 365 * DAY


@pytest.mark.parametrize("name", ["", " \n", "x" * 81, "lap\x00top", "a\u202eb"])
def test_a_name_is_one_line_of_letters(site: Site, user_id: int, name: str) -> None:
    with pytest.raises(Invalid):
        make(site, user_id, name)
    assert make(site, user_id, "  my\n laptop ").name == "my laptop"


def test_twenty_are_the_limit_of_one_reader(site: Site, user_id: int) -> None:
    for _ in range(keys.AT_MOST):
        make(site, user_id)
    with pytest.raises(Conflict):
        make(site, user_id)
    assert make(site, new_user(site))


def test_revoking_ends_ones_own_key_and_no_one_elses(site: Site, user_id: int) -> None:
    made, other = make(site, user_id), new_user(site)
    for stranger, key_id in ((other, 1), (user_id, 2)):
        with pytest.raises(NotFound), site.portal.database.writing() as db:
            keys.revoke(db, stranger, key_id)
    assert find(site, made.secret) is not None
    with site.portal.database.writing() as db:
        keys.revoke(db, user_id, 1)
    assert find(site, made.secret) is None


def test_a_key_ends_with_its_reader(site: Site, user_id: int) -> None:
    made = make(site, user_id)
    with site.portal.database.writing() as db:
        db.delete(db.get_one(User, user_id))
    assert find(site, made.secret) is None
