"""Limits per address and place, kept in memory: no captcha, nothing stored about anybody. Officers at work are not counted."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from council.refusals import Refusal
from council.routes import sessions

# Many phones share one address of a mobile network: the bounds stop floods, not neighbours.
BOUNDS: dict[str, tuple[RateLimitItem, ...]] = {
    "report:address": (parse("12 per minute"), parse("60 per hour")),
    # Begun and perhaps never sent: each is kept for a day.
    "draft:address": (parse("60 per minute"), parse("300 per hour")),
    "report:place": (parse("300 per hour"),),
    "handoff:address": (parse("30 per hour"),),
    "objection:address": (parse("6 per minute"), parse("30 per hour")),
    "photo:address": (parse("90 per hour"),),
    "code:address": (parse("30 per 10 minutes"),),
    "code:wrong": (parse("5 per hour"),),
    # A whole hall comes in through one address within minutes.
    "link:address": (parse("600 per 10 minutes"),),
    "slip:address": (parse("300 per 10 minutes"),),
    "room:address": (parse("600 per 10 minutes"),),
}
_window = MovingWindowRateLimiter(MemoryStorage())


def within(what: str, key: str) -> bool:
    """Counts once; whether that is still within every bound."""
    hits = [_window.hit(bound, what, key) for bound in BOUNDS[what]]
    return all(hits)


def spent(what: str, key: str) -> bool:
    """Has this key used up its tries? Counts nothing."""
    return not all(_window.test(bound, what, key) for bound in BOUNDS[what])


def too_often() -> Refusal:
    return Refusal("That was very often in a short time. Please wait a while, or ring the community.", status=429)


def take(request: Request, what: str, **keys: str) -> None:
    """Count this request against its address and against the given keys; a Refusal (429) beyond a bound."""
    if sessions.held(request):
        return
    found = {"address": request.client.host if request.client else "", **keys}
    counted = [within(f"{what}:{name}", key) for name, key in found.items() if f"{what}:{name}" in BOUNDS]
    if not all(counted):
        raise too_often()


def forget() -> None:
    """Begin counting anew: for tests."""
    _window.storage.reset()
