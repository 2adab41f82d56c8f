"""What each refusal says to a person: one table of words, keyed by the kind of refusal and by status."""

from dataclasses import dataclass

from api import errors


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
    "no such page",
    "There is no page here",
    "The address may be mistyped, or the title may have moved. Nothing is wrong with your account.",
    "Look for it by name",
    "Every title that is published here is in the catalogue.",
    "apart",
    "petrol-coral",
)
BAD = Words(
    400,
    "not understood",
    "That was not understood",
    "Something in what was sent can’t be read. Go back and try once more.",
    "Nothing has changed",
    "What was sent was not acted on.",
    "apart",
    "graphite-cinnabar",
)
TABLE: dict[type[errors.Refusal], Words] = {
    errors.NotFound: NOT_FOUND,
    errors.Invalid: BAD,
    errors.SignInNeeded: Words(
        401,
        "sign-in needed",
        "Sign in first",
        "This page is made for one reader, so it has to know who you are.",
        "No new password",
        "You sign in with an account you already have, and come straight back.",
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.SignInAgain: Words(
        403,
        "sign in again first",
        "Sign in again first",
        "This changes who can use the account, so it needs a sign-in that is less than 15 minutes old.",
        "Nothing has changed",
        "You sign in as before, and come straight back.",
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.TermsNeeded: Words(
        403,
        "terms to accept first",
        "The terms of use come first",
        "Each reader accepts them once, before the first file.",
        "Nothing is lost",
        "Once they are accepted, the file is yours to have.",
        "shut",
        "cinnabar-ultramarine",
    ),
    errors.Denied: Words(
        403,
        "not open to you",
        "This is not open to you",
        "The press decides who can read it.",
        "The page stays open",
        "Abstract and contents are open to everyone.",
        "shut",
        "bottle-ochre",
    ),
    errors.Gone: Words(
        410,
        "no longer here",
        "This is no longer here",
        "It was here and has ended.",
        "The page stays open",
        "Did someone send you this link? Open the title’s page and sign in yourself: a link is made for one reader.",
        "spent",
        "cinnabar-ultramarine",
    ),
    errors.Conflict: Words(
        409,
        "not possible now",
        "That is not possible now",
        "Things have changed meanwhile.",
        "Nothing is lost",
        "Look at how it stands now, then decide again.",
        "crowd",
        "plum-mint",
    ),
    errors.TooMany: Words(
        429,
        "too many requests",
        "Please wait a little",
        "This was done as often as it may be for now.",
        "Nothing is locked",
        "What you already have keeps working: a link until it runs out, a sign-in until you leave.",
        "crowd",
        "ultramarine-yellow",
    ),
    errors.NotOffered: Words(
        406,
        "not in this form",
        "It is not to be had in this form",
        "What was asked for is here, in other forms than the one that was named.",
        "Nothing has changed",
        "Ask for one of the forms that are offered.",
        "apart",
        "graphite-cinnabar",
    ),
    errors.TooLarge: Words(
        413,
        "too large",
        "That was too large",
        "What was sent is larger than this page takes.",
        "Nothing has changed",
        "What was sent was not acted on.",
        "crowd",
        "sky-brick",
    ),
    errors.Unready: Words(
        503,
        "not ready",
        "This is not ready yet",
        "Try again in a minute.",
        "Nothing is lost",
        "It is still open to you.",
        "apart",
        "ultramarine-yellow",
    ),
}
BY_STATUS = {words.status: words for words in TABLE.values()} | {
    405: Words(
        405,
        "not that way",
        "That can’t be done here",
        "This address exists, but not for what was asked of it.",
        "Start again",
        "The catalogue leads to everything that is published here.",
        "apart",
        "olive-rose",
    ),
    500: Words(
        500,
        "a fault on our side",
        "Something broke on our side",
        "It has been noted. Try again in a minute.",
        "Nothing is lost",
        "What you were reading is still where it was.",
        "apart",
        "graphite-cinnabar",
    ),
    503: Words(
        503,
        "not available now",
        "This is not available just now",
        "The records can’t be reached. Try again in a minute.",
        "Nothing is lost",
        "What you were reading is still where it was.",
        "apart",
        "graphite-cinnabar",
    ),
    507: Words(
        507,
        "no room left",
        "There is no room left",
        "What you sent could not be kept, because our disk is full. It has been noted; the press has to make room.",
        "Nothing is lost",
        "What was here before is as it was, and can be read.",
        "crowd",
        "graphite-cinnabar",
    ),
}
MISSING_FILE = Words(
    503,
    "not available now",
    "The file is not where it should be",
    "That is a fault on our side and has been noted. The press has to put the file back, so try again later.",
    "The page stays open",
    "Abstract and contents are open to everyone, and what you may read stays yours.",
    "apart",
    "graphite-cinnabar",
)
BAD_HOST = Words(
    400,
    "not understood",
    "That was not understood",
    "A request has to name exactly one host.",
    "Nothing has changed",
    "What was sent was not acted on.",
    "apart",
    "graphite-cinnabar",
)
WRONG_HOST = Words(
    421,
    "not this host",
    "This portal has another name",
    "The host that was asked for is not served here.",
    "Nothing has changed",
    "What was sent was not acted on.",
    "apart",
    "graphite-cinnabar",
)
HEADERS_TOO_LARGE = Words(
    431,
    "too large",
    "That was too large",
    "The address and headers are longer than this portal takes.",
    "Nothing has changed",
    "What was sent was not acted on.",
    "crowd",
    "sky-brick",
)
