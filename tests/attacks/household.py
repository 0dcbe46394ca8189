"""Two neighbours and a leak, all the way to the promise: what nobody outside may ever learn. Every word of it holds the canary."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from council import clock
from council.neighbourhood import registers
from council.neighbourhood.journal import listen, silence
from council.neighbourhood.registry import add_person, grant
from council.partnership import drafting, mediations, venues
from council.partnership.agreements import Agreement
from council.proceedings import agenda, calling, chair, handoffs, opinions, photos, points, reporting, roll, speakers, times
from council.proceedings.ballots import Ballot
from council.proceedings.calling import Plan
from council.proceedings.invitations import Guest, Invitation, invite
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.resolutions import Resolution
from council.proceedings.tasks import Order, assign
from council.proceedings.triage import Finding, confirm
from council.secretariat import search, summons
from council.secretariat.minutes import Minutes
from tests.five import five
from tests.routes.steps import jpeg

CANARY, PHONE = "暗号", "13911112222"
OUTSIDE = ("neighbour", "across", "outsider", "beside_secretary", "hotel_secretary", "manager", "former", "supervisor", "officer")
REASON = "双方同意尽快见面"


@dataclass
class Household:
    """`numbers`: for the first word of an address, the private records it can name."""

    matter: Matter
    code: str
    over: Meeting
    live: Meeting
    numbers: dict[str, list[int]] = field(default_factory=dict)
    photo: int = 0
    proof: int = 0


async def household(world: Any) -> Household:
    """Through the verbs, with the listeners that the office has."""
    hear = (search.hear, summons.hear)
    for listener in hear:
        listen(listener)
    try:
        return await _household(world)
    finally:
        for listener in hear:
            silence(listener)


async def supervised(world: Any) -> None:
    """Somebody who oversees the community: also outside."""
    world.people["supervisor"] = await add_person("汪洁", world.community, by=world.operator)
    await grant(world.supervisor, "supervisor", by=world.operator, place=world.community)


async def _household(world: Any) -> Household:
    by, grid = world.grid_secretary, world.grid
    told = reporting.Told(f"楼上漏水到我家，{CANARY}甲", grid, f"3号楼402{CANARY}", f"孟{CANARY}", PHONE)
    matter, code = await reporting.report(told, by=world.resident)
    await photos.keep([jpeg()], "Matter", matter.id)
    await confirm(matter, Finding("HOUSEHOLD", f"两家的事{CANARY}", title=f"漏水{CANARY}"), by=by)
    made = Household(matter, code, await _meeting(world, "乙"), await _meeting(world, "丙"))
    made.photo = (await photos.of("Matter", matter.id))[0].id
    await _over(world, made)
    await _live(world, made)
    await _papers(world, made)
    await _settled(world, made)
    return made


async def _meeting(world: Any, word: str) -> Meeting:
    by = world.grid_secretary
    plan = Plan(
        title=f"漏水协商{CANARY}{word}", starts_at=clock.now() + timedelta(hours=1), venue=f"服务站{CANARY}", link=f"https://meet.test/{CANARY}"
    )
    meeting = await calling.call("grid_neighbourhood_meeting", world.grid, plan, by=by)
    await invite(meeting, "concerned", [Guest("王秀兰", person=world.resident), Guest(f"客人{CANARY}")], by=by)
    return meeting


async def _opened(world: Any, meeting: Meeting, item: Any) -> Any:
    by = world.grid_secretary
    await agenda.give_notice(meeting, by=by, temporary_reason=REASON)
    for one in await Invitation.all_of(meeting):
        await roll.tick(one, meeting, by=by)
    await chair.open(meeting, by=by)
    await chair.take_up(item := await agenda.AgendaItem.get(id=item.id), meeting, by=by)
    return await agenda.AgendaItem.get(id=item.id)


async def _over(world: Any, made: Household) -> None:
    """The meeting that is over: a promise, minutes, a task with its proof."""
    by, meeting = world.grid_secretary, made.over
    item = await _opened(world, meeting, await agenda.add(meeting, f"谈漏水{CANARY}", by=by, words=f"经过{CANARY}", matter=made.matter))
    promise = await chair.record_promise(item, f"楼上三日内修好{CANARY}丁", by=by)
    await chair.close(meeting, by=by)
    minutes = await Minutes.draw(await Meeting.get(id=meeting.id), by=by)
    await minutes.correct({"points": f"都说了{CANARY}", "absence": "", "dissent": "", "remarks": CANARY}, minutes.version, by=by)
    order = Order(f"看看修好没有{CANARY}戊", clock.today() + timedelta(days=3), person=world.grid_worker)
    task = await assign(order, by=world.secretary, resolution=await Resolution.get(id=promise.id))
    await photos.keep([jpeg()], "Task", task.id)
    made.proof = (await photos.of("Task", task.id))[0].id
    made.numbers |= {"resolutions": [promise.id], "minutes": [minutes.id], "tasks": [task.id], "items": [item.id]}


async def _live(world: Any, made: Household) -> None:
    """The meeting that goes on: somebody speaks, a text and a vote lie on the table."""
    by, meeting = world.grid_secretary, made.live
    item = await _opened(world, meeting, await agenda.add(meeting, f"再谈{CANARY}", by=by))
    seat = (await roll.Seat.filter(meeting_id=meeting.id).order_by("id"))[0]
    speaker = await speakers.ask(item, seat, by=by)
    proposal = await Proposal.create(item=item, text=f"这样办{CANARY}", reason=CANARY, made_at=clock.now(), stage="submitted")
    ballot = await Ballot.create(
        meeting=meeting, item=item, place=world.grid, path=world.grid.path, question=f"同意吗{CANARY}", rule_id="DELIBERATION"
    )
    opinion = await opinions.hand_in(item, seat, f"写下来的意见{CANARY}", by=by)
    point = await points.raise_point(await Meeting.get(id=meeting.id), seat, "subject", by=by)
    drafted = await _meeting(world, "丁")
    await times.propose(drafted, [clock.now() + timedelta(days=day) for day in (3, 4)], by=by)
    candidate = (await times.tallies(drafted))[0].candidate
    made.numbers["items"].append(item.id)
    made.numbers |= {
        "matters": [made.matter.id], "meetings": [made.over.id, meeting.id], "seats": [seat.id], "speakers": [speaker.id],
        "proposals": [proposal.id],
        "opinions": [opinion.id], "points": [point.id], "times": [candidate.id],
        "ballots": [ballot.id], "invitations": [one.id for one in await Invitation.all_of(meeting)],
    }  # fmt: skip


async def _papers(world: Any, made: Household) -> None:
    """An agreement nobody has signed, an uploaded sheet that waits, somebody sent to ring, and who lives where."""
    by = world.clerk
    partners = await five(world)
    agreement = await drafting.draft(world.community, partners.draft(title=f"共建{CANARY}", partners=partners.partners[1:], projects=[]), by=by)
    places = [each.id for each in await agreement.signatories()]
    sheet = await registers.keep({"people": [{"name": CANARY}]}, world.community, f"{CANARY}.xlsx", by=by)
    sent = await handoffs.record(f"煤气味很浓{CANARY}", ["GAS"], world.grid, "n", by=world.resident)
    made.numbers |= {
        "agreements": [agreement.id], "signatories": places, "signatures": places, "registers": [sheet.id], "handoffs": [sent.id],
        "people": [world.resident.id], "households": [world.households["h402"].id], "offices": [1], "organisations": [world.branch.id],
        "units": [world.hotel.id], "places": [world.grid.id],
    }  # fmt: skip


async def _settled(world: Any, made: Household) -> None:
    """What the two agreed on, in effect between them; and a room one of them asked for."""
    mediator, upstairs = [await add_person(name, world.grid, by=world.operator) for name in ("钱守和", f"李{CANARY}")]
    await grant(mediator, "mediator", by=world.operator, place=world.grid)
    given = mediations.Settlement(
        mediator.id, (world.resident.id, upstairs.id), f"楼上漏水{CANARY}己", f"赔四百元{CANARY}庚", clock.today() + timedelta(days=9)
    )
    agreement = await mediations.draft(world.grid, given, by=world.clerk)
    await Agreement.filter(id=agreement.id).update(stage="effective", effective_on=clock.today())
    places = [each.id for each in await agreement.signatories()]
    hall = (await venues.venues(world.community.path))[-1]
    asked = venues.Asked(clock.today() + timedelta(days=2), 600, 660, f"两家再谈一次{CANARY}", 4)
    booking = await venues.ask(hall, asked, by=world.resident)
    for noun, more in (("agreements", [agreement.id]), ("signatories", places), ("signatures", places)):
        made.numbers[noun] = made.numbers[noun] + more
    made.numbers |= {"bookings": [booking.id], "venues": [hall.id]}


async def settled() -> None:
    """Until every listener has heard."""
    await asyncio.sleep(0)
