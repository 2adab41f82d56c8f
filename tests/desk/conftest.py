"""The desk over each store: parts are small on the folder, and as small as S3 lets them be in the bucket."""

from collections.abc import Iterator

import httpx2
import pytest

from api.settings import Settings
from api.settings_parts import StorageSettings, UploadSettings
from tests.cast import ADA, make_editor, sign_in
from tests.make import Made, shelve
from tests.s3 import S3Server
from tests.site import Site, served

SMALL = 1 << 16  # bytes of a part on the folder
SMALL_S3 = 5 << 20
LARGEST = 100_000_000


@pytest.fixture
def uploads() -> dict[str, int]:
    """What is set about uploads; a file of tests may set it otherwise."""
    return {"part_size": SMALL}


@pytest.fixture
def settings(settings: Settings, uploads: dict[str, int]) -> Settings:
    return settings.model_copy(update={"uploads": UploadSettings(**{"largest": LARGEST, **uploads})})


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


@pytest.fixture
def editor(site: Site) -> httpx2.Client:
    return editor_of(site)


@pytest.fixture
def bucket_site(settings: Settings, s3_server: S3Server, s3_keys: None) -> Iterator[Site]:
    """The same portal with its files in a bucket."""
    storage = StorageSettings(kind="s3", bucket=s3_server.bucket(), endpoint_url=s3_server.url)
    uploads = UploadSettings(part_size=SMALL_S3)
    with served(settings.model_copy(update={"storage": storage, "uploads": uploads})) as running:
        yield running


def editor_of(site: Site, person: str = ADA) -> httpx2.Client:
    make_editor(site, person)
    client = site.browser()
    sign_in(client, person)
    return client
