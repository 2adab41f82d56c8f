"""A title, three readers and an editor, and what they do with comments on it."""

from api import clock
from api.access.policy import Reader
from api.comments import moderating, shown, writing
from api.comments.moderating import Act
from api.comments.shown import Talk
from api.comments.writing import Complaint
from api.database import Database
from api.shelf import queries
from api.tables import Moderation, Role, State
from tests.comments.talk import id_of, reader_of, set_talk, shelve_bare


class Talkers:
    """The talk about one title."""

    def __init__(self, database: Database, moderation: Moderation = Moderation.AFTER) -> None:
        self.database = database
        with database.writing() as db:
            self.editor = reader_of(db, "Edda", Role.EDITOR)
            self.cleo, self.ben, self.dora = (reader_of(db, name) for name in ("Cleo", "Ben", "Dora"))
            title = shelve_bare(db)
            assert title.id is not None
            self.title_id = title.id
        set_talk(database, self.title_id, moderation)

    def say(self, reader: Reader, text: str, reply_to: int | None = None, state: State = State.PUBLISHED) -> int:
        with self.database.writing() as db:
            return id_of(writing.post(db, self.title_id, state, reader, text, clock.now(), reply_to=reply_to))

    def edit(self, reader: Reader, comment_id: int, text: str) -> None:
        with self.database.writing() as db:
            writing.edit(db, self.title_id, State.PUBLISHED, reader, comment_id, text, clock.now())

    def remove(self, reader: Reader, comment_id: int) -> None:
        with self.database.writing() as db:
            writing.remove(db, self.title_id, reader, comment_id)

    def report(self, reader: Reader, comment_id: int) -> None:
        with self.database.writing() as db:
            writing.report(db, self.title_id, reader, comment_id, Complaint.SPAM, "It sells.", clock.now())

    def act(self, comment_id: int, what: Act, reason: str = "") -> None:
        with self.database.writing() as db:
            moderating.act(db, comment_id, what, reason, self.editor.user_id)

    def seen(self, reader: Reader | None = None, after: tuple[int, int] | None = None) -> Talk:
        with self.database.reading() as db:
            talk = shown.talk(db, self.title_id, State.PUBLISHED, reader, clock.now(), after)
        assert talk is not None
        return talk

    def texts(self, reader: Reader | None = None) -> list[str]:
        return [each.html.striptags() or str(each.standing) for each in self.seen(reader).comments]

    def revision(self) -> int:
        with self.database.reading() as db:
            return queries.revision(db)
