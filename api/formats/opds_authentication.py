"""The document that tells an e-reader how its reader signs in (Authentication for OPDS 1.0)."""

import json

from api.formats.opds_feed import AUTHENTICATION, START
from api.spoken import gettext

SIGN_IN = f"{START}/sign-in"
IMPLICIT = "http://opds-spec.org/auth/oauth/implicit"
BASIC = "http://opds-spec.org/auth/basic"


def document_id(public_url: str) -> str:
    """Its own address, which is also what the token's way back names."""
    return public_url + AUTHENTICATION


def written(public_url: str, house: str) -> bytes:
    """Sign-in in a window of the e-reader first; an access key as the password for those that have none."""
    document = {
        "id": document_id(public_url),
        "title": house,
        "description": gettext(
            "Sign in with an account you already have. For e-readers that ask for a name and a password, "
            "make an access key for e-readers on your account page; it is the password, and any name will do."
        ),
        "links": [
            {"rel": "start", "href": public_url + START, "type": "application/opds+json"},
            {"rel": "help", "href": f"{public_url}/help", "type": "text/html"},
            {"rel": "register", "href": f"{public_url}/account/keys", "type": "text/html"},
        ],
        "authentication": [
            {
                "type": IMPLICIT,
                "links": [{"rel": "authenticate", "href": public_url + SIGN_IN, "type": "text/html"}],
            },
            {"type": BASIC, "labels": {"login": gettext("Any name"), "password": gettext("Access key")}},
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
