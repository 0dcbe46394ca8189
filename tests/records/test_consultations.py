"""Consultations: asked, answered once each and changed, grouped, answered, concluded."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from council import clock
from council.db import sql
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Visitor
from council.neighbourhood.registry import add_household
from council.proceedings import (
    answerbox,
    answering,
    answers,
    asking,
    calling,
    consultations,
    contributions,
    endings,
    headings,
    moderation,
    statements,
    unheard,
    wordings,
)  # fmt: skip
from council.proceedings.answerbox import Sheet
from council.proceedings.answering import Reply
from council.proceedings.answers import Said
from council.proceedings.asking import Asked
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.headings import Heading
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.secretariat import callpapers, hearings
from council.secretariat.happenings import happenings

PLAN = Plan(
    "question", "院子里的健身场地怎么修？", "去年改造没有修到，有人绊倒过。", "铺什么地面、长椅摆在哪里。", "位置不变，经费三万元以内。",
    "居民代表会议在十二月决定。", "households",
)  # fmt: skip


OPEN = Plan(**{**vars(PLAN), "electorate": "everyone"})


async def opened(world, plan=PLAN) -> Consultation:
    made = await consultations.draft(world.community, plan, by=world.secretary)
    await asking.open_consultation(made, clock.now() + timedelta(days=7), by=world.secretary)
    return made


def carrying(*what) -> Visitor:
    return Visitor(frozenset(what))


async def test_everything_a_person_must_know_is_asked_for_first(world):
    for name in ("question", "why", "changeable", "fixed", "decides"):
        with pytest.raises(Refusal) as why:
            await consultations.draft(world.community, Plan(**{**vars(PLAN), name: " "}), by=world.secretary)
        assert why.value.field == name
    with pytest.raises(Forbidden):
        await consultations.draft(world.community, PLAN, by=world.resident)
    draft = await consultations.draft(world.community, PLAN, by=world.secretary)
    with pytest.raises(NotFound):
        await Consultation.find(draft.id, world.resident)
    with pytest.raises(Refusal):
        await asking.open_consultation(draft, clock.now(), by=world.secretary)


async def test_one_answer_a_household_changed_until_the_end(world):
    asked = await opened(world)
    assert asked.asked == 3
    first = await answers.answer(asked, Said({"": "铺塑胶，长椅留着。"}), by=world.resident)
    again = await answers.answer(asked, Said({"": "再说一遍"}), by=world.resident)
    assert (first.news, again.news, again.receipt) == ("taken", "already", first.receipt)
    with pytest.raises(Forbidden):
        await answers.answer(asked, Said({"": "路过的人"}), by=world.outsider)
    mine = await contributions.mine(asked, world.resident)
    await answers.change(mine, Said({"": "铺水泥，长椅留着。"}), by=world.resident, after=1)
    with pytest.raises(Conflict):
        await answers.change(mine, Said({"": "旧页面"}), by=world.resident, after=1)
    with pytest.raises(Forbidden):
        await answers.change(mine, Said({"": "替他说"}), by=world.neighbour, after=2)
    assert [one.words for one in await Remark.of(asked)] == ["铺水泥，长椅留着。"]
    assert await Remark.all().count() == 2, "what was said before is kept as taken back"
    await endings.close(asked, by=world.secretary)
    with pytest.raises(Conflict):
        await answers.change(mine, Said({"": "太晚了"}), by=world.resident, after=2)
    await asked.refresh_from_db()
    assert asked.answered == 1


async def test_of_many_at_once_one_answer_stands(world):
    asked = await opened(world)
    slip = (await asking.issue(asked, by=world.secretary))[0]
    visitor = carrying(("Asked", slip.asked.id))
    paper = answers.enter(asked, slip.asked, Said({"": "纸上写的"}), by=world.grid_worker, channel="door", witness="唐伟")
    web = [answers.answer(asked, Said({"": f"第{n}次"}), by=visitor) for n in range(8)]
    results = await asyncio.gather(*web, paper, return_exceptions=True)
    taken = [one for one in results if not isinstance(one, Exception) and one.news == "taken"]
    assert (len(taken), await Contribution.all().count()) == (1, 1)
    await asked.refresh_from_db()
    assert (asked.answered, await Remark.all().count()) == (1, 1)


async def test_of_several_writers_at_once_one_answer_stands(world):
    """As in several processes: each sheet in a transaction of its own. Without the constraint the same race leaves several."""
    asked = await opened(world)
    home = (await Asked.filter(consultation_id=asked.id).first()).voter
    sheets = [Sheet(asked.id, home, world.resident, {"": f"第{n}次"}) for n in range(8)]
    news = [one.news for found in await asyncio.gather(*(answerbox._take([sheet]) for sheet in sheets)) for one in found]
    assert sorted(news) == ["already"] * 7 + ["taken"]
    assert (await Consultation.get(id=asked.id)).answered == await Remark.all().count() == 1
    free = await opened(world, Plan(**{**vars(PLAN), "electorate": "everyone", "question": "随便谁都可以说的事？"}))

    async def careless(n: int) -> None:
        if not await Contribution.exists(consultation_id=free.id, voter="sheet:one"):
            await asyncio.sleep(0)
            now = clock.now()
            await Contribution.create(consultation_id=free.id, voter=f"sheet:one#{n}", receipt="X", made_at=now, changed_at=now)

    await asyncio.gather(*(careless(n) for n in range(8)))
    assert await Contribution.filter(consultation_id=free.id).count() > 1
    with pytest.raises(IntegrityError):
        async with writing():
            await Contribution.filter(consultation_id=free.id).update(voter="sheet:one")


async def test_the_database_itself_knows_who_is_asked(world):
    asked, now = await opened(world), clock.now()
    with pytest.raises(IntegrityError):
        async with writing():
            await Contribution.create(consultation_id=asked.id, voter="household:999", receipt="X", made_at=now, changed_at=now)
    listed = (await Asked.filter(consultation_id=asked.id).first()).voter
    async with writing():
        await Contribution.create(consultation_id=asked.id, voter=listed, receipt="X", made_at=now, changed_at=now)


async def test_many_answers_share_one_commit_and_a_refused_one_spoils_none(world, monkeypatch):
    asked, times, take = await opened(world), [], answerbox._take

    async def counted(sheets):
        times.append(len(sheets))
        return await take(sheets)

    monkeypatch.setattr(answerbox, "_take", counted)
    slips = await asking.issue(asked, by=world.secretary)
    people = [carrying(("Asked", slip.asked.id)) for slip in slips]
    first = await contributions.mine(asked, people[0])
    assert first is None
    await answers.answer(asked, Said({"": "先说一句"}), by=people[0])
    voters = [slip.asked.voter for slip in slips] + ["household:999"]
    sheets = [Sheet(asked.id, voter, people[0], {"": "说一句"}) for voter in voters]
    found = await asyncio.gather(*(answerbox.BOX.drop(sheet) for sheet in sheets), return_exceptions=True)
    assert [one.news if not isinstance(one, Exception) else type(one) for one in found] == ["already", "taken", "taken", Forbidden]
    assert (await Consultation.get(id=asked.id)).answered == 3
    assert times == [1, 4], "what waits goes in together"


async def test_codes_and_links_open_one_place_on_the_list(world):
    asked = await opened(world)
    slips = await asking.issue(asked, by=world.secretary)
    assert len({slip.code for slip in slips}) == 3
    assert (await asking.by_link(slips[0].token)).id == slips[0].asked.id
    assert (await asking.by_code(asked, slips[1].code.lower())).id == slips[1].asked.id
    wrong = slips[1].code[:3] + ("22222" if slips[1].code[3:] != "22222" else "33333")
    for _ in range(asking.TRIES):
        with pytest.raises(Refusal):
            await asking.by_code(asked, wrong)
    with pytest.raises(Conflict):
        await asking.by_code(asked, slips[1].code)
    newer = await asking.issue(asked, "8号楼", by=world.secretary)
    assert [slip.asked.building for slip in newer] == ["8号楼"]
    assert (await asking.by_link(slips[0].token)).id == slips[0].asked.id
    with pytest.raises(NotFound):
        await asking.by_link("nonsense")


async def test_the_door_needs_a_witness_and_an_answer_that_stands_wins(world):
    asked = await opened(world)
    place = await Asked.get(consultation_id=asked.id, voter=f"household:{world.households['h402'].id}")
    with pytest.raises(Refusal):
        await answers.enter(asked, place, Said({"": "门口说的"}), by=world.grid_worker, channel="door")
    with pytest.raises(Forbidden):
        await answers.enter(asked, place, Said({"": "门口说的"}), by=world.resident, channel="paper")
    far = await Asked.get(consultation_id=asked.id, label="8号楼101")
    with pytest.raises(Forbidden):
        await answers.enter(asked, far, Said({"": "不归他管"}), by=world.grid_worker, channel="paper")
    await answers.answer(asked, Said({"": "手机上说的"}), by=world.resident)
    with pytest.raises(Conflict):
        await answers.enter(asked, place, Said({"": "门口说的"}), by=world.grid_worker, channel="door", witness="唐伟")
    assert [one.words for one in await Remark.of(asked)] == ["手机上说的"]


async def test_who_was_not_reached_without_what_was_said(world):
    asked = await opened(world)
    await answers.answer(asked, Said({"": "铺塑胶"}), by=world.resident)
    found = await unheard.reach(asked, by=world.secretary)
    assert [(one.building, one.asked, one.answered) for one in found] == [("3号楼", 2, 0), ("8号楼", 1, 0)], "one answer is one door"
    assert [one.building for one in await unheard.reach(asked, by=world.grid_worker)] == ["3号楼"], "a grid worker goes to the grid's homes"
    with pytest.raises(Forbidden):
        await unheard.reach(asked, by=world.resident)


async def town(world, homes: int) -> None:
    """So many more homes of the grid."""
    for n in range(homes):
        await add_household(world.grid, f"{n // 4 + 20}号楼", "一单元", f"{n}", by=world.operator)


async def test_nobody_who_watches_doors_and_words_can_put_them_together(world):
    """The attack: look at both after every answer. Never does a look tell fewer than five doors or opinions apart from the look before."""
    await town(world, 24)
    asked = await opened(world)
    doors_seen, words_seen, steps = set(), set(), []
    for place in await Asked.filter(consultation_id=asked.id).order_by("id"):
        await answers.answer(asked, Said({"": f"第{place.id}家的话"}), by=carrying(("Asked", place.id)))
        await asked.refresh_from_db()
        missing = {door.id for row in await unheard.reach(asked, by=world.secretary) for door in row.doors}
        doors = {one.id for one in await Asked.filter(consultation_id=asked.id)} - missing
        words = {one.id for one in (await headings.listening(asked)).loose}
        steps.append((len(doors - doors_seen), len(words - words_seen)))
        doors_seen, words_seen = doors, words
    assert set(steps) == {(0, 0), (5, 5)}
    assert len(words_seen) == 20
    await endings.close(asked, by=world.secretary)
    assert len((await headings.listening(asked)).loose) == 27, "the last seven come together, when no door is shown any more"
    with pytest.raises(Conflict):
        await unheard.reach(asked, by=world.secretary)


async def test_numbers_and_names_are_masked_before_they_are_kept(world):
    asked = await opened(world)
    await answers.answer(asked, Said({"": "王秀兰家的电话13800000001，身份证110101199003070134，找陈思远也行"}), by=world.resident)
    kept = (await Remark.of(asked))[0].words
    for secret in ("13800000001", "110101199003070134", "王秀兰", "陈思远"):
        assert secret not in kept
    rows = await sql("SELECT numbers, digests FROM entry WHERE act LIKE 'consultation.answer%'")
    assert rows
    assert "13800000001" not in str(rows)


async def test_everybody_answers_an_open_one_and_a_sheet_sent_twice_counts_once(world):
    asked = await opened(world, Plan(**{**vars(PLAN), "electorate": "everyone"}))
    first = await answers.answer(asked, Said({"": "过路的意见"}, nonce="a" * 16), by=Visitor())
    twice = await answers.answer(asked, Said({"": "过路的意见"}, nonce="a" * 16), by=Visitor())
    child = await answers.answer(asked, Said({"": "想要滑梯"}, child=True, nonce="b" * 16), by=Visitor())
    assert (first.news, twice.news, child.news) == ("taken", "already", "taken")
    assert (await contributions.mine(asked, carrying(("Contribution", first.contribution_id)))).id == first.contribution_id
    await asked.refresh_from_db()
    assert (asked.answered, asked.minors) == (2, 1)


async def said(world, asked) -> list[Remark]:
    for who, words in ((world.resident, "铺塑胶，老人摔了不疼。"), (world.neighbour, "铺塑胶，老人摔了不疼！"), (world.across, "都是骗人的！")):
        await answers.answer(asked, Said({"": words}), by=who)
    return await Remark.of(asked)


async def test_opinions_are_grouped_joined_hidden_with_a_reason_and_answered(world):
    asked = await opened(world, OPEN)
    one, two, three = await said(world, asked)
    pair = headings.suggestions([one, two, three])[0]
    assert (pair.first, pair.second, pair.percent) == (one.id, two.id, 100)
    group = await headings.add(asked, "铺塑胶", by=world.secretary, remarks=[one.id])
    await headings.join(two, one.id, by=world.secretary)
    with pytest.raises(Conflict):
        await headings.join(await Remark.get(id=one.id), two.id, by=world.secretary)
    with pytest.raises(Refusal):
        await moderation.hide(three, "", by=world.secretary)
    await moderation.hide(three, "没有说到场地，是对人的指责", by=world.secretary)
    heard = await headings.listening(asked)
    assert (heard.groups[0].voices, heard.loose, [o.id for o in heard.hidden]) == (2, [], [three.id])
    with pytest.raises(Conflict):
        await answering.reply(group, Reply("taken", "写进方案。"), by=world.secretary)
    await endings.close(asked, by=world.secretary)
    with pytest.raises(Conflict):
        await answering.conclude(asked, "多数人要塑胶地面。", by=world.secretary)
    await answering.reply(await Heading.get(id=group.id), Reply("taken", "写进方案，十二月动工。"), by=world.secretary)
    await answering.conclude(asked, "多数人要塑胶地面。", by=world.secretary)
    assert asked.stage == "answered"
    assert await answering.spoke(asked) == sorted(p.id for p in (world.resident, world.neighbour, world.across))
    acts = [entry.act for entry in await Entry.all().order_by("id")]
    assert {"remark.joined", "remark.hidden", "heading.answered", "consultation.concluded"} <= set(acts)


async def test_a_hidden_opinion_is_appealed_to_the_level_above(world):
    asked = await opened(world)
    *_, three = await said(world, asked)
    await moderation.hide(three, "没有说到场地", by=world.secretary)
    three = await Remark.get(id=three.id)
    with pytest.raises(Forbidden):
        await moderation.appeal(three, "让我看看", by=world.resident)
    case = await moderation.appeal(three, "我说的就是施工队", by=world.across)
    with pytest.raises(Forbidden):
        await moderation.decide_appeal(case, "show", "留着吧", by=world.deputy)
    await moderation.decide_appeal(case, "show", "批评可以，留着。", by=world.street_secretary)
    assert (await Remark.get(id=three.id)).hidden_at is None
    with pytest.raises(Conflict):
        await moderation.decide_appeal(case, "hide", "再改", by=world.street_secretary)


async def test_nothing_is_concluded_while_an_opinion_stands_under_no_heading(world):
    asked = await opened(world)
    await said(world, asked)
    await endings.close(asked, by=world.secretary)
    with pytest.raises(Conflict):
        await answering.conclude(asked, "大家说了很多。", by=world.secretary)


async def test_its_hour_ends_it(world, monkeypatch):
    asked = await opened(world)
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Conflict):
        await answers.answer(asked, Said({"": "晚了"}), by=world.resident)
    assert await endings.end_overdue() == 1
    assert (await Consultation.get(id=asked.id)).stage == "closed"


async def crowd(asked: Consultation, choices: list[str]) -> None:
    for n, choice in enumerate(choices):
        await answers.answer(asked, Said({}, {"1": choice}, nonce=f"person-{n:06}"), by=Visitor())


async def test_no_figure_lets_a_neighbour_be_inferred(world):
    """Six for and one against: the total and the six together would give the one away, so neither part is told. Nothing at all while it runs."""
    plan = Plan(**{**vars(PLAN), "form": "options", "electorate": "everyone", "lines": ("东墙｜远｜走路", "南门｜近｜味大")})
    asked = await opened(world, plan)
    await crowd(asked, ["for"] * 6 + ["against"])
    shown = {one["part"]["key"]: one for one in await hearings.figures(asked)}
    assert shown["1"]["cells"] == []
    assert shown["1"]["total"] == 7
    assert hearings.few(3) == "不到5"
    other = await opened(world, plan)
    await crowd(other, ["for"] * 6 + ["against"] * 5)
    shown = {one["part"]["key"]: one for one in await hearings.figures(other)}
    assert [number for _word, number in shown["1"]["cells"]] == [6, 0, 5], "the control: figures that hide nobody are told"


async def test_a_child_is_heard_and_not_counted(world):
    plan = Plan(**{**vars(PLAN), "form": "options", "electorate": "everyone", "lines": ("东墙", "南门")})
    asked = await opened(world, plan)
    await crowd(asked, ["for"] * 10)
    child = Said({"1": "想要滑梯"}, {"1": "against"}, child=True, nonce="child-0001")
    await answers.answer(asked, child, by=Visitor())
    shown = {one["part"]["key"]: one for one in await hearings.figures(asked)}
    assert [number for _word, number in shown["1"]["cells"]] == [10, 0, 0]
    assert [(one.words, one.minor) for one in await Remark.of(asked)] == [("想要滑梯", True)]


async def test_versions_of_a_draft_are_compared_clause_by_clause(world):
    plan = Plan(**{**vars(PLAN), "form": "draft", "lines": ("早上七点开放。", "夜里关闭。")})
    made = await statements.prepare(world.community, plan, by=world.secretary)
    await wordings.publish(made, ["早上六点半开放。", "志愿者上门收。", "夜里关闭。"], by=world.secretary, reason="太晚", after=1)
    with pytest.raises(Conflict):
        await wordings.publish(made, ["旧页面"], by=world.secretary, reason="没看到新稿", after=1)
    first, second = await wordings.versions(made)
    clauses = wordings.compared(first, second)
    assert [one.key for one in clauses] == ["1", "2", "3"]
    assert {run.kind for run in clauses[-1].changes} == {"same"}, "a clause put in between marks only itself"


async def test_the_result_goes_before_a_meeting_and_into_its_minutes(world):
    asked = await opened(world)
    one, two, three = await said(world, asked)
    group = await headings.add(asked, "铺塑胶", by=world.secretary, remarks=[one.id, two.id, three.id])
    await endings.close(asked, by=world.secretary)
    await answering.reply(await Heading.get(id=group.id), Reply("partly", "先铺一半，看效果。"), by=world.secretary)
    await answering.conclude(asked, "多数人要塑胶地面。", by=world.secretary)
    start = clock.now() + timedelta(days=5)
    date = calling.Plan(title="十二月评议会", starts_at=start, venue="二楼")
    meeting = await calling.call("community_review_council", world.community, date, by=world.secretary)
    item = await answering.put_on_agenda(asked, meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await answering.put_on_agenda(asked, meeting, by=world.secretary)
    topic = next(one for one in (await happenings(meeting))["topics"] if one["id"] == item.id)
    told = "".join(topic["consulted"][0]["lines"])
    for words in ("健身场地", "多数人要塑胶地面", "先铺一半", "3条意见"):
        assert words in told
    assert "王秀兰" not in told
    assert any("会前协商" in line for _word, lines in (await callpapers.notice(meeting, "https://council.test")).sections for line in lines)


async def test_a_wish_list_becomes_a_budget_ballot(world):
    plan = Plan(**{**vars(PLAN), "form": "wishes", "lines": ("路灯｜3000", "长椅｜2000元"), "budget": 4000})
    with pytest.raises(Refusal):
        await consultations.draft(world.community, Plan(**{**vars(plan), "lines": ("路灯｜9000", "长椅｜1")}), by=world.secretary)
    asked = await opened(world, plan)
    with pytest.raises(Refusal):
        await answers.answer(asked, Said({}, {"1": "1", "2": "1"}), by=world.resident)
    await answers.answer(asked, Said({}, {"1": "1", "2": "2"}), by=world.resident)
    await endings.close(asked, by=world.secretary)
    await answering.conclude(asked, "路灯排在最前。", by=world.secretary)
    ballot = await answering.to_ballot(asked, by=world.secretary)
    assert (ballot.method, ballot.options, ballot.terms["limit"]) == ("budget", ["路灯", "长椅"], 4000)
    with pytest.raises(Conflict):
        await answering.to_ballot(asked, by=world.secretary)
