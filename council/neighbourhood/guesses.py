"""Wrong passwords, counted where they come from: whoever knows a sign-in name cannot shut its owner out with it.

Five wrong tries from one place close that place for that name, a minute at first, then twice as long each time. A place is a device the owner
has signed in with, which shows a mark that cannot be forged, or else an address. Kept in memory, by process; nothing is stored about anybody.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from council import clock
from council.neighbourhood.credentials import Password
from council.neighbourhood.sealed import lookup

TRIES = 5
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
MANY = 10_000  # places remembered


@dataclass(slots=True)
class Count:
    """Wrong tries from one place since the last pause, pauses so far, and until when it is closed."""

    tries: int = 0
    pauses: int = 0
    until: datetime | None = None


_counts: OrderedDict[str, Count] = OrderedDict()


def mark(password: Password, name: str = "") -> str:
    """What a device shows from now on to be known for this password; a new password makes it strange again."""
    nonce = name or secrets.token_urlsafe(16)
    return f"{nonce}.{_digest(password, nonce)}"


def known(password: Password, shown: str) -> str:
    """The name of the device that shows this mark, "" for a strange one."""
    nonce, _, digest = shown.partition(".")
    return nonce if nonce and compare_digest(digest.encode(), _digest(password, nonce).encode()) else ""


def _digest(password: Password, nonce: str) -> str:
    return lookup(f"{password.id}:{password.hash}:{nonce}", "device")


def closed(place: str) -> bool:
    """Whether this place must wait."""
    count = _counts.get(place)
    return bool(count and count.until and count.until > clock.now())


def missed(place: str) -> None:
    """Counts a wrong try; the fifth closes the place."""
    count = _counts.setdefault(place, Count())
    _counts.move_to_end(place)
    count.tries += 1
    if count.tries >= TRIES:
        count.until, count.tries = clock.now() + min(LONGEST, FIRST * 2**count.pauses), 0
        count.pauses = min(count.pauses + 1, 6)
    while len(_counts) > MANY:
        _counts.popitem(last=False)


def right(place: str) -> None:
    """A right password: the place begins anew."""
    _counts.pop(place, None)


def forget() -> None:
    """Begin counting anew: for tests."""
    _counts.clear()
