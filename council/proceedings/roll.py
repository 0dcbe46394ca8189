"""The roll: who is present, how each seat was confirmed, and the quorum at this moment."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.db import belongs, slots, sql
from council.joined import fetch, fetch_all
from council.neighbourhood.journal import Entry, note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, Visitor
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.presence import Quorum as Quorum
from council.proceedings.presence import quorum as quorum
from council.proceedings.slips import by_code
from council.refusals import Conflict, NotFound, Refusal

HOW = ("link", "code", "list", "account", "paper")
TRIES = 10  # codes typed from one seat


class Seat(Model):
    """Somebody in the room. Unconfirmed (`invitation` empty): may read and ask to speak, counts for nothing.
    One live seat an invitation, enforced by the database: nobody is counted twice across paper and web.
    `person_id` is the account that sits here, where there is one, also on an unconfirmed seat. `away`: since an adjournment the roll has
    been called without an answer from here; the seat counts for nothing until it answers.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    invitation: fields.ForeignKeyNullableRelation[Invitation] = belongs("Invitation", null=True)
    invitation_id: int | None
    person_id = fields.IntField(null=True)
    label = fields.CharField(50, default="")
    tries = fields.IntField(default=0)
    how = fields.CharField(8, default="")
    remote = fields.BooleanField(default=False)
    away = fields.BooleanField(default=False)
    confirmed_by_id = fields.IntField(null=True)
    arrived_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seat"
        indexes = (("meeting_id", "left_at"),)

    @property
    def name(self) -> str:
        """Who sits here: as invited, or as they called themselves at the door. The invitation is fetched with the seat."""
        return self.invitation.label if self.invitation_id and self.invitation else self.label

    @property
    def confirmed(self) -> bool:
        return self.invitation_id is not None

    async def relations(self, by: Actor | None) -> set[str]:
        """Is it the actor's own seat; else what they are in its meeting."""
        carried = isinstance(by, Visitor) and by.holds("Seat", self.id)
        own = carried or (by is not None and by.id is not None and by.id == self.person_id)
        meeting = await Meeting.get(id=self.meeting_id)
        return (await meeting.relations(by) & {"chair", "recorder"}) | ({"holder"} if own else set())

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Seat, Meeting]:
        """A seat and its meeting, if this person may know of the meeting; the verbs ask who may touch it."""
        seat = await cls.get_or_none(id=number).prefetch_related("invitation") if number < 2**31 else None
        if seat is None:
            raise NotFound
        return seat, await Meeting.find(seat.meeting_id, by)

    @classmethod
    async def live(cls, number: int) -> bool:
        """Is somebody still sitting here?"""
        return await cls.exists(id=number, left_at=None)

    @classmethod
    async def of(cls, meeting: Meeting, by: Actor) -> Seat | None:
        """The live seat of whoever asks, confirmed or not."""
        held = [by.id] * 2 if isinstance(by, Person) else [number for kind, number in by.carries if kind == "Seat"]
        mine = "(t.person_id = ? OR t1.person_id = ?)" if isinstance(by, Person) else f"t.id IN {slots(1, len(held))}"
        where = f"t.meeting_id = ? AND t.left_at IS NULL AND {mine}"
        found = await fetch_all(cls, where, meeting.id, *held, along=("invitation", "invitation.household")) if held else []
        return max(found, key=lambda seat: (seat.confirmed, seat.id), default=None)

    @classmethod
    async def gone(cls, meeting: Meeting, by: Actor) -> Seat | None:
        """The seat of a slip, which opens but once, that whoever asks left by themselves and may take again while nobody else sits on it."""
        held = [number for kind, number in by.carries if kind == "Seat"] if isinstance(by, Visitor) else []
        left = await cls.filter(id__in=held, meeting_id=meeting.id, left_at__isnull=False).exclude(invitation_id=None).order_by("-left_at").first()
        if left is None or not meeting.doors_open or await cls.exists(invitation_id=left.invitation_id, left_at=None):
            return None
        last = await Entry.filter(act="seat.left", subject="Seat", subject_id=left.id).order_by("-id").first()
        return left if last is not None and last.by_id is None else None


async def enter(meeting: Meeting, *, by: Actor, label: str = "") -> Seat:
    """Take an unconfirmed seat: read along and ask to speak. Whoever sits here already keeps their seat."""
    async with writing():
        await must(by, "room.enter", meeting)
        if meeting.private:
            raise NotFound
        if (mine := await Seat.of(meeting, by)) is not None:
            return mine
        seat = await Seat.create(
            meeting_id=meeting.id, label=(label or by.name)[:50], person_id=by.id, arrived_at=clock.now()
        )
        await note("seat.taken", seat, by, meeting_id=meeting.id)
    return seat


async def sit_by_link(invitation: Invitation, meeting: Meeting, *, by: Actor, where: str = "room") -> Seat:
    """Confirm by the personal link. Opened on another device the seat moves there, and is still one."""
    async with writing():
        await must(by, "seat.take", invitation)
        return await _confirm(meeting, invitation, "link", by, where, moving="yes")


async def sit_by_code(seat: Seat, meeting: Meeting, typed: str, *, by: Actor, where: str = "room") -> Seat:
    """Confirm an unconfirmed seat by the code on a printed slip, which serves once."""
    await must(by, "seat.leave", seat, at=await meeting.place)
    tried = await _try(seat)
    if not tried:
        raise Refusal("Too many tries from here. Please ask at the desk.", status=409, field="code")
    invitation = await by_code(meeting, typed)
    async with writing():
        sat = await _confirm(meeting, invitation, "code", by, where, seat=seat)
        invitation.code_used_at = clock.now()
        await invitation.save(update_fields=["code_used_at"])
    return sat


