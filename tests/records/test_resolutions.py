"""Resolutions: what was carried, what it is worth, and the owners' vote counted on paper by two persons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.people import Visitor
from council.neighbourhood.registers import Register, RegisterLine
from council.proceedings.ballots import Ballot, PaperCount
from council.proceedings.conduct import open_ballot
from council.proceedings.papercounts import differing, sheets
from council.proceedings.questions import draw, draw_outside
from council.proceedings.resolutions import Resolution, count_paper
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from tests.room import PARKING, room

METRE = 10_000  # cm²


def sheet(yes=(211, 12_640), no=(50, 3_000), abstain=(18, 1_100), spoiled=(2, 110), participating=(281, 16_850)):
    lines = {"participating": participating, "yes": yes, "no": no, "abstain": abstain, "spoiled": spoiled}
    return {line: {"persons": persons, "area_cm2": area * METRE} for line, (persons, area) in lines.items()}


@pytest.fixture
async def owners(world):
    """S1: 420 owners of 60 m² each, 25,200.00 m² together; the vote on changing the use of a common area is open."""
    register = await Register.create(kind="owners", place=world.community, source="不动产登记摘录", made_at=clock.now())
    lines = [RegisterLine(register_id=register.id, name="业主", address=f"{n}号", area_cm2=60 * METRE) for n in range(420)]
    await RegisterLine.bulk_create(lines, batch_size=100)
    ballot = await draw_outside(world.community, PARKING, by=world.secretary, register=register, owners_item=8)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=15))
    assert (ballot.rule_id, ballot.entitled, ballot.entitled_area) == ("OWN_SPECIAL", 420, 25_200 * METRE)
    return ballot


async def test_s1_two_equal_counts_close_declare_and_resolve(owners, world):
    assert await count_paper(owners, sheet(), by=world.secretary) is None
    resolution = await count_paper(await Ballot.get(id=owners.id), sheet(), by=world.clerk)
    ballot = await Ballot.get(id=owners.id)
    assert (ballot.stage, ballot.cast) == ("declared", 281)
    assert ballot.decision["needed"] == {"persons": 211, "area_cm2": 126_375_000}
    assert (resolution.legal_effect, resolution.needs_owners) == ("OWNERS_DECISION", False)
    assert "INDICATIVE" not in ballot.decision["flags"]
    assert resolution.allowed_task_kinds() == ("carry_out", "answer")
    assert "12,640.00" in " ".join(ballot.decision["arithmetic_zh_Hans_CN"])


async def test_s1_two_hundred_and_ten_are_not_enough(owners, world):
    short = sheet(yes=(210, 12_640), no=(51, 3_000))
    await count_paper(owners, short, by=world.secretary)
    assert await count_paper(await Ballot.get(id=owners.id), short, by=world.clerk) is None
    assert (await Ballot.get(id=owners.id)).decision["carried"] is False
    assert not await Resolution.exists()


async def test_unequal_counts_block_and_are_shown_to_both_only_after_their_own(owners, world):
    await count_paper(owners, sheet(), by=world.secretary)
    assert await sheets(owners, world.clerk) == []
    await count_paper(owners, sheet(yes=(210, 12_580), no=(51, 3_060)), by=world.clerk)
    assert (await Ballot.get(id=owners.id)).stage == "open"
    shown = await sheets(owners, world.secretary)
    assert [person.name for _, person in shown] == ["周敏", "蒋文"]
    assert differing([count for count, _ in shown]) == [("yes", "persons"), ("yes", "area_cm2"), ("no", "persons"), ("no", "area_cm2")]
    assert await count_paper(await Ballot.get(id=owners.id), sheet(), by=world.clerk)


async def test_one_person_counting_twice_is_one_count(owners, world):
    for _ in range(2):
        assert await count_paper(owners, sheet(), by=world.secretary) is None
    assert await PaperCount.filter(ballot_id=owners.id).count() == 1
    assert (await Ballot.get(id=owners.id)).stage == "open"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"participating": (421, 25_000)}, "participating.persons"),
        ({"participating": (281, 25_201)}, "participating.area_cm2"),
        ({"yes": (211, 0)}, "yes.area_cm2"),
        ({"spoiled": (3, 110)}, "spoiled.persons"),
        ({"abstain": (17, 1_100)}, "participating.persons"),
        ({"no": (-1, 3_000)}, "no.persons"),
    ],
)
async def test_numbers_that_cannot_be_are_refused_by_name(owners, world, wrong, field):
    with pytest.raises(Refusal) as refused:
        await count_paper(owners, sheet(**wrong), by=world.secretary)
    assert refused.value.field == field
    assert not await PaperCount.exists()


async def test_only_those_who_conduct_it_count_and_nobody_votes_on_a_screen(owners, world):
    with pytest.raises(Forbidden):
        await count_paper(owners, sheet(), by=world.resident)
    with pytest.raises(Forbidden):
        await count_paper(owners, sheet(), by=world.beside_secretary)


async def test_an_owners_vote_names_its_item_and_half_is_enough_for_an_ordinary_one(owners, world):
    register = await Register.first()
    with pytest.raises(Refusal) as refused:
        await draw_outside(world.community, "续聘物业公司", by=world.secretary, register=register)
    assert refused.value.field == "owners_item"
    assert (await draw_outside(world.community, "续聘物业公司", by=world.secretary, register=register, owners_item=4)).rule_id == "OWN_ORD"


async def test_numbers_run_within_the_community_and_are_never_given_twice(world):
    hall = await room(world, listed=3, present=3)
    numbers = []
    for text in ("先划12个车位试行一个月。", "试行后再议其余车位。"):
        ballot = await hall.ballot(text=text)
        await hall.vote(ballot, yes=3)
        numbers.append((await hall.finish(ballot)).number)
    assert [number[-1] for number in numbers] == ["1", "2"]


async def test_only_a_declared_and_carried_ballot_becomes_a_resolution_and_only_once(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    with pytest.raises(Conflict):
        await Resolution.adopt(ballot, by=hall.chair)
    await hall.vote(ballot, yes=3)
    await hall.finish(ballot)
    with pytest.raises(Conflict):
        await Resolution.adopt(ballot, by=hall.chair)
    assert await Resolution.all().count() == 1


async def test_a_carried_amendment_is_no_resolution(world):
    hall = await room(world, listed=3, present=3)
    proposal = await hall.proposal()
    amendment = await proposal.amend("改为20个车位。", by=hall.members[2])
    await amendment.second(by=hall.members[0])
    ballot = await draw(hall.item, by=hall.chair, proposal=amendment)
    await open_ballot(ballot, by=hall.chair)
    await hall.vote(ballot, yes=3)
    assert await hall.finish(ballot) is None


async def test_a_promise_between_neighbours_is_seen_by_those_it_concerns(world):
    hall = await room(world, listed=2, present=2, kind="grid_neighbourhood_meeting", private=True, place=world.grid, path=world.grid.path)
    promise = await Resolution.promise(hall.item, "11月30日前，502住户更换卫生间地漏。", by=hall.chair)
    assert (promise.private, promise.ballot_id) == (True, None)
    for inside in (hall.members[0], world.secretary, world.grid_secretary):
        assert await Resolution.seen_by(inside, promise.id)
    for outside in (Visitor(), world.across, world.outsider, world.beside_secretary):
        with pytest.raises(NotFound):
            await Resolution.seen_by(outside, promise.id)


async def test_elsewhere_the_members_vote_and_no_promise_is_recorded(world):
    hall = await room(world, listed=2, present=2)
    with pytest.raises(Conflict):
        await Resolution.promise(hall.item, "物业月底前装好路灯。", by=hall.chair)
