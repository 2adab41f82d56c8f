"""Gather what the portal says and bring the catalogues in `web/locales` up to date; `--check` says what they lack.

`--new fr` begins another language. Line numbers are left out, so that a catalogue changes only where words do.
"""

import argparse
import ast
import io
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

from api.edge.words import KIND_WORDS

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "web" / "locales"
PATH = Path("LC_MESSAGES") / "gatefold.po"
COMPLETE = ("de",)  # what the house's own languages lack is a fault; others fall back on English
IN_TEMPLATES = ("_", "gettext", "ngettext", "of_kind")
IN_PYTHON = {"N_", "gettext", "ngettext", "pgettext", "of_kind"}
WIDTH = 110
TAG = re.compile(r"<[^>]*>")
Found = tuple[str, str | None, str | None]  # a sentence, the one for many, and its context


def gathered() -> Catalog:
    """Every sentence of the templates and the code, with the files it stands in."""
    catalogue = Catalog(project="Gatefold", fuzzy=False)
    environment = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.policies["ext.i18n.trimmed"] = True  # as in api/edge/pages.py
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        for words in _of_template(path, environment):
            _add(catalogue, words, path)
    for path in sorted((ROOT / "api").rglob("*.py")):
        for words in _of_module(path):
            _add(catalogue, words, path)
    return catalogue


def _add(catalogue: Catalog, words: Found, path: Path) -> None:
    one, many, context = words
    known = catalogue.get(one, context)
    if many is None and known is not None and not isinstance(known.id, str):
        many = known.id[1]
    many_or_one: Any = one if many is None else (one, many)
    catalogue.add(many_or_one, context=context, locations=[(path.relative_to(ROOT).as_posix(), 0)])


def _of_template(path: Path, environment: Environment) -> Iterator[Found]:
    for _, function, words in environment.extract_translations(path.read_text(), IN_TEMPLATES):  # type: ignore[attr-defined]
        if function == "of_kind":
            yield from _each_kind(next(word for word in words if isinstance(word, str)))
        else:
            yield (words, None, None) if isinstance(words, str) else (words[0], words[1], None)


def _of_module(path: Path) -> Iterator[Found]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IN_PYTHON:
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if words and node.func.id == "of_kind":
                yield from _each_kind(words[0])
            elif len(words) == 2 and node.func.id == "pgettext":
                yield words[1], None, words[0]
            elif words:
                named = (each.value.value for each in node.keywords if each.arg == "context")  # type: ignore[attr-defined]
                yield words[0], words[1] if len(words) > 1 else None, next(named, None)


def _each_kind(sentence: str) -> Iterator[Found]:
    for word in KIND_WORDS.values():
        yield sentence.replace("{kind}", word), None, None


def brought_up_to_date(language: str, template: Catalog) -> Catalog:
    """The catalogue of a language with every sentence there is and none that is no more."""
    path = CATALOGUES / language / PATH
    known = read_po(path.open("rb"), locale=language) if path.exists() else Catalog(locale=language)
    fresh = Catalog(locale=language, project="Gatefold", fuzzy=False, header_comment=f"# Gatefold: {language}")
    for message in template:
        if message.id:
            before = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            same_form = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
            fresh.add(
                message.id, before.string if same_form else None, context=message.context, locations=message.locations
            )
    return fresh


def written(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
    head = (
        f"{catalogue.header_comment}\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def faults(language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, in words."""
    path = CATALOGUES / language / PATH
    kept = read_po(path.open("rb"), locale=language)
    if path.read_bytes() != written(brought_up_to_date(language, template)):
        yield f"{language}: not up to date; run make words"
    for message in kept:
        if not message.id:
            continue
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        if not all(forms):
            if language in COMPLETE:
                yield f"{language}: not translated: {_first(message)}"
            continue
        if message.fuzzy:
            yield f"{language}: not sure: {_first(message)}"
        wanted = placeholders(message.id if isinstance(message.id, str) else message.id[1])
        for form in forms:
            left_out = {"n", "num"} if len(forms) > 1 else set()
            if placeholders(form) | left_out != wanted | left_out:
                yield f"{language}: other placeholders: {form}"
            if sorted(TAG.findall(form)) != sorted(TAG.findall(_first(message))):
                yield f"{language}: other tags: {form}"


def placeholders(sentence: str) -> set[str]:
    """What a sentence leaves room for: `%(name)s` in templates, `{name}` in the code."""
    in_braces = {name for _, name, _, _ in string.Formatter().parse(sentence) if name} if "{" in sentence else set()
    return in_braces | set(re.findall(r"%\((\w+)\)s", sentence))


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--new", metavar="LANGUAGE")
    given = asked.parse_args()
    template = gathered()
    languages = [path.parent.parent.name for path in sorted(CATALOGUES.glob(f"*/{PATH}"))]
    if given.check:
        found = [fault for language in languages for fault in faults(language, template)]
        print("\n".join(found[:40]))
        return 1 if found else 0
    for language in [*languages, *([given.new] if given.new else [])]:
        path = CATALOGUES / language / PATH
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(brought_up_to_date(language, template)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