async def _try(seat: Seat) -> bool:
    async with writing():
        return bool(await sql("UPDATE seat SET tries = tries + 1 WHERE id = ? AND tries < ? RETURNING id", seat.id, TRIES))


async def sit_as_invited(meeting: Meeting, *, by: Person, where: str = "room") -> Seat:
    """Confirm by one's own account: whoever is signed in and invited."""
    async with writing():
        invitation = await Invitation.of(meeting, by)
        if invitation is None:
            raise Conflict("You are not on the list of this meeting. You may listen and ask to speak.")
        await must(by, "seat.take", invitation)
        return await _confirm(meeting, invitation, "account", by, where, moving="yes")


async def tick(invitation: Invitation, meeting: Meeting, *, by: Person, where: str = "room", seat: Seat | None = None) -> Seat:
    """Confirm on the secretary's list: somebody without a phone, or whoever waits on an unconfirmed `seat`."""
    async with writing():
        await must(by, "meeting.keep_roll", meeting)
        return await _confirm(meeting, invitation, "list", by, where, seat=seat)


async def _confirm(
    meeting: Meeting, invitation: Invitation, how: str, by: Actor, where: str, *, seat: Seat | None = None, moving: str = ""
) -> Seat:
    """One live seat for one invitation. Within the caller's transaction."""
    if not meeting.doors_open:
        raise Conflict("Seats are confirmed from two hours before the meeting until it is closed.")
    await invitation.must_still_hold_office()
    live = await fetch(Seat, "t.invitation_id = ? AND t.left_at IS NULL", invitation.id)
    if live is not None and live.away and not moving:
        return await _back(live, meeting, by)
    if live is not None and not moving:
        raise Conflict("%(name)s is in the room already.", name=invitation.label)
    before = await quorum(meeting)
    if live is not None:
        await _leave(live)
        await note("seat.moved", live, by, meeting_id=meeting.id)
    mine = seat or await Seat.of(meeting, by) if how != "list" else seat
    confirmed = await _seat(meeting, invitation, how, by, where, mine)
    await note("seat.confirmed", confirmed, by, meeting_id=meeting.id, how=how, remote=int(where == "remote"))
    if not before.met:  # whoever comes takes no quorum away
        await _watch(meeting, before, by)
    return confirmed


async def _seat(meeting: Meeting, invitation: Invitation, how: str, by: Actor, where: str, seat: Seat | None) -> Seat:
    """The unconfirmed seat becomes the confirmed one, so that its place in the queue is kept; else a new one."""
    if seat is None or seat.confirmed or seat.left_at is not None:
        seat = Seat(meeting_id=meeting.id, arrived_at=clock.now(), person_id=invitation.person_id if how == "list" else by.id)
    seat.invitation, seat.label, seat.how, seat.remote = invitation, invitation.label[:50], how, where == "remote"
    seat.confirmed_by_id = by.id
    try:
        await seat.save()
    except IntegrityError:
        raise Conflict("%(name)s is in the room already.", name=invitation.label) from None
    return seat


async def come_back(seat: Seat, meeting: Meeting, *, by: Actor) -> None:
    """Answer the roll that is called again after an adjournment, or come in again after leaving."""
    async with writing():
        await must(by, "seat.leave", seat, at=await meeting.place)
        if seat.left_at is not None and await Seat.gone(meeting, by) != seat:
            raise Conflict("You were taken off the roll, or sit somewhere else by now. Please ask at the desk.")
        if seat.away or seat.left_at is not None:
            await _back(seat, meeting, by)


async def _back(seat: Seat, meeting: Meeting, by: Actor) -> Seat:
    before = await quorum(meeting)
    await Seat.filter(id=seat.id).update(away=False, left_at=None)
    seat.away, seat.left_at = False, None
    await note("seat.back", seat, by, meeting_id=meeting.id)
    await _watch(meeting, before, by)
    return seat


async def send_out(meeting: Meeting) -> None:
    """Nobody counts as present until the roll is called again. Within the caller's transaction."""
    await Seat.filter(meeting_id=meeting.id, left_at=None, invitation_id__isnull=False).update(away=True)


async def call_roll(meeting: Meeting, back: Iterable[int], *, by: Actor) -> None:
    """Those of the seats in `back` who were away are here again. Within the caller's transaction."""
    for seat in await Seat.filter(id__in=[*back] or [0], meeting_id=meeting.id, left_at=None, away=True):
        await _back(seat, meeting, by)


async def leave(seat: Seat, meeting: Meeting, *, by: Actor) -> None:
    """Leave the room, or be struck off the roll by whoever keeps it. The quorum is counted anew."""
    async with writing():
        await must(by, "seat.leave", seat, at=await meeting.place)
        if seat.left_at is not None:
            return
        before = await quorum(meeting)
        await _leave(seat)
        await note("seat.left", seat, by, meeting_id=meeting.id)
        await _watch(meeting, before, by)


async def _leave(seat: Seat) -> None:
    await Seat.filter(id=seat.id).update(left_at=clock.now())  # whoever waited to speak on it is passed over by the queue


async def _watch(meeting: Meeting, before: Quorum, by: Actor) -> None:
    """A quorum lost or reached while the meeting is open is written down at that moment."""
    after = await quorum(meeting)
    if meeting.stage == "open" and before.met != after.met:
        act = "meeting.quorum_reached" if after.met else "meeting.quorum_lost"
        await note(act, meeting, by, meeting_id=meeting.id, present=after.present, needed=after.needed)
