"""Measures everything, prints the table, and with `--write` keeps it in docs/performance.md."""

import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import (
    capture,
    desk,
    face,
    flat,
    harvest,
    meanwhile,
    reading,
    report,
    rows,
    search,
    stamps,
    uploads,
    usage,
)
from tests.bench.measure import resident_megabytes
from tests.bench.shelf import MANY
from tests.journeys.lighthouse import NoLighthouse


def main(arguments: list[str]) -> int:
    begun = time.monotonic()
    with TemporaryDirectory() as name:
        table = report.table(*measured(Path(name)))
    text = f"{datetime.now(UTC):%d %B %Y}. {report.machine()}\n\n{table}"
    print(text)
    if "--write" in arguments:
        report.write(text)
    tell(f"done in {time.monotonic() - begun:.0f} s")
    return 0


def measured(folder: Path) -> tuple[list[report.Row], list[str]]:
    """The rows, and what had to be left out with its reason."""
    found: list[report.Row] = []
    skipped: list[str] = []
    with ExitStack() as stack:
        tell(f"shelving 1 and {MANY:,} titles")
        small = stack.enter_context(rows.house(folder / "small", 1))
        large = stack.enter_context(rows.house(folder / "large", MANY, large=True))
        idle = resident_megabytes(large.server.pids[0])
        tell("pages")
        found += rows.pages(small, large)
        tell("pages on a phone")
        try:
            found += face.face(large.server.url)
        except NoLighthouse as reason:
            skipped.append(f"how fast pages are on a phone: {reason}.")
        tell("tickets")
        found.append(rows.tickets(small, "SQLite", "sqlite-insert", small.database_file))
        found.append(rows.postgresql_tickets(folder))
        if rows.has_nginx():
            tell("volumes")
            found += rows.volumes(folder, large)
            found.append(rows.accelerated(folder, large))
        else:
            skipped.append("large volumes against nginx, which is not installed and could not be.")
        tell("two gigabytes")
        found.append(flat.download(folder / "huge"))
        tell("a large upload")
        found += uploads.uploads(folder / "uploads")
        tell("a hostile file")
        found.append(meanwhile.meanwhile(folder / "meanwhile"))
        tell("stamps")
        found.append(stamps.stamping())
        if reading.has_chromium():
            tell("a volume in the browser")
            found.append(reading.reading(folder / "reading"))
        else:
            skipped.append("reading in the browser, for want of Chromium.")
        tell("a harvest")
        found += harvest.harvest(folder / "harvest")
        tell("a search")
        found += search.search(folder / "search")
        tell("use")
        found += usage.usage(folder / "use", usage.TEN_MILLION if "--ten-million" in sys.argv else usage.EVENTS)
        found += capture.capture(folder / "capture")
        tell("the desk")
        found += desk.desk(folder / "desk")
        tell("cold start, memory")
        found += [rows.cold_start(folder / "cold"), rows.memory(idle, large)]
    return found, skipped


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
