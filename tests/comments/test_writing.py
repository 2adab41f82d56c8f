"""The rules of a talk: who may say, change and take back what, and what others see of it."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from api import clock
from api.comments import moderating, setting, shown, taking, typed, writing
from api.comments.moderating import Act
from api.comments.shown import LEAF
from api.database import Database
from api.errors import Conflict, Denied, Invalid, NotFound
from api.seal import Seal
from api.tables import Audit, Comment, CommentReport, Moderation, Part, Standing, State, Title
from tests.comments.talk import id_of, set_talk
from tests.comments.talkers import Talkers


@pytest.fixture
def talkers(database: Database) -> Talkers:
    return Talkers(database)


def test_the_newest_first_and_replies_below_what_they_are_to(talkers: Talkers) -> None:
    first = talkers.say(talkers.cleo, "First.")
    talkers.say(talkers.ben, "Second.")
    talkers.say(talkers.editor, "To the first.", first)
    talkers.say(talkers.cleo, "To the first as well.", first)
    assert talkers.texts() == ["Second.", "First.", "To the first.", "To the first as well."]
    (_, none), (head, replies) = talkers.seen().threads
    assert (none, [each.mark for each in replies]) == ([], ["press", ""])
    assert head is not None
    assert head.id == first


def test_before_showing_only_its_writer_and_the_press_see_it(database: Database) -> None:
    talkers = Talkers(database, Moderation.BEFORE)
    waiting, by_press = talkers.say(talkers.cleo, "Please."), talkers.say(talkers.editor, "From us.")
    assert (talkers.texts(), talkers.texts(talkers.ben)) == (["From us."], ["From us."])
    assert talkers.texts(talkers.cleo) == ["From us.", "Please."]
    with pytest.raises(NotFound):
        talkers.say(talkers.ben, "To what I can't see.", waiting)
    talkers.act(waiting, Act.SHOW)
    assert talkers.texts() == ["From us.", "Please."]
    talkers.say(talkers.ben, "Now I can.", by_press)
    talkers.edit(talkers.cleo, waiting, "Pretty please.")
    assert talkers.texts() == ["From us."]
    with database.reading() as db:
        found, _ = moderating.to_read(db)
    assert {each.html.striptags() for each in found} == {"Pretty please.", "Now I can."}


def test_what_changes_before_everyone_makes_pages_new(talkers: Talkers) -> None:
    before = talkers.revision()
    said = talkers.say(talkers.cleo, "First.")
    shown_at = talkers.revision()
    talkers.act(said, Act.HIDE, "Off the matter.")
    assert before < shown_at < talkers.revision()


def test_the_same_twice_is_one(talkers: Talkers) -> None:
    first = talkers.say(talkers.cleo, "Thank you.")
    assert talkers.say(talkers.cleo, "Thank  you. ") == first
    assert talkers.say(talkers.ben, "Thank you.") != first
    other = talkers.say(talkers.cleo, "Something else.")
    with pytest.raises(Conflict):
        talkers.edit(talkers.cleo, other, "Thank you.")
    talkers.remove(talkers.cleo, first)
    assert talkers.say(talkers.cleo, "Thank you.") != first


def test_one_level_of_replies(talkers: Talkers) -> None:
    reply = talkers.say(talkers.ben, "A reply.", talkers.say(talkers.cleo, "First."))
    with pytest.raises(Conflict):
        talkers.say(talkers.cleo, "To a reply.", reply)
    with pytest.raises(NotFound):
        talkers.say(talkers.cleo, "To nothing.", 4711)


def test_edited_for_fifteen_minutes_and_by_its_writer_only(talkers: Talkers) -> None:
    start = clock.now()
    with clock.frozen(start):
        said = talkers.say(talkers.cleo, "Teh comment.")
        with pytest.raises(NotFound):
            talkers.edit(talkers.ben, said, "Mine now.")
    with clock.frozen(start + timedelta(minutes=14, seconds=59)):
        talkers.edit(talkers.cleo, said, "The comment.")
        assert talkers.seen(talkers.cleo).comments[0].may_edit
    with clock.frozen(start + timedelta(minutes=15)):
        assert not talkers.seen(talkers.cleo).comments[0].may_edit
        with pytest.raises(Conflict):
            talkers.edit(talkers.cleo, said, "Too late.")
    assert talkers.texts() == ["The comment."]
    assert talkers.seen().comments[0].edited_at is not None


def test_deleted_whenever_and_the_place_stays_while_there_are_replies(talkers: Talkers) -> None:
    first = talkers.say(talkers.cleo, "First.")
    reply = talkers.say(talkers.ben, "A reply.", first)
    with pytest.raises(NotFound):
        talkers.remove(talkers.ben, first)
    set_talk(talkers.database, talkers.title_id, Moderation.AFTER, closes_at=clock.now() - timedelta(days=1))
    talkers.remove(talkers.cleo, first)
    assert talkers.texts() == ["deleted", "A reply."]
    with talkers.database.reading() as db:
        row = db.get_one(Comment, first)
        assert (row.text, row.user_id, row.digest) == ("", None, None)
    talkers.remove(talkers.ben, reply)
    with talkers.database.reading() as db:
        assert db.exec(select(Comment)).all() == []


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_drafts_and_withdrawn_titles_take_none(talkers: Talkers, state: State) -> None:
    said = talkers.say(talkers.cleo, "While it was here.")
    with pytest.raises(Conflict):
        talkers.say(talkers.cleo, "After that.", state=state)
    with pytest.raises(Conflict), talkers.database.writing() as db:
        writing.edit(db, talkers.title_id, state, talkers.cleo, said, "After that.", clock.now())
    with talkers.database.reading() as db:
        talk = shown.talk(db, talkers.title_id, state, None, clock.now())
    assert (talk is None) == (state is State.DRAFT)


def test_off_and_closed(talkers: Talkers) -> None:
    now = clock.now()
    set_talk(talkers.database, talkers.title_id, Moderation.AFTER, closes_at=now + timedelta(hours=1))
    with clock.frozen(now):
        talkers.say(talkers.cleo, "In time.")
    with clock.frozen(now + timedelta(hours=1)):
        assert not talkers.seen().takes
        with pytest.raises(Conflict):
            talkers.say(talkers.cleo, "Too late.")
    with talkers.database.reading() as db:
        assert setting.has_just_closed(db, now, now + timedelta(hours=1))
        assert not setting.has_just_closed(db, now + timedelta(hours=1), now + timedelta(hours=2))
    set_talk(talkers.database, talkers.title_id, Moderation.OFF)
    with pytest.raises(Conflict):
        talkers.say(talkers.cleo, "To nobody.")
    with talkers.database.reading() as db:
        assert shown.talk(db, talkers.title_id, State.PUBLISHED, talkers.cleo, now) is None


def test_reported_once_by_each_and_settled_by_the_press(talkers: Talkers) -> None:
    said = talkers.say(talkers.cleo, "Buy this.")
    talkers.report(talkers.ben, said)
    talkers.report(talkers.ben, said)
    talkers.report(talkers.dora, said)
    with pytest.raises(Denied):
        talkers.report(talkers.cleo, said)
    with talkers.database.reading() as db:
        (found,), _ = moderating.to_read(db, title_id=talkers.title_id)
        assert [each.words for each in found.reports] == ["It sells.", "It sells."]
        assert moderating.to_read(db, title_id=talkers.title_id + 1) == ([], None)
    assert talkers.texts() == ["Buy this."]
    talkers.act(said, Act.SHOW)
    with talkers.database.reading() as db:
        assert moderating.to_read(db) == ([], None)
        assert db.exec(select(CommentReport)).all() == []


def test_hidden_and_deleted_by_the_press_with_a_reason(talkers: Talkers) -> None:
    said = talkers.say(talkers.cleo, "Off the matter.")
    talkers.say(talkers.ben, "Why?", said)
    for what in (Act.HIDE, Act.DELETE):
        with pytest.raises(Invalid):
            talkers.act(said, what)
    talkers.act(said, Act.HIDE, "It is about another book.")
    assert talkers.texts() == ["hidden", "Why?"]
    own = talkers.seen(talkers.cleo).comments[0]
    assert (own.html.striptags(), own.reason) == ("Off the matter.", "It is about another book.")
    with pytest.raises(Conflict):
        talkers.edit(talkers.cleo, said, "Better.")
    talkers.act(said, Act.DELETE, "Once more.")
    assert talkers.texts(talkers.cleo) == ["deleted", "Why?"]
    with talkers.database.reading() as db:
        acts = {each.action: each for each in db.exec(select(Audit).where(Audit.user_id == talkers.cleo.user_id))}
    assert acts["comment-hidden"].words == f"comment {said}: It is about another book."
    assert acts["comment-deleted"].actor_user_id == talkers.editor.user_id


def test_marks(talkers: Talkers) -> None:
    with talkers.database.writing() as db:
        title = db.get_one(Title, talkers.title_id)
        setting.mark(db, title, "demo:Cleo", Part.AUTHOR, talkers.editor.user_id)
        with pytest.raises(Invalid):
            setting.mark(db, title, "demo:Nobody", Part.AUTHOR, talkers.editor.user_id)
    talkers.say(talkers.cleo, "I wrote it.")
    assert talkers.seen().comments[0].mark == "author"
    with talkers.database.writing() as db:
        (marked,) = setting.marked(db, talkers.title_id)
        setting.unmark(db, db.get_one(Title, talkers.title_id), marked.id, talkers.editor.user_id)
    assert talkers.seen().comments[0].mark == ""


def test_older_ones_come_leaf_by_leaf_and_a_leaf_is_one_query(talkers: Talkers) -> None:
    with talkers.database.writing() as db:
        for number in range(1, 2 * LEAF + 11):
            row = Comment(
                title_id=talkers.title_id, text=str(number), standing=Standing.SHOWN, user_id=talkers.cleo.user_id
            )
            db.add(row)
            db.flush()
            row.parent_id = 60 if number > 60 and number % 2 else None
            row.thread_id = row.parent_id or id_of(row)
    queries_made: list[str] = []
    event.listen(talkers.database._read, "before_cursor_execute", lambda *args: queries_made.append(args[2]))
    leaves, after = [talkers.seen()], None
    assert len([each for each in queries_made if "comment" in each]) == 1
    while leaves[-1].last is not None:
        after = shown.mark_of(leaves[-1].last)
        leaves.append(talkers.seen(after=after))
    assert [len(leaf.comments) for leaf in leaves] == [LEAF, LEAF, 10]
    seen = [each.id for leaf in leaves for each in leaf.comments]
    assert len(set(seen)) == 2 * LEAF + 10
    assert leaves[1].threads[0][0] is None
    with talkers.database.reading() as db:
        late = shown.one(db, talkers.title_id, State.PUBLISHED, None, clock.now(), 2 * LEAF + 9)
        assert late is not None
        around = shown.thread(db, talkers.title_id, State.PUBLISHED, None, clock.now(), late)
    assert around is not None
    assert late.id in {each.id for each in around.comments}


@pytest.mark.parametrize("text", ["", "12", "12-", "-3", "a-b", "1-2-3", "12-3x", "1" * 10 + "-1", "٣-٤"])
def test_no_mark(text: str) -> None:
    assert shown.mark_of(text) is None


@pytest.mark.parametrize("comments_stay", [True, False])
def test_when_the_account_goes(talkers: Talkers, comments_stay: bool) -> None:
    first = talkers.say(talkers.cleo, "First.")
    talkers.say(talkers.ben, "A reply.", first)
    talkers.say(talkers.cleo, "Nobody replied.")
    with talkers.database.writing() as db:
        assert taking.has_comments(db, talkers.cleo.user_id)
        writing.leave(db, talkers.cleo.user_id, comments_stay=comments_stay)
        assert not taking.has_comments(db, talkers.cleo.user_id)
    expected = ["Nobody replied.", "First.", "A reply."] if comments_stay else ["deleted", "A reply."]
    assert talkers.texts() == expected
    assert "Cleo" not in {each.name for each in talkers.seen().comments}


def test_what_was_typed_is_given_back_to_the_browser_that_sent_it(talkers: Talkers) -> None:
    seal, now = Seal("s" * 32), clock.now()
    with talkers.database.writing() as db:
        typed.keep(db, seal, "secret", talkers.title_id, "new", "Long thoughts.", now)
        typed.keep(db, seal, "secret", talkers.title_id, "reply 3", "Longer thoughts.", now)
        assert typed.find(db, seal, "secret", talkers.title_id, "reply 3", now) == "Longer thoughts."
        for other in (("other", talkers.title_id, "reply 3"), ("secret", talkers.title_id + 1, "reply 3")):
            assert typed.find(db, seal, *other, now) is None
        assert typed.find(db, seal, "secret", talkers.title_id, "new", now) is None
        assert typed.find(db, seal, "secret", talkers.title_id, "reply 3", now + typed.KEPT) is None
        assert typed.forget_old(db, now + typed.KEPT) == 1
