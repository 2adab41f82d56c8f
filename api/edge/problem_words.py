"""What each refusal says to a person: one table of words, keyed by the kind of refusal and by status."""

from dataclasses import dataclass

from api import errors
from api.spoken import N_


@dataclass(frozen=True)
class Words:
    """What a status says to a person: in the code line, on the page, in its leaf, and as a picture at the foot."""

    status: int
    short: str
    heading: str
    body: str
    leaf: str
    note: str
    art: str
    pair: str


NOT_FOUND = Words(
    404,
    N_("no such page"),
    N_("There is no page here"),
    N_("The address may be mistyped, or the title may have moved. Nothing is wrong with your account."),
    N_("Look for it by name"),
    N_("Every title that is published here is in the catalogue."),
    "apart",
    "petrol-coral",
)
BAD = Words(
    400,
    N_("not understood"),
    N_("That was not understood"),
    N_("Something in what was sent can’t be read. Go back and try once more."),
    N_("Nothing has changed"),
    N_("What was sent was not acted on."),
    "apart",
    "graphite-cinnabar",
)
TABLE: dict[type[errors.Refusal], Words] = {
    errors.NotFound: NOT_FOUND,
    errors.Invalid: BAD,
    errors.SignInNeeded: Words(
        401,
        N_("sign-in needed"),
        N_("Sign in first"),
        N_("This page is made for one reader, so it has to know who you are."),
        N_("No new password"),
        N_("You sign in with an account you already have, and come straight back."),
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.SignInAgain: Words(
        403,
        N_("sign in again first"),
        N_("Sign in again first"),
        N_("This changes who can use the account, so it needs a sign-in that is less than 15 minutes old."),
        N_("Nothing has changed"),
        N_("You sign in as before, and come straight back."),
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.TermsNeeded: Words(
        403,
        N_("terms to accept first"),
        N_("The terms of use come first"),
        N_("Each reader accepts them once, before the first file."),
        N_("Nothing is lost"),
        N_("Once they are accepted, the file is yours to have."),
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.Denied: Words(
        403,
        N_("not open to you"),
        N_("This is not open to you"),
        N_("The press decides who can read it."),
        N_("The page stays open"),
        N_("Abstract and contents are open to everyone."),
        "shut",
        "bottle-ochre",
    ),
    errors.Gone: Words(
        410,
        N_("no longer here"),
        N_("This is no longer here"),
        N_("It was here and has ended."),
        N_("The page stays open"),
        N_(
            "Did someone send you this link? Open the title’s page and sign in yourself: a link is made for one reader."
        ),
        "spent",
        "cinnabar-ultramarine",
    ),
    errors.Conflict: Words(
        409,
        N_("not possible now"),
        N_("That is not possible now"),
        N_("Things have changed meanwhile."),
        N_("Nothing is lost"),
        N_("Look at how it stands now, then decide again."),
        "crowd",
        "plum-mint",
    ),
    errors.TooMany: Words(
        429,
        N_("too many requests"),
        N_("Please wait a little"),
        N_("This was done as often as it may be for now."),
        N_("Nothing is locked"),
        N_("What you already have keeps working: a link until it runs out, a sign-in until you leave."),
        "crowd",
        "ultramarine-yellow",
    ),
    errors.NotOffered: Words(
        406,
        N_("not in this form"),
        N_("It is not to be had in this form"),
        N_("What was asked for is here, in other forms than the one that was named."),
        N_("Nothing has changed"),
        N_("Ask for one of the forms that are offered."),
        "apart",
        "graphite-cinnabar",
    ),
    errors.TooLarge: Words(
        413,
        N_("too large"),
        N_("That was too large"),
        N_("What was sent is larger than this page takes."),
        N_("Nothing has changed"),
        N_("What was sent was not acted on."),
        "crowd",
        "sky-brick",
    ),
    errors.Unready: Words(
        503,
        N_("not ready"),
        N_("This is not ready yet"),
        N_("Try again in a minute."),
        N_("Nothing is lost"),
        N_("It is still open to you."),
        "apart",
        "ultramarine-yellow",
    ),
}
BY_STATUS = {words.status: words for words in TABLE.values()} | {
    405: Words(
        405,
        N_("not that way"),
        N_("That can’t be done here"),
        N_("This address exists, but not for what was asked of it."),
        N_("Start again"),
        N_("The catalogue leads to everything that is published here."),
        "apart",
        "olive-rose",
    ),
    500: Words(
        500,
        N_("a fault on our side"),
        N_("Something broke on our side"),
        N_("It has been noted. Try again in a minute."),
        N_("Nothing is lost"),
        N_("What you were reading is still where it was."),
        "apart",
        "graphite-cinnabar",
    ),
    503: Words(
        503,
        N_("not available now"),
        N_("This is not available just now"),
        N_("The records can’t be reached. Try again in a minute."),
        N_("Nothing is lost"),
        N_("What you were reading is still where it was."),
        "apart",
        "graphite-cinnabar",
    ),
    507: Words(
        507,
        N_("no room left"),
        N_("There is no room left"),
        N_("What you sent could not be kept, because our disk is full. It has been noted; the press has to make room."),
        N_("Nothing is lost"),
        N_("What was here before is as it was, and can be read."),
        "crowd",
        "graphite-cinnabar",
    ),
}
MISSING_FILE = Words(
    503,
    N_("not available now"),
    N_("The file is not where it should be"),
    N_("That is a fault on our side and has been noted. The press has to put the file back, so try again later."),
    N_("The page stays open"),
    N_("Abstract and contents are open to everyone, and what you may read stays yours."),
    "apart",
    "graphite-cinnabar",
)
BAD_HOST = Words(
    400,
    N_("not understood"),
    N_("That was not understood"),
    N_("A request has to name exactly one host."),
    N_("Nothing has changed"),
    N_("What was sent was not acted on."),
    "apart",
    "graphite-cinnabar",
)
WRONG_HOST = Words(
    421,
    N_("not this host"),
    N_("This portal has another name"),
    N_("The host that was asked for is not served here."),
    N_("Nothing has changed"),
    N_("What was sent was not acted on."),
    "apart",
    "graphite-cinnabar",
)
HEADERS_TOO_LARGE = Words(
    431,
    N_("too large"),
    N_("That was too large"),
    N_("The address and headers are longer than this portal takes."),
    N_("Nothing has changed"),
    N_("What was sent was not acted on."),
    "crowd",
    "sky-brick",
)
