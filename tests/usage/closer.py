"""A worker to be started as a process and killed: `python -m tests.usage.closer URL MONTH` closes a month.

With `waits` behind that it stops for a line on its input when all is written and nothing committed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session as Db

from api.database import Database
from api.usage.closing import close
from api.usage.months import Month
from api.usage.robots import Robots


def main(url: str, month: str, *waits: str) -> None:
    database = Database(url)

    @contextmanager
    def writing() -> Iterator[Db]:
        with database.writing() as db:
            yield db
            if waits:
                print("written", flush=True)
                sys.stdin.readline()

    close(database, Month.read(month), Robots(), writing=writing)
    print("closed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
