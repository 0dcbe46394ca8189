"""Handed over to another body by name, with what the reporter was told; and taken back when that body does not take it."""

from __future__ import annotations

import pytest

from council.neighbourhood.journal import history, listen, silence
from council.neighbourhood.people import Visitor
from council.proceedings.matters import Matter
from council.proceedings.referrals import BODIES, Elsewhere, Referral, elsewhere, refer, take_back
from council.proceedings.reporting import Told, report
from council.proceedings.timeline import public_timeline, timeline
from council.proceedings.triage import Finding, confirm
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.privacy import redact
from council.secretariat import inbox, tidings
from council.secretariat.inbox import Notice

NOISE = "隔壁工地半夜还在倒渣土，吵得一院人睡不着，能不能管一管？"
WORDS = "工地归高新街道管，已经转给他们的城管科，3个工作日内给您打电话。"
THERE = Elsewhere("STREET", "高新街道城管科", WORDS, "028-85551234")


async def taken_in(world, affair="", **told):
    matter, _ = await report(Told(NOISE, world.grid, **told), by=world.resident)
    if affair:
        await confirm(matter, Finding(affair, "看过现场", publish="yes"), by=world.secretary)
    return matter


@pytest.mark.parametrize("affair", ["", "OFFICIAL"])
async def test_a_matter_goes_to_a_named_body_and_comes_back(world, affair):
    matter = await taken_in(world, affair)
    referral = await refer(matter, THERE, by=world.grid_worker)
    assert (matter.stage, matter.due, referral.number) == ("handed_over", None, "02885551234")
    assert (await elsewhere(matter)).id == referral.id
    with pytest.raises(Conflict):
        await refer(matter, THERE, by=world.grid_worker)
    await take_back(matter, "对方说工地在我们这边", by=world.secretary)
    assert matter.stage == ("confirmed" if affair else "reported")
    assert matter.due
    assert await elsewhere(matter) is None
    assert [entry.act for entry in await history(matter)][-2:] == ["matter.handed_over", "matter.taken_back"]
    with pytest.raises(Conflict):
        await take_back(matter, "再退一次", by=world.secretary)


async def test_the_timeline_says_where_it_is_now_and_what_was_told(world):
    matter = await taken_in(world, "OFFICIAL", name="王秀兰")
    await refer(matter, Elsewhere("POLICE", "丁山派出所", "王秀兰，请直接问派出所，电话13800000001。"), by=world.secretary)
    told = [f"{step.word} {step.text}" for step in await timeline(matter)]
    assert told[0].startswith("现在：已转交丁山派出所（公安机关）")
    assert "请直接问派出所" in told[1]
    public = " ".join(f"{step.word} {step.text}" for step in await public_timeline(matter))
    assert "丁山派出所" in public
    assert "王秀兰" not in public
    assert "13800000001" not in public
    await take_back(matter, "派出所说不归他们管", by=world.secretary)
    again = [f"{step.word} {step.text}" for step in await timeline(matter)]
    assert "不归他们管" in again[2]
    assert "丁山派出所" not in again[1]


async def test_who_has_no_office_here_hands_nothing_over(world):
    matter = await taken_in(world)
    outside = ("resident", "neighbour", "outsider", "beside_secretary", "hotel_secretary", "former", "officer")
    for stranger in (*(world.people[key] for key in outside), Visitor()):
        with pytest.raises(Forbidden):
            await refer(matter, THERE, by=stranger)
    await refer(matter, THERE, by=world.clerk)
    for stranger in (world.resident, world.beside_secretary, Visitor(frozenset({("Matter", matter.id)}))):
        with pytest.raises(Forbidden):
            await take_back(matter, "退回来了", by=stranger)
    assert (await Matter.get(id=matter.id)).stage == "handed_over"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("to", Elsewhere("MARS", "高新街道", WORDS)), ("name", Elsewhere("POLICE", " ", WORDS)), ("words", Elsewhere("POLICE", "派出所", "好")),
        ("words", Elsewhere("POLICE", "派出所", "身份证110101199003077758请核对")), ("phone", Elsewhere("OTHER", "供电公司", WORDS, "1")),
        ("phone", Elsewhere("OTHER", "供电公司", WORDS, "1380000000138000000013")),
    ],
)  # fmt: skip
async def test_a_body_without_name_or_words_is_refused_and_nothing_changes(world, field, wrong):
    matter = await taken_in(world)
    with pytest.raises(Refusal) as refused:
        await refer(matter, wrong, by=world.secretary)
    assert refused.value.field == field
    assert not await Referral.exists()
    assert (await Matter.get(id=matter.id)).stage == "reported"


async def test_the_numbers_that_are_the_same_everywhere_are_kept_with_the_kind_of_body(world):
    matter = await taken_in(world)
    made = await refer(matter, Elsewhere("HOTLINE", "市民热线", WORDS), by=world.secretary)
    assert made.number == "12345"
    assert {code: number for code, (_, number) in BODIES.items() if number} == {"POLICE": "110", "COURT": "12368", "HOTLINE": "12345"}
    assert redact("12345") == "12345"


async def test_the_reporter_hears_of_it_in_the_inbox_without_its_title(world):
    listen(tidings.hear)
    try:
        matter = await taken_in(world)
        await refer(matter, THERE, by=world.secretary)
        await take_back(matter, "对方退回来了", by=world.secretary)
    finally:
        silence(tidings.hear)
    told = [str(notice.phrase) for notice in await Notice.filter(person_id=world.resident.id).order_by("id")]
    assert len(told) == 2
    assert "高新街道城管科" in told[0]
    assert "渣土" not in "".join(told)
    assert await inbox.told("Matter", matter.id) == {world.resident.id: ["inbox", "inbox"]}
