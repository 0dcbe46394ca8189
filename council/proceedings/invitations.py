"""Invitations: who is called to a meeting, in which capacity, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, slots, sql_many
from council.joined import fetch
from council.neighbourhood.households import Household
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Actor, Person, Visitor
from council.neighbourhood.sealed import lookup
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal
from council.rules.kinds import PERSONAL, Called, Capacity

REPLIES = ("yes", "no", "substitute")
SHOWN = ("meeting", "meeting.chair")  # what the page behind a link shows
REPRESENTING = frozenset({"resident_representative", "household_representative", "party_representative"})


class Invitation(Model):
    """A listed seat. Members vote, observers and supervisors (RC art. 36) do not.

    The personal code (8 signs, printed slip) and the personal link are kept as keyed digests. The code serves once and takes at most five
    tries: its first three signs find the seat, the other five open it, so that wrong tries are counted where they belong.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    household: fields.ForeignKeyNullableRelation[Household] = belongs("Household", null=True)
    household_id: int | None
    label = fields.CharField(120, default="")
    group = fields.CharField(32, default="")
    capacity = fields.CharField(16, default="MEMBER")
    representative = fields.BooleanField(default=False)
    duty = fields.BooleanField(default=False)
    code_digest = fields.CharField(64, default="", db_index=True)
    code_handle = fields.CharField(4, default="")
    code_tries = fields.IntField(default=0)
    code_used_at = fields.DatetimeField(null=True)
    link_digest = fields.CharField(64, default="", db_index=True)
    reply = fields.CharField(16, default="")
    reply_at = fields.DatetimeField(null=True)
    substitute = fields.CharField(50, default="")
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        unique_together = (("meeting", "person"),)

    def __str__(self) -> str:
        return self.label

    @property
    def votes(self) -> bool:
        return self.capacity == Capacity.MEMBER

    async def must_still_hold_office(self) -> None:
        """Whoever was invited for an office (supervisor, representative) sits only while its term lasts; others are not asked for one.

        Nobody sits in the name of somebody who has moved away or died, whatever card is left of them.
        """
        if self.person_id and not self.substitute and await Person.filter(id=self.person_id, last_day__lte=clock.today()).exists():
            raise Conflict("%(name)s is no longer on the list of this place, so nobody takes this seat.", name=self.label)
        held = await Office.filter(person_id=self.person_id, code=self.group) if self.person_id else []
        if held and not any(one.in_force() for one in held):
            raise Conflict("The term of %(name)s has ended: this seat went with the office. They may listen as a guest.", name=self.label)

    async def relations(self, by: Actor | None) -> set[str]:
        """Is this the invited person, by account or by the personal link they hold?"""
        if isinstance(by, Visitor):
            return {"invitee"} if by.holds("Invitation", self.id) else set()
        return {"invitee"} if by is not None and by.id == self.person_id else set()

    @classmethod
    async def by_link(cls, token: str, along: tuple[str, ...] = SHOWN) -> Invitation:
        """The invitation a personal link belongs to, with its meeting; NotFound for any other."""
        found = await fetch(cls, "t.link_digest = ?", link_digest(token), along=along)
        if found is None:
            raise NotFound
        return found

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Invitation, Meeting]:
        """An invitation with its meeting, if this person may know of the meeting; the verbs ask who may touch it."""
        found = await cls.get_or_none(id=number).prefetch_related("household") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Meeting.find(found.meeting_id, by)

    @classmethod
    async def of(cls, meeting: Meeting, by: Actor) -> Invitation | None:
        """The invitation of whoever asks, by account or by link."""
        mine = cls.filter(meeting_id=meeting.id).prefetch_related("household")
        if isinstance(by, Person):
            return await mine.filter(person_id=by.id).first()
        return await mine.filter(id__in=[n for kind, n in by.carries if kind == "Invitation"] or [0]).first()

    @classmethod
    async def all_of(cls, meeting: Meeting) -> list[Invitation]:
        return await cls.filter(meeting_id=meeting.id).prefetch_related("person", "household").order_by("id")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who can be invited: a person, a unit or an organisation that sends somebody, or just a name.

    A unit that no topic concerns may send somebody but need not.
    """

    label: str
    person: Person | None = None
    unit: Unit | None = None
    organisation: PartyOrganisation | None = None
    concerned: bool = True

    @property
    def key(self) -> str:
        """What a form sends back: "person:9", "unit:3"."""
        return f"person:{self.person.id}" if self.person else f"unit:{self.unit.id}" if self.unit else ""


def link_digest(token: str) -> str:
    return lookup(token, "personal link")


def called(meeting: Meeting, group: str) -> Called:
    """The row of a group that this kind of meeting calls."""
    found = next((one for one in meeting.row.called if one.code == group), None)
    if found is None:
        raise Refusal("This kind of meeting does not call that group.", field="group")
    return found


async def invite(
    meeting: Meeting, group: str, guests: Sequence[Guest], *, by: Person, capacity: str = ""
) -> list[Invitation]:
    """Invite guests of a group; whoever is invited already stays as they are. The group gives the capacity unless it is made less."""
    row = called(meeting, group)
    if capacity and capacity not in (row.capacity, Capacity.OBSERVER, Capacity.SUPERVISOR):
        raise Refusal("This group sits in without a vote.", field="capacity")
    async with writing():
        await must(by, "meeting.invite", meeting)
        present = await Invitation.all_of(meeting)
        fresh = _new(guests, present)
        made = [_invitation(meeting, row, guest, capacity or row.capacity) for guest in fresh]
        _one_a_household(meeting, [*present, *made])
        await _write_down(made)
        await _count(meeting, before=present)
        await note("meeting.invited", meeting, by, meeting_id=meeting.id, group=group, count=len(made))
    return made


def _new(guests: Sequence[Guest], present: Iterable[Invitation]) -> list[Guest]:
    known = {(i.person_id, i.unit_id if not i.person_id else None, i.label if not i.person_id else "") for i in present}
    found: dict[tuple[int | None, int | None, str], Guest] = {}
    for guest in guests:
        person, unit = guest.person.id if guest.person else None, guest.unit.id if guest.unit else None
        key = (person, unit if not person else None, guest.label if not person else "")
        if key not in known:
            found.setdefault(key, guest)
    return list(found.values())


def _invitation(meeting: Meeting, row: Called, guest: Guest, capacity: str) -> Invitation:
    """From plain values: of 2,303 guests the ORM would check every field of every one."""
    person = guest.person
    return Invitation._init_from_db(
        **DEFAULTS, meeting_id=meeting.id, person_id=person.id if person else None, household_id=person.household_id if person else None,
        unit_id=guest.unit.id if guest.unit else None, organisation_id=guest.organisation.id if guest.organisation else None,
        label=guest.label[:120], group=row.code, capacity=str(capacity), duty=row.duty and guest.concerned, representative=row.code in REPRESENTING,
    )  # fmt: skip


DEFAULTS: dict[str, Any] = {
    "id": None, "code_digest": "", "code_handle": "", "code_tries": 0, "code_used_at": None, "link_digest": "", "reply": "", "reply_at": None,
    "substitute": "", "told_at": None,
}  # fmt: skip


async def _write_down(made: Sequence[Invitation]) -> None:
    """All of them by one statement."""
    names = [name for name in Invitation._meta.fields_db_projection.values() if name != "id"]
    columns = ", ".join(f'"{name}"' for name in names)
    await sql_many(f"INSERT INTO invitation ({columns}) VALUES {slots(1, len(names))}", [[getattr(one, name) for name in names] for one in made])  # noqa: S608


def _one_a_household(meeting: Meeting, invited: Sequence[Invitation]) -> None:
    """Where households vote, each is represented by one person (RC 26)."""
    homes = [i.household_id for i in invited if i.votes and i.household_id]
    if meeting.rule_id.endswith("_HH") and len(homes) != len(set(homes)):
        raise Refusal("One household sends one representative: one of these households is invited already.", field="guest")


async def _count(meeting: Meeting, before: Sequence[Invitation]) -> None:
    """The number of listed members: what the charter says if it was entered, else how many are invited."""
    members = await Invitation.filter(meeting_id=meeting.id, capacity=Capacity.MEMBER).count()
    entered = meeting.listed > sum(i.votes for i in before)
    meeting.listed = max(meeting.listed, members) if entered else members
    await meeting.save(update_fields=["listed"])


async def take_back(invitation: Invitation, meeting: Meeting, *, by: Person) -> None:
    """Strike somebody off a draft. After the notice nobody is struck off: they were called."""
    async with writing():
        await must(by, "meeting.invite", meeting)
        if meeting.stage != "drafted":
            raise Conflict("The notice is out: nobody is struck off the list any more.")
        before = await Invitation.all_of(meeting)
        await invitation.delete()
        await _count(meeting, before)
        await note("meeting.uninvited", meeting, by, meeting_id=meeting.id)


async def reply(invitation: Invitation, answer: str, *, by: Actor, substitute: str = "") -> None:
    """Coming, not coming, or sending somebody: a duty seat that cannot come names a substitute (RC 46)."""
    meeting = await Meeting.get(id=invitation.meeting_id)
    if answer == "substitute" and not substitute:
        raise Refusal("Write the name of whoever comes in your place.", field="substitute")
    if answer == "substitute" and invitation.votes and meeting.rule_id in PERSONAL:
        raise Refusal("Members of this meeting come themselves: nobody can sit or vote in their place.", field="substitute")
    if answer == "no" and invitation.duty:
        raise Refusal("A topic concerns your unit, so it must send somebody. Write who comes instead.", field="substitute")
    async with writing():
        await must(by, "invitation.reply", invitation)
        if meeting.stage not in ("called", "adjourned"):
            raise Conflict("The meeting is under way or over: the answer can no longer be changed.")
        invitation.reply, invitation.reply_at = answer, clock.now()
        invitation.substitute = substitute if answer == "substitute" else ""
        await invitation.save(update_fields=["reply", "reply_at", "substitute"])
        await note("invitation.answered", invitation, by, meeting_id=meeting.id, answer=answer)
