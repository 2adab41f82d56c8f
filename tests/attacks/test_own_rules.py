"""What the code may not do, read from the code itself: rules that no linter has, each with its few known places."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "web" / "static" / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    files = [path for folder in ("api", "storage", "alembic") for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 300
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in files)


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of something with one of these names, plain or behind a dot."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield path, node


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def owner(call: ast.Call) -> str:
    return getattr(getattr(call.func, "value", None), "id", "")


def imports() -> Iterator[tuple[str, str]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((path, each.name) for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield path, node.module or ""


def is_fixed(node: ast.expr) -> bool:
    """Whether the text is written in the code: a literal, a constant by its name, or one put together from these."""
    if isinstance(node, ast.JoinedStr):
        return all(is_fixed(each) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return is_fixed(node.value)
    if isinstance(node, ast.BinOp):
        return is_fixed(node.left) and is_fixed(node.right)
    if isinstance(node, ast.Tuple):
        return all(is_fixed(each) for each in node.elts)
    if isinstance(node, ast.Subscript):
        return is_fixed(node.value)
    if isinstance(node, ast.Call) and called(node) in ("gettext", "pgettext", "ngettext"):
        return all(is_fixed(each) for each in node.args)
    return isinstance(node, ast.Constant) or bool(CONSTANT.fullmatch(getattr(node, "id", getattr(node, "attr", ""))))


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def test_every_redirect_says_its_status() -> None:
    """Without one it is a 307, and a form's fields go on to wherever it leads."""
    said = [
        (path, call.lineno, ast.unparse(status) if status else "307")
        for path, call in calls("RedirectResponse")
        for status in [call.args[1] if len(call.args) > 1 else keyword(call, "status_code")]
    ]
    assert len(said) > 50
    assert [each for each in said if each[2] not in ("303", "301")] == []


def test_nothing_is_decided_by_the_address_that_was_asked_for() -> None:
    """`request.url` is made from what the caller says its host is; routes and settings know better."""
    reads = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("url", "base_url", "url_for")
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    }
    assert reads <= {"api/signin/reach.py"}  # a request of our own to a provider


def test_one_address_takes_whatever_comes() -> None:
    found = [
        (path, node.value)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ":path}" in node.value
    ]
    assert found == [("api/app.py", "/{anything:path}")]


def test_html_is_trusted_in_known_places_only() -> None:
    unchecked = {path for path, call in calls("Markup") if call.args and not is_fixed(call.args[0])}
    assert unchecked == {
        *("api/catalogue/pages.py", "api/comments/text.py", "api/desk/access.py", "api/desk/access_trial.py"),
        *("api/formats/cover.py", "api/house/texts.py"),
    }
    trusting = re.compile(r"\{\{(?:(?!\}\}).)*?([\w.\[\]]+|'[^']*')(?: \| \w+)* \| safe", re.DOTALL)
    trusted = {
        (str(path.relative_to(ROOT / "web" / "templates")), words)
        for path in TEMPLATES
        for words in trusting.findall(path.read_text())
        if not words.startswith("'")
    }
    assert {words for _, words in trusted} <= {"record.prose.html", "chapter.prose.html", "wording.prose.html"} | {
        "shown.preview[1]"
    }


def test_what_the_store_signs_has_an_end() -> None:
    signed = list(calls("generate_presigned_url"))
    assert {path for path, _ in signed} == {"storage/s3.py", "storage/s3_parts.py"}
    lives = {(ast.literal_eval(call.args[0]), ast.unparse(keyword(call, "ExpiresIn") or call)) for _, call in signed}
    handed_out = {(what, life) for what, life in lives if what not in ("head_bucket", "list_objects_v2")}
    assert handed_out == {("get_object", "lifetime"), ("get_object", "1"), ("upload_part", "lifetime")}


