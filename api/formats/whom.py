"""Whom those who copy the shelf, or register its DOIs, can write to."""

from email.utils import parseaddr

from api.formats.library import host_of
from api.settings import Settings


def mail_of(settings: Settings) -> str:
    """The contact if it is a mail address, else the sender of the portal's mails, else the host's postmaster."""
    if settings.contact is not None and not settings.contact.startswith("https://"):
        return settings.contact
    if settings.mail.sender is not None:
        return parseaddr(settings.mail.sender)[1]
    host = host_of(settings.public_url)
    return f"postmaster@{host if '.' in host else f'{host}.invalid'}"
