"""How a person is known again: sessions as rows, one-time links, passwords of officers.

Nothing here is stored in clear: of a token its digest, of a password its argon2id hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must, standing
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import NotFound, Refusal

LINK_LASTS = timedelta(hours=24)


class Session(Model):
    """A sign-in on one device. The cookie holds an opaque id, this row its digest, ending the row ends the sign-in at once."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    carries: list[list[Any]] = fields.JSONField(default=list)
    device = fields.CharField(120, default="")
    means = fields.CharField(12, default="")
    made_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    # Has this person ever held an office? Most have not, and need not be asked what they hold.
    officer = False

    class Meta:
        table = "session"

    @classmethod
    async def open(cls, digest: str) -> Session | None:
        """The session of a cookie with its person, in one statement: every page asks this first."""
        rows = await sql(_opened(), digest, clock.now())
        if not rows:
            return None
        row = rows[0]
        for name in ("made_at", "seen_at", "ends_at"):
            row[name] = clock.moment(row[name])
        session = cls._init_from_db(**{name: row[name] for name in cls._meta.fields_db_projection.values()})
        if session.person_id is not None:
            session.person = Person._init_from_db(**{name: row[f"p_{name}"] for name in Person._meta.fields_db_projection.values()})
            session.officer = bool(row["officer"])
        return session


@cache
def _opened() -> str:
    person = ", ".join(f'p."{name}" AS "p_{name}"' for name in Person._meta.fields_db_projection.values())
    officer = "EXISTS (SELECT 1 FROM office o WHERE o.person_id = s.person_id) AS officer"
    return f"SELECT s.*, {officer}, {person} FROM session s LEFT JOIN person p ON p.id = s.person_id WHERE s.digest = ? AND s.ends_at > ?"  # noqa: S608


class SignInLink(Model):
    """A link that signs one person in once. Opening it shows a page, only the click acts."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    made_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    made_by_id: int | None
    made_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_link"


class Password(Model):
    """An officer's password as an argon2id hash."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("council.Person", related_name=False, on_delete=fields.RESTRICT)
    person_id: int
    login = fields.CharField(64, unique=True)
    hash = fields.CharField(200)
    tries = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "password"


def digest(token: str) -> str:
    """What is stored instead of a token: SHA-256, hex. Tokens carry 256 bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(person: Person, made_by: Person | None = None, lasts: timedelta = LINK_LASTS) -> str:
    """The token of a new one-time link, for the console and the demo; officers in the browser go through `make_link`."""
    token, now = secrets.token_urlsafe(32), clock.now()
    async with writing():
        await SignInLink.create(digest=digest(token), person=person, made_by=made_by, made_at=now, ends_at=now + lasts)
        await note("link.made", person, made_by)
    return token


async def make_link(person: Person, *, by: Person) -> str:
    """A one-time link for somebody within reach. Whoever holds an office gets one only from those who reach all of it:
    a link is a key, and nobody may lend herself an office she could not give."""
    await must(by, "link.make", person)
    if person.ended:
        raise Refusal("%(name)s is no longer on the list, so there is no link.", name=person.name, status=409)
    for place in await _reached_by(person):
        await must(by, "link.make_officer", at=place)
    return await issue(person, by)


async def may_make_link(person: Person, by: Person) -> bool:
    if person.ended or not await may(by, "link.make", person):
        return False
    return all([await may(by, "link.make_officer", at=place) for place in await _reached_by(person)])


async def _reached_by(person: Person) -> list[Place]:
    paths = (await standing(person)).paths
    return await Place.filter(path__in=list(paths)) if paths else []


async def link_of(token: str) -> SignInLink | None:
    """The link if it can still be used. Reading it changes nothing: scanners of chat programs open every link they see."""
    link = await SignInLink.filter(digest=digest(token), used_at=None, ends_at__gt=clock.now()).select_related("person").first()
    return None if link is None or link.person.ended else link


async def use_link(token: str) -> Person:
    """Take the link: the first click wins, every other one is refused. Call within `writing()`."""
    taken = await SignInLink.filter(digest=digest(token), used_at=None, ends_at__gt=clock.now()).update(used_at=clock.now())
    link = await SignInLink.filter(digest=digest(token)).select_related("person").first() if taken else None
    if link is None or link.person.ended:
        raise Refusal("This link has been used already or is out of date. Ask whoever gave it to you for a new one.", status=409)
    await note("link.used", link.person, link.person)
    return link.person


async def forget(person: Person) -> int:
    """Every key of a person stops working at once: sessions, links, password. How many sessions ended. Call within `writing()`."""
    await SignInLink.filter(person_id=person.id, used_at=None).update(used_at=clock.now())
    await Password.filter(person_id=person.id).delete()
    return await Session.filter(person_id=person.id).delete()


async def came_by(session: Session, means: str) -> None:
    """Remember how a session came about."""
    session.means = means
    await session.save(update_fields=["means"])


async def password_of(person: Person) -> Password | None:
    return await Password.get_or_none(person_id=person.id)


async def links_of(person: Person) -> list[SignInLink]:
    """The newest links made for somebody, and by whom: shown to that person."""
    return await SignInLink.filter(person_id=person.id).select_related("made_by").order_by("-id").limit(5)


async def devices(person: Person) -> list[Session]:
    """Where somebody is signed in, the last used first."""
    return await Session.filter(person_id=person.id, ends_at__gt=clock.now()).order_by("-seen_at").limit(30)


async def end_others(person: Person, *, keep: Session) -> None:
    """Sign out everywhere but here."""
    async with writing():
        await Session.filter(person_id=person.id).exclude(id=keep.id).delete()


async def end_device(person: Person, number: int) -> None:
    """Sign out on one of one's own devices."""
    async with writing():
        if not await Session.filter(id=number, person_id=person.id).delete():
            raise NotFound


MEANS = {"link": Phrase("by link"), "password": Phrase("by password"), "code": Phrase("by personal code"), "": Phrase("on this device")}
