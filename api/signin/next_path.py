"""Where a reader goes after sign-in: a path on this portal, or the first page."""

from urllib.parse import quote, unquote

HOME = "/"
LONGEST = 1000  # characters
OWN_DOORS = ("/sign-in", "/sign-out")


def safe_next(text: str | None) -> str:
    """`text` where it is a path on this origin, else the first page.

    It is judged as it stands and once more with its escapes undone, because something on the way may undo them.
    """
    if not text or len(text) > LONGEST or not text.isascii():
        return HOME
    return text if _stays_here(text) and _stays_here(unquote(text)) else HOME


def sign_in_url(come_back_to: str) -> str:
    """The choice of providers, and where it leads in the end."""
    return f"/sign-in?next={quote(come_back_to, safe='')}"


def _stays_here(text: str) -> bool:
    if not text.startswith("/") or "\\" in text or not text.isprintable() or " " in text:
        return False
    path = text.partition("#")[0].partition("?")[0]
    if "//" in path or any(step in (".", "..") for step in path.split("/")):
        return False
    return not any(path == door or path.startswith(f"{door}/") for door in OWN_DOORS)
