"""Who votes and for whom: lists and their owners, households and their voice, written authorities, papers from door to door."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from tortoise.exceptions import IntegrityError

from council import clock
from council.db import sql
from council.neighbourhood import identities
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Visitor
from council.neighbourhood.registers import Owner, RegisterLine, enter_owners
from council.proceedings import ballotbox, proxies, reaching, rollobjections
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot, declare_ballot, open_ballot
from council.proceedings.proxies import Proxy, Voice
from council.proceedings.questions import Way, draw_outside
from council.refusals import Conflict, Forbidden, Refusal

EACH = Way(holding="each")
ONE_HOME, TWO_HOMES = 885_000, 1_760_000


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


async def over(ballot: Ballot) -> Ballot:
    """Its time has run out."""
    await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
    found = await Ballot.get(id=ballot.id)
    await close_ballot(found, by=None)
    return found


async def opened(ballot: Ballot, by) -> Ballot:
    await open_ballot(ballot, by=by, closes_at=clock.now() + timedelta(days=3))
    return ballot


@pytest.fixture
async def register(world):
    owners = [
        Owner("王秀兰", ("3号楼402", "3号楼502"), TWO_HOMES), Owner("李建国、陈思远", ("8号楼101",), ONE_HOME),
        Owner("长风置业", ("9号楼101",), 400),
    ]  # fmt: skip
    async with writing():
        return await enter_owners(owners, world.community, "登记簿摘录", by=world.secretary)


async def line_of(register, name) -> RegisterLine:
    return await RegisterLine.get(register_id=register.id, name__startswith=name)


@pytest.fixture
async def owners_vote(world, register):
    return await draw_outside(world.community, "是否续聘物业公司", by=world.secretary, register=register, owners_item=4, way=EACH)


async def test_an_owner_confirmed_at_the_desk_votes_by_phone_with_all_their_area(world, register, owners_vote):
    await identities.confirm(await line_of(register, "王秀兰"), world.resident, by=world.clerk)
    await opened(owners_vote, world.secretary)
    assert (owners_vote.entitled, owners_vote.entitled_area) == (3, TWO_HOMES + ONE_HOME + 400)
    assert (await ballotbox.cast(owners_vote, "yes", by=world.resident)).news == "taken"
    with pytest.raises(Forbidden):
        await ballotbox.cast(owners_vote, "yes", by=world.neighbour)
    closed = await over(owners_vote)
    assert closed.figures["yes"] == closed.figures["participating"] == {"persons": 1, "area_cm2": TWO_HOMES}
    decision = await declare_ballot(closed, by=world.secretary)
    assert decision.quorate is False
    assert "INDICATIVE" in decision.flags


async def test_owners_of_one_home_together_have_one_vote(world, register, owners_vote):
    line = await line_of(register, "李建国")
    await identities.confirm(line, world.neighbour, by=world.clerk)
    await identities.confirm(line, world.across, by=world.clerk)
    await opened(owners_vote, world.secretary)
    first = await ballotbox.cast(owners_vote, "yes", by=world.neighbour)
    second = await ballotbox.cast(owners_vote, "no", by=world.across)
    assert (second.news, second.receipt) == ("already", first.receipt)
    assert (await Ballot.get(id=owners_vote.id)).cast == 1


async def test_one_person_stands_for_one_line_until_two_lines_are_joined(world, register):
    line, other = await line_of(register, "王秀兰"), await line_of(register, "长风置业")
    await identities.confirm(line, world.resident, by=world.clerk)
    with pytest.raises(Conflict):
        await identities.confirm(other, world.resident, by=world.clerk)
    with pytest.raises(Forbidden):
        await identities.confirm(other, world.neighbour, by=world.neighbour)
    joined = await identities.join(other, line, by=world.secretary)
    assert (joined.area_cm2, joined.homes) == (TWO_HOMES + 400, 3)
    assert (await register.totals()).persons == 2


async def test_a_code_opens_a_line_once_for_whoever_has_the_slip(world, register, owners_vote):
    line = await line_of(register, "王秀兰")
    [(_, code)] = await identities.issue_codes(register, [line.id], by=world.clerk)
    with pytest.raises(Refusal):
        await identities.by_code(register, code[:4] + "222222", None)
    assert (await identities.by_code(register, code.lower(), None)).id == line.id
    with pytest.raises(Refusal):
        await identities.by_code(register, code, None)
    await opened(owners_vote, world.secretary)
    holding = Visitor(frozenset({("RegisterLine", line.id)}))
    assert (await ballotbox.cast(owners_vote, "no", by=holding)).news == "taken"


async def test_five_wrong_tries_close_a_code(world, register):
    line = await line_of(register, "王秀兰")
    [(_, code)] = await identities.issue_codes(register, [line.id], by=world.clerk)
    for _ in range(5):
        with pytest.raises(Refusal):
            await identities.by_code(register, code[:4] + "222222", None)
    with pytest.raises(Refusal) as refused:
        await identities.by_code(register, code, None)
    assert refused.value.status == 409


@pytest.fixture
async def households_vote(world):
    return await draw_outside(world.grid, "是否同意在楼下装充电桩", by=world.secretary)


async def test_a_household_names_who_votes_for_it_and_may_name_another(world, households_vote):
    await world.neighbour.update_from_dict({"household_id": world.resident.household_id}).save()
    await opened(households_vote, world.secretary)
    await proxies.name_voice(households_vote, world.neighbour, by=world.resident)
    with pytest.raises(Forbidden):
        await ballotbox.cast(households_vote, "yes", by=world.resident)
    await proxies.name_voice(households_vote, world.resident, by=world.neighbour)
    assert (await ballotbox.cast(households_vote, "yes", by=world.resident)).news == "taken"
    assert [voice.ended_at is None for voice in await Voice.of(households_vote, f"household:{world.resident.household_id}")] == [False, True]
    with pytest.raises(Refusal):
        await proxies.name_voice(households_vote, world.across, by=world.resident)


async def test_a_second_vote_in_a_household_is_kept_as_a_conflict_for_both_to_see(world, households_vote):
    await world.neighbour.update_from_dict({"household_id": world.resident.household_id}).save()
    await opened(households_vote, world.secretary)
    await ballotbox.cast(households_vote, "yes", by=world.resident)
    assert (await ballotbox.cast(households_vote, "no", by=world.neighbour)).news == "already"
    vote = await Vote.get()
    assert (vote.choice, [one["by"] for one in vote.attempts]) == ("yes", [world.neighbour.id])
    assert "no" not in str(vote.attempts)
    assert await Entry.filter(act="ballot.conflict").count() == 1


async def test_everybody_adult_of_the_area_or_its_representatives_may_be_asked(world):
    grown = await draw_outside(world.grid, "要不要在楼下装充电桩", by=world.secretary, way=Way(electorate="persons"))
    await opened(grown, world.secretary)
    assert (await ballotbox.cast(grown, "yes", by=world.resident)).news == "taken"
    with pytest.raises(Forbidden):
        await ballotbox.cast(grown, "yes", by=world.across)
    from council.neighbourhood.registry import grant

    await grant(world.across, "resident_representative", by=world.secretary, place=world.other_grid)
    asked = await draw_outside(world.community, "要不要改活动室时间", by=world.secretary, way=Way(electorate="representatives"))
    await opened(asked, world.secretary)
    assert (asked.entitled, (await ballotbox.cast(asked, "yes", by=world.across)).news) == (1, "taken")


async def test_papers_from_the_door_need_a_witness_and_a_second_reader(world, households_vote):
    ballot = await opened(households_vote, world.secretary)
    home = f"household:{world.resident.household_id}"
    with pytest.raises(Refusal):
        await ballotbox.enter_paper(ballot, home, "no", by=world.grid_worker, channel="door")
    await ballotbox.enter_paper(ballot, home, "no", by=world.grid_worker, channel="door", witness="赵大爷")
    await reaching.keep_photo(ballot, home, photo(), by=world.grid_worker)
    vote = await Vote.get()
    with pytest.raises(Conflict):
        await reaching.check_paper(vote, "no", by=world.grid_worker)
    assert [label for _, label in await reaching.waiting(ballot, world.clerk)] == ["3号楼402"]
    with pytest.raises(Refusal):
        await reaching.check_paper(vote, "yes", by=world.clerk)
    assert (await ballotbox.correct_paper(ballot, vote, "yes", by=world.grid_worker)).news == "changed"
    closed = await over(ballot)
    with pytest.raises(Conflict):
        await declare_ballot(closed, by=world.secretary)
    await reaching.check_paper(await Vote.get(), "yes", by=world.clerk)
    await declare_ballot(closed, by=world.secretary)
    assert closed.counts == {"yes": 1}


async def test_the_list_for_going_round_names_who_is_not_reached_floor_by_floor(world, households_vote):
    ballot = await opened(households_vote, world.secretary)
    floors = await reaching.not_reached(ballot, by=world.grid_worker)
    assert [(one.building, one.number, [door.label for door in one.doors]) for one in floors] == [("3号楼", 4, ["402"]), ("3号楼", 5, ["502"])]
    await ballotbox.cast(ballot, "yes", by=world.resident)
    assert [one.number for one in await reaching.not_reached(ballot, "3号楼", by=world.grid_worker)] == [5]
    with pytest.raises(Forbidden):
        await reaching.not_reached(ballot, by=world.resident)


async def test_a_written_authority_is_checked_when_the_vote_is_cast(world, register, owners_vote):
    ballot = await opened(owners_vote, world.secretary)
    keys = [f"line:{line.id}" for line in await RegisterLine.filter(register_id=register.id)]
    with pytest.raises(Refusal):
        await proxies.authorise(ballot, keys[0], world.across, clock.today(), b"", by=world.secretary)
    given = await proxies.authorise(ballot, keys[0], world.across, clock.today(), photo(), by=world.secretary)
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=world.neighbour, proxy=given)
    assert (await ballotbox.cast(ballot, "yes", by=world.across, proxy=given)).news == "taken"
    assert (await Vote.get()).proxy_id == given.id
    other = await proxies.authorise(ballot, keys[1], world.across, clock.today(), photo(), by=world.secretary)
    await proxies.withdraw(other, by=world.secretary)
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=world.across, proxy=other)


async def test_authorities_are_bounded_also_when_one_slipped_past_the_desk(world, register, owners_vote):
    """The bound is asked again in the casting transaction: rows put beside the verb open nothing."""
    ballot = await opened(owners_vote, world.secretary)
    key = f"line:{(await line_of(register, '王秀兰')).id}"
    given = await proxies.authorise(ballot, key, world.across, clock.today(), photo(), by=world.secretary)
    for number in range(3):
        await Proxy.create(ballot=ballot, voter=f"line:9{number}", holder=world.across, written_on=clock.today(), made_at=clock.now())
    with pytest.raises(Conflict):
        await ballotbox.cast(ballot, "yes", by=world.across, proxy=given)


async def test_where_the_rule_knows_no_proxies_none_is_entered(world, households_vote):
    ballot = await opened(households_vote, world.secretary)
    with pytest.raises(Conflict):
        await proxies.authorise(ballot, f"household:{world.resident.household_id}", world.across, clock.today(), photo(), by=world.secretary)


async def test_an_objection_to_the_list_is_answered_before_anything_opens(world, households_vote):
    made = await rollobjections.object_to_roll(households_vote, "3号楼602没有列入", by=world.resident)
    with pytest.raises(Forbidden):
        await rollobjections.object_to_roll(households_vote, "3号楼602没有列入", by=world.outsider)
    with pytest.raises(Conflict):
        await opened(households_vote, world.secretary)
    await rollobjections.answer(made, "已核实并补入名册", by=world.secretary)
    await opened(await Ballot.get(id=households_vote.id), world.secretary)
    with pytest.raises(Forbidden):
        await rollobjections.object_to_roll(await Ballot.get(id=households_vote.id), "太晚了吗", by=world.resident)


async def test_the_roll_is_kept_as_it_stood_at_opening_and_at_closing(world, households_vote):
    ballot = await opened(households_vote, world.secretary)
    await ballotbox.cast(ballot, "yes", by=world.resident)
    closed = await over(ballot)
    assert 0 < closed.roll_opened < closed.roll_closed


FROZEN = (
    "question = 'x'", "options = '[\"a\"]'", "terms = '{\"a\": 1}'", "rule_id = 'RC_REPS'", "electorate = 'persons'", "entitled = 9",
    "method = 'points'", "owners_item = 3",
)  # fmt: skip


@pytest.mark.parametrize("change", FROZEN)
async def test_what_people_voted_on_stays_as_it_was_from_the_first_vote(world, households_vote, change):
    ballot = await opened(households_vote, world.secretary)
    await sql_within(f"UPDATE ballot SET {change}, reason = '' WHERE id = ?", ballot.id)  # the control: before the first vote it goes through
    await sql_within("UPDATE ballot SET question = 'a', options = '[]', terms = '{}', rule_id = 'a', electorate = 'households', method = 'a', "
                     "entitled = 2, owners_item = NULL WHERE id = ?", ballot.id)  # fmt: skip
    await Ballot.filter(id=ballot.id).update(cast=1)
    with pytest.raises(IntegrityError):
        await sql_within(f"UPDATE ballot SET {change} WHERE id = ?", ballot.id)
    await sql_within("UPDATE ballot SET reason = 'b' WHERE id = ?", ballot.id)


async def sql_within(statement, number):
    async with writing():
        await sql(statement, number)


@pytest.mark.parametrize("change", ["DELETE FROM entitlement WHERE ballot_id = ?", "UPDATE entitlement SET area_cm2 = 5 WHERE ballot_id = ?",
                                    "INSERT INTO entitlement (ballot_id, voter, label, area_cm2) VALUES (?, 'household:77', '', 0)"])  # fmt: skip
async def test_nobody_comes_or_goes_after_the_first_vote(world, households_vote, change):
    ballot = await opened(households_vote, world.secretary)
    await ballotbox.cast(ballot, "yes", by=world.resident)
    with pytest.raises(IntegrityError):
        await sql_within(change, ballot.id)
