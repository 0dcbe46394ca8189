"""The desk over HTTP: taking back, points of order, a vote from opening to its result, the roll called again; and what a resident hands in."""

from __future__ import annotations

import re
import subprocess

from council.neighbourhood.journal import Entry
from council.proceedings import ballotbox, speakers
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import open_ballot
from council.proceedings.opinions import Opinion
from council.proceedings.proposals import Proposal
from council.proceedings.questions import draw
from council.secretariat import summons
from tests.records.cast import called
from tests.room import room
from tests.routes.steps import soup
from tests.routes.test_room import opened, words


async def test_an_act_of_the_desk_is_taken_back_without_script(world, browser_of):
    cast = await opened(world)
    await speakers.ask(cast.item, await cast.seat("resident", world.secretary), by=world.resident)
    desk = await browser_of(world.secretary)
    page = await desk.post(f"/items/{cast.item.id}/speakers/next")
    form = soup(page).select_one(".desk__undo form")
    assert re.search(r"\d\d:\d\d:\d\d", form.get_text())
    entry = form.select_one("[name=entry]")["value"]
    assert (await (await browser_of(world.clerk)).post(form["action"], data={"entry": entry})).status_code == 403
    await desk.post(form["action"], data={"entry": entry})
    assert await speakers.speaking(cast.item) is None
    assert (await desk.post(form["action"], data={"entry": entry})).status_code == 409


async def test_a_vote_is_conducted_from_the_desk(world, browser_of):
    cast = await opened(world)
    for key in ("resident", "neighbour", "across", "manager"):
        await cast.seat(key, world.secretary)
    proposal = await Proposal.submit(cast.item, "南门设两个临时停车位，试行三个月。", by=world.resident)
    await proposal.second(by=world.neighbour)
    await draw(cast.item, by=world.secretary, proposal=await Proposal.get(id=proposal.id))
    desk, at = await browser_of(world.secretary), f"/meetings/{cast.meeting.id}"
    for step, stage in (("opening", "open"), ("closing", "closed"), ("declaration", "declared")):
        assert soup(await desk.get(f"{at}/desk")).select_one(".desk__next a")["href"] == f"{at}/ballot/{step}"
        asked = await desk.get(f"{at}/ballot/{step}")
        assert proposal.text in words(asked)
        assert (await (await browser_of(world.clerk)).post(f"{at}/ballot/{step}")).status_code == 404
        answer = await desk.post(f"{at}/ballot/{step}")
        assert answer.url.path == f"{at}/desk"
        assert (await Ballot.get()).stage == stage
        assert (await desk.post(f"{at}/ballot/{step}")).status_code == 404
    assert not soup(await desk.get(f"{at}/desk")).select_one(".desk__undo")


async def test_the_vote_is_offered_without_script_only_while_it_is_open(world, browser_of):
    cast = await opened(world)
    for key in ("resident", "neighbour", "across", "manager"):
        await cast.seat(key, world.secretary)
    phone, desk, at = await browser_of(world.resident), await browser_of(world.secretary), f"/meetings/{cast.meeting.id}"
    proposal = await Proposal.submit(cast.item, "南门设两个临时停车位，试行三个月。", by=world.resident)
    await proposal.second(by=world.neighbour)
    await draw(cast.item, by=world.secretary, proposal=await Proposal.get(id=proposal.id))
    assert not soup(await phone.get(f"{at}/room")).select_one("#ballot a")
    await desk.post(f"{at}/ballot/opening")
    assert soup(await phone.get(f"{at}/room")).select_one("#ballot a")["href"] == f"{at}/ballot"
    await desk.post(f"{at}/ballot/closing")
    assert not soup(await phone.get(f"{at}/room")).select_one("#ballot a")


