"""The periodic jobs of the portal, declared in one place: what each is called, how often it comes, what it does."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from api import clock
from api.access import keys
from api.account import closure, kept
from api.comments import setting, typed
from api.database import raise_revision
from api.delivery import tickets
from api.delivery.stamper import Stamper
from api.deposits import sending as deposits
from api.deposits.registrar import Registrar
from api.edge.limits import sweep_limits
from api.intake import searchable
from api.intake.pipeline import waiting_files
from api.jobs import Periodic, Run
from api.notices import sending, spreading, summaries
from api.notices.mails import PostOffice
from api.seal import Seal
from api.shelf import shelving
from api.signin import attempts, sessions
from api.tables import State, Title
from api.uploads import arrivals
from api.usage import closing, days, salts
from api.usage.robots import Robots
from storage.store import Store

USE_KEPT = timedelta(days=45)
READING = 600.0  # seconds after which no further volume is begun; the next run goes on
STAGING_KEPT = timedelta(days=1)  # longer than any put takes


def periodic_jobs(
    store: Store,
    seal: Seal,
    office: PostOffice | None = None,
    registrar: Registrar | None = None,
    *,
    use_kept: timedelta = USE_KEPT,
) -> Sequence[Periodic]:
    """`office` is what mails need, None where there is no mail server; `use_kept` how long single events stay.

    `registrar` is what deposits of DOIs need.
    """
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    return (
        Periodic("publishing what is due", every=minute / 3, lease=minute, work=publish_due),
        Periodic("opening embargoes", every=minute, lease=minute, work=open_embargoes),
        Periodic(
            "telling holders",
            every=minute / 2,
            lease=10 * minute,
            work=lambda run: tell_holders(run, has_mail=office is not None),
        ),
        Periodic("sending mail", every=minute / 2, lease=10 * minute, work=lambda run: send_mail(run, office)),
        Periodic("reading for the search", every=minute, lease=hour, work=lambda run: read_for_the_search(run, store)),
        Periodic("depositing DOIs", every=minute, lease=10 * minute, work=lambda run: deposit_dois(run, registrar)),
        Periodic("ending sign-ins", every=10 * minute, lease=5 * minute, work=end_sign_ins),
        Periodic("closing discussions", every=minute, lease=minute, work=close_discussions),
        Periodic("forgetting typed comments", every=10 * minute, lease=minute, work=forget_typed_comments),
        Periodic("forgetting old links", every=hour, lease=10 * minute, work=forget_old_links),
        Periodic("destroying old salts", every=hour, lease=10 * minute, work=destroy_old_salts),
        Periodic("counting days of use", every=hour / 4, lease=hour, work=count_days),
        Periodic(
            "closing months of use",
            every=hour,
            lease=hour,
            work=lambda run: close_months(run, has_mail=office is not None),
        ),
        Periodic("forgetting use", every=hour, lease=hour, work=lambda run: forget_use(run, use_kept)),
        Periodic("forgetting old counts", every=hour, lease=10 * minute, work=forget_old_counts),
        Periodic("forgetting old access keys", every=day, lease=10 * minute, work=forget_old_access_keys),
        Periodic(
            "erasing closed accounts", every=hour, lease=10 * minute, work=lambda run: erase_closed(run, seal, store)
        ),
        Periodic("forgetting old lines", every=day, lease=hour, work=forget_old_lines),
        Periodic("forgetting old uploads", every=hour, lease=10 * minute, work=forget_old_uploads),
        Periodic("sweeping stamped copies", every=hour, lease=hour, work=lambda run: sweep_copies(run, store)),
        Periodic("sweeping the staging", every=day, lease=hour, work=lambda run: sweep_staging(run, store)),
    )


def open_embargoes(run: Run) -> str:
    """Make the shelf's pages new where a title's opening has passed since this was last settled."""
    opened = select(Title.id).where(Title.state == State.PUBLISHED, col(Title.opens_at) <= run.began_at)
    if run.settled_until is not None:
        opened = opened.where(col(Title.opens_at) > run.settled_until)
    with run.settling() as db:
        titles = db.exec(opened).all()
        if titles:
            raise_revision(db, titles)
    return f"Opened {_count(len(titles), 'title')}."


def publish_due(run: Run) -> str:
    with run.settling() as db:
        count = shelving.publish_due(db, clock.now())
    return f"Published {_count(count, 'title')}."


def tell_holders(run: Run, *, has_mail: bool) -> str:
    """Bring notices to those they are for; what breaks off is no settled work, so the next run goes on with it."""
    count = spreading.spread_all(run.database, run.settled_until, has_mail=has_mail, must_stop=run.stopping.is_set)
    return f"Told {_count(count, 'reader')}."


def send_mail(run: Run, office: PostOffice | None) -> str:
    """The claims of the mails themselves, and not this job's lease, keep two workers from sending one mail."""
    sending.tidy(run.database)
    if office is None:
        return "There is no mail server; notices are on readers' pages."
    return sending.send_due(run.database, office, run.stopping.is_set).in_words


