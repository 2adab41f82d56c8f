"""A worker to be started as a process and killed; its words are database, port, sender, secret and public address."""

import sys

from api.database import Database
from api.notices import sending
from api.notices.mails import PostOffice
from api.seal import Seal
from api.settings_parts import MailSettings


def main(database_url: str, port: str, sender: str, secret: str, public_url: str) -> None:
    settings = MailSettings(host="localhost", port=int(port), security="none", sender=sender, timeout=60)
    sending.send_due(Database(database_url), PostOffice(settings, Seal(secret), public_url))


if __name__ == "__main__":
    main(*sys.argv[1:])
