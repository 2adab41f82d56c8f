"""Why a mail has not gone out: sentences that are kept in English with the mail, and told in the reader's language."""

from api.spoken import N_, Said, told_again

TOO_SLOW = N_("The mail server does not answer in time.")
HUNG_UP = N_("The mail server has hung up for now (421).")
REFUSED = {  # by whether it is for good
    True: N_("The mail server refuses it for good ({number})."),
    False: N_("The mail server refuses it for now ({number})."),
}
NOTHING_FROM = N_("The mail server takes nothing from {sender}: {said}.")
NO_TLS_BEGUN = N_("The mail server does not begin TLS: {said}.")
NOT_LET_IN = N_("The mail server refuses the user name or the password ({number}).")
SAYS_NO = N_("The mail server says no: {said}.")
CLOSED = N_("The mail server has closed the connection.")
NO_WAY_TO_SIGN_IN = N_("The mail server offers no way to sign in that is known here.")
BAD_CERTIFICATE = N_("The mail server’s certificate does not hold up: {why}.")
NO_TLS = N_("There is no TLS at this port; look at GATEFOLD_MAIL__SECURITY and __PORT.")
NO_SUCH_SERVER = N_("There is no mail server of that name; look at GATEFOLD_MAIL__HOST.")
OUT_OF_REACH = N_("The mail server can’t be reached: {why}.")
NO_STARTTLS = N_("The mail server offers no STARTTLS, or no sign-in; look at GATEFOLD_MAIL__SECURITY.")
NO_SIGN_IN = N_("The mail server offers no sign-in; look at GATEFOLD_MAIL__USERNAME and __SECURITY.")
BROKE_OFF_WITHIN = N_("The mail server broke off in the middle of a mail.")
TOO_OLD = N_("It could not be sent in four days.")
BROKE_OFF = N_("Sending broke off, and it may have gone out.")
IN_DOUBT = N_("Sending broke off twice, and it may have gone out; it is not tried again.")
ACCOUNT_CLOSED = N_("The account is closed.")
TURNED_OFF = N_("The reader has turned mail off.")
NO_ADDRESS = N_("The account has no address that its provider vouches for.")
ODD_ADDRESS = N_("The account’s address is none that every mail server takes.")
NOTICE_GONE = N_("The notice is not there any more.")
REQUEST_GONE = N_("The request is not there any more.")
_WITH_VALUES = (
    *REFUSED.values(),
    *(NOTHING_FROM, NO_TLS_BEGUN, NOT_LET_IN, SAYS_NO, BAD_CERTIFICATE, OUT_OF_REACH),
)


def in_words(kept: str) -> Said:
    """What is kept of a mail; what the server said stays as it was said."""
    return told_again(kept, _WITH_VALUES)
