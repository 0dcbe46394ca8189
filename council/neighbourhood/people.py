"""People: as little of them as a council needs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.households import Household
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import lookup, unseal


def new_salt() -> str:
    return secrets.token_hex(16)


class Person(Model):
    """Somebody of the area. One name field, 1-50 characters, rare characters included, the phone sealed, found by keyed digest.

    `born` is the decade of birth, such as 1960, where it was told for drawing by lot: never a day or a year.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(50, db_index=True)
    name_key = fields.CharField(200, default="", db_index=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    household: fields.ForeignKeyNullableRelation[Household] = belongs("Household", null=True)
    household_id: int | None
    phone_sealed = fields.CharField(200, default="")
    phone_digest = fields.CharField(64, default="", db_index=True)
    mail_sealed = fields.CharField(300, default="")
    adult = fields.BooleanField(default=True)
    born = fields.SmallIntField(null=True)
    last_day = fields.DateField(null=True)
    salt = fields.CharField(32, default=new_salt)
    erased_at = fields.DatetimeField(null=True)
    demo = fields.BooleanField(default=False)

    class Meta:
        table = "person"

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        """The number in clear: show it only to those who may see it (`person.see_phone`)."""
        return unseal(self.phone_sealed, "phone")

    @property
    def mail(self) -> str:
        """The e-mail address in clear, empty for most people: only they themselves enter it."""
        return unseal(self.mail_sealed, "mail")

    @property
    def ended(self) -> bool:
        """Moved away or struck off: no longer listed, no longer signed in."""
        return self.last_day is not None and self.last_day <= clock.today()

    async def relations(self, by: Actor | None) -> set[str]:
        return {"self"} if by is not None and by.id == self.id else set()

    @classmethod
    async def with_phone(cls, phone: str) -> list[Person]:
        return await cls.filter(phone_digest=lookup(phone, "phone"), erased_at=None)


@dataclass(frozen=True)
class Visitor:
    """Somebody without an account. `carries` names the records whose key they hold: ("Matter", 7), ("Seat", 12)."""

    carries: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    id: None = None
    name: str = ""

    def holds(self, kind: str, number: int) -> bool:
        return (kind, number) in self.carries


Actor = Person | Visitor