async def test_a_point_of_order_reaches_the_desk_and_the_wall(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    phone, desk, at = await browser_of(world.resident), await browser_of(world.secretary), f"/meetings/{cast.meeting.id}"
    assert (await (await browser_of(world.neighbour)).post(f"{at}/points", data={"about": "time"})).status_code == 403
    await phone.post(f"{at}/points", data={"about": "time"})
    assert "发言超时" in words(await desk.get(f"{at}/wall"))
    form = soup(await desk.get(f"{at}/desk")).select_one(".desk__point form")
    assert (await phone.post(form["action"], data={"ruling": "upheld"})).status_code == 403
    await desk.post(form["action"], data={"ruling": "upheld"})
    assert not soup(await desk.get(f"{at}/desk")).select_one(".desk__point")


async def test_the_chair_is_handed_over_from_the_page_before_and_by_the_secretary_later(world, browser_of):
    held = await called(world)
    secretary, deputy, at = await browser_of(world.secretary), await browser_of(world.deputy), f"/meetings/{held.meeting.id}"
    assert soup(await secretary.get(at)).select_one(f'a[href="{at}/chair"]')
    page = await secretary.post(f"{at}/chair", data={"person": str(world.deputy.id)})
    assert f"{world.deputy.name}（" not in words(page), "the office of the one before is not theirs"
    assert soup(page).select_one(f'a[href="{at}/chair"]'), "the secretary can give it to somebody else again"
    [entry] = await Entry.filter(act="meeting.handed_over")
    await summons.hear(entry)
    assert "请您主持" in (await deputy.get("/inbox")).text
    assert not soup(await (await browser_of(world.resident)).get(at)).select(f'a[href="{at}/chair"]')


async def test_after_an_adjournment_one_answers_on_the_own_phone(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    phone, desk, at = await browser_of(world.resident), await browser_of(world.secretary), f"/meetings/{cast.meeting.id}"
    await desk.post(f"{at}/adjournment", data={"words": "停电"})
    assert "停电" in soup(await desk.get(f"{at}/desk")).select_one(".desk__next").text
    back = soup(await phone.get(f"{at}/room")).select_one('#mine form[action$="/return"]')["action"]
    assert (await (await browser_of(world.neighbour)).post(back)).status_code == 403
    await phone.post(back)
    assert soup(await phone.get(f"{at}/room")).select_one(".seat--may")
    assert "原来在场的人都已答到" in words(await desk.get(f"{at}/resumption"))


async def test_opinions_are_for_the_room_and_proposals_start_on_the_residents_page(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    phone, at = await browser_of(world.resident), f"/meetings/{cast.meeting.id}"
    page = soup(await phone.get(f"{at}/room"))
    assert page.select_one(f'#mine a[href="/items/{cast.item.id}/proposals/new"]')
    assert page.select_one(f'#mine a[href="/items/{cast.item.id}/opinions"]')
    long = await phone.post(f"/items/{cast.item.id}/opinions", data={"words": "长" * 10_000})
    assert long.status_code == 422
    assert len(soup(long).select_one("textarea").get_text().strip()) == 10_000
    assert "同意划线" in words(await phone.post(f"/items/{cast.item.id}/opinions", data={"words": "同意划线停车"}))
    assert await Opinion.all().count() == 1
    for person in (None, world.outsider, world.beside_secretary):
        assert (await (await browser_of(person)).get(f"/items/{cast.item.id}/opinions")).status_code == 404


async def test_proposals_are_merged_and_answered_on_their_pages(world, browser_of):
    cast = await opened(world)
    for key in ("resident", "neighbour"):
        await cast.seat(key, world.secretary)
    kept = await Proposal.submit(cast.item, "南门设两个临时停车位，试行三个月。", by=world.resident)
    gone = await Proposal.submit(cast.item, "南门设临时停车位。", by=world.neighbour)
    desk = await browser_of(world.secretary)
    assert (await (await browser_of(world.resident)).get(f"/proposals/{gone.id}/merging")).status_code == 403
    assert (await desk.post(f"/proposals/{gone.id}/merging", data={"into": 99})).status_code == 422
    await desk.post(f"/proposals/{gone.id}/merging", data={"into": kept.id})
    assert "南门设临时停车位。" in words(await desk.get(f"/proposals/{kept.id}"))
    assert (await desk.post(f"/proposals/{kept.id}/answer", data={"words": ""})).status_code == 422
    await desk.post(f"/proposals/{kept.id}/answer", data={"words": "可以办，下月动工。"})
    assert "可以办，下月动工。" in words(await (await browser_of(world.resident)).get(f"/proposals/{kept.id}"))
    assert (await desk.get("/proposals/999/merging")).status_code == 404


async def test_the_rules_of_order_are_switched_on_their_page(world, browser_of):
    cast = await opened(world)
    desk, at = await browser_of(world.secretary), f"/meetings/{cast.meeting.id}"
    assert len(soup(await desk.get(f"{at}/order")).select('input[name="rules"]')) == 12
    assert (await desk.post(f"{at}/order", data={"rules": ["time"], "seconds": 5})).status_code == 422
    await desk.post(f"{at}/order", data={"rules": ["time"], "seconds": 180, "times": 3})
    assert [box["value"] for box in soup(await desk.get(f"{at}/order")).select('input[name="rules"][checked]')] == ["time"]
    assert (await (await browser_of(world.resident)).get(f"{at}/order")).status_code == 403


async def test_the_printed_pack_holds_roll_papers_and_form(world, browser_of):
    cast = await opened(world)
    assert (await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/pack")).status_code == 403
    answer = await (await browser_of(world.clerk)).get(f"/meetings/{cast.meeting.id}/pack")
    assert answer.headers["content-type"] == "application/pdf"
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True).stdout.decode()
    assert "王秀兰" in shown
    assert shown.count("一、停车秩序维护办法") >= 7
    assert shown.count("弃权") >= 7
    assert "会议记录表" in shown


async def test_after_a_tie_the_desk_leads_to_the_vote_and_to_another(world, browser_of):
    hall = await room(world, listed=3, present=3)
    ballot = await draw(hall.item, by=hall.chair, question="先做哪一件", options=("东门", "西门", "南门"))
    await open_ballot(ballot, by=hall.chair)
    for member, choice in zip(hall.members, "123", strict=True):
        await ballotbox.cast(ballot, choice, by=member)
    await hall.finish(ballot)
    chair = await browser_of(world.secretary)
    desk = soup(await chair.get(f"/meetings/{hall.meeting.id}/desk"))
    assert desk.select(f"a[href='/ballots/{ballot.id}']")
    assert desk.select(f"a[href='/meetings/{hall.meeting.id}/proposals']")
    again = await chair.post(f"/ballots/{ballot.id}/rounds")
    before = soup(await chair.get(f"/ballots/{ballot.id}"))
    assert before.select(f"a[href='{again.url.path}']")
    assert not before.select("form[action$=rounds]"), "what would be refused is not offered"
    off = await chair.post(f"{again.url.path}/cancellation", data={"reason": "写错了，请找13812345678"})
    assert "请找138****5678" in off.text
    assert "13812345678" not in off.text