def read_for_the_search(run: Run, store: Store) -> str:
    """Each volume is settled by itself, so what breaks off is gone on with."""
    until = clock.ticks() + READING
    titles = searchable.put_titles(run.database)
    volumes = searchable.read_waiting(run.database, store, lambda: run.stopping.is_set() or clock.ticks() > until)
    return f"Took in {_count(titles, 'record')} and the text of {_count(volumes, 'volume')}."


def deposit_dois(run: Run, registrar: Registrar | None) -> str:
    """The claims of the deposits themselves, and not this job's lease, keep two workers from sending one twice."""
    if registrar is None or not registrar.can_send:
        return "There is no account at Crossref; deposits are prepared only."
    return deposits.work_through(run.database, registrar, run.stopping.is_set).in_words


def end_sign_ins(run: Run) -> str:
    with run.settling() as db:
        ended, given_up = sessions.end_expired(db), attempts.end_expired(db)
    return f"Ended {_count(ended, 'session')} and {_count(given_up, 'attempt')} to sign in."


def close_discussions(run: Run) -> str:
    """Make the pages new that still ask for comments where these have ended since this was last settled."""
    with run.settling() as db:
        has_closed = setting.has_just_closed(db, run.settled_until, run.began_at)
        if has_closed:
            raise_revision(db)
    return "Closed discussions that were due." if has_closed else "No discussion was due to close."


def forget_typed_comments(run: Run) -> str:
    with run.settling() as db:
        count = typed.forget_old(db, run.began_at)
    return f"Forgot {_count(count, 'comment')} that nobody signed in to send."


def forget_old_links(run: Run) -> str:
    with run.settling() as db:
        count = tickets.forget_ended(db, run.began_at - kept.LINKS)
    return f"Forgot {_count(count, 'link')}."


def erase_closed(run: Run, seal: Seal, store: Store) -> str:
    """Erase the accounts that are due, then the stamped copies that bear their names."""
    with run.settling() as db:
        count = closure.finish_closures(db, seal, run.began_at)
    Stamper(run.database, store).destroy_forsaken()
    return f"Erased {_count(count, 'account')}."


def sweep_copies(run: Run, store: Store) -> str:
    gone, emptied = Stamper(run.database, store).sweep()
    return f"Destroyed {_count(gone, 'stamped copy', 'stamped copies')} and put {emptied} unused ones away."


def forget_old_lines(run: Run) -> str:
    with run.settling() as db:
        count = kept.forget_old(db, run.began_at)
    return f"Forgot {_count(count, 'line')} of logs, audit, fair use and erasures."


def destroy_old_salts(run: Run) -> str:
    with run.settling() as db:
        count = salts.forget(db, run.began_at)
    return f"Destroyed {_count(count, 'salt')} of readers' keys."


def count_days(run: Run) -> str:
    count = days.sum_days(run.database, Robots(), run.began_at, writing=run.settling, stopping=run.stopping)
    return f"Counted {_count(count, 'day')} of use."


def close_months(run: Run, *, has_mail: bool = False) -> str:
    """Sum what is finished, a month after the other; each is kept only while this run has its lease.

    Then whoever of the staff wants it is told of the last one.
    """
    robots = Robots()
    with run.database.reading() as db:
        months = closing.due(db, robots, run.began_at)
    closed = [
        closing.close(run.database, month, robots, writing=run.settling, stopping=run.stopping) for month in months
    ]
    told = 0
    if has_mail:
        with run.settling() as db:
            told = summaries.tell(db, run.began_at)
    count = sum(each is not None for each in closed)
    return f"Closed {_count(count, 'month')} and told {_count(told, 'reader')}."


def forget_use(run: Run, kept_for: timedelta) -> str:
    return f"Forgot {_count(closing.forget(run.database, run.began_at - kept_for, run.stopping), 'event')} of use."


def forget_old_counts(run: Run) -> str:
    with run.settling() as db:
        count = sweep_limits(db, run.began_at)
    return f"Forgot {_count(count, 'count')} of rate limits."


def forget_old_access_keys(run: Run) -> str:
    with run.settling() as db:
        count = keys.forget_ended(db, run.began_at - kept.KEYS)
    return f"Forgot {_count(count, 'access key')}."


def forget_old_uploads(run: Run) -> str:
    with run.settling() as db:
        count = arrivals.forget_old(db, run.began_at)
    return f"Forgot {_count(count, 'upload')}."


def sweep_staging(run: Run, store: Store) -> str:
    with run.database.reading() as db:
        waiting = waiting_files(db)
    return f"Removed {_count(store.sweep(STAGING_KEPT, waiting), 'piece')} of broken-off uploads."


def _count(count: int, noun: str, several: str = "") -> str:
    return f"{count} {noun if count == 1 else several or f'{noun}s'}"
