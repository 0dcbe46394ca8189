"""Who can open a secret ballot together: the chair, an independent scrutineer, a sealed envelope at the street. Any two of them.

The server keeps public keys only. The private key is derived from a code of 25 signs (122 bits) that its custodian writes or
prints on paper and that is shown once.
"""

from __future__ import annotations

import secrets

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.titles import OFFICES
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import in_force_today
from council.proceedings.matters import hold
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.numbering import SIGNS, read_code
from council.workshop import sealedbox

CODE_LENGTH = 25  # signs of thirty: log2(30 ** 25) = 122.7 bits
SEATS = {"chair": Phrase("Chair"), "scrutineer": Phrase("Independent scrutineer"), "street": Phrase("Sealed envelope at the street")}


class Custodian(Model):
    """One of the three of a ballot, with the public key that papers are sealed to. Empty until they have made their code."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    seat = fields.CharField(12)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    public_key = fields.CharField(64, default="")
    made_at = fields.DatetimeField(null=True)

    class Meta:
        table = "custodian"
        unique_together = (("ballot", "seat"), ("ballot", "person"))

    @property
    def label(self) -> Phrase:
        return SEATS[self.seat]

    @classmethod
    async def of(cls, ballot: Ballot) -> list[Custodian]:
        """The three, in the order in which papers are sealed to them."""
        found = await cls.filter(ballot_id=ballot.id).prefetch_related("person")
        return sorted(found, key=lambda one: list(SEATS).index(one.seat))


async def candidates(ballot: Ballot) -> list[tuple[int, str, str]]:
    """Who may be named: everybody who holds an office today, within the place of the ballot or above it. Person, name, office.

    Not the operator, who has the machine with the sealed papers already: with one code more a single other would be enough.
    """
    above = [Q(place__path=ballot.path[: end + 1]) for end, sign in enumerate(ballot.path) if sign == "/"]
    held = Office.filter(in_force_today(), Q(Q(place__path__startswith=ballot.path), *above, join_type="OR")).prefetch_related("person")
    barred = {one.person_id for one in await Office.filter(in_force_today(), code="operator")}
    offices = await held.order_by("-id").limit(300)
    found = {one.person_id: (one.person_id, one.person.name, str(OFFICES.get(one.code, one.code))) for one in offices if one.person_id not in barred}
    return sorted(found.values(), key=lambda row: row[1])


async def candidate(ballot: Ballot, number: int, seat: str) -> Person:
    """The person a form names for a seat, among those it offered."""
    if number not in {row[0] for row in await candidates(ballot)}:
        raise Refusal("Choose one of the answers shown.", field=seat)
    return await Person.get(id=number)


async def appoint(ballot: Ballot, people: dict[str, Person], *, by: Actor) -> list[Custodian]:
    """Name the three custodians of a drafted secret ballot, all different, none of the codes made yet."""
    if set(people) != set(SEATS) or len({person.id for person in people.values()}) < len(SEATS):
        raise Refusal("Name three different people.", field="scrutineer")
    async with writing():
        await hold(ballot)
        await must(by, "ballot.open", ballot)
        if not ballot.secret:
            raise Conflict("This vote is not secret.")
        await Custodian.filter(ballot_id=ballot.id).delete()
        await Custodian.bulk_create([Custodian(ballot_id=ballot.id, seat=seat, person_id=people[seat].id) for seat in SEATS])
        await ballot.note("ballot.custodians_named", by, seats={seat: person.id for seat, person in people.items()})
    return await Custodian.of(ballot)


async def make_code(ballot: Ballot, *, by: Person) -> str:
    """The custodian's own code, told once and kept nowhere. A code made again before opening replaces the one before."""
    code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
    async with writing():
        await hold(ballot)
        mine = await Custodian.get_or_none(ballot_id=ballot.id, person_id=by.id)
        if mine is None:
            raise Forbidden("This is not yours to do.")
        if ballot.stage != "drafted":
            raise Conflict("The vote has begun: papers are sealed to the codes made before.")
        public = sealedbox.public_of(sealedbox.private_from(code, context(ballot, mine.seat))).hex()
        await Custodian.filter(id=mine.id).update(public_key=public, made_at=clock.now())
        await ballot.note("ballot.code_made", by, seat=mine.seat, public_key=public)
    return code


def context(ballot: Ballot, seat: str = "") -> str:
    """What ties keys and sealed papers to one ballot and to nothing else."""
    return f"ballot {ballot.id} {ballot.salt} {seat}".strip()


async def keys(ballot: Ballot) -> list[bytes]:
    """The three public keys; a Conflict while one is missing."""
    found = [bytes.fromhex(one.public_key) for one in await Custodian.of(ballot) if one.public_key]
    if len(found) < len(SEATS):
        raise Conflict("Each of the three custodians must make their code first.")
    return found


async def private_keys(ballot: Ballot, codes: list[str]) -> dict[int, bytes]:
    """The private keys of two custodians by their place, from the codes typed; a Refusal tells which code is wrong."""
    public = {bytes.fromhex(one.public_key): (n, one.seat) for n, one in enumerate(await Custodian.of(ballot))}
    found: dict[int, bytes] = {}
    for field, typed in zip(("first", "second"), codes, strict=True):
        code = read_code(typed, CODE_LENGTH)
        for key, (place, seat) in public.items():
            private = sealedbox.private_from(code, context(ballot, seat))
            if sealedbox.public_of(private) == key:
                found[place] = private
                break
        else:
            raise Refusal("This is none of the codes of this vote. Please look at the paper again.", field=field)
    if len(found) < 2:
        raise Refusal("Two different custodians must give their code.", field="second")
    return found
