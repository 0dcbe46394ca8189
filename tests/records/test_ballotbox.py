"""The ballot box: one vote a voter however hard they press, paper and phone in one lock, every voter an own answer."""

from __future__ import annotations

import asyncio

import pytest
from tortoise import connections

from council import clock
from council.db import sql
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Person
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Entitlement, Vote
from council.proceedings.conduct import close_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, Refusal
from tests.room import room


@pytest.fixture
async def hall(world):
    return await room(world, listed=5, present=5)


async def press(ballot, voter, times=64):
    choices = ["yes", "no", "abstain"]
    return await asyncio.gather(*(ballotbox.cast(ballot, choices[n % 3], by=voter) for n in range(times)))


async def test_sixty_four_presses_of_one_voter_are_one_vote_and_one_receipt(hall):
    ballot = await hall.ballot()
    answers = await press(ballot, hall.members[0])
    assert sorted(answer.news for answer in answers) == ["already"] * 63 + ["taken"]
    assert len({answer.receipt for answer in answers}) == 1
    assert await Vote.filter(ballot_id=ballot.id).count() == 1
    assert (await Ballot.get(id=ballot.id)).cast == 1


async def test_without_the_constraint_the_same_presses_are_many_votes(hall):
    """The positive control: the database's own promise is what the test before relies on."""
    ballot = await hall.ballot()
    await without_constraint()
    await press(ballot, hall.members[0])
    assert await Vote.filter(ballot_id=ballot.id).count() > 1


async def without_constraint():
    """The vote table as it is, but for its promise that a voter stands in it once."""
    async with writing():
        if connections.get("default").capabilities.dialect == "sqlite":
            await sql("CREATE TABLE loose AS SELECT * FROM vote WHERE 0")
            await sql("DROP TABLE vote")
            await sql("CREATE TABLE vote (id INTEGER PRIMARY KEY, ballot_id INT, voter TEXT, choice TEXT, channel TEXT, entered_by_id INT,"
                      " sealed TEXT, proxy_id INT, witness TEXT, checked_by_id INT, checked_at TIMESTAMP, attempts JSON,"
                      " cast_at TIMESTAMP, changes JSON, receipt TEXT)")  # fmt: skip
            return
        rows = await sql("SELECT conname FROM pg_constraint WHERE conrelid = 'vote'::regclass AND contype = 'u'")
        for row in rows:
            await sql(f'ALTER TABLE vote DROP CONSTRAINT "{row["conname"]}"')
        for row in await sql("SELECT indexname FROM pg_indexes WHERE tablename = 'vote' AND indexdef LIKE '%UNIQUE%voter%'"):
            await sql(f'DROP INDEX "{row["indexname"]}"')


async def test_everybody_votes_at_once_and_the_count_is_the_rows(world):
    hall = await room(world, listed=40, present=40)
    ballot = await hall.ballot()
    answers = await asyncio.gather(*(ballotbox.cast(ballot, "yes", by=member) for member in hall.members))
    assert {answer.news for answer in answers} == {"taken"}
    assert len({answer.receipt for answer in answers}) == 40
    await close_ballot(ballot, by=hall.chair)
    assert (ballot.counts, ballot.cast) == ({"yes": 40}, 40)


@pytest.mark.parametrize("turn", range(6))
async def test_a_closing_that_races_with_votes_publishes_what_was_acknowledged(world, turn):
    hall = await room(world, listed=20, present=20)
    ballot = await hall.ballot()
    late = [asyncio.create_task(ballotbox.cast(ballot, "yes", by=member)) for member in hall.members]
    for _ in range(turn * 3):
        await asyncio.sleep(0)
    await close_ballot(ballot, by=hall.chair)
    answers = await asyncio.gather(*late, return_exceptions=True)
    taken = [answer for answer in answers if isinstance(answer, ballotbox.Answer)]
    assert all(isinstance(answer, ballotbox.Answer | Conflict) for answer in answers)
    assert sum(ballot.counts.values()) == ballot.cast == len(taken) == await Vote.filter(ballot_id=ballot.id).count()


