"""What the tests of comments do again and again."""

import httpx2
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.comments import setting
from api.comments.setting import Setting
from api.database import Database
from api.tables import Comment, Identity, Kind, Moderation, Role, State, Title, User
from tests.cast import ADA, make_editor, sign_in
from tests.make import Made
from tests.site import Site


def shelve_bare(db: Db, slug: str = "rivers-of-paper", state: State = State.PUBLISHED) -> Title:
    """A title's row alone."""
    title = Title(slug=slug, kind=Kind.REPORT, state=state, title="Rivers", full_title="Rivers", abstract="What.")
    db.add(title)
    db.flush()
    return title


def reader_of(db: Db, name: str, role: Role = Role.READER) -> Reader:
    user = User(name=name, role=role)
    user.identities.append(Identity(provider="demo", issuer="https://idp.example", subject=name))
    db.add(user)
    db.flush()
    assert user.id is not None
    return Reader(user.id, name, role, "demo", "https://idp.example", name)


def id_of(comment: Comment) -> int:
    assert comment.id is not None
    return comment.id


def set_talk(database: Database, title_id: int, moderation: Moderation, **more: object) -> None:
    """As an editor sets it at the desk."""
    with database.writing() as db:
        editor = db.exec(select(User).where(User.role == Role.EDITOR)).first()
        editor_id = editor.id if editor is not None else reader_of(db, "Edda", Role.EDITOR).user_id
        assert editor_id is not None
        setting.change(db, db.get_one(Title, title_id), Setting(moderation, **more), editor_id)  # type: ignore[arg-type]


def signed_in(site: Site, person: str) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def the_press(site: Site) -> httpx2.Client:
    make_editor(site)
    return signed_in(site, ADA)


def say(client: httpx2.Client, made: Made, text: str, **more: str) -> httpx2.Response:
    return client.post(f"{made.path}/comments", data={"text": text, **more})


def public_page(site: Site, path: str) -> str:
    """What everyone sees, a second after whatever was done."""
    site.app.state.public_pages._asked_at = float("-inf")
    return site.browser().get(path).text


def kept(site: Site) -> list[Comment]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Comment).order_by(col(Comment.id))).all())
