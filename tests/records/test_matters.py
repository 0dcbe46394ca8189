"""Matters: taken in once, seen by those they concern, followed to the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tortoise.exceptions import BaseORMException

from council import clock
from council.neighbourhood.journal import Entry, history
from council.neighbourhood.people import Visitor
from council.neighbourhood.sealed import lookup
from council.proceedings.evaluations import Evaluation, rate
from council.proceedings.matters import Matter
from council.proceedings.reporting import Report, Told, code_of, report, sent, title_of
from council.proceedings.sight import Wanted, listed
from council.proceedings.timeline import timeline
from council.proceedings.triage import Finding, confirm
from council.refusals import Conflict, Forbidden, NotFound, Refusal

PARKING = "我们长风这边原来是厂里的家属院，现在没得物业，车子乱停，娃娃上学都过不去，希望社区出个章程收费管起来。"
LEAK = "楼上李家卫生间漏水到我家天花板，上门三次都不给修，请网格出面。"
COVER = "滨江路人行道上有个井盖破了，晚上差点踩空。"


async def taken_in(world, text=PARKING, by=None, **more):
    return await report(Told(text, world.grid, **more), by=by or Visitor())


async def confirmed(world, text, affair, publish="no", **more):
    matter, _ = await taken_in(world, text, **more)
    await confirm(matter, Finding(affair, "大家都这么看", publish=publish), by=world.secretary)
    return matter


async def test_a_report_becomes_a_matter_and_its_code_is_not_kept(world):
    matter, code = await taken_in(world, name="王秀兰", phone="138 0000 0001")
    rows = await Matter.filter(id=matter.id).values()
    assert len(code) == 12
    assert code not in str(rows)
    assert "王秀兰" not in str(rows)
    assert "13800000001" not in str(rows)
    assert (await Matter.with_code(code)).id == matter.id
    assert (matter.reporter_name, matter.phone) == ("王秀兰", "13800000001")


async def test_the_sorter_proposes_and_nothing_is_decided_by_it(world):
    matter, _ = await taken_in(world)
    assert matter.suggestion["class"] == "COLLABORATIVE"
    assert matter.suggestion["reasons"][0]["text"]["zh_Hans_CN"]
    assert (matter.affair, matter.stage, matter.public) == ("", "reported", False)


async def test_the_same_nonce_gives_the_same_matter_and_the_same_code(world):
    first, code = await taken_in(world, nonce="abc")
    again, same = await taken_in(world, nonce="abc")
    other, different = await taken_in(world, nonce="abd")
    assert (first.id, code) == (again.id, same)
    assert (other.id, different) != (first.id, code)
    assert code == code_of("abc")
    assert await sent("abc")
    assert not await sent("")


@pytest.mark.parametrize("where", ["text", "spot", "name"])
async def test_an_identity_card_number_is_refused_and_nothing_is_kept(world, where):
    given = {"text": PARKING, "spot": "", "name": ""} | {where: "我是110101199003077758"}
    with pytest.raises(Refusal) as refused:
        await report(Told(given["text"], world.grid, given["spot"], given["name"]), by=Visitor())
    assert refused.value.field == where
    assert not await Matter.exists()


@pytest.mark.parametrize("phone", ["12", "1380000000138000000013", "abcdefghijk"])
async def test_a_number_nobody_can_ring_is_refused(world, phone):
    with pytest.raises(Refusal):
        await taken_in(world, phone=phone)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("尊敬的领导：您好！我家楼下的路灯坏了。谢谢", "我家楼下的路灯坏了"),
        ("停车难", "停车难"),
        ("电话13800000001，请回电", "电话138****0001，请回电"),
        ("长" * 90, "长" * 39 + "…"),
    ],
)
def test_a_title_is_the_first_sentence_that_says_something(text, title):
    assert title_of(text) == title


async def test_what_is_not_yet_confirmed_is_seen_by_nobody_outside(world):
    matter, _ = await taken_in(world)
    for stranger in (Visitor(), world.neighbour, world.outsider, world.beside_secretary, world.hotel_secretary, world.former, world.officer):
        with pytest.raises(NotFound):
            await Matter.seen_by(stranger, matter.id)
    for entitled in (world.secretary, world.grid_worker, world.street_secretary, Visitor(frozenset({("Matter", matter.id)}))):
        assert (await Matter.seen_by(entitled, matter.id)).id == matter.id


async def test_a_household_matter_is_seen_in_no_list_by_anyone_outside(world):
    private = await confirmed(world, LEAK, "HOUSEHOLD", publish="yes")
    control = await confirmed(world, PARKING, "COLLABORATIVE", publish="yes")
    for stranger in (Visitor(), world.neighbour, world.outsider, world.beside_secretary, world.manager, world.officer):
        seen = [line.id for line in await listed(stranger, Wanted())]
        assert seen == [control.id], stranger
        assert not await listed(stranger, Wanted(affair="HOUSEHOLD"))
        with pytest.raises(NotFound):
            await Matter.seen_by(stranger, private.id)
    assert {private.id, control.id} == {line.id for line in await listed(world.grid_worker, Wanted())}


async def test_the_reporter_sees_her_own_household_matter(world):
    matter, _ = await taken_in(world, LEAK, by=world.resident)
    await confirm(matter, Finding("HOUSEHOLD"), by=world.grid_worker)
    assert await Matter.seen_by(world.resident, matter.id)
    with pytest.raises(NotFound):
        await Matter.seen_by(world.neighbour, matter.id)


async def test_the_database_itself_keeps_household_matters_from_the_public(world):
    private = await confirmed(world, LEAK, "HOUSEHOLD")
    with pytest.raises(BaseORMException):
        await Matter.filter(id=private.id).update(public=True)


async def test_what_the_public_reads_is_de_identified(world):
    matter, _ = await taken_in(world, "我是王秀兰，电话13800000001，3号楼北侧停车太乱", name="王秀兰")
    await confirm(matter, Finding("COLLABORATIVE", "关系大家", publish="yes"), by=world.secretary)
    shown = (await Matter.get(id=matter.id)).public_text
    assert "王秀兰" not in shown
    assert "13800000001" not in shown
    assert "停车太乱" in shown


async def test_a_list_is_paged_by_key_and_filtered(world):
    made = [await confirmed(world, PARKING, "COLLABORATIVE", publish="yes") for _ in range(5)]
    cover = await confirmed(world, COVER, "OFFICIAL", publish="yes")
    first = await listed(Visitor(), Wanted(), limit=3)
    assert [line.id for line in first] == [cover.id, made[4].id, made[3].id, made[2].id]
    rest = await listed(Visitor(), Wanted(before=made[3].id), limit=3)
    assert [line.id for line in rest] == [made[2].id, made[1].id, made[0].id]
    assert [line.id for line in await listed(Visitor(), Wanted(affair="OFFICIAL"))] == [cover.id]
    assert not await listed(Visitor(), Wanted(state="finished"))
    assert len(await listed(Visitor(), Wanted(path=world.grid.path))) == 6
    assert not await listed(Visitor(), Wanted(path=world.other_grid.path))
    assert len(await listed(Visitor(), Wanted(affair="phone", state="; DROP TABLE matter"))) == 6


async def test_an_answer_is_rated_and_the_matter_closed(world):
    matter, _ = await taken_in(world, COVER)
    holder = Visitor(frozenset({("Matter", matter.id)}))
    with pytest.raises(Conflict):
        await rate(matter, "satisfied", by=holder)
    await matter.reply("已换新井盖。", by=world.grid_worker)
    with pytest.raises(Forbidden):
        await rate(matter, "satisfied", by=world.secretary)
    await rate(matter, "satisfied", by=holder)
    assert (await Matter.get(id=matter.id)).stage == "closed"


async def test_not_solved_takes_it_up_again_once(world):
    matter, _ = await taken_in(world, COVER)
    holder = Visitor(frozenset({("Matter", matter.id)}))
    await matter.reply("已换新井盖。", by=world.grid_worker)
    await rate(matter, "not_solved", "还是破的", by=holder)
    assert (matter.stage, matter.reopened) == ("confirmed", 1)
    await matter.reply("又换了一次。", by=world.grid_worker)
    said = await rate(matter, "not_solved", "还是破的", by=holder)
    assert "12345" in str(said)
    assert matter.stage == "closed"
    assert [e.score for e in await Evaluation.filter(matter_id=matter.id)] == ["not_solved", "not_solved"]
    acts = [entry.act for entry in await history(matter)]
    assert acts.count("matter.reopened") == 1
    with pytest.raises(Conflict):
        await rate(matter, "satisfied", by=holder)


async def test_the_timeline_says_first_where_it_stands(world):
    matter, _ = await taken_in(world, name="王秀兰")
    await confirm(matter, Finding("COLLABORATIVE", "王秀兰说得对，电话13800000001"), by=world.secretary)
    steps = await timeline(matter, names=("王秀兰",))
    assert [step.state for step in steps] == ["next", "now", "past", "past"]
    assert str(steps[1].word).startswith("现在")
    assert "王秀兰" not in steps[2].text
    assert "13800000001" not in steps[2].text


async def test_the_journal_holds_no_words_of_the_reporter(world):
    await taken_in(world, name="王秀兰", phone="13800000001")
    rows = str(await Entry.all().values())
    assert "停" not in rows
    assert "13800000001" not in rows


async def test_a_report_nobody_sent_is_forgotten_after_a_day(world, monkeypatch):
    old = await Report.begin(PARKING)
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    new = await Report.begin(COVER)
    assert [row.id for row in await Report.all()] == [new.id]
    assert old.id != new.id


async def test_a_code_is_found_only_by_its_digest(world):
    _, code = await taken_in(world)
    assert await Matter.filter(code_digest=lookup(code, "matter")).exists()
    assert await Matter.with_code("A" * 12) is None
