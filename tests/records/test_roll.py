"""The roll: how a seat is confirmed, what counts for the quorum, and that nobody counts twice."""

from __future__ import annotations

import asyncio

import pytest

from council import clock
from council.neighbourhood.corrections import end_person
from council.neighbourhood.journal import Entry
from council.neighbourhood.people import Visitor
from council.proceedings import attendance, chair, diary, roll, slips
from council.proceedings.invitations import Guest, Invitation
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, Refusal
from tests.records.cast import called, holding


async def slip_of(cast, key, world):
    return next(s for s in await slips.issue(cast.meeting, by=world.secretary) if s.invitation.id == cast.invited[key].id)


async def stranger(cast, label=""):
    seat = await roll.enter(cast.meeting, by=Visitor(), label=label)
    return seat, holding("Seat", seat.id)


async def test_whoever_knows_only_the_room_number_counts_for_nothing(world):
    cast = await called(world)
    meeting = await diary.by_number(f"{cast.meeting.wall_code[:3]} {cast.meeting.wall_code[3:]}")
    seat, visitor = await stranger(cast, "王秀兰")
    assert (await roll.quorum(meeting)).present == 0
    assert "member" not in await meeting.relations(visitor)
    await cast.seat("resident", world.secretary)
    assert (await roll.quorum(meeting)).present == 1
    assert not seat.confirmed


async def test_an_observer_and_a_supervisor_do_not_count_and_a_member_does(world):
    cast = await called(world)
    await cast.seat("officer", world.secretary)
    assert (await roll.quorum(cast.meeting)).present == 0
    await cast.seat("manager", world.secretary)
    assert (await roll.quorum(cast.meeting)).present == 1


async def test_entering_twice_keeps_one_seat(world):
    cast = await called(world)
    seat, visitor = await stranger(cast, "李四")
    assert (await roll.enter(cast.meeting, by=visitor)).id == seat.id


async def test_a_personal_link_confirms_and_on_another_device_the_seat_moves(world):
    cast = await called(world)
    slip = await slip_of(cast, "resident", world)
    invitation = await Invitation.by_link(slip.token)
    holder = holding("Invitation", invitation.id)
    first = await roll.sit_by_link(invitation, cast.meeting, by=holder)
    second = await roll.sit_by_link(invitation, cast.meeting, by=holder, where="remote")
    assert (await roll.quorum(cast.meeting)).present == 1
    assert (await Seat.get(id=first.id)).left_at is not None
    assert (second.how, second.remote) == ("link", True)


async def test_a_link_that_was_replaced_opens_nothing(world):
    from council.refusals import NotFound

    cast = await called(world)
    old = await slip_of(cast, "resident", world)
    new = await slip_of(cast, "resident", world)
    with pytest.raises(NotFound):
        await Invitation.by_link(old.token)
    assert (await Invitation.by_link(new.token)).id == cast.invited["resident"].id


async def test_whoever_has_gone_sits_down_by_no_link_code_or_tick(world):
    """A card that was printed before somebody moved away or died opens nothing from that day on."""
    cast = await called(world)
    slip = await slip_of(cast, "resident", world)
    await end_person(world.resident, by=world.secretary)
    gone = await Invitation.by_link(slip.token)
    _seat, visitor = await stranger(cast)
    for sit in (
        roll.sit_by_link(gone, cast.meeting, by=holding("Invitation", gone.id)),
        roll.sit_by_code(_seat, cast.meeting, slip.code, by=visitor),
        roll.tick(gone, cast.meeting, by=world.secretary),
    ):
        with pytest.raises(Conflict, match=r"no longer|已不在"):
            await sit
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_codes_and_links_are_kept_as_digests_only(world):
    cast = await called(world)
    slip = await slip_of(cast, "resident", world)
    row = str((await Invitation.filter(id=slip.invitation.id).values())[0])
    assert slip.code not in row
    assert slip.token not in row
    assert slip.code[3:] not in row
    assert len(slip.code) == 8


async def test_a_code_confirms_the_seat_once(world):
    cast = await called(world)
    slip = await slip_of(cast, "resident", world)
    seat, visitor = await stranger(cast)
    sat = await roll.sit_by_code(seat, cast.meeting, f"{slip.code[:4].lower()}-{slip.code[4:]}", by=visitor)
    assert (sat.id, sat.confirmed, sat.how) == (seat.id, True, "code")
    again, other = await stranger(cast)
    with pytest.raises(Refusal):
        await roll.sit_by_code(again, cast.meeting, slip.code, by=other)
    assert (await roll.quorum(cast.meeting)).present == 1


async def test_a_code_is_bound_to_its_meeting(world):
    cast, beside = await called(world), await called(world)
    slip = await slip_of(cast, "resident", world)
    seat, visitor = await stranger(beside)
    with pytest.raises(Refusal):
        await roll.sit_by_code(seat, beside.meeting, slip.code, by=visitor)
    assert (await roll.quorum(beside.meeting)).present == 0


async def test_after_five_wrong_tries_the_right_code_opens_nothing(world):
    cast = await called(world)
    slip, spared = await slip_of(cast, "resident", world), None
    wrong = slip.code[:3] + ("2" if slip.code[3] != "2" else "3") + slip.code[4:]
    for _ in range(5):
        seat, visitor = await stranger(cast)
        with pytest.raises(Refusal):
            await roll.sit_by_code(seat, cast.meeting, wrong, by=visitor)
    with pytest.raises(Refusal):
        await roll.sit_by_code(seat, cast.meeting, slip.code, by=visitor)
    assert (await roll.quorum(cast.meeting)).present == 0
    spared = next(s for s in await slips.issue(cast.meeting, by=world.secretary, only=[slip.invitation.id]))
    seat, visitor = await stranger(cast)
    assert (await roll.sit_by_code(seat, cast.meeting, spared.code, by=visitor)).confirmed


