"""Taken back by whoever brought it, with a reason, before anything was decided."""

from __future__ import annotations

import asyncio

import pytest

from council import clock
from council.neighbourhood.journal import history, listen, silence
from council.neighbourhood.people import Visitor
from council.proceedings.matters import Matter
from council.proceedings.reporting import Told, report
from council.proceedings.resolutions import Resolution
from council.proceedings.sight import Wanted, listed
from council.proceedings.timeline import timeline
from council.proceedings.triage import Finding, confirm
from council.proceedings.withdrawals import Withdrawal, withdraw, withdrawable
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.secretariat import tidings
from council.secretariat.inbox import Notice

LAMP = "楼道里的灯坏了三天了，晚上看不见。"


async def taken_in(world, by=None, affair=""):
    matter, _ = await report(Told(LAMP, world.grid), by=by or Visitor())
    if affair:
        await confirm(matter, Finding(affair, "看过现场", publish="yes"), by=world.secretary)
    return matter


def holder(matter):
    return Visitor(frozenset({("Matter", matter.id)}))


@pytest.mark.parametrize("affair", ["", "COLLABORATIVE", "HOUSEHOLD"])
async def test_by_code_or_account_it_is_taken_back_and_stays_so(world, affair):
    for matter, by in ((own := await taken_in(world, world.resident, affair), world.resident), (other := await taken_in(world, None, affair), None)):
        await withdraw(matter, "SOLVED", "邻居修好了", by=by or holder(matter))
        assert (matter.stage, matter.due) == ("withdrawn", None)
        with pytest.raises(Conflict):
            await withdraw(matter, "SOLVED", by=by or holder(matter))
        assert [entry.act for entry in await history(matter)][-1] == "matter.withdrawn"
    assert await Withdrawal.filter(matter_id__in=[own.id, other.id]).count() == 2


async def test_it_leaves_the_public_list_and_stays_with_the_officers(world):
    matter, control = await taken_in(world, affair="COLLABORATIVE"), await taken_in(world, affair="COLLABORATIVE")
    assert {line.id for line in await listed(Visitor(), Wanted())} == {matter.id, control.id}
    await withdraw(matter, "TWICE", by=holder(matter))
    assert [line.id for line in await listed(world.neighbour, Wanted())] == [control.id]
    with pytest.raises(NotFound):
        await Matter.seen_by(world.neighbour, matter.id)
    assert (await Matter.seen_by(world.secretary, matter.id)).stage == "withdrawn"
    assert [line.id for line in await listed(world.secretary, Wanted(state="finished"))] == [matter.id]


async def test_the_timeline_tells_the_reason_in_words(world):
    matter = await taken_in(world)
    await withdraw(matter, "OTHER", "我搬家了，电话13800000001", by=holder(matter))
    now, past, *_ = await timeline(matter)
    assert str(now.word).startswith("现在：反映人已撤回")
    assert "其他原因" in str(past.word)
    assert "搬家" in past.text
    assert "13800000001" not in past.text


async def test_only_whoever_brought_it_takes_it_back(world):
    matter = await taken_in(world, world.resident)
    other = await taken_in(world)
    for stranger in (Visitor(), holder(other), world.neighbour, world.secretary, world.grid_worker, world.operator):
        with pytest.raises(Forbidden):
            await withdraw(matter, "SOLVED", by=stranger)
        assert not await withdrawable(matter, stranger)
    assert await withdrawable(matter, world.resident)


async def test_what_was_decided_or_is_being_worked_on_cannot_be_taken_back(world):
    matter = await taken_in(world, world.resident, "COLLABORATIVE")
    await Resolution.create(matter=matter, place=world.grid, path=world.grid.path, text="修灯", adopted_at=clock.now())
    assert not await withdrawable(matter, world.resident)
    with pytest.raises(Conflict):
        await withdraw(matter, "SOLVED", by=world.resident)
    answered = await taken_in(world, world.resident)
    await answered.reply("灯已换好。", by=world.grid_worker)
    with pytest.raises(Conflict):
        await withdraw(answered, "SOLVED", by=world.resident)
    assert not await Withdrawal.exists()


@pytest.mark.parametrize(("reason", "words", "field"), [("", "", "reason"), ("PAID", "", "reason"), ("OTHER", " ", "words"),
                                                        ("OTHER", "身份证110101199003077758", "words")])  # fmt: skip
async def test_a_reason_is_needed_and_numbers_are_refused(world, reason, words, field):
    matter = await taken_in(world)
    with pytest.raises(Refusal) as refused:
        await withdraw(matter, reason, words, by=holder(matter))
    assert refused.value.field == field
    assert (await Matter.get(id=matter.id)).stage == "reported"


async def test_confirmed_and_taken_back_at_once_one_comes_after_the_other(world):
    matter = await taken_in(world, world.resident)
    mine, theirs = await Matter.get(id=matter.id), await Matter.get(id=matter.id)
    done = await asyncio.gather(
        withdraw(mine, "SOLVED", by=world.resident), confirm(theirs, Finding("COLLABORATIVE", "大家的事", publish="yes"), by=world.secretary),
        return_exceptions=True,
    )  # fmt: skip
    now = await Matter.get(id=matter.id)
    assert (now.stage, now.public) == ("withdrawn", False), done


async def test_whoever_had_confirmed_it_hears_that_it_was_taken_back(world):
    listen(tidings.hear)
    try:
        matter = await taken_in(world, world.resident, "COLLABORATIVE")
        await withdraw(matter, "SOLVED", by=world.resident)
    finally:
        silence(tidings.hear)
    told = [str(notice.phrase) for notice in await Notice.filter(person_id=world.secretary.id)]
    assert told == [f"第 {matter.id} 号事项已由反映人撤回。"]
