"""The doctor's checks: each a function from the house to findings, listed in the order they are told."""

import asyncio
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import col, select

from api import clock
from api.edge.words import iso
from api.notices import outbox
from api.notices.mails import PostOffice
from api.notices.smtp import NoMail, connected
from api.ops import disks, outside
from api.ops.findings import Finding, House, Verdict
from api.seal import Seal
from api.settings_addresses import is_loopback
from api.settings_given import given_names, secret_files
from api.shelf.objects import all_objects, is_owned
from api.signin import doctor as provider_doctor
from api.signin.providers import Provider, providers_from
from api.tables import CatalogueRevision, Job, MailState, Role, User
from storage.verifying import verify

PROBE = b"A probe of Gatefold's doctor; it may be deleted."
OVERDUE = timedelta(minutes=2)  # after its time, or after the end of its lease
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes free


def settings(house: House) -> Iterator[Finding]:
    found = [house.settings.model_config.get("env_file")]
    found += secret_files(given_names()).values()
    shown = [each for each in map(Path, map(str, found)) if each.exists() and each.stat().st_mode & 0o077]
    if shown:
        files = " and ".join(map(str, shown))
        words = f"Others on this machine can read the secrets in {files}; run `chmod 600` on it."
        yield Finding("settings", Verdict.WARN, words)
    else:
        yield Finding("settings", Verdict.OK, "All of them hold up.")
    yield Finding("secret", Verdict.OK, "The secret key is set, long, and no placeholder.")


def public_address(house: House) -> Iterator[Finding]:
    url = house.settings.public_url
    if is_loopback(urlsplit(url).hostname or ""):
        words = f"{url} is for browsers on this machine alone; set GATEFOLD_PUBLIC_URL to the portal's https address."
        yield Finding("public address", Verdict.WARN, words)
    else:
        yield Finding("public address", Verdict.OK, f"{url} is what readers' links begin with.")


def database(house: House) -> Iterator[Finding]:
    if house.database is None:
        yield Finding(house.faulty, Verdict.FAIL, f"{house.fault} Jobs and administrators can't be seen until then.")
        return
    with house.database.writing() as db:
        db.connection().execute(sa.update(CatalogueRevision).values(number=col(CatalogueRevision.number)))
    yield Finding("database", Verdict.OK, "It can be read and written.")
    yield Finding("migrations", Verdict.OK, "The database is at this version's tables.")


def store(house: House) -> Iterator[Finding]:
    root = house.settings.storage.root
    if house.settings.storage.kind == "local" and root.exists() and root.stat().st_uid != os.geteuid():
        words = f"{root} belongs to another user and was not tried; run the doctor as the user who serves the portal."
        yield Finding("store", Verdict.WARN, words)
        return
    key = hashlib.sha256(PROBE).hexdigest()
    house.store.put(io.BytesIO(PROBE), key, len(PROBE))
    with house.store.open(key) as file:
        is_whole = file.read_at(0, file.size) == PROBE
    house.store.delete(key)
    if is_whole:
        yield Finding("store", Verdict.OK, "A file was put, read back and deleted.")
    else:
        yield Finding("store", Verdict.FAIL, "What was read back is not what was put; look at the disk or the bucket.")


def files(house: House) -> Iterator[Finding]:
    """That each file is there, at its size; whether its bytes are right takes longer, and `storage verify` tells."""
    if house.database is None:
        return
    database = house.database

    def is_owned_now(key: str) -> bool:
        with database.reading() as db:
            return is_owned(db, key)

    found = verify(house.store, lambda: all_objects(database), is_owned_now, is_to_read=False)
    if found.is_well:
        words = f"Each of {found.objects} is there, at its size; `gatefold storage verify` reads them too."
        yield Finding("files", Verdict.OK, words)
    else:
        first = found.troubles[0].owned
        words = f"{len(found.troubles)} of {found.objects} are missing or cut short, such as {first.what}"
        yield Finding("files", Verdict.FAIL, f"{words}; `gatefold storage verify` names them, docs/storage.md helps.")


def disk_space(house: House) -> Iterator[Finding]:
    for what, place in disks.places(house.settings).items():
        free = disks.free_at(place)
        words = f"{free / 1e9:.1f} GB are free for {what}"
        if free < LITTLE:
            verdict = Verdict.FAIL if free < TOO_LITTLE else Verdict.WARN
            yield Finding("disk space", verdict, f"{words}; make room on the disk of {place}.")
        else:
            yield Finding("disk space", Verdict.OK, f"{words}.")


def providers(house: House) -> Iterator[Finding]:
    if not house.settings.providers:
        words = (
            "None is set up, so nobody can sign in and the pages say so; set GATEFOLD_PROVIDERS__<ID>__KIND, "
            "__CLIENT_ID, __CLIENT_SECRET and what else docs/sign-in.md says."
        )
        yield Finding("providers", Verdict.WARN, words)
        return
    given = list(providers_from(house.settings, {}).values())
    for provider, found in zip(given, asyncio.run(_looked_over(given)), strict=True):
        yield _provider(provider, found)


