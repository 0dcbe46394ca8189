"""Registers: imported lists that entitle, such as the owners of a compound with their areas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.functions import Count, Sum
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import seal, unseal
from council.refusals import NotFound, Refusal


class Register(Model):
    """A list with its source, as imported on a day. A newer one takes its place, none is deleted."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(24)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    source = fields.CharField(200, default="")
    made_at = fields.DatetimeField()
    made_by_id = fields.IntField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "register"

    async def totals(self) -> Totals:
        """The electorate that this register makes: persons, and area in cm²."""
        row = await RegisterLine.filter(register_id=self.id).annotate(n=Count("id"), area=Sum("area_cm2")).values("n", "area")
        return Totals(int(row[0]["n"] or 0), int(row[0]["area"] or 0)) if row else Totals(0, 0)


@dataclass(frozen=True)
class Totals:
    """How many owners, and their area in cm² (Civil Code art. 278: both count)."""

    persons: int
    area_cm2: int


class RegisterLine(Model):
    """One owner: several homes of one owner are one person with the areas summed (owners' interpretation arts 8-9). Area in cm²."""

    id = fields.IntField(primary_key=True)
    register: fields.ForeignKeyRelation[Register] = belongs("Register")
    register_id: int
    name = fields.CharField(50, default="")
    address = fields.CharField(400, default="")
    homes = fields.IntField(default=1)
    area_cm2 = fields.BigIntField(default=0)
    code_handle = fields.CharField(4, default="")
    code_digest = fields.CharField(64, default="")
    code_tries = fields.IntField(default=0)

    class Meta:
        table = "register_line"
        indexes = (("register_id", "code_handle"),)


class Holder(Model):
    """A person whose identity as the owner of a line is sure: confirmed at the desk, or by the code on their slip.

    A home of several owners is one line with several holders, whoever of them votes first has voted for it.
    """

    id = fields.IntField(primary_key=True)
    line: fields.ForeignKeyRelation[RegisterLine] = belongs("RegisterLine")
    line_id: int
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    how = fields.CharField(8)
    confirmed_by_id = fields.IntField(null=True)
    confirmed_at = fields.DatetimeField()

    class Meta:
        table = "register_holder"
        unique_together = (("line", "person"),)


class Draft(Model):
    """An uploaded sheet, read and waiting for a yes. Its content is sealed, and emptied once it is carried out or given up."""

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    made_by_id = fields.IntField()
    made_at = fields.DatetimeField()
    file = fields.CharField(120)
    content_sealed = fields.TextField(default="")
    counts: dict[str, Any] = fields.JSONField(default=dict)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "register_draft"

    @classmethod
    async def waiting(cls, by: Person) -> list[Draft]:
        """Those this person sent and has neither entered nor given up, the newest first."""
        return await cls.filter(made_by_id=by.id, done_at=None).order_by("-id").limit(20)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """What the sheet held, by table."""
        return json.loads(unseal(self.content_sealed, "draft") or "{}")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Owner:
    """One owner as the sheet names it: all homes joined, the areas summed in cm²."""

    name: str
    addresses: tuple[str, ...]
    area_cm2: int


def joined(addresses: tuple[str, ...], limit: int = 400) -> str:
    """The homes of an owner in one line; what does not fit is counted in words of the sheet."""
    text = "、".join(addresses)
    return text if len(text) <= limit else f"{addresses[0][: limit - 12]}等{len(addresses)}套"


KINDS: dict[str, Phrase] = {
    "owners": Phrase("Owners with their areas"), "party_members": Phrase("Party members with a vote"), "signatories": Phrase("Signatories"),
    "voters": Phrase("Another list of voters"),
}  # fmt: skip


async def enter_owners(owners: list[Owner], place: Place, source: str, *, by: Person, kind: str = "owners") -> Register:
    """A new register of owners or other voters; from now on it is the one in use at `place`. Call within `writing()` after `must`."""
    made = await Register.create(kind=kind, place=place, source=source[:200], made_at=clock.now(), made_by_id=by.id)
    for owner in owners:
        await RegisterLine.create(
            register=made, name=owner.name, address=joined(owner.addresses), homes=len(owner.addresses), area_cm2=owner.area_cm2
        )
    await note("register.imported", made, by, owners=len(owners), area_cm2=sum(o.area_cm2 for o in owners), texts={"source": source})
    return made


async def lines_of(register_id: int, by: Actor | None) -> list[int]:
    """The lines of a register that an actor surely stands for: as a person, or by the code of a slip."""
    if isinstance(by, Person):
        held = Holder.filter(line__register_id=register_id, person_id=by.id)
        return list(await held.order_by("line_id").values_list("line_id", flat=True))  # type: ignore[arg-type]
    carried = [number for kind, number in (by.carries if by else ()) if kind == "RegisterLine"]
    found = RegisterLine.filter(register_id=register_id, id__in=carried or [0])
    return list(await found.order_by("id").values_list("id", flat=True))  # type: ignore[arg-type]


async def current(place: Place, kind: str = "owners") -> Register | None:
    """The register in use at a place: the newest."""
    return await Register.filter(place_id=place.id, kind=kind).order_by("-id").first()


async def in_use(place_id: int) -> list[Register]:
    """The newest list of every kind at a place."""
    newest = {one.kind: one for one in await Register.filter(place_id=place_id).order_by("id")}
    return list(newest.values())


async def one(number: int) -> Register:
    found = await Register.get_or_none(id=number).prefetch_related("place")
    if found is None:
        raise NotFound
    return found


async def line(register: Register, number: int) -> RegisterLine:
    found = await RegisterLine.get_or_none(id=number, register_id=register.id)
    if found is None:
        raise NotFound
    return found


async def holders(of: RegisterLine) -> list[Holder]:
    return await Holder.filter(line_id=of.id).order_by("id").prefetch_related("person")


async def same_name(of: RegisterLine) -> list[RegisterLine]:
    """Other lines that may be the same owner: the name of one stands in the other's."""
    found = RegisterLine.filter(register_id=of.register_id, name__contains=of.name).exclude(id=of.id)
    return await found.order_by("id").limit(20) if of.name else []


async def people(register: Register, q: str) -> list[Person]:
    """Adults of the place whose name holds these letters; nobody while nothing is asked."""
    found = Person.filter(in_force(), place__path__startswith=(await register.place).path, adult=True, erased_at=None, name__contains=q)
    return await found.order_by("id").limit(40).prefetch_related("place") if q else []


async def person(register: Register, number: int) -> Person:
    found = await Person.filter(in_force(), id=number, place__path__startswith=(await register.place).path, adult=True, erased_at=None).first()
    if found is None:
        raise Refusal("Choose one of the answers shown.", field="person")
    return found


async def keep(rows: dict[str, list[dict[str, Any]]], place: Place, file: str, *, by: Person) -> Draft:
    """Put an uploaded sheet aside, sealed, until its sender says yes or no. Older ones of the same sender are emptied."""
    async with writing():
        await must(by, "register.import", place)
        await Draft.filter(made_by_id=by.id, done_at=None).update(content_sealed="", done_at=clock.now())
        content = seal(json.dumps(rows, ensure_ascii=False), "draft")
        return await Draft.create(place=place, made_by_id=by.id, made_at=clock.now(), file=file[:120], content_sealed=content)


async def empty(draft: Draft, counts: dict[str, int]) -> None:
    """The sheet has been entered, or given up: what it held is gone from here. The first to ask wins."""
    if not await Draft.filter(id=draft.id, done_at=None).update(content_sealed="", counts=counts, done_at=clock.now()):
        raise Refusal("This sheet has been entered already.", status=409)
