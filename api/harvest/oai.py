"""OAI-PMH 2.0: what a harvester is answered. Errors of the protocol are answers too; HTTP knows nothing of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session as Db

from api.formats import dublin_core as dc
from api.formats import marc, mods
from api.formats.library import host_of
from api.formats.works import Work
from api.formats.xml import Xml, document, element
from api.harvest import sets
from api.harvest.asked import RECORDS, Asked, Fault, read
from api.harvest.tokens import Token, open_token, seal_token
from api.seal import Seal
from api.shelf import harvest
from api.shelf.gates import work_of
from api.shelf.harvest import EVERYTHING, Entry, Mark, Wanted

PAGE = 100  # entries
STILL_COMING = timedelta(seconds=10)  # how long a change may be on its way into the database, dated but not yet there
_OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = {"xmlns": _OAI, "xmlns:xsi": _XSI, "xsi:schemaLocation": f"{_OAI} {_OAI}OAI-PMH.xsd"}
_IDENTIFIER = f"{_OAI}oai-identifier"
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+")
_LOCAL = re.compile(r"(title|chapter)-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Format:
    """One way to write a record: its prefix, its schema, its namespace."""

    schema: str
    namespace: str
    written: Callable[[Work], Xml]


FORMATS = {
    "oai_dc": Format(dc.SCHEMA, dc.NAMESPACE, dc.oai_dc),
    "mods": Format(mods.SCHEMA, mods.NAMESPACE, mods.mods),
    "marc21": Format(marc.SCHEMA, marc.NAMESPACE, marc.marcxml),
}


@dataclass(frozen=True)
class Provider:
    """The shelf as harvesters meet it. `mail` is whom they can write to, `now` when this question came."""

    db: Db
    seal: Seal
    public_url: str
    name: str
    mail: str
    now: datetime

    def answer(self, pairs: Sequence[tuple[str, str]]) -> bytes:
        try:
            asked = read(pairs)
            content = element(asked.verb, self._content(asked))
        except Fault as fault:
            is_unread = fault.code in ("badVerb", "badArgument")
            said = {} if is_unread else {name: value for name, value in pairs if name in _ECHOED}
            return self._document(said, element("error", {"code": fault.code}, fault.words))
        return self._document({"verb": asked.verb, **asked.arguments}, content)

    def _document(self, said: dict[str, str], content: Xml) -> bytes:
        """It is dated a little before now: what is harvested next time from this date on leaves no gap."""
        dated = element("responseDate", _utc(self.now - STILL_COMING))
        return document(element("OAI-PMH", _ROOT, dated, element("request", said, self._base_url), content))

    @property
    def _base_url(self) -> str:
        return f"{self.public_url}/oai"

    def _content(self, asked: Asked) -> Iterable[Xml]:
        match asked.verb:
            case "Identify":
                return self._identify()
            case "ListMetadataFormats":
                return self._formats(asked.get("identifier"))
            case "ListSets":
                return self._sets(asked.token)
            case "GetRecord":
                return self._record(asked.arguments["identifier"], asked.arguments["metadataPrefix"])
        return self._list(asked)

    def _identify(self) -> Iterator[Xml]:
        yield element("repositoryName", self.name)
        yield element("baseURL", self._base_url)
        yield element("protocolVersion", "2.0")
        yield element("adminEmail", self.mail)
        yield element("earliestDatestamp", _utc(harvest.earliest(self.db) or self.now))
        yield element("deletedRecord", "persistent")
        yield element("granularity", "YYYY-MM-DDThh:mm:ssZ")
        host = host_of(self.public_url)
        if _DOMAIN.fullmatch(host):
            yield element(
                "description",
                element(
                    "oai-identifier",
                    {"xmlns": _IDENTIFIER, "xsi:schemaLocation": f"{_IDENTIFIER} {_IDENTIFIER}.xsd"},
                    element("scheme", "oai"),
                    element("repositoryIdentifier", host),
                    element("delimiter", ":"),
                    element("sampleIdentifier", f"oai:{host}:title-1"),
                ),
            )

    def _formats(self, identifier: str | None) -> Iterator[Xml]:
        if identifier is not None:
            self._entry(identifier)
        for prefix, form in FORMATS.items():
            yield element(
                "metadataFormat",
                element("metadataPrefix", prefix),
                element("schema", form.schema),
                element("metadataNamespace", form.namespace),
            )

    def _sets(self, token: str | None) -> Iterator[Xml]:
        if token is not None:
            raise Fault("badResumptionToken", "The sets are told at once; there is no token for them.")
        for spec, name in sets.every_set(self.db):
            yield element("set", element("setSpec", spec), element("setName", name))

    def _record(self, identifier: str, prefix: str) -> Iterator[Xml]:
        form = _form(prefix)
        yield self._written(self._entry(identifier), form)

    def _entry(self, identifier: str) -> Entry:
        local = _LOCAL.fullmatch(identifier.removeprefix(f"oai:{host_of(self.public_url)}:"))
        entry = None
        if local is not None and identifier.startswith("oai:"):
            number = int(local[2])
            title_id, chapter_id = (number, None) if local[1] == "title" else (None, number)
            entry = harvest.find(self.db, title_id, chapter_id, self.now)
        if entry is None:
            raise Fault("idDoesNotExist", "There is no record of this identifier here.")
        return entry

    def _list(self, asked: Asked) -> Iterator[Xml]:
        """A page, and the token for the next one; the last page of several has an empty token."""
        token = None
        if asked.token is not None:
            token = open_token(self.seal, asked.token, asked.verb, self.now)
            asked = read([("verb", token.verb), *token.arguments.items()])
        form = _form(asked.arguments["metadataPrefix"])
        wanted = _wanted(asked)
        found = harvest.page(self.db, wanted, token.mark if token else None, PAGE + 1, self.now)
        if not found:
            raise Fault("noRecordsMatch", "Nothing here is like that.")
        entries, has_more = found[:PAGE], len(found) > PAGE
        for entry in entries:
            yield self._header(entry) if asked.verb == RECORDS[0] else self._written(entry, form)
        if has_more or token is not None:
            yield self._token(asked, token, wanted, entries, has_more=has_more)

    def _token(self, asked: Asked, old: Token | None, wanted: Wanted, entries: list[Entry], *, has_more: bool) -> Xml:
        told = old.told if old is not None else 0
        size = old.size if old is not None else harvest.count(self.db, wanted, self.now)
        begun = {"completeListSize": str(max(size, told + len(entries))), "cursor": str(told)}
        if not has_more:
            return element("resumptionToken", begun)
        new = Token(asked.verb, asked.arguments, entries[-1].mark, told + len(entries), size, self.now)
        return element("resumptionToken", {"expirationDate": _utc(new.ends_at), **begun}, seal_token(self.seal, new))

    def _written(self, entry: Entry, form: Format) -> Xml:
        if entry.is_deleted:
            return element("record", self._header(entry))
        work = work_of(entry.shelved, self.public_url, entry.chapter)
        return element("record", self._header(entry), element("metadata", form.written(work)))

    def _header(self, entry: Entry) -> Xml:
        return element(
            "header",
            {"status": "deleted" if entry.is_deleted else None},
            element("identifier", f"oai:{host_of(self.public_url)}:{_local_id(entry.mark)}"),
            element("datestamp", _utc(entry.mark.at)),
            (element("setSpec", spec) for spec in sets.sets_of(entry)),
        )


_ECHOED = ("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken")


def _form(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise Fault("cannotDisseminateFormat", f"Records come as {', '.join(FORMATS)}.")
    return FORMATS[prefix]


def _wanted(asked: Asked) -> Wanted:
    spec = asked.get("set")
    wanted = EVERYTHING if spec is None else sets.wanted(spec)
    if wanted is None:
        raise Fault("noRecordsMatch", "There is no such set here.")
    return replace(wanted, since=asked.since, before=asked.before)


def _local_id(mark: Mark) -> str:
    return f"chapter-{mark.chapter_id}" if mark.chapter_id else f"title-{mark.title_id}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
