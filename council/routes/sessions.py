"""Who is asking: a session row behind an opaque cookie; what a visitor without an account may carry."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from council import clock, i18n
from council.neighbourhood.credentials import Session
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import Standing, known, known_to_hold_nothing, standing
from council.neighbourhood.people import Actor, Person, Visitor
from council.refusals import Forbidden
from council.routes.guard import insecure

LASTS = timedelta(days=14)
YEAR = 365 * 24 * 3600
SEEN_EVERY = timedelta(hours=1)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` wants https; browsers count loopback as such, a plain address on the local network not."""
    return "session" if insecure(connection) else "__Host-session"


class Sessions:
    """Puts `who`, `standing`, `session` and the chosen language and modes beside the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        state = scope.setdefault("state", {})
        i18n.use(request.cookies.get("language") or i18n.DEFAULT)
        known.set({})
        session = await _find(request.cookies.get(cookie_name(request)))
        who: Actor = session.person if session and session.person else _visitor(session)
        state.update(session=session, who=who, standing=await _held(session, who), cookie=None)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("cookie") is not None:
                MutableHeaders(scope=message).append("set-cookie", _cookie(request, state["cookie"]))
            await send(message)

        await self.app(scope, receive, with_cookie)


async def _find(token: str | None) -> Session | None:
    if not token:
        return None
    now = clock.now()
    session = await Session.open(digest(token))
    if session and now - session.seen_at > SEEN_EVERY:
        async with writing():
            await Session.filter(id=session.id).update(seen_at=now, ends_at=now + LASTS)
    return session


async def _held(session: Session | None, who: Actor) -> Standing:
    """What they hold, asked only of those who ever held something."""
    if isinstance(who, Person) and session is not None and not session.officer:
        return known_to_hold_nothing(who)
    return await standing(who)


def _visitor(session: Session | None) -> Visitor:
    carried: list[list[Any]] = session.carries if session else []
    return Visitor(frozenset((str(kind), int(number)) for kind, number in carried))


def _cookie(request: HTTPConnection, token: str) -> str:
    """The session cookie; an empty token takes it away."""
    age = int(LASTS.total_seconds()) if token else 0
    flags = "" if insecure(request) else "; Secure"
    return f"{cookie_name(request)}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flags}"


def who(request: Request) -> Actor:
    return request.state.who  # type: ignore[no-any-return]


def person(request: Request) -> Person:
    """Whoever is signed in; a Refusal (403) for a visitor, before an act that only a named person answers for."""
    found = who(request)
    if not isinstance(found, Person):
        raise Forbidden("Please sign in first.")
    return found


def held(request: Request) -> Standing:
    """The offices of whoever asks, as of today."""
    return request.state.standing  # type: ignore[no-any-return]


async def begin(request: Request, person: Person | None, carries: list[list[Any]] | None = None) -> Session:
    """A new session with a new id; the one before, if any, ends (no fixation)."""
    await end(request)
    token, now = secrets.token_urlsafe(32), clock.now()
    session = await Session.create(
        digest=digest(token), person=person, carries=carries or [], device=request.headers.get("user-agent", "")[:120],
        made_at=now, seen_at=now, ends_at=now + LASTS,
    )  # fmt: skip
    request.state.cookie, request.state.session = token, session
    request.state.who = person or _visitor(session)
    return session


async def carry(request: Request, kind: str, number: int) -> None:
    """Whoever asks holds the key of a record from now on: a matter looked up, a seat taken. Signed in or not."""
    await carry_all(request, [kind, number])


async def carry_all(request: Request, *keys: list[Any]) -> None:
    """Whoever asks holds these keys from now on, each a kind and a number."""
    session: Session | None = request.state.session
    kept = [c for c in (session.carries if session else []) if c not in keys] + [*keys]
    if session is None:
        await begin(request, None, kept[-50:])
        return
    session.carries = kept[-50:]
    await session.save(update_fields=["carries"])
    if not session.person_id:
        request.state.who = _visitor(session)


def holding(request: Request, kind: str, number: int) -> Actor:
    """Whoever asks, as one who holds the key of a record too: for an act in whose transaction it is carried."""
    found = who(request)
    return found if isinstance(found, Person) else Visitor(found.carries | {(kind, number)})


def carries(request: Request, kind: str) -> list[int]:
    """The records of a kind whose key this browser holds, signed in or not; the newest last."""
    session: Session | None = request.state.session
    return [int(n) for k, n in (session.carries if session else []) if k == kind]


async def behind(number: int | None) -> Actor | None:
    """Whoever a sign-in belongs to, asked anew; nobody once it has ended, here or everywhere."""
    session = await Session.filter(id=number, ends_at__gt=clock.now()).select_related("person").first() if number else None
    return (session.person or _visitor(session)) if session else None


async def end(request: Request) -> None:
    """Sign out on this device."""
    session: Session | None = getattr(request.state, "session", None)
    if session is not None:
        await Session.filter(id=session.id).delete()
        request.state.session, request.state.cookie = None, ""


async def end_everywhere(person: Person) -> int:
    """Sign out on every device; how many there were."""
    return await Session.filter(person_id=person.id).delete()


def place_cookie(name: str, value: str, request: Request) -> str:
    """A cookie that holds a preference and nothing personal."""
    return f"{name}={value}; Path=/; SameSite=Lax; Max-Age={YEAR}{'' if insecure(request) else '; Secure'}"
