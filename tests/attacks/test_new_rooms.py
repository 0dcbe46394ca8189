"""The rooms beside the meeting: pressed twice, pressed stale, filled in with nothing, read by those they are not for."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.registers import Owner, enter_owners
from council.neighbourhood.registry import grant
from council.proceedings import answering, asking, chains, consultations, custodians, draws, endings, petitions, uploads
from council.proceedings.chains import Chain
from council.proceedings.consultations import Consultation
from council.proceedings.draws import Draw
from council.proceedings.matters import Matter
from council.proceedings.petitions import Petition
from council.proceedings.reporting import Report
from council.proceedings.triage import Finding, confirm
from council.proceedings.uploads import Piece
from council.refusals import Conflict, NotFound, Refusal
from council.routes import limits
from council.secretariat import hearings
from council.secretariat.postings import Posting
from tests.records.cast import called, drafted
from tests.records.test_consultations import PLAN, opened
from tests.room import room
from tests.routes.steps import COVER, confirmed, jpeg, reported
from tests.test_urls import addresses


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def sent(browser, times: int, path: str, data: dict) -> set[int]:
    answers = await asyncio.gather(*[browser.post(path, data=data, follow_redirects=False) for _ in range(times)])
    return {answer.status_code for answer in answers}


async def test_a_double_press_begins_one_of_each(browser_of, world):
    office, resident, place = await browser_of(world.secretary), await browser_of(world.resident), str(world.community.id)
    petition = {"rule": "PETITION_RC_MEETING_ADULTS", "place": place, "title": "夜间停车怎么管", "reason": "楼下通道天天堵"}
    asked = {"form": "question", "question": "健身场地怎么修？", "why": "有人绊倒", "changeable": "地面", "fixed": "位置", "decides": "代表会议",
             "electorate": "households", "place": place}  # fmt: skip
    for browser, path, data, model in (
        (resident, "/petitions", petition, Petition), (office, "/chains", {"title": "小区停车位改造", "place": place, "rule": "RC_REPS"}, Chain),
        (office, "/consultations", asked, Consultation), (office, "/draws", {"title": "垃圾分类小组", "place": place, "seats": "2"}, Draw),
    ):  # fmt: skip
        assert await sent(browser, 5, path, data) == {303, 409}, path
        assert await model.all().count() == 1, path


async def concluded(world) -> Consultation:
    asked = await opened(world)
    await endings.close(asked, by=world.secretary)
    await answering.conclude(asked, "没有人有意见。", by=world.secretary)
    return asked


async def test_a_result_hangs_on_the_board_once_and_only_when_there_is_one(browser_of, world):
    office, asked = await browser_of(world.secretary), await opened(world)
    form = {"contact": "社区办公室", "days": "15"}
    assert await sent(office, 1, f"/consultations/{asked.id}/postings", form) == {409}
    await endings.close(asked, by=world.secretary)
    await answering.conclude(asked, "没有人有意见。", by=world.secretary)
    assert await sent(office, 5, f"/consultations/{asked.id}/postings", form) == {303, 409}
    assert await Posting.all().count() == 1


async def test_what_two_officers_looked_at_becomes_one_agenda_item_and_is_opened_once(world):
    asked = await concluded(world)
    made = await room(world)
    seen = await Consultation.get(id=asked.id)
    meeting = await drafted(world)
    await answering.put_on_agenda(asked, meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await answering.put_on_agenda(seen, meeting, by=world.secretary)
    assert made.meeting.id != meeting.id
    draft = await consultations.draft(world.community, PLAN, by=world.secretary)
    until, seen = clock.now() + timedelta(days=7), await Consultation.get(id=draft.id)
    await asking.open_consultation(draft, until, by=world.secretary)
    with pytest.raises(Conflict):
        await asking.open_consultation(seen, until, by=world.secretary)
    with pytest.raises(NotFound):
        await asking.by_link("")


async def test_nobody_is_asked_about_what_has_become_private(browser_of, world):
    office = await browser_of(world.secretary)
    matter = await Matter.with_code(await reported(await browser_of(), world, COVER))
    await confirmed(office, matter.id, "COLLABORATIVE", title="井盖", public_text="井盖坏了", reason="大家的事")
    matter = await Matter.get(id=matter.id)
    plan = consultations.Plan(**{**vars(PLAN), "matter": matter})
    draft = await consultations.draft(world.community, plan, by=world.secretary)
    await confirm(matter, Finding("HOUSEHOLD", "原来是两家的事"), by=world.secretary)
    with pytest.raises(Conflict):
        await asking.open_consultation(draft, clock.now() + timedelta(days=7), by=world.secretary)
    assert (await Consultation.get(id=draft.id)).stage == "drafted"


async def test_forms_that_come_empty_or_wrong_are_shown_again(browser_of, world):
    """Each of these pages once broke when its form was refused."""
    office, asked = await browser_of(world.secretary), await opened(world)
    async with writing():
        await enter_owners([Owner("业主", ("1号楼101",), 5_000_00)], world.community, "名册", by=world.operator)
    meeting = (await called(world)).meeting
    for path, data, status in (
        (f"/consultations/{asked.id}/slips", {"building": "没有这栋"}, 422), (f"/consultations/{asked.id}/slips", {"building": "楼" * 99}, 422),
        ("/registers/1/code", {"code": "A"}, 422), (f"/meetings/{meeting.id}/slips", {"only": "999"}, 422),
        ("/meetings", {"kind": "none", "matter": "7", "place": "1", "title": "评议会", "day": "2099-01-05", "hour": "19:00"}, 422),
    ):  # fmt: skip
        assert (await office.post(path, data=data)).status_code == status, path


async def test_a_seed_is_nothing_but_signs(world):
    """It is shown inside a command that residents type."""
    draw = await draws.publish(world.community, "垃圾分类居民小组", 2, by=world.secretary)
    for seed in ('3 1 6"; rm -rf ~; "', "3 1 6 $(date)", "3 1 6 `date`", "3 1 6 \\"):
        with pytest.raises(Refusal):
            await draws.throw(draw, seed, "院子里掷骰子", by=world.secretary)
    await draws.throw(draw, "3 1 6 2 2 5", "院子里掷骰子", by=world.secretary)


async def test_large_photos_announced_and_never_sent_keep_nobody_out(world, monkeypatch):
    photo = jpeg((900, 600))
    monkeypatch.setattr(uploads, "UNFINISHED", 2 * len(photo))
    for _ in range(3):
        other = await Report.begin("楼道里的灯坏了三天了。")
        await uploads.take_in(Piece(0, len(photo), b""), "Report", other.id, "a")
    mine = await Report.begin("楼道里的灯坏了三天了。")
    await mine.locate(world.grid, "")
    assert (await uploads.take_in(Piece(0, len(photo), photo), "Report", mine.id, "a")).photo_id


async def test_no_custodian_makes_another_code_once_papers_are_sealed(world):
    made = await room(world)
    ballot = await made.ballot()
    seen = await type(ballot).get(id=ballot.id)
    seen.stage = "drafted"  # the page was looked at before the vote opened
    await custodians.Custodian.create(ballot_id=ballot.id, seat="chair", person_id=world.secretary.id, public_key="aa")
    with pytest.raises(Conflict):
        await custodians.make_code(seen, by=world.secretary)
    assert (await custodians.Custodian.get(ballot_id=ballot.id)).public_key == "aa"


async def test_of_two_answers_to_a_petition_one_calls_the_meeting(world):
    asked = await petitions.begin("PETITION_RC_MEETING_ADULTS", world.community, "夜间停车怎么管", "天天堵", by=world.resident)
    await Petition.filter(id=asked.id).update(stage="enough")
    one, two = await Petition.get(id=asked.id), await Petition.get(id=asked.id)
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    meeting = await drafted(world, "residents_meeting")
    await petitions.answer(one, meeting, by=world.secretary)
    with pytest.raises(Conflict):
        await petitions.answer(two, meeting, by=world.secretary)


async def test_the_table_of_a_consultation_begins_no_formula():
    for text in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1+1", "＠x"):
        assert hearings._cell(text).startswith("'")
    assert [hearings._cell(text) for text in ("", "甲=乙")] == ["", "甲=乙"]


async def test_a_chain_passes_each_gate_once(world):
    chain = await chains.begin("小区停车位改造", world.community, "RC_REPS", by=world.secretary)
    form = {"body": "社区党组织", "day": clock.today(), "document": "提议书", "figures": chains.Figures()}
    done = await asyncio.gather(*[chains.passed(chain, "proposal", by=world.secretary, **form) for _ in range(3)], return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "Step"]


ROOMS = ("chains", "petitions", "series", "consultations", "draws", "headings", "remarks", "statements", "appeals", "alliances", "ballots")
FORM = {
    "place": "2", "area": "2", "title": "别的事情", "rule": "RC_REPS", "code": "proposal", "body": "社区党组织", "day": "2026-11-01",
    "document": "提议书",
    "sheet": "王秀兰 3号楼402", "reason": "就是要改一改", "base": "1", "seed": "3 1 6 2 2 5", "source": "院子里掷骰子", "answer": "accepted",
    "form": "question",
    "question": "别的问题？", "why": "想知道", "changeable": "都行", "fixed": "没有", "decides": "大家", "electorate": "households",
    "lines": "甲\n乙",
    "until": "2099-01-01T10:00", "remarks": "1", "remark": "1", "verdict": "taken", "words": "就这样回答大家", "name": "别的联盟",
    "kind": "alliance",
    "member": "organisation-1", "hour": "10:00", "venue": "别处", "month": "2099-01", "weekdays": "1", "contact": "社区",
    "days": "15", "meeting": "1",
    "channel": "paper", "asked": "1", "stance": "agree", "same_as": "1", "nonce": "n" * 12, "last_day": "2099-01-01",
    "chair": "1", "scrutineer": "2",
    "street": "3", "choice": "yes", "voter": "household:1", "holder": "1", "written_on": "2026-01-01", "person": "1", "text": "我不同意这个名单",
}  # fmt: skip


async def test_nobody_from_elsewhere_and_nobody_whose_office_ended_changes_a_room(browser_of, world):
    from council.proceedings import headings, questions, statements
    from tests.attacks.test_every_route import everything

    asked = await opened(world)
    await headings.add(asked, "地面", by=world.secretary)
    plan = consultations.Plan(**{**vars(PLAN), "form": "statements", "lines": ("长椅要多一些", "长椅要少一些")})
    await asking.open_consultation(await statements.prepare(world.community, plan, by=world.secretary), asked.closes_at, by=world.secretary)
    await consultations.draft(world.community, PLAN, by=world.secretary)
    await chains.begin("小区停车位改造", world.community, "RC_REPS", by=world.secretary)
    await petitions.begin("PETITION_RC_MEETING_ADULTS", world.community, "夜间停车怎么管", "天天堵", by=world.resident)
    await draws.publish(world.community, "垃圾分类小组", 2, by=world.secretary)
    await questions.draw_outside(world.community, "院子里装路灯吗", by=world.secretary, way=questions.Way(electorate="households"))
    before, paths = await everything(), [line.split()[1] for line in addresses().splitlines() if line.startswith("POST")]
    for key in ("former", "beside_secretary", "outsider", "hotel_secretary"):
        browser = await browser_of(world.people[key])
        for path in [one for one in paths if one.split("/")[1] in ROOMS]:
            for number in (1, 2, 3) if "{id:int}" in path else (1,):
                limits.forget()
                address = re.sub(r"\{\w+:int\}", "1", path.replace("{id:int}", str(number)))
                if key in ("former", "hotel_secretary") and path.endswith(("/signatures", "/voters/objections")):
                    continue  # they live here: as residents they may
                answer = await browser.post(address, data=FORM, follow_redirects=False)
                assert answer.status_code in (303, 403, 404, 405, 409, 422), (key, address, answer.status_code)
    after = await everything()
    assert {name for name in before if before[name] != after[name]} == set()
