"""The worker inside `serve`: takes up what was received, one file at a time, beside everything else."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from api.database import Database
from api.errors import Refusal
from api.intake.leases import Lease, LeaseLost
from api.intake.pipeline import RECEIVED, bring_to_shelf, waiting
from api.jobs import in_words
from storage.store import StorageError, Store

LOOK_AGAIN = 10.0  # seconds at most between two looks; what this process receives is taken up at once
LAST_FILE = 3.0  # seconds that a file gets when the server stops; then another worker takes it up

log = logging.getLogger("gatefold.intake")


class Checker:
    """Works in a thread of its own between `start` and `stop`."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database, self._store = database, store
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_checking, name="intake", daemon=True)
        database.when_committed(RECEIVED, self._wanted.set)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wanted.set()
        self._thread.join(LAST_FILE)

    def check_waiting(self) -> int:
        """Bring every file that nobody is at to its end, or let it wait; how many that were."""
        count = 0
        while not self._stopping.is_set():
            with self._database.reading() as db:
                intake_id = waiting(db)
            if intake_id is None:
                break
            lease = Lease.take(self._database, intake_id)
            if lease is not None:
                self._bring(lease)
                count += 1
        return count

    def _keep_checking(self) -> None:
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                self.check_waiting()
            except SQLAlchemyError as error:
                log.warning("files wait for the database: %s", in_words(error))
            self._wanted.wait(LOOK_AGAIN)

    def _bring(self, lease: Lease) -> None:
        try:
            bring_to_shelf(lease, self._store)
            log.info("file is ready intake=%s", lease.intake_id)
        except Refusal:
            log.info("file was rejected intake=%s", lease.intake_id)
        except LeaseLost:
            log.warning("another worker has the file by now intake=%s", lease.intake_id)
        except (StorageError, OSError) as error:
            log.warning("file has to wait intake=%s error=%s", lease.intake_id, in_words(error))
        except SQLAlchemyError:
            raise
        except Exception as error:  # whatever it is, the other files go on, and this one is tried again
            log.error("file could not be checked intake=%s error=%s", lease.intake_id, in_words(error))
