"""Whose use it is: the institution of the reader's sign-in, or of the network; found once, when it is written."""

from datetime import timedelta

import pytest

from api import clock
from api.access import institutions
from api.access.institutions import House
from api.tables import EventKind, RuleKind
from tests.cast import issuer
from tests.make import Made, shelve
from tests.site import Site
from tests.usage.conftest import Events, person, signed_in

REQUEST, VIEW, REFUSAL = EventKind.REQUEST, EventKind.INVESTIGATION, EventKind.NO_LICENSE


def add(site: Site, slug: str, **ways: object) -> None:
    with site.portal.database.writing() as db:
        institutions.add(db, House(slug, slug.title(), **ways))  # type: ignore[arg-type]


@pytest.mark.parametrize("ways", [{"networks": ["127.0.0.0/8", "::1/128"]}, {"issuer": "the demo's"}])
def test_a_members_use_counts_for_the_institution(site: Site, events: Events, ways: dict[str, object]) -> None:
    made = shelve(site)
    signed_in(site).get(made.pdf, follow_redirects=True)
    if "issuer" in ways:
        ways = {"issuer": issuer(site)}
    add(site, "uni", **ways)
    signed_in(site).get(made.pdf, follow_redirects=True)
    assert [each.institution for each in events(REQUEST)] == [None, "uni"]


def test_the_sign_in_comes_before_the_network_and_nobody_has_only_the_network(
    site: Site, events: Events, made: Made
) -> None:
    add(site, "a-campus", networks=["127.0.0.0/8", "::1/128"])
    add(site, "uni", issuer=issuer(site))
    person(site).get(made.path)
    signed_in(site).get(made.path)
    assert [each.institution for each in events(VIEW)] == ["a-campus", "uni"]


def test_a_sign_in_counts_while_it_is_fresh(site: Site, events: Events, made: Made) -> None:
    add(site, "uni", issuer=issuer(site))
    cleo = signed_in(site)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        cleo.get(made.path)
    assert [each.institution for each in events(VIEW)] == ["uni"]


def test_what_was_written_stays_when_the_institution_goes(site: Site, events: Events, made: Made) -> None:
    add(site, "uni", issuer=issuer(site))
    signed_in(site).get(made.path)
    assert len(events(VIEW)) == 1
    with site.portal.database.writing() as db:
        institutions.remove(db, "uni")
    signed_in(site).get(made.path)
    assert [each.institution for each in events(VIEW)] == ["uni", None]


def test_a_refused_members_institution_is_known(site: Site, events: Events) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    add(site, "uni", issuer=issuer(site))
    signed_in(site).get(made.pdf)
    assert [(each.institution, each.provider) for each in events(REFUSAL)] == [("uni", "demo")]
