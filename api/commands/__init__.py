"""The command `gatefold`, one file per group. What is heavy is imported where it is used, so `--help` is quick."""

from typing import Any

import click

from api.commands.backup import backup, restore
from api.commands.demo import demo
from api.commands.deposit import deposit, deposits
from api.commands.doctor import doctor
from api.commands.editions import chapters, editions
from api.commands.init import init
from api.commands.institution import institution
from api.commands.notice import notice
from api.commands.output import Refused, store_in_words
from api.commands.provider import provider
from api.commands.record import export_records, import_records, revise
from api.commands.report import report
from api.commands.request import request
from api.commands.search import search
from api.commands.serve import migrate, serve
from api.commands.storage import storage
from api.commands.ticket import ticket
from api.commands.title import title
from api.commands.title_file import file, intakes
from api.commands.title_readiness import readiness
from api.commands.usage import close, counter, retention
from api.commands.user import user
from api.commands.voucher import voucher
from api.errors import Refusal
from storage.store import StorageError


class Gatefold(click.Group):
    """Refusals and faults of the store become a sentence on stderr and exit code 1; wrong usage stays 2, by click."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise Refused(refusal.message) from refusal
        except StorageError as error:
            raise Refused(store_in_words(error)) from error


@click.group(cls=Gatefold, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def gatefold() -> None:
    """A publication portal behind a sign-in."""


for command in (
    init,
    migrate,
    serve,
    demo,
    title,
    user,
    institution,
    voucher,
    request,
    ticket,
    notice,
    storage,
    search,
    provider,
    report,
    doctor,
    backup,
    restore,
):
    gatefold.add_command(command)
for command in (close, retention, counter, deposits):
    report.add_command(command)
for command in (export_records, import_records, revise, file, intakes, editions, chapters, readiness, deposit):
    title.add_command(command)