async def test_from_one_seat_only_ten_codes_can_be_typed(world):
    cast = await called(world)
    slip = await slip_of(cast, "resident", world)
    seat, visitor = await stranger(cast)
    for _ in range(10):
        with pytest.raises(Refusal):
            await roll.sit_by_code(seat, cast.meeting, "22222222", by=visitor)
    with pytest.raises(Refusal) as refused:
        await roll.sit_by_code(seat, cast.meeting, slip.code, by=visitor)
    assert refused.value.status == 409


async def test_a_new_slip_for_one_leaves_the_others_alone(world):
    cast = await called(world)
    first = await slips.issue(cast.meeting, by=world.secretary)
    await slips.issue(cast.meeting, by=world.secretary, only=[first[0].invitation.id])
    assert (await Invitation.by_link(first[1].token)).id == first[1].invitation.id
    handles = [i.code_handle for i in await Invitation.all_of(cast.meeting)]
    assert len(handles) == len(set(handles))


async def test_only_those_who_keep_the_roll_make_slips_and_tick(world):
    cast = await called(world)
    for outsider in (world.resident, world.beside_secretary, world.grid_worker):
        with pytest.raises(Forbidden):
            await slips.issue(cast.meeting, by=outsider)
        with pytest.raises(Forbidden):
            await roll.tick(cast.invited["resident"], cast.meeting, by=outsider)
    assert await cast.seat("resident", world.clerk)


async def test_a_tick_and_a_link_together_count_once(world):
    cast = await called(world)
    await cast.seat("resident", world.secretary)
    with pytest.raises(Conflict):
        await cast.seat("resident", world.clerk)
    invitation = cast.invited["resident"]
    await roll.sit_by_link(invitation, cast.meeting, by=holding("Invitation", invitation.id))
    assert (await roll.quorum(cast.meeting)).present == 1


async def test_two_ticks_at_the_same_moment_make_one_seat(world):
    cast = await called(world)
    answers = await asyncio.gather(*(cast.seat("resident", world.secretary) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(answer, Seat) for answer in answers) == 1
    assert all(isinstance(answer, Seat | Conflict) for answer in answers)


async def test_whoever_is_signed_in_and_invited_sits_down_and_others_do_not(world):
    cast = await called(world)
    assert (await roll.sit_as_invited(cast.meeting, by=world.manager)).how == "account"
    with pytest.raises(Conflict):
        await roll.sit_as_invited(cast.meeting, by=world.clerk)


async def test_a_waiting_seat_is_confirmed_with_one_tick_and_keeps_its_place(world):
    cast = await called(world)
    seat, visitor = await stranger(cast, "王秀兰 3号楼402")
    waiting = await attendance.waiting(cast.meeting)
    assert [(s.id, i.id) for s, i in waiting if i] == [(seat.id, cast.invited["resident"].id)]
    sat = await roll.tick(cast.invited["resident"], cast.meeting, by=world.secretary, seat=seat)
    assert sat.id == seat.id
    assert "member" in await cast.meeting.relations(visitor)


async def test_a_name_given_at_the_door_alone_confirms_nothing(world):
    cast = await called(world)
    await stranger(cast, "王秀兰")
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_the_roll_is_found_by_first_letters_of_the_pinyin(world):
    cast = await called(world)
    assert [line.invitation.label for line in await attendance.lines(cast.meeting, "wxl")] == ["王秀兰"]
    assert [line.invitation.label for line in await attendance.lines(cast.meeting, "建国")] == ["李建国"]
    assert len(await attendance.lines(cast.meeting)) == 6


async def test_a_quorum_that_is_lost_and_reached_again_is_written_down(world):
    cast = await called(world)
    seats = [await cast.seat(key, world.secretary) for key in ("resident", "neighbour", "across", "manager")]
    await chair.open(cast.meeting, by=world.secretary)
    await roll.leave(seats[0], cast.meeting, by=world.resident)
    assert (await roll.quorum(cast.meeting)).met is False
    await cast.seat("hotel_secretary", world.secretary)
    acts = await Entry.filter(meeting_id=cast.meeting.id, act__startswith="meeting.quorum").order_by("id")
    assert [(e.act, e.numbers["present"]) for e in acts] == [("meeting.quorum_lost", 3), ("meeting.quorum_reached", 4)]


async def test_nobody_sends_somebody_else_out_but_those_who_keep_the_roll(world):
    cast = await called(world)
    seat = await cast.seat("resident", world.secretary)
    with pytest.raises(Forbidden):
        await roll.leave(seat, cast.meeting, by=world.neighbour)
    await roll.leave(seat, cast.meeting, by=world.resident)
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_seats_are_confirmed_only_from_two_hours_before(world, monkeypatch):
    from datetime import timedelta

    cast = await called(world)
    early = clock.now() - timedelta(hours=3)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: early)
        with pytest.raises(Conflict):
            await cast.seat("resident", world.secretary)
    assert await cast.seat("resident", world.secretary)


async def test_a_household_sends_one_representative(world):
    from council.neighbourhood.registry import grant
    from council.proceedings.invitations import invite
    from tests.records.cast import drafted, guest

    await grant(world.deputy, "director", by=world.operator, place=world.community)
    meeting = await drafted(world, "residents_meeting")
    from council.neighbourhood.registry import add_person

    wife = await add_person("赵兰", world.grid, by=world.operator, household=world.households["h402"])
    await invite(meeting, "household_representative", [guest(world.resident), guest(world.neighbour)], by=world.secretary)
    with pytest.raises(Refusal):
        await invite(meeting, "household_representative", [Guest("赵兰", person=wife)], by=world.secretary)
    assert meeting.listed == 2
