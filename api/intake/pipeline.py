"""The way of a file from the staging to the shelf: `received`, `checking`, then `ready` or `rejected`."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.intake import names
from api.tables import Intake, IntakeState

UNFINISHED = (IntakeState.RECEIVED, IntakeState.CHECKING)


def receive(
    db: Db,
    *,
    staged_id: str,
    file_name: str,
    size: int,
    sha256: str | None = None,
    title_id: int | None,
    chapter_id: int | None = None,
    user_id: int | None = None,
) -> Intake:
    """Write down that a file lies whole in the staging and waits to be checked, in the caller's transaction.

    `size` and `sha256` are what the sender declared; a file that is something else will be rejected.
    """
    intake = Intake(
        staged_id=staged_id,
        file_name=names.clean(file_name),
        size=size,
        sha256=sha256,
        title_id=title_id,
        chapter_id=chapter_id,
        user_id=user_id,
    )
    db.add(intake)
    db.flush()
    return intake


def waiting_files(db: Db) -> set[str]:
    """The staged ids of files that are still to be checked, however long that has to wait."""
    return set(db.exec(select(Intake.staged_id).where(col(Intake.state).in_(UNFINISHED))).all())
