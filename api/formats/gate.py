"""What stands between a file and someone whom nobody knows, for those who list it elsewhere."""

from datetime import datetime
from enum import StrEnum

from api.spoken import N_


class Gate(StrEnum):
    OPEN = "open"
    SIGN_IN = "sign-in"  # whoever signs in is let in
    RESTRICTED = "restricted"  # to some of those who sign in
    NOT_YET = "not-yet"  # before its opening date
    CLOSED = "closed"


_NOTES = {
    Gate.OPEN: N_("Open to everyone."),
    Gate.SIGN_IN: N_("Readers sign in, free of charge, to download the file."),
    Gate.RESTRICTED: N_("The file is for readers who sign in and are admitted by the publisher."),
    Gate.NOT_YET: N_("The file is not open yet."),
    Gate.CLOSED: N_("The file is not available."),
}


def note(gate: Gate, opens_at: datetime | None) -> str:
    """Who may read the file, in a sentence for a catalogue."""
    if gate is Gate.NOT_YET and opens_at is not None:
        return N_("The file opens on {day}.", day=f"{opens_at:%Y-%m-%d}")
    return _NOTES[gate]
