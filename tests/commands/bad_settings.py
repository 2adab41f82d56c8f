"""Bad settings, each alone: what is given to `gatefold serve`, and what it says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.conftest import SECRET

HUSH = "hUsh-Zr4Tn8Vb3Lp6Hd5Fs1Gy0Cak7Jw2mQx9"  # stands for every secret that must not be shown
GOOD = {
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "sqlite:///gatefold.db",
    "PROVIDERS__CAMPUS__KIND": "oidc",
    "PROVIDERS__CAMPUS__ISSUER": "https://id.example.edu",
    "PROVIDERS__CAMPUS__CLIENT_ID": "gatefold",
    "PROVIDERS__CAMPUS__CLIENT_SECRET": HUSH,
}
S3 = {"STORAGE__KIND": "s3", "STORAGE__BUCKET": "titles"}
MAIL = {"MAIL__HOST": "mail.press.example", "MAIL__SENDER": "books@press.example"}
CROSSREF = {"CROSSREF__USERNAME": "press", "CROSSREF__PASSWORD": HUSH, "CROSSREF__PREFIX": "10.5555"}
PG = "postgresql+psycopg://gatefold"


@dataclass(frozen=True)
class Bad:
    """One fault: what is given, and what is said of it, the name first."""

    said: str
    given: Mapping[str, str]
    files: Mapping[str, bytes | None]  # None for a folder
    is_closed: bool  # to the files of others: the files are then nobody's to read or write
    code: int


def bad(
    said: str,
    given: Mapping[str, str] | None = None,
    files: Mapping[str, bytes | None] | None = None,
    *,
    is_closed: bool = False,
    code: int = 2,
) -> Bad:
    return Bad(said, given or {}, files or {}, is_closed, code)


def names_itself(name: str, *faults: tuple[str, str], beside: Mapping[str, str] | None = None) -> list[Bad]:
    """Faults that lie in the value of one setting."""
    return [bad(f"GATEFOLD_{name}{said}", {**(beside or {}), name: value}) for value, said in faults]


KEY = [
    *names_itself(
        "SECRET_KEY",
        ("", " is not set"),
        ("too-short", " is shorter than 32 characters"),
        ("a" * 64, " is a placeholder"),
        ("please-change-this-secret-key-before-use", " is a placeholder"),
    ),
    *(
        bad(f"GATEFOLD_SECRET_KEY_FILE: key {said}", {"SECRET_KEY": "", "SECRET_KEY_FILE": "key"}, files)
        for said, files in (
            ("can't be read (No such file or directory)", {}),
            ("can't be read (Is a directory)", {"key": None}),
            ("can't be read (it is no text in UTF-8)", {"key": b"\xff\xfe\x00" * 20}),
            ("is empty", {"key": b"\n"}),
        )
    ),
    bad(
        "GATEFOLD_SECRET_KEY_FILE: key can't be read (Permission denied)",
        {"SECRET_KEY": "", "SECRET_KEY_FILE": "key"},
        {"key": HUSH.encode()},
        is_closed=True,
    ),
    bad(
        "GATEFOLD_SECRET_KEY_FILE is set, and GATEFOLD_SECRET_KEY too",
        {"SECRET_KEY": HUSH, "SECRET_KEY_FILE": "key"},
        {"key": HUSH.encode()},
    ),
    bad("GATEFOLD_METRICS_TOKEN_FILE: token can't be read", {"METRICS_TOKEN_FILE": "token"}),
    *names_itself("METRICS_TOKEN", ("too-short", " is shorter than 32"), (SECRET, " is the same as GATEFOLD_SECRET")),
]
ADDRESSES = [
    *names_itself(
        "PUBLIC_URL",
        ("books.example.org", " is no address like https://books.example.org"),
        ("ftp://books.example.org", " has to begin with https://"),
        ("http://books.example.org", " has to begin with https://"),
        ("https://books.example.org/portal", " is more than an origin"),
        (f"https://press:{HUSH}@books.example.org", " is more than an origin"),
        ("https://books.example.org?x=1", " is more than an origin"),
        ("https://books.example.org:99999", " is no address like"),
        ("https://books.example.org:https", " is no address like"),
        ("https://books example.org", " is no address like"),
        ("https://[::1", " is no address like"),
    ),
    *names_itself("TRUSTED_PROXIES", ("proxy.example.org", " is no list of networks"), ("10.0.0.1/8", " is no list")),
    *names_itself("TRUSTED_PROXIES", ("10.0.0.0/8, 0.0.0.0/0", " has 0.0.0.0/0, which is everyone")),
    *names_itself("TELEMETRY_URL", ("collector:4318", " is no address like")),
    *names_itself("CONTACT", ("the press", " is neither an e-mail address nor")),
    *names_itself("CONTACT", ("javascript:alert(1)//@example.org?", " is neither an e-mail address nor")),
    *names_itself("CONTACT", ("http://example.org/ask", " is neither"), ("a@x.org?bcc=b@x.org", " is neither")),
    *names_itself("ADMINS", ("jane@example.edu", " has 'jane@example.edu', which is not of the form")),
    *names_itself("ADMINS", ("campus:jane,Campus:joe", " has 'Campus:joe'"), ("campus:", " has 'campus:'")),
    bad("GATEFOLD_DEMO works only with a public URL on loopback", {"DEMO": "yes", "PUBLIC_URL": "https://x.example"}),
]
NUMBERS = [
    *names_itself(
        "TICKET_LIFETIME", ("119", ": Input should be greater"), ("ten minutes", ": Input should be a valid")
    ),
    *names_itself("TICKET_LIFETIME", ("10m", ": Input should be a valid integer")),
    *names_itself("TICKET_USES", ("0", ": Input should be greater")),
    *names_itself("STORE_LINK_LIFETIME", ("901", ": Input should be less")),
    *names_itself("STORE_LINK_LIFETIME", ("119", ": Input should be greater")),
    *names_itself("TICKET_LIFETIME", ("86401", ": Input should be less")),
    *names_itself("DATABASE_POOL", ("0", ": Input should be greater")),
    *names_itself("DATABASE_POOL", ("51", ": Input should be less")),
    *names_itself("OPERATOR_PORT", ("65536", ": Input should be less")),
    *names_itself("USAGE__RAW_DAYS", ("90", ": Input should be less")),
    *names_itself("FAIR_USE__ACCOUNT_LINKS", ("-1", ": Input should be greater")),
    *names_itself("UPLOADS__LARGEST", ("1e6", ": Input should be a valid integer"), (f"{10**16}", " is 1000")),
    *names_itself("AI_CRAWLERS", ("perhaps", ": Input should be a valid boolean")),
]
DATABASES = [
    *names_itself(
        "DATABASE_URL",
        ("mysql://localhost/gatefold", " has to begin with sqlite:/// or postgresql+psycopg://"),
        ("var/gatefold.db", " has to begin with"),
        ("sqlite:///", " names no file"),
        ("sqlite:///:memory:", " names no file"),
        (f"{PG}:{HUSH}@db.example.org", " is not of the form"),
        (f"{PG}:p@{HUSH}@db.example.org/gatefold", " is not of the form"),
        (f"{PG}:{HUSH}@db.example.org:five/gatefold", " is not of the form"),
    ),
    bad(
        "GATEFOLD_DATABASE_URL_FILE: address can't be read",
        {"DATABASE_URL": "", "DATABASE_URL_FILE": "address"},
    ),
    *(
        bad(said, {"DATABASE_URL": url}, files, code=1)
        for said, url, files in (
            ("The database could not be used: ", f"{PG}:{HUSH}@127.0.0.1:1/gatefold", {}),
            ("The database could not be used: ", f"{PG}:{HUSH}@127.0.0.1:1/gatefold?sslmod=require", {}),
            ("The database could not be used: ", "sqlite:///folder", {"folder": None}),
            ("The database could not be used: ", "sqlite:///note.txt", {"note.txt": b"no database" * 200}),
            ("The database's folder can't be made, ", "sqlite:///note.txt/gatefold.db", {"note.txt": b""}),
        )
    ),
    bad(
        "The database could not be used: ",
        {"DATABASE_URL": "sqlite:///closed/x.db"},
        {"closed": None},
        is_closed=True,
        code=1,
    ),
]
STORES = [
    *names_itself("STORAGE__KIND", ("ftp", ": Input should be 'local' or 's3'")),
    *names_itself("STORAGE__DELIVERY", ("pigeon", ": Input should be"), ("redirect", " is redirect, but a store of")),
    *names_itself(
        "STORAGE__BUCKET",
        ("", " is not set, and a store of kind s3 needs one"),
        ("../x", " is no name"),
        ("Titles", " is no name"),
        beside=S3,
    ),
    *names_itself(
        "STORAGE__ENDPOINT_URL",
        ("s3.example.org", " is no address like https://s3.example.org"),
        ("https://s3.example.org/titles", " is more than an origin"),
        (f"https://key:{HUSH}@s3.example.org", " is more than an origin"),
        beside=S3,
    ),
    *names_itself("STORAGE__PUBLIC_ENDPOINT_URL", ("http://s3.example.org", " has to be set, and to begin"), beside=S3),
    bad("GATEFOLD_UPLOADS__PART_SIZE is below 5242880", {**S3, "UPLOADS__PART_SIZE": "1000000"}),
    bad("GATEFOLD_STORAGE__ROOT: files is no folder", {"STORAGE__ROOT": "files"}, {"files": b""}, code=1),
    bad("GATEFOLD_STORAGE__ROOT: ", {"STORAGE__ROOT": "a/b"}, {"a": b""}, code=1),
    bad(
        "GATEFOLD_STORAGE__ROOT: closed can't be read and written",
        {"STORAGE__ROOT": "closed"},
        {"closed": None},
        is_closed=True,
        code=1,
    ),
]
PROVIDERS = [
    *names_itself("PROVIDERS__CAMPUS__KIND", ("saml", ": Input should be"), ("", " is not set")),
    *names_itself(
        "PROVIDERS__CAMPUS__ISSUER",
        ("", " is not set"),
        ("http://id.example.edu", " has to begin with https://"),
        ("id.example.edu", " is no address like"),
        ("https://id.example.edu?tenant=x", " is not the address of an issuer"),
    ),
    *names_itself("PROVIDERS__CAMPUS__TENANT", ("example.edu", " is only for the kind microsoft")),
    *names_itself("PROVIDERS__CAMPUS__CLIENT_ID", ("", " is not set")),
    *names_itself("PROVIDERS__CAMPUS__CLIENT_SECRET", ("", " is not set")),
    *names_itself("PROVIDERS__CAMPUS__SCOPES", ("profile email", " has to contain openid")),
    *names_itself("PROVIDERS__CAMPUS__STAFF_ACR", ("gold\tsilver", " is no list of names")),
    bad(
        "GATEFOLD_PROVIDERS__G__STAFF_ACR is only for the kind oidc",
        {
            "PROVIDERS__G__KIND": "google",
            "PROVIDERS__G__CLIENT_ID": "x",
            "PROVIDERS__G__CLIENT_SECRET": HUSH,
            "PROVIDERS__G__STAFF_ACR": "gold",
        },
    ),
    *names_itself("PROVIDERS__CAMPUS__NETWORKS", ("10.20.0.1/16", " is no list of networks")),
    bad(
        "GATEFOLD_PROVIDERS__CAMPUS__CLIENT_SECRET_FILE: secret is empty",
        {"PROVIDERS__CAMPUS__CLIENT_SECRET": "", "PROVIDERS__CAMPUS__CLIENT_SECRET_FILE": "secret"},
        {"secret": b""},
    ),
    bad(
        "GATEFOLD_PROVIDERS__M__TENANT has to be one organisation's",
        {
            "PROVIDERS__M__KIND": "microsoft",
            "PROVIDERS__M__TENANT": "common",
            "PROVIDERS__M__CLIENT_ID": "x",
            "PROVIDERS__M__CLIENT_SECRET": HUSH,
        },
    ),
    bad(
        "GATEFOLD_PROVIDERS has 'our campus', which is no short name",
        {
            "PROVIDERS__OUR CAMPUS__KIND": "google",
            "PROVIDERS__OUR CAMPUS__CLIENT_ID": "x",
            "PROVIDERS__OUR CAMPUS__CLIENT_SECRET": HUSH,
        },
    ),
]
OTHERS = [
    *names_itself("MAIL__HOST", ("mail.press.example:587", " is not the name of a server alone"), beside=MAIL),
    *names_itself("MAIL__HOST", ("cafe.be:25", " is not the name of a server alone"), beside=MAIL),
    *names_itself("MAIL__SENDER", ("", " is not set"), ("Sample Press", " is not of the form"), beside=MAIL),
    *names_itself("MAIL__SECURITY", ("ssl", ": Input should be"), beside=MAIL),
    *names_itself("MAIL__PASSWORD", (HUSH, " and GATEFOLD_MAIL__USERNAME are set together"), beside=MAIL),
    bad(
        "GATEFOLD_MAIL__PASSWORD would go over the wire",
        {**MAIL, "MAIL__USERNAME": "press", "MAIL__PASSWORD": HUSH, "MAIL__SECURITY": "none"},
    ),
    *names_itself("CROSSREF__PREFIX", ("", " is not set, and without it"), ("11.5555", ": String"), beside=CROSSREF),
    *names_itself("CROSSREF__ADDRESS", ("http://doi.crossref.org", " has to begin with https://"), beside=CROSSREF),
    *names_itself("CROSSREF__EMAIL", ("the press", " is no e-mail address"), beside=CROSSREF),
]
NAMES = [
    *names_itself("TICKET_LIFTIME", ("600", " is no setting; is GATEFOLD_TICKET_LIFETIME meant?")),
    *names_itself("STORAGE_ROOT", ("files", " is no setting; is GATEFOLD_STORAGE__ROOT meant?")),
    *names_itself("STORAGE", ('{"kind": "local"}', " is no setting; each of its parts is set by itself")),
    *names_itself("PROVIDERS", (HUSH, " is no setting; each of its parts is set by itself")),
    *names_itself("PROVIDERS__CAMPUS__LABLE", ("Campus", " is no setting; is GATEFOLD_PROVIDERS__<ID>__LABEL meant?")),
    *names_itself("CONTACT_FILE", ("contact", " is no setting; is GATEFOLD_CONTACT meant?")),
    *names_itself("COLOUR", ("green", " is no setting; docs/configuration.md has them all")),
    bad(
        "GATEFOLD_PUBLIC_ULR is no setting; is GATEFOLD_PUBLIC_URL",
        files={".env": b"GATEFOLD_PUBLIC_ULR=https://x.org"},
    ),
    bad(".env is a folder", files={".env": None}),
    bad(".env can't be read (it is no text in UTF-8)", files={".env": b"GATEFOLD_CONTACT=\xe9\xe8"}),
    bad(".env, line 2: is not of the form NAME=value", files={".env": f"A=1\nGATEFOLD_CONTACT: {HUSH}\n".encode()}),
    bad(".env can't be read (Permission denied)", files={".env": b""}, is_closed=True),
]
ALL = [*KEY, *ADDRESSES, *NUMBERS, *DATABASES, *STORES, *PROVIDERS, *OTHERS, *NAMES]
