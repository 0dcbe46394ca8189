"""Invitations: each proposed with a reason, units that must send somebody, two thousand told at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Person
from council.neighbourhood.registry import add_person, add_unit, end_office, grant
from council.proceedings import agenda, guests, roll
from council.proceedings.invitations import Guest, Invitation, invite, reply
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, Refusal
from council.rules.concerned import reason, subjects
from council.secretariat import inbox, summons
from council.secretariat.inbox import Delivery, Notice
from tests.client import soup
from tests.counting import Statements
from tests.records.cast import REASON, called, drafted


async def matter(world, place, title: str) -> Matter:
    return await Matter.create(
        code_digest=title, title=title, text=title, place=place, path=place.path, affair="COLLABORATIVE", stage="confirmed", public=True,
        reported_at=clock.now(),
    )  # fmt: skip


async def proposed(meeting) -> dict[str, tuple[str, bool]]:
    return {one.guest.label: (str(one.why), one.ticked) for _, group in await guests.suggested(meeting) for one in group}


async def representative(world, name: str, place) -> Person:
    made = await add_person(name, place, by=world.operator)
    await grant(made, "resident_representative", by=world.operator, place=place)
    return made


async def test_representatives_are_ticked_for_the_grid_a_topic_comes_from_and_each_says_why(world):
    await representative(world, "赵一", world.grid)
    await representative(world, "钱二", world.other_grid)
    meeting = await drafted(world, title="环境整治")
    assert not any(ticked for name, (_, ticked) in (await proposed(meeting)).items() if name[:2] in ("赵一", "钱二"))
    await agenda.add(meeting, "", by=world.secretary, matter=await matter(world, world.grid, "楼前晾晒"))
    found = {name[:2]: (why, ticked) for name, (why, ticked) in (await proposed(meeting)).items()}
    assert found["赵一"] == ("有议题来自这里：第一网格", True)
    assert not found["钱二"][1]
    assert "第二网格" in found["钱二"][0]


async def test_a_unit_is_concerned_by_its_subject_or_its_name_and_only_then_must_send_somebody(world):
    await add_unit("长风供热公司", "utility", world.street, by=world.operator)
    meeting = await drafted(world, title="小区停车秩序")
    found = await proposed(meeting)
    assert found["许强 安居物业公司"] == ("议题与其有关：停车", True)
    assert not found["韩雪 和平宾馆"][1]
    await agenda.add(meeting, "和平宾馆门口停车", by=world.secretary)
    assert (await proposed(meeting))["韩雪 和平宾馆"] == ("议题里提到了它", True)
    keys = [f"person:{world.hotel_secretary.id}"]
    await invite(meeting, "unit_representative", await guests.chosen(meeting, keys), by=world.secretary)
    assert (await Invitation.get(meeting_id=meeting.id)).duty


async def test_a_unit_invited_without_a_topic_that_concerns_it_owes_nothing(world):
    meeting = await drafted(world, title="环境整治")
    [suggestion] = [one for _, group in await guests.suggested(meeting) for one in group if one.guest.unit and one.guest.unit.id == world.hotel.id]
    await invite(meeting, "unit_representative", [suggestion.guest], by=world.secretary)
    assert not (await Invitation.get(meeting_id=meeting.id)).duty


async def test_a_unit_with_the_duty_sends_somebody_else_but_not_nobody(world):
    held = await called(world)
    mine = held.invited["hotel_secretary"]
    with pytest.raises(Refusal) as refused:
        await reply(mine, "no", by=world.hotel_secretary)
    assert refused.value.field == "substitute"
    await reply(mine, "substitute", by=world.hotel_secretary, substitute="孙丽")
    await reply(held.invited["resident"], "no", by=world.resident)
    assert (await Invitation.get(id=mine.id)).substitute == "孙丽"


async def test_whose_term_ends_before_the_meeting_is_not_proposed_and_a_seat_goes_with_its_office(world):
    term = await grant(world.deputy, "supervisor", by=world.operator, place=world.community)
    meeting = await drafted(world, starts_at=clock.now() + timedelta(days=20))

    async def proposed() -> list[str]:
        return [one.guest.label for row, there in await guests.suggested(meeting) if row.code == "supervisor" for one in there]

    assert await proposed() == ["沈涛 长风社区"]
    await end_office(term, clock.today() + timedelta(days=19), by=world.operator)
    assert await proposed() == []
    held = await called(world)
    await invite(held.meeting, "supervisor", [Guest("沈涛", person=world.deputy)], by=world.secretary)
    [seat] = await Invitation.filter(meeting_id=held.meeting.id, person_id=world.deputy.id)
    await Office.filter(id=term.id).update(first_day=clock.today() - timedelta(days=9), last_day=clock.today() - timedelta(days=1))
    with pytest.raises(Conflict, match="任期已满"):
        await roll.tick(seat, held.meeting, by=world.secretary)
    await Office.filter(id=term.id).update(last_day=clock.today())
    assert await roll.tick(seat, held.meeting, by=world.secretary)


async def test_nobody_sits_for_an_elected_representative_or_a_party_member(world, browser_of):
    held = await called(world)
    mine = held.invited["resident"]
    shown = {"RC_REPS": 0, "PARTY_BRANCH": 0, "DELIBERATION": 1}
    for rule, forms in shown.items():
        await Meeting.filter(id=held.meeting.id).update(rule_id=rule)
        page = soup(await (await browser_of(world.resident)).get(f"/meetings/{held.meeting.id}"))
        assert len(page.select("input[name=substitute]")) == forms, rule
        if not forms:
            with pytest.raises(Refusal, match="本人"):
                await reply(mine, "substitute", by=world.resident, substitute="王小明")
    await reply(mine, "substitute", by=world.resident, substitute="王小明")


async def test_people_entered_at_the_community_are_found_for_the_council_of_a_grid(world):
    meeting = await drafted(world, "alliance_council")
    [found] = await guests.people(meeting, "许强")
    assert (found.person.id, found.label) == (world.manager.id, "许强 长风社区")
    assert [one.person.id for one in await guests.chosen(meeting, [f"person:{world.manager.id}"])] == [world.manager.id]
    assert not await guests.people(meeting, "陈思远")  # lives in another grid
    assert not await guests.chosen(meeting, [f"person:{world.across.id}", f"person:{world.outsider.id}"])


@pytest.mark.parametrize(
    ("text", "group", "unit", "concerned"),
    [
        ("小区停车位", "property_manager", "", True),
        ("整栋暖气不热", "utility", "长风供热公司", True),
        ("整栋暖气不热", "utility", "燃气公司", False),
        ("煤气管道改造", "utility", "天津燃气集团", True),
        ("广场舞音响", "department_officer", "丁山街道综合行政执法队", True),
        ("安居物业", "property_manager", "安居物业公司", True),
        ("春节慰问", "property_manager", "安居物业公司", False),
    ],
)
def test_a_subject_concerns_those_who_have_to_do_with_it(text, group, unit, concerned):
    assert (reason([text], group, unit) is not None) is concerned


def test_a_text_without_a_known_subject_concerns_nobody():
    assert subjects(["春节慰问"]) == ()


async def crowd(world, number: int) -> list[Person]:
    await Person.bulk_create([Person(name=f"居民{n}", name_key="", place_id=world.grid.id) for n in range(number)])
    return await Person.filter(name__startswith="居民").order_by("id")


@pytest.mark.parametrize("number", [3, 2303])
async def test_two_thousand_are_invited_and_told_in_as_many_statements_as_three(world, number):
    people = await crowd(world, number)
    meeting = await drafted(world)
    await agenda.add(meeting, "停车秩序维护办法", by=world.secretary)
    async with Statements() as inviting:
        await invite(meeting, "resident", [Guest(one.name, person=one) for one in people], by=world.secretary)
    await invite(meeting, "resident_representative", [Guest(world.resident.name, person=world.resident)], by=world.secretary)
    await agenda.give_notice(meeting, by=world.secretary, temporary_reason=REASON)
    async with Statements() as telling:
        await summons._tell(meeting, "meeting.called")
    assert 0 < len(inviting) <= 10, inviting
    assert 0 < len(telling) <= 10, telling
    assert await Notice.filter(subject="Meeting", subject_id=meeting.id).count() == number + 1
    assert await Delivery.filter(channel="inbox", state="done").count() == number + 1
    assert await Delivery.filter(channel="slip", state="waiting").count() == number + 1
    assert await Invitation.filter(meeting_id=meeting.id, told_at__isnull=False).count() == number + 1
    assert meeting.title in str((await inbox.of(people[-1])).rows[0].phrase)


async def test_the_count_of_statements_would_notice_one_a_person(world):
    people = await crowd(world, 20)
    async with Statements() as seen:
        for one in people:
            await Notice.create(person=one, message="x", at=clock.now())
    assert len(seen) == 20
