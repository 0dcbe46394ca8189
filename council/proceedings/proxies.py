"""Who votes in another's stead: the member a household has named, and whoever holds a written authority where the rule allows one."""

from __future__ import annotations

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings import photos
from council.proceedings.ballots import Ballot
from council.proceedings.votes import Entitlement, Vote
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules.thresholds import threshold


class Proxy(Model):
    """A written authority to cast one voter's vote on one ballot. Withdrawn it stays, and opens nothing any more."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    holder: fields.ForeignKeyRelation[Person] = belongs("Person")
    holder_id: int
    written_on = fields.DateField()
    made_by_id = fields.IntField(null=True)
    made_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "proxy"

    @classmethod
    async def held(cls, ballot: Ballot, by: Actor | None) -> list[Proxy]:
        """The live authorities of a person on a ballot."""
        return await cls.filter(ballot_id=ballot.id, holder_id=getattr(by, "id", None) or 0, withdrawn_at=None).order_by("id")

    @classmethod
    async def of(cls, ballot: Ballot) -> list[Proxy]:
        """All of a ballot, withdrawn ones too, with who holds them."""
        return await cls.filter(ballot_id=ballot.id).order_by("id").prefetch_related("holder")


class Voice(Model):
    """Who of a household votes for it on one ballot. Another naming ends the one before, all of them are kept."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    named_by_id = fields.IntField(null=True)
    named_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "household_voice"

    @classmethod
    async def of(cls, ballot: Ballot, voter: str | None) -> list[Voice]:
        """Everybody a household has named, the present one last."""
        return await cls.filter(ballot_id=ballot.id, voter=voter or "").order_by("id").prefetch_related("person")


async def entrusted(ballot: Ballot, by: Actor | None) -> list[tuple[Proxy, str, bool]]:
    """What somebody holds on a ballot: the authority, whose vote it is as the list says, and whether that vote stands already."""
    held = await Proxy.held(ballot, by)
    if not held:
        return []
    voters = [one.voter for one in held]
    labels = {one.voter: one.label for one in await Entitlement.filter(ballot_id=ballot.id, voter__in=voters)}
    stand = {vote.voter for vote in await Vote.filter(ballot_id=ballot.id, voter__in=voters)}
    return [(one, labels.get(one.voter, one.voter), one.voter in stand) for one in held]


async def one(ballot: Ballot, number: int) -> Proxy:
    found = await Proxy.get_or_none(id=number, ballot_id=ballot.id)
    if found is None:
        raise NotFound
    return found


async def people(ballot: Ballot, q: str) -> list[Person]:
    """Adults of the area whose name holds one of these words, for naming who holds an authority; nobody while nothing is asked."""
    words = Q(*(Q(name__contains=word) for word in q.split()), join_type="OR")
    found = Person.filter(in_force(), words, place__path__startswith=ballot.path, adult=True, erased_at=None)
    return await found.order_by("id").limit(40).prefetch_related("place") if q.split() else []


async def person(ballot: Ballot, number: int) -> Person:
    found = await Person.filter(in_force(), id=number, place__path__startswith=ballot.path, adult=True, erased_at=None).first()
    if found is None:
        raise Refusal("Choose one of the answers shown.", field="holder")
    return found


async def household(by: Person) -> list[Person]:
    """The adults of one's own household."""
    return await Person.filter(in_force(), household_id=by.household_id or 0, adult=True, erased_at=None).order_by("id")


async def member(by: Person, number: int) -> Person:
    found = next((one for one in await household(by) if one.id == number), None)
    if found is None:
        raise Refusal("Only an adult of the same household can be named.", field="person")
    return found


