"""A meeting of the cast: called, with seats, ready to be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings import agenda, calling, roll
from council.proceedings.calling import Plan
from council.proceedings.invitations import Guest, Invitation, invite
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat

SOON = timedelta(hours=1)
REASON = "管道爆裂，当天就要商量"


def holding(kind: str, number: int) -> Visitor:
    """Somebody without an account whose browser holds the key of one record."""
    return Visitor(frozenset({(kind, number)}))


@dataclass
class Called:
    """A community review council with five members, one observer and one topic."""

    meeting: Meeting
    item: agenda.AgendaItem
    invited: dict[str, Invitation]

    async def seat(self, key: str, by: Any) -> Seat:
        return await roll.tick(self.invited[key], self.meeting, by=by)


async def drafted(world: Any, kind: str = "community_review_council", **more: Any) -> Meeting:
    place = {"STREET": world.street, "COMMUNITY": world.community, "GRID": world.grid}[calling.kinds.kind(kind).level.value]
    by = world.grid_secretary if place is world.grid else world.secretary
    plan = Plan(**{"title": "小区停车秩序", "starts_at": clock.now() + SOON, "venue": "党群服务中心二楼"} | more)
    return await calling.call(kind, place, plan, by=by)


def guest(person: Any) -> Guest:
    return Guest(person.name, person=person)


async def called(world: Any, kind: str = "community_review_council", **more: Any) -> Called:
    meeting = await drafted(world, kind, **more)
    item = await agenda.add(meeting, "停车秩序维护办法", by=meeting.chair)
    groups = {
        "resident_representative": [world.resident, world.neighbour, world.across],
        "property_manager": [world.manager],
        "unit_representative": [world.hotel_secretary],
    }
    for group, people in groups.items():
        await invite(meeting, group, [guest(person) for person in people], by=meeting.chair)
    await invite(meeting, "supervisor", [guest(world.officer)], by=meeting.chair)
    await agenda.give_notice(meeting, by=meeting.chair, temporary_reason=REASON)
    keys = {person.id: key for key, person in world.people.items()}
    invited = {keys[one.person_id]: one for one in await Invitation.all_of(meeting) if one.person_id}
    return Called(meeting, await agenda.AgendaItem.get(id=item.id), invited)
