"""Minutes, resolutions and the board: who reads what, and what two who write at once are shown."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from council.proceedings import chair
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.resolutions import Resolution
from council.routes import limits
from council.secretariat.minutes import Minutes
from council.secretariat.postings import Objection, Posting, post
from council.workshop import word
from tests.client import soup
from tests.room import PARKING, room

HANG = {"contact": "长风社区居委会 028-85551234", "board": "南门公告栏", "days": "15"}


@pytest.fixture
async def held(world):
    hall = await room(world, listed=5, present=4, observers=1)
    ballot = await hall.ballot(owners_item=8)
    await hall.vote(ballot, yes=3, no=1)
    await hall.finish(ballot)
    await chair.conclude(await AgendaItem.get(id=hall.item.id), hall.meeting, "方案通过。", by=hall.chair)
    await chair.close(hall.meeting, by=hall.chair)
    return hall


async def test_from_the_closed_meeting_to_the_board(held, browser_of):
    clerk, secretary = await browser_of(held.world.clerk), await browser_of(held.chair)
    page = await clerk.post(f"/meetings/{held.meeting.id}/minutes")
    minutes = await Minutes.get()
    for shown in ("代表1", PARKING, "3/4", "周敏", "5"):
        assert shown in page.text
    saved = {"version": "1", "points": "代表1：支持。", "dissent": "代表4要求写明：担心消防通道。"}
    page = await clerk.post(f"/minutes/{minutes.id}/corrections", data=saved)
    assert "担心消防通道" in page.text
    assert (await secretary.post(f"/minutes/{minutes.id}/postings", data=HANG)).status_code == 409
    await clerk.post(f"/minutes/{minutes.id}/circulation", data={"version": "2"})
    for one in (clerk, secretary):
        page = await one.post(f"/minutes/{minutes.id}/approvals", data={"version": "2"})
    assert (await Minutes.get()).seal in page.text
    page = await secretary.post(f"/minutes/{minutes.id}/postings", data=HANG)
    assert page.url.path == "/postings/1"
    visitor = await browser_of()
    board = await visitor.get("/postings")
    assert soup(board).select_one(".row a")["href"] == "/postings/1"
    public = (await visitor.get("/postings/1")).text
    assert "代表1" not in public
    assert "3/4" in public
    assert (await visitor.get(f"/minutes/{minutes.id}")).status_code == 404


async def test_two_who_correct_at_once_both_see_both_texts(held, browser_of):
    clerk, secretary = await browser_of(held.world.clerk), await browser_of(held.chair)
    await clerk.post(f"/meetings/{held.meeting.id}/minutes")
    await clerk.post("/minutes/1/corrections", data={"version": "1", "points": "书记记的一段"})
    page = await secretary.post("/minutes/1/corrections", data={"version": "1", "points": "主任记的另一段"})
    assert page.status_code == 409
    assert "书记记的一段" in soup(page).select_one(".notice--warn").text
    assert "主任记的另一段" in soup(page).select_one("textarea[name=points]").text
    again = soup(page).select_one("input[name=version]")["value"]
    await secretary.post("/minutes/1/corrections", data={"version": again, "points": "书记记的一段\n主任记的另一段"})
    assert (await Minutes.get()).written["points"].endswith("另一段")


async def test_whoever_reads_the_minutes_sees_what_the_recorder_changed(held, browser_of):
    clerk = await browser_of(held.world.clerk)
    await clerk.post(f"/meetings/{held.meeting.id}/minutes")
    assert not soup(await clerk.get("/minutes/1")).select(".diff")
    for version, points in (("1", "代表1：支持划线，二十个车位。"), ("2", "代表1：支持划线，二十四个车位。")):
        await clerk.post("/minutes/1/corrections", data={"version": version, "points": points})
    last = soup(await clerk.get("/minutes/1")).select(".diff")[-1]
    assert [one.get_text() for one in last.select("ins")] == ["加上：四"]
    assert not last.select("del")


async def test_the_minutes_are_printed_as_a_pdf(held, browser_of):
    clerk = await browser_of(held.world.clerk)
    await clerk.post(f"/meetings/{held.meeting.id}/minutes")
    paper = await clerk.get("/minutes/1/paper")
    assert (paper.status_code, paper.content[:5], paper.headers["content-type"]) == (200, b"%PDF-", "application/pdf")
    assert (await (await browser_of(held.world.outsider)).get("/minutes/1/paper")).status_code == 404


async def test_the_minutes_are_a_word_file_too_where_that_is_set_up(held, browser_of, monkeypatch):
    clerk = await browser_of(held.world.clerk)
    page = await clerk.post(f"/meetings/{held.meeting.id}/minutes")
    assert soup(page).select_one('a[href="/minutes/1/word"]')
    file = await clerk.get("/minutes/1/word")
    assert (file.status_code, file.headers["content-type"]) == (200, word.TYPE)
    paper = Document(BytesIO(file.content))
    text = "\n".join([one.text for one in paper.paragraphs] + [cell.text for table in paper.tables for row in table.rows for cell in row.cells])
    for shown in ("代表1", PARKING, "3/4", "周敏"):
        assert shown in text
    assert [row.cells[0].text for row in paper.tables[-1].rows] == ["主持人", "记录人"]
    assert (await (await browser_of(held.world.outsider)).get("/minutes/1/word")).status_code == 404
    monkeypatch.setattr(word, "find_spec", lambda name: None)
    assert not soup(await clerk.get("/minutes/1")).select('a[href="/minutes/1/word"]')
    missing = await clerk.get("/minutes/1/word")
    assert (missing.status_code, "PDF" in missing.text) == (409, True)


async def test_whoever_came_to_a_meeting_of_the_party_signs_its_minutes(world, browser_of):
    hall = await room(world, listed=3, present=2, kind="party_members_meeting", rule_id="FOUR_TWO_MEMBERS")
    await chair.conclude(await AgendaItem.get(id=hall.item.id), hall.meeting, "同意提交居民代表会议。", by=hall.chair)
    await chair.close(hall.meeting, by=hall.chair)
    clerk = await browser_of(world.clerk)
    await clerk.post(f"/meetings/{hall.meeting.id}/minutes")
    paper = Document(BytesIO((await clerk.get("/minutes/1/word")).content))
    assert [row.cells[0].text for row in paper.tables[-1].rows] == ["主持人", "记录人", "代表1", "代表2"]


async def test_minutes_are_drawn_by_post_by_those_who_may_after_the_end(held, browser_of, world):
    assert (await (await browser_of(held.world.resident)).post(f"/meetings/{held.meeting.id}/minutes")).status_code == 403
    assert (await (await browser_of()).post(f"/meetings/{held.meeting.id}/minutes")).status_code == 403
    assert (await (await browser_of(held.world.clerk)).get(f"/meetings/{held.meeting.id}/minutes")).status_code == 405
    await Meeting.filter(id=held.meeting.id).update(stage="open")
    assert (await (await browser_of(held.world.clerk)).post(f"/meetings/{held.meeting.id}/minutes")).status_code == 409
    assert not await Minutes.exists()


async def test_a_resolution_is_for_everybody_and_names_nobody(held, browser_of):
    await Resolution.filter(id=1).update(text="代表1家门口不划车位。")
    visitor, secretary = await browser_of(), await browser_of(held.chair)
    page = await visitor.get("/resolutions/1")
    assert "代表1" not in soup(page).select_one("main").text
    assert "3/4" in page.text
    assert not soup(page).select("form[action$='/postings']")
    assert soup(await visitor.get("/resolutions")).select_one(".row")
    assert soup(await visitor.get("/resolutions?effect=OWNERS_DECISION")).select_one(".empty")
    assert (await visitor.post("/resolutions/1/postings", data=HANG)).status_code == 403
    assert (await secretary.post("/resolutions/1/postings", data=HANG | {"days": "14"})).status_code == 422
    assert (await secretary.post("/resolutions/1/postings", data=HANG)).url.path == "/postings/1"
    assert (await secretary.post("/resolutions/1/postings", data=HANG)).status_code == 409
    assert await Posting.all().count() == 1


async def test_a_promise_is_a_404_for_outsiders_and_in_no_list(world, browser_of):
    hall = await room(world, listed=2, present=2, kind="grid_neighbourhood_meeting", private=True, place=world.grid, path=world.grid.path)
    await Resolution.promise(hall.item, "502住户月底前换地漏。", by=hall.chair)
    for person in (None, world.outsider, world.across, world.beside_secretary):
        browser = await browser_of(person)
        assert (await browser.get("/resolutions/1")).status_code == 404
        assert (await browser.post("/resolutions/1/postings", data=HANG)).status_code == 404
        assert "地漏" not in (await browser.get("/resolutions")).text
    assert "地漏" in (await (await browser_of(hall.chair)).get("/resolutions/1")).text


async def hang(world, title):
    return await post(world.community, title, "内容一\n内容二", world.community, by=world.secretary, contact=HANG["contact"])


async def test_the_board_is_empty_searched_and_turned_page_by_page(world, browser_of):
    browser = await browser_of()
    assert soup(await browser.get("/postings")).select_one(".empty")
    for number in range(22):
        await hang(world, f"第{number}件公示{'停车' if number == 3 else ''}")
    page = soup(await browser.get("/postings"))
    assert len(page.select(".row")) == 20
    assert len(soup(await browser.get(page.select_one("a[rel=next]")["href"])).select(".row")) == 2
    assert len(soup(await browser.get("/postings?q=停车&state=hanging")).select(".row")) == 1
    assert soup(await browser.get("/postings?state=past")).select_one(".empty")
    for odd in ("/postings?before=abc", "/postings?state=x&q=%25", "/postings?before=-1"):
        assert (await browser.get(odd)).status_code == 200


async def test_an_objection_is_recorded_answered_and_shown_without_its_telephone(world, browser_of):
    limits.forget()
    posting = await hang(world, "停车方案")
    visitor, clerk = await browser_of(), await browser_of(world.clerk)
    data = {"text": "不同意占用绿地，请打13800000001。", "name": "王秀兰", "phone": "13800000001"}
    page = await visitor.post(f"/postings/{posting.id}/objections", data=data)
    assert "不同意占用绿地" in page.text
    for hidden in ("13800000001", "王秀兰"):
        assert hidden not in page.text
        assert hidden in (await clerk.get(f"/postings/{posting.id}")).text
    assert (await visitor.post("/objections/1/answer", data={"answer": "不行"})).status_code == 403
    page = await clerk.post("/objections/1/answer", data={"answer": "绿地不动，只划水泥地。"})
    assert "只划水泥地" in page.text
    assert (await clerk.post("/objections/1/answer", data={"answer": "再说一次"})).status_code == 409
    assert (await visitor.post("/objections/99/answer", data={"answer": "没有"})).status_code == 404


@pytest.mark.parametrize("text", ["", "短", "我的身份证 11010519491231002X"])
async def test_an_objection_that_cannot_be_kept_shows_what_was_typed_again(world, browser_of, text):
    posting = await hang(world, "停车方案")
    page = await (await browser_of()).post(f"/postings/{posting.id}/objections", data={"text": text, "name": "某人"})
    assert page.status_code == 422
    assert soup(page).select_one("input[name=name]")["value"] == "某人"
    assert not await Objection.exists()