async def test_a_vote_is_changed_until_the_closing_and_what_was_before_is_kept(hall):
    ballot = await hall.ballot()
    first = await ballotbox.cast(ballot, "yes", by=hall.members[0])
    second = await ballotbox.change(ballot, "no", by=hall.members[0], after=0)
    assert (second.news, second.receipt) == ("changed", first.receipt)
    vote = await Vote.get(ballot_id=ballot.id)
    assert (vote.choice, [change["choice"] for change in vote.changes]) == ("no", ["yes"])
    assert (await Ballot.get(id=ballot.id)).cast == 1
    await close_ballot(ballot, by=hall.chair)
    with pytest.raises(Conflict):
        await ballotbox.change(ballot, "yes", by=hall.members[0], after=1)
    assert ballot.counts == {"no": 1}


async def test_a_change_on_an_older_look_is_refused(hall):
    ballot = await hall.ballot()
    await ballotbox.cast(ballot, "yes", by=hall.members[0])
    await ballotbox.change(ballot, "no", by=hall.members[0], after=0)
    with pytest.raises(Conflict):
        await ballotbox.change(ballot, "abstain", by=hall.members[0], after=0)


async def test_what_is_not_offered_is_refused_and_spoils_nobody_elses_vote(hall):
    ballot = await hall.ballot()
    for wrong in ("", "YES", "1", "yes ", "maybe"):
        with pytest.raises(Refusal):
            await ballotbox.cast(ballot, wrong, by=hall.members[0])
    answers = await asyncio.gather(
        ballotbox.cast(ballot, "yes", by=hall.members[0]),
        ballotbox.cast(ballot, "yes", by=hall.world.outsider),
        ballotbox.cast(ballot, "no", by=hall.members[1]),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [ballotbox.Answer, Forbidden, ballotbox.Answer]


async def test_paper_and_phone_share_one_lock(hall):
    ballot = await hall.ballot()
    voters = await Entitlement.filter(ballot_id=ballot.id).order_by("id").values_list("voter", flat=True)
    await ballotbox.enter_paper(ballot, voters[0], "no", by=hall.world.clerk)
    assert (await ballotbox.cast(ballot, "yes", by=hall.members[0])).channel == "paper"
    await ballotbox.cast(ballot, "yes", by=hall.members[1])
    with pytest.raises(Conflict):
        await ballotbox.enter_paper(ballot, voters[1], "no", by=hall.world.clerk)
    assert sorted(await Vote.filter(ballot_id=ballot.id).values_list("choice", flat=True)) == ["no", "yes"]
    assert await Entry.filter(act="ballot.paper_conflict", subject_id=ballot.id).count() == 1


async def test_only_the_recorder_or_the_chair_enters_paper_and_only_for_the_listed(hall):
    ballot = await hall.ballot()
    voter = (await Entitlement.filter(ballot_id=ballot.id).first()).voter
    with pytest.raises(Forbidden):
        await ballotbox.enter_paper(ballot, voter, "yes", by=hall.members[1])
    with pytest.raises(Forbidden):
        await ballotbox.enter_paper(ballot, "invitation:99999", "yes", by=hall.world.clerk)


async def test_the_journal_says_who_voted_and_never_what(hall):
    ballot = await hall.ballot()
    await ballotbox.cast(ballot, "yes", by=hall.members[0])
    entry = await Entry.filter(act="ballot.voted").first()
    assert entry.numbers["voter"].startswith("invitation:")
    assert b"yes" not in entry.canonical()


async def test_a_fault_in_one_turn_is_told_to_its_voters_and_the_next_turn_works(hall, monkeypatch):
    ballot = await hall.ballot()
    take = ballotbox._take

    async def broken(slips):
        raise OSError("disk full")

    monkeypatch.setattr(ballotbox, "_take", broken)
    with pytest.raises(OSError):
        await ballotbox.cast(ballot, "yes", by=hall.members[0])
    monkeypatch.setattr(ballotbox, "_take", take)
    assert (await ballotbox.cast(ballot, "yes", by=hall.members[0])).news == "taken"


async def test_whoever_has_moved_away_votes_no_more_from_their_seat_but_a_substitute_does(hall, world):
    ballot, member = await hall.ballot(), hall.members[4]
    seat = await Seat.get(id=next(number for kind, number in member.carries if kind == "Seat"))
    invited = Invitation.filter(id=seat.invitation_id)
    await invited.update(person_id=world.resident.id)
    await Person.filter(id=world.resident.id).update(last_day=clock.today())
    with pytest.raises(Forbidden):
        await ballotbox.cast(ballot, "yes", by=member)
    await invited.update(substitute="刘洋")
    assert (await ballotbox.cast(ballot, "yes", by=member)).news == "taken"
