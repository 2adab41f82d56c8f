"""A portal for each test: real migrations, a real store on disk, a real server on a port of its own."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from api.database import Database
from api.edge import pages
from api.migrations import upgrade
from api.settings import Settings
from api.signin.devprovider import DemoProvider
from tests import postgres, s3
from tests.patience import PATIENCE, as_shipped, be_patient
from tests.postgres import NoPostgres, Postgres
from tests.s3 import NoS3, S3Server
from tests.site import Site, free_port, served

SECRET = "k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"


RULES = {"access", "tests"}  # folders
RACES = {"test_history.py", "test_losses.py", "test_closing.py", "test_search.py", "test_search_walls.py"}  # files
BROWSER = "chromium"  # the fixture


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both", action="store_true", help="every test on both engines, not only the first of a folder")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of most folders only the first test is run on PostgreSQL too; of rules, and of what races, all are.

    A browser may starve beside the other processes, and a clock runs on meanwhile, so tests that mind either have a
    second try, which is told (R).
    """
    for item in items:
        if BROWSER in getattr(item, "fixturenames", ()) or item.get_closest_marker("timed"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if config.getoption("--both"):
        return
    first: dict[Path, tuple[Path, str]] = {}
    left = []
    for item in items:
        on_postgresql = "postgresql" in getattr(getattr(item, "callspec", None), "params", {}).values()
        is_page = item.path.parent.name not in RULES and item.path.name not in RACES
        name = (item.path, getattr(item, "originalname", item.name))
        if on_postgresql and is_page and first.setdefault(item.path.parent, name) != name:
            left.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def pytest_configure() -> None:
    """Let a run that is ended from outside take its servers along."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    be_patient()
    _compile_each_template_once()
    _make_each_key_once()


def _make_each_key_once() -> None:
    """The demo's providers make their keys when they are first needed, which takes a while and ends with them."""
    make = DemoProvider.__dict__["_key"].func
    known: dict[str, Any] = {}

    def key(provider: DemoProvider) -> Any:
        path = provider.house.path
        if path not in known:
            known[path] = make(provider)
        return known[path]

    DemoProvider._key = property(key)  # type: ignore[assignment, method-assign]


def _compile_each_template_once() -> None:
    """Every portal has an environment of its own, and would compile the same templates anew."""
    pages.Environment = partial(Environment, bytecode_cache=Compiled())  # type: ignore[assignment, misc]


class Compiled(BytecodeCache):
    """What templates of this process were compiled to; a changed one has another checksum."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(autouse=True)
def _on_one_day() -> None:
    """What asks twice for the day hears the same: who comes shortly before midnight waits until it is over."""
    now = datetime.now(UTC)
    left = timedelta(days=1) - (now - now.replace(hour=0, minute=0, second=0, microsecond=0))
    if left.total_seconds() < PATIENCE:
        time.sleep(left.total_seconds())


@pytest.fixture
def shipped_limits() -> Iterator[None]:
    """For tests of how long the portal waits for what it needs."""
    with as_shipped():
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest migration, to copy from."""
    path = tmp_path_factory.mktemp("template") / "gatefold.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()  # folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    try:
        with postgres.served() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        with s3.served(tmp_path_factory.mktemp("s3")) as server:
            yield server
    except NoS3 as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def s3_keys() -> Iterator[None]:
    """Credentials where boto3 looks for them first, and nothing of this machine's own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", s3.KEY_ID)
        environment.setenv("AWS_SECRET_ACCESS_KEY", s3.KEY)
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
            environment.delenv(name, raising=False)
        environment.setenv("AWS_CONFIG_FILE", "/dev/null")
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The database's make. Whatever goes through the database is tested on both."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    """A database at the newest migration with nothing in it."""
    if engine == "postgresql":
        server: Postgres = request.getfixturevalue("postgresql")
        with server.database() as url:
            yield url
    else:
        (tmp_path / "gatefold.db").write_bytes(migrated.read_bytes())
        yield f"sqlite:///{tmp_path / 'gatefold.db'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Demo settings on a free port, over a database of its own."""
    return Settings(
        _env_file=None,
        public_url=f"http://localhost:{free_port()}",
        secret_key=SECRET,
        database_url=database_url,
        storage={"root": tmp_path / "files"},
        demo=True,
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """The portal, answering on its public URL, with an empty shelf."""
    with served(settings) as running:
        yield running
