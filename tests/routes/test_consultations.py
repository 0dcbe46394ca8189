"""A consultation in the browser: prepared, opened, answered by code and link, sorted, answered, reported."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.proceedings import asking
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.headings import Heading
from council.proceedings.proposals import Proposal
from council.routes import limits
from tests.client import soup
from tests.records.test_undoing import floor

PLAN = {
    "form": "question", "question": "院子里的健身场地怎么修？", "why": "去年改造没有修到。", "changeable": "地面和长椅。", "fixed": "位置和经费。",
    "decides": "居民代表会议十二月决定", "electorate": "households",
}  # fmt: skip


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def opened(office, world, **other) -> Consultation:
    shown = await office.post("/consultations", data={**PLAN, "place": world.community.id, **other})
    assert shown.status_code == 200, shown.text
    asked = await Consultation.all().order_by("-id").first()
    until = clock.local(clock.now() + timedelta(days=7))
    answer = await office.post(f"/consultations/{asked.id}/opening", data={"until": f"{until:%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 200, answer.text
    return await Consultation.get(id=asked.id)


async def test_from_the_question_to_the_report(browser_of, world):
    office, resident, stranger = await browser_of(world.secretary), await browser_of(world.resident), await browser_of()
    assert (await stranger.get("/consultations/new")).status_code == 404
    asked = await opened(office, world)
    path = f"/consultations/{asked.id}"
    assert "院子里的健身场地" in (await stranger.get("/")).text, "the front page says that somebody is asked"
    shown = soup(await resident.get(path))
    assert shown.find("a", href=f"{path}/contribution")
    nonce = soup(await resident.get(f"{path}/contribution")).select_one("[name=nonce]")["value"]
    done = await resident.post(f"{path}/contributions", data={"words": "铺塑胶，电话13800000001", "nonce": nonce})
    assert "13800000001" not in done.text
    assert "138****0001" in done.text
    changed = await resident.post(f"{path}/contributions", data={"words": "铺塑胶，长椅留着", "nonce": nonce, "after": 1})
    assert "长椅留着" in changed.text
    slip = (await asking.issue(asked, "8号楼", by=world.secretary))[0]
    wrong = await stranger.post(f"{path}/door", data={"code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert soup(await stranger.get(f"/c/{slip.token}")).find("a", href=f"{path}/contribution")
    assert "谢谢" in (await stranger.post(f"{path}/contributions", data={"words": "都是骗人的", "nonce": "x" * 12})).text
    first, second = await Remark.filter(withdrawn_at=None).order_by("id")
    assert "骗人" not in (await (await browser_of()).get(path)).text
    assert "长椅留着" not in (await office.get(f"{path}/remarks")).text, "with two answers in, words would tell who said them"
    await office.post(f"{path}/filings", data={"remarks": [first.id], "title": "地面"})
    assert (await office.post(f"/remarks/{second.id}/hiding", data={"reason": ""})).status_code == 422
    await office.post(f"/remarks/{second.id}/hiding", data={"reason": "没有说到场地"})
    await office.post(f"{path}/closing")
    desk = await office.get(f"{path}/remarks")
    assert "长椅留着" in desk.text
    assert "王秀兰" not in soup(desk).select_one("main").text
    heading = await Heading.first()
    await office.post(f"/headings/{heading.id}/answer", data={"verdict": "taken", "words": "写进施工方案，十二月动工。"})
    page = await office.post(f"{path}/conclusion", data={"words": "大家要塑胶地面。"})
    assert "写进施工方案" in page.text
    public = await (await browser_of()).get(path)
    for words in ("写进施工方案", "没有说到场地", "长椅留着", "大家要塑胶地面"):
        assert words in public.text
    assert "骗人" not in public.text
    table = (await stranger.get(f"{path}/data")).text
    assert "长椅留着" in table
    assert "household" not in table
    posted = await office.post(f"{path}/postings", data={"contact": "居委会 0000-8000000", "days": 15})
    assert "写进施工方案" in posted.text
    assert (await stranger.get(f"/consultations/{asked.id}/report")).status_code == 404


async def test_grid_workers_enter_what_was_said_at_the_door(browser_of, world):
    asked = await opened(await browser_of(world.secretary), world)
    worker = await browser_of(world.grid_worker)
    sheet = soup(await worker.get(f"/consultations/{asked.id}/papers"))
    doors = {one.text: one["value"] for one in sheet.select("#asked option") if one["value"]}
    assert set(doors) == {"3号楼402", "3号楼502"}
    data = {"asked": doors["3号楼402"], "channel": "door", "words": "奶奶说长椅要留"}
    assert (await worker.post(f"/consultations/{asked.id}/papers", data=data)).status_code == 422
    assert (await worker.post(f"/consultations/{asked.id}/papers", data={**data, "witness": "唐伟"})).status_code == 200
    kept = await Contribution.get()
    assert (kept.channel, kept.witness, kept.entered_by_id) == ("door", "唐伟", world.grid_worker.id)
    assert "3号楼502" in (await worker.get(f"/consultations/{asked.id}/reach")).text
    assert (await (await browser_of(world.resident)).get(f"/consultations/{asked.id}/reach")).status_code == 404
    slips = await worker.post(f"/consultations/{asked.id}/slips", data={"building": "3号楼"})
    assert len(soup(slips).select(".slip")) == 2


async def test_every_form_has_a_sheet_that_works_without_script(browser_of, world):
    office, resident = await browser_of(world.secretary), await browser_of(world.resident)
    lines = {
        "draft": "厨余垃圾早晚两次投放。\n投放点夜里关闭。", "options": "东墙｜离窗户远｜走得远\n南门｜近｜味大", "wishes": "路灯｜3000\n长椅｜2000",
        "statements": "晚上应当开放投放。\n味道最要紧。",
    }  # fmt: skip
    answers = {
        "draft": {"part_2": "夜里不能关"}, "options": {"choice_1": "for", "part_1": "走两步没事"}, "wishes": {"choice_1": "1", "choice_2": "2"},
    }  # fmt: skip
    shown = {"draft": ["第2条 夜里不能关"], "options": ["东墙 赞成 走两步没事"], "wishes": ["路灯 第1位"]}
    for form, text in lines.items():
        asked = await opened(office, world, form=form, lines=text, budget=4000 if form == "wishes" else 0)
        sheet = await resident.get(f"/consultations/{asked.id}/contribution")
        assert sheet.status_code == 200
        if form in answers:
            done = await resident.post(f"/consultations/{asked.id}/contributions", data={**answers[form], "nonce": "n" * 12})
            assert done.status_code == 200, done.text
            assert [soup(done).select_one(".notice--done .words").get_text(" ", strip=True)] == shown[form], "what was chosen, and about what"
        else:
            one = soup(sheet).select_one(".stance")["action"]
            assert (await resident.post(one, data={"stance": "agree", "nonce": "n" * 12})).status_code == 200
            assert (
                await resident.post(f"/consultations/{asked.id}/statements", data={"words": "孩子也要会分", "nonce": "n" * 12})
            ).status_code == 200
            assert "孩子也要会分" in (await office.get(f"/consultations/{asked.id}/remarks")).text
        assert (await Consultation.get(id=asked.id)).answered == 1
    twice = await resident.post(f"/consultations/{asked.id}/contributions", data={"words": ""})
    assert "已经有一份意见" in twice.text


async def test_a_draft_is_invisible_and_a_household_matter_is_never_put_to_others(browser_of, world):
    office = await browser_of(world.secretary)
    await office.post("/consultations", data={**PLAN, "place": world.community.id})
    draft = await Consultation.first()
    assert (await (await browser_of(world.resident)).get(f"/consultations/{draft.id}")).status_code == 404
    assert "健身场地" not in (await (await browser_of()).get("/consultations")).text
    assert (await (await browser_of(world.resident)).post("/consultations", data={**PLAN, "place": world.community.id})).status_code in (403, 404)


async def test_everybody_can_be_asked_about_a_proposal(browser_of, world):
    cast = await floor(world)
    await cast.seat("resident", world.secretary)
    proposal = await Proposal.submit(cast.item, "早上六点半到九点投放。\n投放点夜里关闭。", by=world.resident, reason="七点太晚")
    office = await browser_of(world.secretary)
    assert "征求大家意见" in soup(await office.get(f"/proposals/{proposal.id}")).select_one("main").text
    sheet = soup(await office.get(f"/consultations/new?proposal={proposal.id}"))
    assert sheet.select_one("#lines").text.strip().startswith("早上六点半")
    asked = await opened(office, world, form="draft", lines=sheet.select_one("#lines").text, proposal=proposal.id)
    assert asked.proposal_id == proposal.id
    link = soup(await (await browser_of()).get(f"/consultations/{asked.id}")).find("a", href=f"/proposals/{proposal.id}")
    assert link is not None


async def test_a_slip_works_for_whoever_is_signed_in_but_not_on_the_list(browser_of, world):
    asked = await opened(await browser_of(world.secretary), world)
    slip = (await asking.issue(asked, "8号楼", by=world.secretary))[0]
    helper = await browser_of(world.secretary)
    await helper.post(f"/consultations/{asked.id}/door", data={"code": slip.code})
    done = await helper.post(f"/consultations/{asked.id}/contributions", data={"words": "替奶奶按她说的写", "nonce": "n" * 12})
    assert "谢谢" in done.text
    assert (await Contribution.get()).voter == f"household:{world.households['h101'].id}"
    assert "已经" not in soup(await (await browser_of(world.resident)).get(f"/consultations/{asked.id}")).select_one("h1").text


async def test_those_asked_and_those_who_spoke_are_told(browser_of, world):
    from council.neighbourhood.journal import listen, silence
    from council.secretariat import hearings
    from council.secretariat.inbox import Delivery, Notice

    listen(hearings.hear)
    try:
        office = await browser_of(world.secretary)
        asked = await opened(office, world)
        assert {one.person_id for one in await Notice.all()} == {one.id for one in (world.resident, world.neighbour, world.across)}
        await (await browser_of(world.resident)).post(f"/consultations/{asked.id}/contributions", data={"words": "铺塑胶", "nonce": "n" * 12})
        await office.post(f"/consultations/{asked.id}/filings", data={"remarks": [(await Remark.get()).id], "title": "地面"})
        await office.post(f"/consultations/{asked.id}/closing")
        await office.post(f"/headings/{(await Heading.get()).id}/answer", data={"verdict": "taken", "words": "写进方案。"})
        await office.post(f"/consultations/{asked.id}/conclusion", data={"words": "要塑胶地面。"})
    finally:
        silence(hearings.hear)
    last = await Notice.all().order_by("-id").first()
    assert (last.person_id, await Notice.all().count()) == (world.resident.id, 4)
    assert "看看结果" in str(last.phrase)
    assert await Delivery.exists(notice_id=last.id, channel="inbox", state="done")
