"""Several workers, as on machines of their own, on one database and one store, behind nginx as shipped."""

import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.comments import setting
from api.comments.setting import Setting
from api.database import Database
from api.seal import Seal
from api.settings import Settings
from api.signin import sessions
from api.tables import Identity, Moderation, Role, RuleKind, Title, User
from tests import nginx, s3
from tests.conftest import SECRET
from tests.faults.workers import AS_SHIPPED, Worker, workers
from tests.load import provider
from tests.load.journey import House
from tests.make import Made, shelve
from tests.s3 import S3Server
from tests.site import free_port, served

COOKIE = "__Host-gatefold"


@dataclass(frozen=True)
class Machines:
    """What runs: the workers, the house as readers see it, and what a test wants to look into."""

    settings: Settings
    workers: Sequence[Worker]
    house: House
    made: Made
    database: Database
    editor_cookie: str


@contextmanager
def running(
    folder: Path,
    database_url: str,
    count: int,
    *,
    storage: Mapping[str, Any],
    file: bytes,
    afresh: bool = False,
    around: str = nginx.AROUND,
) -> Iterator[Machines]:
    """`count` workers, with `afresh` as commands of their own; `around` is what nginx has around the shipped words."""
    port = free_port()
    settings = Settings(
        _env_file=None,
        public_url=f"https://localhost:{port}",
        secret_key=SECRET,
        database_url=database_url,
        storage=storage,
    )
    with served(settings, port=free_port()) as site:
        made = shelve(site, file=file)
        asked_for = shelve(site, "on-request", rules=[RuleKind.ON_REQUEST])
    with ExitStack() as stack:
        database = Database(database_url)
        stack.callback(database.close)
        issuer = stack.enter_context(provider.on_the_air())
        editor_cookie = _editor(database, settings, made, issuer)
        more = AS_SHIPPED | _environment(settings) | provider.settings(issuer)
        row = [Worker(settings, folder, more) for _ in range(count)]
        stack.enter_context(workers(*row, afresh=afresh))
        text = nginx.shipped(port, [each.port for each in row], folder, settings.storage.root)
        stack.enter_context(nginx.running(folder, port, text, around))
        trust = ssl.create_default_context(cafile=folder / "ca.pem")
        house = House(settings.public_url, trust, made.path, sha256(file).hexdigest(), issuer, asked_for.path)
        yield Machines(settings, row, house, made, database, editor_cookie)


def bucket(server: S3Server) -> dict[str, Any]:
    """The settings of a store in a bucket of its own."""
    return {"kind": "s3", "bucket": server.bucket(), "endpoint_url": server.url}


def _environment(settings: Settings) -> dict[str, str]:
    storage = settings.storage
    given = {
        "KIND": storage.kind,
        "DELIVERY": storage.delivery,
        "BUCKET": storage.bucket,
        "ENDPOINT_URL": storage.endpoint_url,
    }
    named = {f"GATEFOLD_STORAGE__{name}": str(value) for name, value in given.items() if value is not None}
    keys = {"AWS_ACCESS_KEY_ID": s3.KEY_ID, "AWS_SECRET_ACCESS_KEY": s3.KEY, "AWS_CONFIG_FILE": os.devnull}
    return named | keys


def _editor(database: Database, settings: Settings, made: Made, issuer: str) -> str:
    """The session of an editor, who lets readers discuss the title."""
    seal = Seal(settings.secret_key.get_secret_value())
    with database.writing() as db:
        user = User(name="Ada Sample", role=Role.EDITOR)
        identity = Identity(provider="campus", issuer=issuer, subject="ada")
        user.identities.append(identity)
        db.add(user)
        db.flush()
        assert user.id is not None
        setting.change(db, db.get_one(Title, made.id), Setting(Moderation.AFTER), user.id)
        return sessions.begin(db, seal, identity)
