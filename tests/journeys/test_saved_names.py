"""The name under which a real browser saves a download, for hostile titles and for those in any script."""

import pytest
from playwright.sync_api import Browser, Error

from api.formats.filename import readable
from api.tables import RuleKind, Title
from tests.formats.test_filename import HOSTILE
from tests.make import shelve
from tests.site import Site

READABLE = [
    "Rivers of Paper – Archives: a “history”",
    "紙の川：文書館",
    "Реки бумаги",
    "می\u200cخواهم",
    "1% of ~all #4",
]


def test_chromium_saves_every_title_under_the_name_that_was_sent(
    chromium: Browser, site: Site, request: pytest.FixtureRequest
) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    context = chromium.new_context(base_url=site.url, accept_downloads=True)
    request.addfinalizer(context.close)
    page = context.new_page()
    for text in [text for text in HOSTILE if text.isprintable() and text] + READABLE:
        with site.portal.database.writing() as db:
            db.get_one(Title, made.id).title = text
        with page.expect_download() as started, pytest.raises(Error, match="Download is starting"):
            page.goto(made.pdf)
        assert started.value.suggested_filename == readable(text, otherwise="rivers-of-paper"), text