async def _looked_over(given: Iterable[Provider]) -> list[list[provider_doctor.Finding]]:
    return await asyncio.gather(*map(provider_doctor.examine, given))


def _provider(provider: Provider, found: Iterable[provider_doctor.Finding]) -> Finding:
    check = f"provider {provider.id}"
    faults = [each.words for each in found if each.verdict is provider_doctor.Verdict.FAULT]
    if not faults:
        words = f"{provider.label} answers; the redirect address it has to know is {provider.redirect_uri}."
        return Finding(check, Verdict.OK, words)
    return Finding(check, Verdict.FAIL, " ".join([*faults, f"More: gatefold provider check {provider.id}"]))


def mail(house: House) -> Iterator[Finding]:
    given = house.settings.mail
    if given.host is None:
        yield Finding("mail", Verdict.OK, "There is no mail server; notices wait on readers' pages.")
        return
    seal = Seal(house.settings.secret_key.get_secret_value())
    try:
        with connected(PostOffice(given, seal, house.settings.public_url)) as line:
            line.offer()
    except NoMail as fault:
        yield Finding("mail", Verdict.FAIL, f"{fault} Mails wait until then.")
        return
    if given.security == "none" and not is_loopback(given.host):
        words = (
            f"{given.host} takes mail, but readers' addresses go there for all to read; set GATEFOLD_MAIL__SECURITY."
        )
        yield Finding("mail", Verdict.WARN, words)
    else:
        yield Finding("mail", Verdict.OK, f"{given.host} takes mail from {given.sender}; none was sent.")


def outgoing_mail(house: House) -> Iterator[Finding]:
    if house.database is None:
        return
    with house.database.reading() as db:
        found = outbox.counts(db)
    words = ", ".join(f"{count} {state}" for state, count in found.items())
    if found[MailState.GIVEN_UP]:
        words = f"Mails of the last 90 days: {words}; `gatefold notice outbox --state given-up` says why."
        yield Finding("outgoing mail", Verdict.WARN, words)
    elif any(found.values()):
        yield Finding("outgoing mail", Verdict.OK, f"Mails of the last 90 days: {words}.")


def administrators(house: House) -> Iterator[Finding]:
    for person in house.settings.admins:
        provider_id = person.partition(":")[0]
        if provider_id not in house.settings.providers:
            words = f"GATEFOLD_ADMINS names {person}, but there is no provider “{provider_id}” in the settings."
            yield Finding("administrators", Verdict.WARN, words)
    if house.database is None:
        return
    with house.database.reading() as db:
        found = db.exec(select(User.id).where(User.role == Role.ADMINISTRATOR, col(User.disabled_at).is_(None))).all()
    if found:
        yield Finding("administrators", Verdict.OK, f"Their number is {len(found)}.")
    elif house.settings.admins:
        words = "Whom GATEFOLD_ADMINS names has not signed in yet; there is no administrator until then."
        yield Finding("administrators", Verdict.WARN, words)
    else:
        words = (
            "There is none; sign in, read your own <provider id>:<subject> on your account page, put it into "
            "GATEFOLD_ADMINS, start the portal again and sign in once more."
        )
        yield Finding("administrators", Verdict.WARN, words)


def jobs(house: House) -> Iterator[Finding]:
    if house.database is None:
        return
    with house.database.reading() as db:
        rows = {row.name: row for row in db.exec(select(Job)).all()}
    for job in house.jobs:
        yield Finding(f"job {job.name}", *_how_it_goes(rows.get(job.name)))


def _how_it_goes(row: Job | None) -> tuple[Verdict, str]:
    if row is None:
        return Verdict.OK, "It has not run yet; it begins with `gatefold serve`."
    now, next_at = clock.now(), iso(row.next_at)
    if row.leased_until is not None and now <= row.leased_until + OVERDUE:
        return Verdict.OK, f"It is running since {iso(row.started_at or now)}."
    if now > row.next_at + OVERDUE:
        return Verdict.FAIL, f"It was due at {next_at} and has not been done; is `gatefold serve` running?"
    if row.is_failing:
        return Verdict.FAIL, f"It failed at {iso(row.finished_at or now)} and is tried again at {next_at}: {row.words}"
    if row.finished_at is None:
        return Verdict.OK, "It is about to run for the first time."
    return Verdict.OK, f"{row.words} That was at {iso(row.finished_at)}; it comes next at {next_at}."


Check = Callable[[House], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    settings,
    public_address,
    database,
    outside.clocks,
    outside.front,
    store,
    files,
    outside.privacy,
    outside.uploads,
    disk_space,
    providers,
    mail,
    outgoing_mail,
    administrators,
    jobs,
)
