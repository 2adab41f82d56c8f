"""Keeps the portal's clock to the database's while it serves, and says so when this machine's own has jumped."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from api import clock
from api.database import Database

LOOK_EVERY = 1.0  # seconds
AGREE_EVERY = 60.0  # seconds; ticks drift apart, and stand still while a machine sleeps
JUMP = 2.0  # seconds
log = logging.getLogger("gatefold.clock")


class Timekeeper:
    """The clock of one worker, between `start` and `stop`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="clock", daemon=True)

    def start(self) -> None:
        self._ahead = _ahead_of_ticks()
        self._agreed_at = clock.ticks()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            ahead = _ahead_of_ticks()
            jump, self._ahead = ahead - self._ahead, ahead
            if abs(jump) > JUMP:
                log.warning("this machine's clock has jumped seconds=%+.0f", jump)
            if abs(jump) > JUMP or clock.ticks() - self._agreed_at > AGREE_EVERY:
                self._agree()

    def _agree(self) -> None:
        try:
            self._database.agree_on_time()
            self._agreed_at = clock.ticks()
        except SQLAlchemyError:
            log.warning("the database can't be asked for the time, which goes on by ticks")


def _ahead_of_ticks() -> float:
    return clock.of_the_machine().timestamp() - clock.ticks()
