"""What a route may ask for: the portal, and a session on the database that ends before the answer is sent.

`scope="function"` matters: with FastAPI's default a commit that fails still answers 200.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session as Db

from api.edge.portal import Portal, portal_of


async def _the_portal(request: Request) -> Portal:  # async: a plain function would be sent to a thread each time
    return portal_of(request)


ThePortal = Annotated[Portal, Depends(_the_portal)]


def _reading(portal: ThePortal) -> Iterator[Db]:
    with portal.database.reading() as db:
        yield db


def _writing(portal: ThePortal) -> Iterator[Db]:
    with portal.database.writing() as db:
        yield db


Reading = Annotated[Db, Depends(_reading, scope="function")]
Writing = Annotated[Db, Depends(_writing, scope="function")]