async def authorise(ballot: Ballot, voter: str, holder: Person, written_on: date, photo: bytes, *, by: Person) -> Proxy:
    """Enter a written authority with its picture. A Refusal where the rule allows none, or the holder has as many as it allows."""
    if not photo:
        raise Refusal("Take a picture of the written authority.", field="photo")
    if not clock.today() >= written_on:
        raise Refusal("The authority is dated in the future.", field="written_on")
    async with writing():
        await must(by, "ballot.authorise", ballot)
        await _allowed(ballot, voter, holder)
        await Proxy.filter(ballot_id=ballot.id, voter=voter, withdrawn_at=None).update(withdrawn_at=clock.now())
        made = await Proxy.create(ballot=ballot, voter=voter, holder=holder, written_on=written_on, made_by_id=by.id, made_at=clock.now())
        await photos.keep([photo], "Proxy", made.id)
        await ballot.note("ballot.authorised", by, voter=voter, holder=holder.id)
    return made


async def _allowed(ballot: Ballot, voter: str, holder: Person) -> None:
    most = threshold(ballot.rule_id).proxies
    if not most:
        raise Conflict("Under this rule everybody votes in person: there is no voting for others.")
    if not await Entitlement.exists(ballot_id=ballot.id, voter=voter):
        raise Refusal("This voter is not on the list.", field="voter")
    if await ballot.voter(holder) == voter:
        raise Refusal("Nobody needs an authority for their own vote.", field="holder")
    if len([one for one in await Proxy.held(ballot, holder) if one.voter != voter]) >= most:
        raise Refusal("One person votes for at most %(most)s others.", field="holder", most=most)


async def withdraw(proxy: Proxy, *, by: Actor) -> None:
    """Take an authority back; a vote cast on it before stands and may be changed by the voter."""
    async with writing():
        await must(by, "ballot.authorise", await Ballot.get(id=proxy.ballot_id))
        if not await Proxy.filter(id=proxy.id, withdrawn_at=None).update(withdrawn_at=clock.now()):
            raise Conflict("This authority has been taken back already.")
        ballot = await Ballot.get(id=proxy.ballot_id)
        await ballot.note("ballot.authority_withdrawn", by, voter=proxy.voter, holder=proxy.holder_id)


async def stands_for(ballot: Ballot, proxy_id: int, voter: str, by: Actor | None) -> Exception | None:
    """Within the casting transaction: why this authority does not hold, or nothing where it does."""
    most = threshold(ballot.rule_id).proxies
    held = await Proxy.held(ballot, by)
    if proxy_id not in {one.id for one in held if one.voter == voter}:
        return Forbidden("You hold no written authority for this voter, or it was taken back.")
    return Conflict("One person votes for at most %(most)s others.", most=most) if len(held) > most else None


async def name_voice(ballot: Ballot, person: Person, *, by: Person) -> Voice:
    """Name who votes for a household: one of its adult members, named by one of them. Until the closing it can be changed."""
    async with writing():
        await must(by, "ballot.vote", ballot)
        voter = await ballot.voter(by)
        if voter is None or voter != f"household:{person.household_id}" or not person.adult:
            raise Refusal("Only an adult of the same household can be named.", field="person")
        await Voice.filter(ballot_id=ballot.id, voter=voter, ended_at=None).update(ended_at=clock.now())
        made = await Voice.create(ballot=ballot, voter=voter, person=person, named_by_id=by.id, named_at=clock.now())
        await ballot.note("ballot.voice_named", by, voter=voter, person=person.id)
    return made


async def voices(ballot: Ballot, voters: set[str]) -> dict[str, int]:
    """Which person has been named for these households; one statement for all that wait at the box."""
    if ballot.electorate != "households":
        return {}
    rows = await Voice.filter(ballot_id=ballot.id, voter__in=list(voters), ended_at=None).values_list("voter", "person_id")
    return dict(rows)


async def attempted(vote: Vote, by: Actor | None, channel: str) -> None:
    """Keep that somebody else tried to vote for the same voter: both are told. Within the casting transaction."""
    who = getattr(by, "id", None)
    if (who, channel) == (vote.entered_by_id, vote.channel):
        return
    about: dict[str, Any] = {"at": clock.now().isoformat(), "by": who, "channel": channel}
    vote.attempts = [*vote.attempts[-9:], about]
    await vote.save(update_fields=["attempts"])
    await note("ballot.conflict", await Ballot.get(id=vote.ballot_id), by, voter=vote.voter, channel=channel)
