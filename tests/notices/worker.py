"""A worker to be started as a process and killed: `python -m tests.notices.worker DATABASE-URL MAIL-PORT`."""

import sys

from api.database import Database
from api.notices import sending
from api.notices.mails import PostOffice
from api.seal import Seal
from api.settings_parts import MailSettings
from tests.conftest import SECRET
from tests.mailserver import SENDER
from tests.notices.conftest import URL


def main(database_url: str, port: str) -> None:
    settings = MailSettings(host="localhost", port=int(port), security="none", sender=SENDER, timeout=30)
    print(sending.send_due(Database(database_url), PostOffice(settings, Seal(SECRET), URL)).in_words)


if __name__ == "__main__":
    main(*sys.argv[1:])
