"""Lighthouse finds nothing to better on the landing page and the catalogue. How fast they are, the bench measures."""

import pytest

from tests.journeys.lighthouse import NoLighthouse, scores
from tests.make import give_chapters, shelve
from tests.site import Site

ALL = {"accessibility": 100, "best-practices": 100, "seo": 100}


def test_it_gives_all_points(site: Site) -> None:
    made = shelve(site)
    give_chapters(site, made)
    try:
        for path in (made.path, "/"):
            assert scores(site.url + path, *ALL) == ALL
    except NoLighthouse as reason:
        pytest.skip(str(reason))
