"""Pages for people: the Jinja environment over `web/templates`, its filters, and the addresses of static files."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from babel import Locale, UnknownLocaleError
from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from api import spoken
from api.edge import credits, words
from api.edge.face import Face
from api.edge.language import Offered

# An address of ours behind a link, up to its fragment; a file's name has a dot in its last part.
_LINK = re.compile(r'(<a [^>]*?href=")(/(?!/|t/|api/|static/)(?:[^"#?]*/)?[^"#?./]*)(\?[^"#]*)?(?=["#])')


class Written(Protocol):
    """Anything written in a language (a BCP 47 tag)."""

    @property
    def language(self) -> str: ...


class Line(Protocol):
    """A line of the contents."""

    @property
    def is_part(self) -> bool: ...


L = TypeVar("L", bound=Line)


class Pages:
    """Renders templates. `web_root` holds `templates/` and `static/`; `extra` are globals from floors above.

    `face` tells what the house looks like at the moment.
    """

    def __init__(self, web_root: Path, extra: Mapping[str, object], face: Callable[[], Face] = Face) -> None:
        self._face = face
        self._fingerprints = _fingerprints(web_root / "static")
        self.environment = Environment(
            loader=_Templates(web_root / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        self.environment.install_gettext_callables(  # type: ignore[attr-defined]
            spoken.gettext, spoken.ngettext, newstyle=True
        )
        self.environment.filters |= FILTERS
        self.environment.policies["ext.i18n.trimmed"] = True
        self.environment.globals |= {"static": self.static, "of_kind": words.of_kind, **extra}

    def render(self, name: str, **context: Any) -> str:
        """The page `name` as HTML, in the language that is spoken. Nobody is signed in unless `context` says so."""
        face, hearer = self._face(), spoken.hearer()
        shown = {
            "site": face.name,
            "logo": face.logo,
            "colours": face.colours,
            "language": hearer.language,
            "direction": spoken.locale().text_direction,
            "house_language": face.offered.default,
            "languages": face.offered.tags if len(face.offered.tags) > 1 else (),
            "page_path": hearer.path,
        }
        html = self.environment.get_template(name).render(NOBODY_NOWHERE | shown | context)
        return keep_language(html, hearer.language) if hearer.is_chosen else html

    @property
    def offered(self) -> Offered:
        """The languages of the house, as they are known at the moment."""
        return self._face().offered

    @property
    def house_name(self) -> str:
        """What the house that runs the portal is called at the moment."""
        return self._face().name

    def static(self, path: str) -> str:
        """The address of a file of `web/static`, with a fingerprint of its bytes; KeyError if there is none."""
        return f"/static/{path}?v={self._fingerprints[path]}"


NOBODY_NOWHERE: dict[str, Any] = {"reader": None, "here": "", "sign_in_url": "/sign-in"}


class _Templates(BaseLoader):
    """All of them as they were at the start: a newer version may be put in their place while this one still serves."""

    def __init__(self, root: Path) -> None:
        files = ((file, file.stat()) for file in root.rglob("*.html"))
        self._found = {
            file.relative_to(root).as_posix(): (_text(file, stat.st_mtime_ns, stat.st_size), str(file), None)
            for file, stat in files
        }

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        if template not in self._found:
            raise TemplateNotFound(template)
        return self._found[template]

    def list_templates(self) -> list[str]:
        return sorted(self._found)


@cache
def _text(file: Path, _changed: int, _size: int) -> str:
    return file.read_text()


def _fingerprints(root: Path) -> dict[str, str]:
    files = ((file, file.stat()) for file in root.rglob("*") if file.is_file())
    return {
        file.relative_to(root).as_posix(): _fingerprint(file, stat.st_mtime_ns, stat.st_size) for file, stat in files
    }


@cache
def _fingerprint(file: Path, _changed: int, _size: int) -> str:
    """Worked out once for all portals of a process, as long as the file has not changed."""
    return sha256(file.read_bytes()).hexdigest()[:12]


def keep_language(html: str, language: str) -> str:
    """The page with the language that its address names in the addresses of the pages it links to."""

    def named(link: re.Match[str]) -> str:
        before, path, query = link[1], link[2], link[3] or ""
        return f"{before}{path}{query}{'&amp;' if query else '?'}lang={language}"

    return _LINK.sub(named, html)


def lang(written: Written) -> Markup:
    """The `lang` attribute for words in another language than the page's, and `dir` where it runs the other way."""
    if words.primary_language(written.language) == words.primary_language(spoken.language()):
        return Markup("")
    direction = _direction(words.primary_language(written.language))
    turned = Markup(' dir="{}"').format(direction) if direction != spoken.locale().text_direction else ""
    return Markup(' lang="{}"').format(written.language) + turned


@cache
def _direction(language: str) -> str:
    """How a language is written, `ltr` or `rtl`; one that nobody knows as most are."""
    try:
        return Locale.parse(language).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def by_part(contents: Iterable[L]) -> list[tuple[L | None, list[L]]]:
    """The contents as parts, each with its chapters; chapters before the first part stand under None."""
    parts: list[tuple[L | None, list[L]]] = []
    for line in contents:
        if line.is_part:
            parts.append((line, []))
        elif parts:
            parts[-1][1].append(line)
        else:
            parts.append((None, [line]))
    return parts


FILTERS: dict[str, Any] = {
    "blocks_of_8": words.blocks_of_8,
    "by_part": by_part,
    "byline": credits.byline,
    "bytes": words.size,
    "clock_time": words.clock_time,
    "credit": credits.credit,
    "dash": words.dash,
    "device": words.device,
    "day": words.day,
    "day_short": words.day_short,
    "duration": words.duration,
    "either": words.either,
    "identifier_name": credits.identifier_name,
    "iso": words.iso,
    "kind_name": words.kind_name,
    "kind_word": words.kind_word,
    "lang": lang,
    "language_name": words.language_name,
    "more_known": credits.more_known,
    "number": words.number,
    "own_name": spoken.own_name,
    "names": words.names,
    "page_range": words.page_range,
    "pages": words.pages,
    "published_date": words.published_date,
    "role_name": words.role_name,
    "sentence": words.sentence,
    "subject": credits.subject,
}
