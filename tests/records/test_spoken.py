"""Spoken answers: kept sealed, written down, deleted. Floods: hidden in the open, stopped, appealed. Those who spoke are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import Entry, listen, silence
from council.neighbourhood.people import Visitor
from council.proceedings import (
    answerbox,
    answering,
    answers,
    asking,
    ballotbox,
    conduct,
    contributions,
    endings,
    floods,
    headings,
    moderation,
    recordings,
    statements,
)  # fmt: skip
from council.proceedings.answering import Reply
from council.proceedings.answers import Said
from council.proceedings.asking import Asked
from council.proceedings.ballots import Ballot
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.headings import Heading
from council.proceedings.recordings import Recording
from council.proceedings.statements import Statement
from council.refusals import Conflict, Forbidden, Refusal
from council.secretariat import hearings, tellings
from council.secretariat.inbox import Delivery, Notice
from council.secretariat.tellings import Telling
from tests.records.test_consultations import OPEN, PLAN, carrying, opened, town

SOUND = b"OggS" + b"\x00" * 4000


async def test_a_recording_is_written_down_by_a_person_and_deleted(world):
    asked = await opened(world)
    made = await answers.answer(asked, Said(spoken=True), by=world.resident)
    recording = await recordings.attach(made.contribution_id, SOUND, by=world.resident)
    assert recording.path.exists()
    assert b"OggS" not in recording.path.read_bytes(), "kept sealed"
    for nobody in (world.grid_worker, world.neighbour, world.outsider):
        with pytest.raises(Forbidden):
            await recordings.hear(recording, asked, by=nobody)
    assert await recordings.hear(recording, asked, by=world.clerk) == SOUND
    await endings.close(asked, by=world.secretary)
    asked = await Consultation.get(id=asked.id)
    with pytest.raises(Conflict):
        await answering.conclude(asked, "说完了再办结。", by=world.secretary)
    with pytest.raises(Refusal):
        await recordings.write_down(recording, " ", by=world.clerk)
    await recordings.write_down(recording, "长椅要留，找王秀兰，电话13800000001", by=world.clerk)
    assert not recording.path.exists()
    assert await recordings.waiting(asked) == []
    assert [one.words for one in await Remark.of(asked)] == ["长椅要留，找王*兰，电话138****0001"]
    with pytest.raises(Conflict):
        await recordings.write_down(recording, "再写一遍", by=world.clerk)
    acts = {entry.act for entry in await Entry.all()}
    assert {"recording.attached", "recording.heard", "recording.deleted", "recording.written_down"} <= acts


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00 a program", b"<html><script>", b"OggS" + b"\x00" * recordings.LARGEST])
async def test_only_sound_of_a_size_is_taken(data):
    with pytest.raises(Refusal) as why:
        recordings.kind_of(data)
    assert why.value.field == "recording"


async def test_a_recording_is_replaced_taken_back_and_goes_with_a_cancelled_consultation(world):
    asked = await opened(world)
    made = await answers.answer(asked, Said(spoken=True), by=world.resident)
    first = await recordings.attach(made.contribution_id, SOUND, by=world.resident)
    second = await recordings.attach(made.contribution_id, SOUND + b"again", by=world.resident)
    assert (first.path.exists(), second.path.exists()) == (False, True)
    mine = await Contribution.get(id=made.contribution_id)
    with pytest.raises(Forbidden):
        await recordings.take_back(mine, by=world.neighbour)
    await recordings.take_back(mine, by=world.resident)
    assert not second.path.exists()
    third = await recordings.attach(made.contribution_id, SOUND, by=world.resident)
    listen(hearings.hear)
    try:
        await endings.cancel(asked, "问题问错了", by=world.secretary)
    finally:
        silence(hearings.hear)
    assert not third.path.exists()
    with pytest.raises(Conflict):
        await recordings.attach(made.contribution_id, SOUND, by=world.resident)
    assert await Recording.filter(done_at=None).count() == 0


async def flooded(asked: Consultation, n: int) -> None:
    for k in range(n):
        await answers.answer(asked, Said({"": f"刷屏{k}刷屏"}, nonce=f"flood-{k:06}"), by=Visitor())


async def test_a_flood_is_bounded_hidden_in_the_open_and_appealed(world, monkeypatch):
    monkeypatch.setattr(answerbox, "A_DAY", 6)
    asked = await opened(world, OPEN)
    begun = clock.now()
    await flooded(asked, 6)
    with pytest.raises(Conflict):
        await answers.answer(asked, Said({"": "第七份"}, nonce="flood-seventh"), by=Visitor())
    await answers.answer(asked, Said({"": "住在这里的人照样能说"}), by=world.resident)
    with pytest.raises(Forbidden):
        await floods.hide_flood(asked, begun, clock.now(), "刷屏太多", by=world.grid_worker)
    hidden = await floods.hide_flood(asked, begun, clock.now() + timedelta(minutes=1), "同一个人刷屏，与问题无关", by=world.secretary)
    heard = await headings.listening(asked)
    assert (hidden, len(heard.hidden), [one.words for one in heard.loose]) == (6, 6, ["住在这里的人照样能说"])
    assert [(one.count, one.reason) for one in await moderation.log(asked)] == [(6, "同一个人刷屏，与问题无关")]
    one = await Remark.filter(consultation_id=asked.id, hidden_at__isnull=False).first()
    author = carrying(("Contribution", one.contribution_id))
    case = await moderation.appeal(one, "我说的是真心话", by=author)
    await moderation.decide_appeal(case, "show", "这一条不是刷屏。", by=world.street_secretary)
    assert len((await headings.listening(asked)).hidden) == 5
    assert [(one.count, one.answers) for one in await moderation.log(asked)] == [(5, ())]


async def test_answers_without_an_account_are_stopped_and_taken_again(world):
    asked = await opened(world, OPEN)
    first = await answers.answer(asked, Said({"": "先来的"}, nonce="first-000001"), by=Visitor())
    with pytest.raises(Forbidden):
        await floods.signed_only(asked, "有人刷屏", by=world.grid_worker)
    await floods.signed_only(asked, "有人用程序刷屏", by=world.secretary)
    with pytest.raises(Conflict):
        await answers.answer(asked, Said({"": "后来的"}, nonce="later-000001"), by=Visitor())
    await answers.answer(asked, Said({"": "有账号的"}), by=world.resident)
    mine = await Contribution.get(id=first.contribution_id)
    await answers.change(mine, Said({"": "先来的改一下"}), by=carrying(("Contribution", mine.id)), after=1)
    await floods.for_everyone(asked, by=world.secretary)
    await answers.answer(asked, Said({"": "后来的"}, nonce="later-000001"), by=Visitor())
    listed = await opened(world, Plan(**{**vars(PLAN), "question": "只问名单上的人？"}))
    with pytest.raises(Conflict):
        await floods.signed_only(listed, "没有必要", by=world.secretary)


async def test_a_hidden_statement_has_a_reason_and_an_appeal_too(world):
    plan = Plan(**{**vars(OPEN), "form": "statements", "lines": ("晚上开放投放点。", "味道最要紧。")})
    made = await statements.prepare(world.community, plan, by=world.secretary)
    await asking.open_consultation(made, clock.now() + timedelta(days=7), by=world.secretary)
    for words in ("提意见的都是傻逼", "加我微信 abc12345 细说"):
        with pytest.raises(Refusal):
            await statements.add(made, words, Said(), by=world.resident)
    own = await statements.add(made, "物业从来不扫地", Said(), by=world.resident)
    await moderation.hide_statement(own, made, "指责个人，没有说到投放", by=world.secretary)
    own = await Statement.get(id=own.id)
    mine = await contributions.mine(made, world.resident)
    assert [(one.id, appealed) for one, appealed in await moderation.hidden_of(mine)] == [(own.id, False)]
    with pytest.raises(Forbidden):
        await moderation.appeal(own, "让我看看", by=world.neighbour)
    case = await moderation.appeal(own, "我说的是垃圾清运", by=world.resident)
    await moderation.decide_appeal(case, "show", "可以批评。", by=world.street_secretary)
    assert (await Statement.get(id=own.id)).hidden_at is None


async def spoken_to(world) -> Consultation:
    """Three homes: by the inbox, on paper at the door, and by slip without an account wanting paper."""
    await town(world, 1)
    asked = await opened(world)
    await answers.answer(asked, Said({"": "铺塑胶"}, tell="inbox"), by=world.resident)
    await answers.answer(asked, Said({"": "铺水泥"}, tell="none"), by=world.neighbour)
    place = await Asked.get(consultation_id=asked.id, label__startswith="20号楼")
    await answers.answer(asked, Said({"": "留长椅"}, tell="slip"), by=carrying(("Asked", place.id)))
    group = await headings.add(asked, "地面", by=world.secretary, remarks=[one.id for one in await Remark.of(asked)])
    await endings.close(asked, by=world.secretary)
    await answering.reply(await Heading.get(id=group.id), Reply("taken", "写进方案。"), by=world.secretary)
    return await Consultation.get(id=asked.id)


async def test_those_who_spoke_are_told_the_way_they_chose(world):
    asked = await spoken_to(world)
    listen(hearings.hear)
    try:
        await answering.conclude(asked, "铺塑胶，长椅留。", by=world.secretary)
    finally:
        silence(hearings.hear)
    told = await Notice.all()
    assert [one.person_id for one in told] == [world.resident.id], "whoever wants to hear nothing hears nothing"
    assert [one.channel for one in await Delivery.filter(notice_id=told[0].id)] == ["inbox"]
    rows = await tellings.to_carry(asked, by=world.grid_worker)
    assert [row.asked.label[:4] for row in rows] == ["20号楼"]
    with pytest.raises(Forbidden):
        await tellings.told(asked, [rows[0].id], by=world.resident)
    assert await tellings.told(asked, [rows[0].id, 999], by=world.grid_worker) == 1
    assert await tellings.told(asked, [rows[0].id], by=world.grid_worker) == 0
    assert (await Telling.get()).told_by_id == world.grid_worker.id


async def test_a_long_wish_list_becomes_a_ballot_of_the_foremost_and_is_decided(world):
    wishes = tuple(f"心愿{n}｜{n * 100}" for n in range(1, 16))
    plan = Plan(**{**vars(PLAN), "form": "wishes", "lines": wishes, "budget": 3000, "electorate": "persons"})
    with pytest.raises(Refusal):
        await statements.prepare(world.community, Plan(**{**vars(plan), "lines": ("路灯｜100", "路灯｜200")}), by=world.secretary)
    asked = await opened(world, plan)
    for person, ranks in ((world.resident, {"15": "1", "14": "2"}), (world.neighbour, {"13": "1", "15": "2"})):
        await answers.answer(asked, Said({}, ranks), by=person)
    await endings.close(asked, by=world.secretary)
    asked = await Consultation.get(id=asked.id)
    await answering.conclude(asked, "十五项里先投最想要的。", by=world.secretary)
    ballot = await answering.to_ballot(asked, by=world.secretary)
    assert len(ballot.options) == 12
    assert {"心愿13", "心愿14", "心愿15"} <= set(ballot.options)
    assert (ballot.terms["limit"], ballot.method, ballot.electorate) == (3000, "budget", "households")
    await conduct.open_ballot(ballot, closes_at=clock.now() + timedelta(days=1), by=world.secretary)
    most = str(ballot.options.index("心愿15") + 1)
    for person in (world.resident, world.neighbour, world.across):
        await ballotbox.cast(await Ballot.get(id=ballot.id), most, by=person)
    ballot = await Ballot.get(id=ballot.id)
    if ballot.stage == "open":
        await conduct.close_ballot(ballot, by=world.secretary)
    await conduct.declare_ballot(ballot, by=world.secretary)
    step = (await answering.trail(await Consultation.get(id=asked.id)))[0]
    assert (step.path, (await Ballot.get(id=ballot.id)).stage) == (f"/ballots/{ballot.id}", "declared")
    ballot = await Ballot.get(id=ballot.id)
    assert (ballot.figures["counts"], ballot.decision["carried"]) == ({most: 3}, True)
