"""What a very large transfer costs in memory: the server's peak while it sends two gigabytes, against its rest."""

import hashlib
from pathlib import Path

from api.database import Database
from api.migrations import upgrade
from api.shelf.shelving import id_of
from api.tables import Edition, File, Rule, RuleKind, Title
from tests.bench import servers
from tests.bench.load import transfer
from tests.bench.measure import forget_peak, peak_megabytes
from tests.bench.report import Row
from tests.bench.shelf import settings_in
from tests.site import free_port

HUGE = 2 << 30  # bytes
PATH = "/reports/a-huge-volume.pdf"
PIECE = 1 << 20


def download(folder: Path) -> Row:
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}")
    small = _shelve(settings.database_url, settings.storage.root, "a-small-volume", PIECE)
    _shelve(settings.database_url, settings.storage.root, "a-huge-volume", HUGE)
    with servers.portal(settings) as portal:
        pid = portal.pids[0]
        transfer(portal.url + small, PIECE)  # warm: what any download needs is there
        forget_peak(pid)
        rest = peak_megabytes(pid)
        done, seconds = transfer(portal.url + PATH, HUGE, times=1)
        peak = peak_megabytes(pid)
    return Row(
        "peak memory while sending 2 GB",
        "after sending 1 MB",
        peak / rest,
        f"{peak:.0f} MB; {rest:.0f} MB; {done / seconds / 1e6:,.0f} MB/s",
        at_most=1.1,
    )


def _shelve(database_url: str, root: Path, slug: str, size: int) -> str:
    """A title open to everyone whose file is a hole of that size, which takes no room on the disk."""
    key = _digest_of_nothing(size)
    home = root / key[:2] / key[2:4]
    home.mkdir(parents=True)
    with (home / key).open("wb") as file:
        file.truncate(size)
    database = Database(database_url)
    upgrade(database)
    with database.writing() as db:
        title = Title(slug=slug, kind="report", state="published", title=slug, full_title=slug)
        title.editions.append(Edition(file=File(sha256=key, size=size, page_count=1)))
        db.add(title)
        db.flush()
        db.add(Rule(title_id=id_of(title), position=1, kind=RuleKind.EVERYONE))
    database.close()
    return f"/reports/{slug}.pdf"


def _digest_of_nothing(size: int) -> str:
    digest, piece = hashlib.sha256(), bytes(PIECE)
    for _ in range(size // PIECE):
        digest.update(piece)
    return digest.hexdigest()
