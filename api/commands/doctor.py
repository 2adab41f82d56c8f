"""`gatefold doctor`: whether all is well, one line for each thing looked at."""

import click

from api.commands.output import WrongSettings, answer, json_option
from api.commands.start import load_settings, open_store


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, database, store, providers and jobs. Exit code 1 if something fails."""
    from api.notices.sending import post_office_of
    from api.ops.doctor import examine, wrong_settings
    from api.ops.findings import Verdict
    from api.ops.housekeeping import periodic_jobs
    from api.seal import Seal

    try:
        settings = load_settings()
    except WrongSettings as wrong:
        findings = wrong_settings(wrong.message.splitlines())
    else:
        store, seal = open_store(settings), Seal(settings.secret_key.get_secret_value())
        findings = examine(settings, store, periodic_jobs(store, seal, post_office_of(settings, seal)))
    width = max(len(found.check) for found in findings)
    lines = [f"{found.verdict:<4}  {found.check:<{width}}  {found.words}" for found in findings]
    answer(as_json, [vars(found) for found in findings], "\n".join(lines))
    if any(found.verdict is Verdict.FAIL for found in findings):
        context.exit(1)
