"""No file is handed to a reader who has still to accept the terms of use. Every way to a link asks here."""

from sqlmodel import Session as Db

from api.access.policy import Reader
from api.errors import TermsNeeded
from api.shelf.offers import Offer
from api.signin import terms


def must_have_accepted(db: Db, reader: Reader, offer: Offer) -> None:
    """Raise TermsNeeded, to come back to the page of the offer, from where the download goes on by itself.

    Staff make the terms. Links that are out already work on: whoever has one was asked, or came before the terms.
    """
    if not reader.is_staff and terms.is_to_accept(db, reader.user_id):
        raise TermsNeeded(offer.come_back_to)