def test_no_statement_is_put_together_from_words() -> None:
    loose = {
        path
        for path, call in calls("text", "exec_driver_sql", "execute")
        if call.args
        and owner(call) not in ("words", "self", "text")
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        and not is_fixed(call.args[0])
    }
    assert {path for path in loose if not path.startswith("alembic/")} <= {
        *("api/database.py", "api/postgresql.py"),  # its own PRAGMAs, and a number of seconds
    }


def test_no_shell_is_ever_asked() -> None:
    assert {path for path, name in imports() if name == "subprocess"} == {
        *("api/delivery/stamp.py", "api/intake/pdf.py", "api/intake/pictures.py", "api/intake/split.py"),
        "api/feeds/pictures.py",
    }
    assert [path for path, call in calls("run", "Popen") if keyword(call, "shell") is not None] == []
    assert [path for path, call in calls("system", "popen", "spawnl", "execv") if owner(call) == "os"] == []


def test_nothing_is_evaluated_or_unpickled() -> None:
    bare = [(path, called(call)) for path, call in calls("eval", "exec", "compile") if isinstance(call.func, ast.Name)]
    assert bare == []
    risky = {(path, name) for path, name in imports() if name in ("pickle", "marshal", "shelve", "yaml", "runpy")}
    assert risky == {  # the file beside them, by its fixed name
        (f"api/intake/{child}_child.py", "runpy") for child in ("picture", "split")
    }


def test_no_expression_is_made_from_input() -> None:
    made = {
        path
        for path, call in calls(
            "compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"
        )
        if owner(call) == "re" and not is_fixed(call.args[0])
    }
    assert made == {
        *("api/feeds/routes.py", "api/intake/child/active.py"),  # from the kinds of titles, and names of PDF keys
        # from the lists of robots, and sentences of ours
        *("api/usage/robots.py", "api/intake/reasons.py", "api/spoken.py"),
    }


def test_no_format_comes_from_input() -> None:
    loose = {
        (path, ast.unparse(call.func.value))
        for path, call in calls("format")
        if isinstance(call.func, ast.Attribute) and not is_fixed(call.func.value)
    }
    assert loose == {
        *(("api/demo/volume.py", "voice.page"), ("api/edge/pages.py", "Markup(' lang=\"{}\"')")),
        *(("api/edge/pages.py", "Markup(' dir=\"{}\"')"), ("alembic/versions/2026_11_22_search.py", "part")),
        ("api/notices/summaries.py", "gettext(said)"),
        *(("api/formats/citing_chicago.py", "words"), ("api/formats/citing_mla.py", "words")),
        *(("api/edge/credits.py", "gettext(words)"), ("api/signin/kinds.py", "KINDS[settings.kind].address")),
    }  # sentences and tables of ours, and Markup, which escapes
    logged = [
        (path, call.lineno)
        for path, call in calls("debug", "info", "warning", "error", "exception")
        if owner(call) == "log" and not is_fixed(call.args[0])
    ]
    assert logged == []


def test_digests_are_made_in_known_ways() -> None:
    ways = {
        node.attr
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "hashlib"
    }
    assert ways == {"sha256", "file_digest"}
    assert {called(call) for _, call in calls("new", "digest", "compare_digest") if owner(call) == "hmac"} == {
        *("digest", "compare_digest"),
    }
    assert {path for path, name in imports() if name == "random" and not path.startswith("api/demo/")} == set()


def test_scripts_set_html_in_known_places_only() -> None:
    ways = re.compile(r"(\w+)\.(?:inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function")
    found = {(path.name, way[1]) for path in SCRIPTS for way in ways.finditer(path.read_text())}
    assert found == {("desk-form.js", "pane"), ("desk-form.js", "status")}
    risky = re.compile(r"postMessage|document\.cookie|__proto__|setAttribute\(\"on")
    assert [path.name for path in SCRIPTS if risky.search(path.read_text())] == []


def test_browsers_keep_only_what_staff_type() -> None:
    """And that somebody wants no keys."""
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|caches\.open")
    assert [path.name for path in SCRIPTS if kept.search(path.read_text())] == ["desk-form.js", "keys.js"]
