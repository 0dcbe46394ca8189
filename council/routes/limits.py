"""Limits per address and place, kept in memory: no captcha, nothing stored about anybody. Officers at work are not counted."""

from __future__ import annotations

from collections import deque
from functools import cache
from ipaddress import IPv6Address, IPv6Network
from time import monotonic

from starlette.requests import Request

from council.refusals import Refusal
from council.routes import sessions

# Many phones share one address of a mobile network: the bounds stop floods, not neighbours.
BOUNDS: dict[str, tuple[str, ...]] = {
    "report:address": ("12 per minute", "60 per hour"),
    # Begun and perhaps never sent: each is kept for a day.
    "draft:address": ("60 per minute", "300 per hour"),
    "report:place": ("300 per hour",),
    "handoff:address": ("30 per hour",),
    "answer:address": ("60 per minute", "600 per hour"),
    # Whoever is known by account or slip answers once; only changing it over and over is bounded. A hall taps statements through one address.
    "change:voter": ("30 per minute", "120 per hour"),
    "stance:address": ("900 per minute", "9000 per hour"),
    # Drawn anew for whoever asks: costs a worker seconds.
    "paper:address": ("20 per minute", "120 per hour"),
    "objection:address": ("6 per minute", "30 per hour"),
    "photo:address": ("90 per hour",),
    "code:address": ("30 per 10 minutes",),
    "code:wrong": ("5 per hour",),
    # A whole hall of 2,000 comes in through one address within minutes; a link cannot be guessed, a code can.
    "link:address": ("3000 per 10 minutes",),
    "slip:address": ("300 per 10 minutes",),
    "room:address": ("3000 per 10 minutes",),
}


SECONDS = {"minute": 60, "minutes": 60, "hour": 3600}
# (what, whose, seconds) -> the moments of the last so many seconds, oldest first.
_counted: dict[tuple[str, str, int], deque[float]] = {}
_swept = monotonic()


@cache
def _bounds(what: str) -> tuple[tuple[int, int], ...]:
    """How many, in how many seconds: "30 per 10 minutes" is 30, 600."""
    return tuple((int(most), int("".join(many) or 1) * SECONDS[unit]) for most, _, *many, unit in map(str.split, BOUNDS[what]))


def _lately(what: str, key: str, seconds: int) -> deque[float]:
    """The moments that still count."""
    moments, since = _counted.setdefault((what, key, seconds), deque()), monotonic() - seconds
    while moments and moments[0] <= since:
        moments.popleft()
    return moments


def _hit(what: str, key: str, most: int, seconds: int) -> bool:
    """Counts once, unless that is beyond the bound: who keeps trying waits no longer than who stops."""
    moments = _lately(what, key, seconds)
    if len(moments) >= most:
        return False
    moments.append(monotonic())
    return True


def _sweep() -> None:
    """Once a minute those are let go whose last moment no longer counts."""
    global _swept
    now = monotonic()
    if now - _swept > SECONDS["minute"]:
        _swept = now
        for key in [key for key, moments in _counted.items() if not moments or moments[-1] <= now - key[2]]:
            del _counted[key]


def within(what: str, key: str) -> bool:
    """Counts once; whether that is still within every bound."""
    _sweep()
    hits = [_hit(what, key, *bound) for bound in _bounds(what)]
    return all(hits)


def spent(what: str, key: str) -> bool:
    """Has this key used up its tries? Counts nothing."""
    return any(len(_lately(what, key, seconds)) >= most for most, seconds in _bounds(what))


def too_often() -> Refusal:
    return Refusal("That was very often in a short time. Please wait a while, or ring the community.", status=429)


def whence(request: Request) -> str:
    """The address a request comes from. Of IPv6 its line: whoever has one has 2^64 addresses (RFC 6177)."""
    host = request.client.host if request.client else ""
    try:
        found = IPv6Address(host)
    except ValueError:  # of the older kind, or whatever a proxy calls it
        return host
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))


def take(request: Request, what: str, **keys: str) -> None:
    """Count this request against its address and against the given keys; a Refusal (429) beyond a bound."""
    if sessions.held(request):
        return
    found = {"address": whence(request), **keys}
    counted = [within(f"{what}:{name}", key) for name, key in found.items() if f"{what}:{name}" in BOUNDS]
    if not all(counted):
        raise too_often()


def forget() -> None:
    """Begin counting anew: for tests."""
    _counted.clear()
