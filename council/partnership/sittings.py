"""Signing many one after the other: one identity check, the name written once, every document shown, a rest whenever one likes.

Where somebody stands is read from the signatures themselves, so that a break, another device or a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.people import Person
from council.neighbourhood.sealed import seal, unseal
from council.partnership import signing
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import Revision, SigningKey
from council.refusals import Conflict, NotFound, Refusal

HAND_LASTS = timedelta(hours=12)  # afterwards the name is written anew; how far one is stays known


class Sitting(Model):
    """One person signs what waits. The written name is sealed, stands under each document of this sitting and is erased with its end."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    begun_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    hand_sealed = fields.TextField(default="")
    hand_at = fields.DatetimeField()
    later: list[int] = fields.JSONField(default=list)

    class Meta:
        table = "sitting"
        indexes = (("person_id", "id"),)

    @property
    def hand(self) -> signing.Hand | None:
        """What was written, None when it was too long ago."""
        if not self.hand_sealed or self.hand_at < clock.now() - HAND_LASTS:
            return None
        kind, _, text = unseal(self.hand_sealed, "hand").partition(":")
        return signing.Hand(drawn=text) if kind == "drawn" else signing.Hand(typed=text)


@dataclass(frozen=True)
class Progress:
    """How far: `done` of `total`; `later` were put aside for now and come last."""

    done: int
    total: int
    later: int

    @property
    def left(self) -> int:
        return self.total - self.done


def _queue(by: Person) -> Q:
    """Whose turn it is: asked, not yet signed, its agreement open, its day not passed."""
    day = Q(agreement__sign_by=None) | Q(agreement__sign_by__gte=clock.today())
    return Q(day, signer_id=by.id, agreement__stage="signing", stage__in=("invited", "read"), asked_at__isnull=False)


async def waiting(by: Person) -> int:
    """How many agreements wait for this person's signature now."""
    return await Signatory.filter(_queue(by)).count()


async def next_ones(by: Person, later: Sequence[int] = (), limit: int = 20) -> list[Signatory]:
    """What waits, in the order of the agreements; what was put aside comes last."""
    rows = Signatory.filter(_queue(by)).select_related("agreement__place", "organisation", "signer", "instead_of")
    first = await rows.exclude(id__in=list(later) or [0]).order_by("agreement_id").limit(limit)
    rest = await rows.filter(id__in=list(later) or [0]).order_by("agreement_id").limit(limit)
    return [*first, *rest][:limit]


async def running(by: Person) -> Sitting | None:
    return await Sitting.filter(person_id=by.id, ended_at=None).order_by("-id").first()


async def progress(by: Person, sitting: Sitting | None) -> Progress:
    left = await waiting(by)
    if sitting is None:
        return Progress(0, left, 0)
    done = await Signatory.filter(signer_id=by.id, signed_at__gte=sitting.begun_at.replace(microsecond=0), stage="signed").count()
    aside = await Signatory.filter(_queue(by), id__in=sitting.later or [0]).count()
    return Progress(done, done + left, aside)


async def missing_key(by: Person) -> Signatory | None:
    """The first of those waiting for which this person has no key yet: before it an identity code is needed, once for each organisation."""
    have = {(key.organisation_id, key.locked) for key in await SigningKey.filter(person_id=by.id) if key.good_at(clock.now())}
    able = [number for number, locked in have if not locked]
    rows = Signatory.filter(_queue(by)).exclude(organisation_id__in=[each for each in able if each] or [0])
    if None in able:
        rows = rows.exclude(organisation_id=None)
    return await rows.select_related("organisation", "signer").order_by("agreement_id").first()


async def begin(hand: signing.Hand, *, by: Person) -> Sitting:
    """Write the name once for all that waits; in a sitting that goes on it takes the place of the one before."""
    ahead = await next_ones(by, limit=1)
    if not ahead:
        raise Conflict("Nothing waits for your signature now.")
    signing.written(ahead[0], hand)
    sealed = seal(f"drawn:{hand.drawn}" if hand.drawn else f"typed:{hand.typed}", "hand")
    async with writing():
        going = await running(by)
        if going is not None:
            await Sitting.filter(id=going.id).update(hand_sealed=sealed, hand_at=clock.now())
            return await Sitting.get(id=going.id)
        made = await Sitting.create(person=by, begun_at=clock.now(), hand_sealed=sealed, hand_at=clock.now())
        await note("sitting.begun", made, by)
    return made


async def turn(number: int, *, by: Person) -> tuple[Sitting, Signatory]:
    """The sitting and the place in one agreement that it is about; to others neither exists."""
    sitting, signatory = await running(by), await signing.own_place(number, by)
    if sitting is None:
        raise NotFound
    return sitting, signatory


async def sign(sitting: Sitting, signatory: Signatory, digest: str, pin: str, *, by: Person) -> Revision:
    """Sign the document that was shown: `digest` is the SHA-256 of the file whose text stood on the page."""
    hand = sitting.hand
    if hand is None:
        raise Conflict("It is long ago that you wrote your name. Write it again.")
    if digest != (await Agreement.get(id=signatory.agreement_id)).digest:
        raise Refusal("The text was changed meanwhile. Read it again first.", status=409)
    await signing.have_read(signatory, by=by)
    return await signing.sign(signatory, hand, pin, by=by)


async def put_aside(sitting: Sitting, signatory: Signatory) -> None:
    """Not now: it comes last."""
    async with writing():
        kept = [number for number in (await Sitting.get(id=sitting.id)).later if number != signatory.id]
        await Sitting.filter(id=sitting.id).update(later=[*kept, signatory.id][-500:])


async def end(sitting: Sitting, *, by: Person) -> None:
    """The written name is erased. What was not signed goes on waiting."""
    async with writing():
        if await Sitting.filter(id=sitting.id, ended_at=None).update(ended_at=clock.now(), hand_sealed=""):
            await note("sitting.ended", sitting, by)


async def tidy(now: datetime) -> int:
    """Erase the names of sittings left lying; how many."""
    old = Sitting.filter(hand_at__lt=now - HAND_LASTS).exclude(hand_sealed="")
    return await old.update(hand_sealed="")
