"""Filling in papers of every method without script; secret votes, lists of voters, owners' codes and doors in the browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from council import clock
from council.neighbourhood import identities
from council.neighbourhood.journal import listen, silence, writing
from council.neighbourhood.registers import Holder, Owner, Register, RegisterLine, enter_owners
from council.proceedings import ballotbox
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.custodians import Custodian
from council.proceedings.publishing import misfits
from council.proceedings.questions import Way, draw_outside
from council.proceedings.resolutions import declare
from council.rules.recounting import faults
from council.secretariat import votes
from council.secretariat.inbox import Notice
from council.workshop import commitments
from tests.client import soup
from tests.proofs.recounts import script

LAWFUL = {"owners_item": "0", "lawful": "yes"}
PROJECTS = "路灯改造 30000\n健身区 60000\n凉亭：50,000元"


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
async def matter(world):
    from tests.room import room

    return (await room(world, listed=1, present=1)).item.matter


@pytest.fixture
def hearing():
    listen(votes.hear)
    yield
    silence(votes.hear)


async def over(ballot: Ballot) -> Ballot:
    await Ballot.filter(id=ballot.id).update(closes_at=clock.now())
    found = await Ballot.get(id=ballot.id)
    await close_ballot(found, by=None)
    return found


async def soon(browser, ballot):
    until = clock.local(clock.now() + timedelta(days=3))
    await browser.post(f"/ballots/{ballot.id}/opening", data={"until": f"{until:%Y-%m-%dT%H:%M}"})


@pytest.mark.parametrize(
    ("method", "more", "paper", "kept", "shown"),
    [
        ("several_of_several", {"options": "东门\n西门\n南门", "seats": "2"}, {"choice": ["1", "3"]}, "1,3", "东门；南门"),
        ("ranked", {"options": "东门\n西门\n南门"}, {"mark.3": "1", "mark.1": "2", "mark.2": ""}, "3>1", "1. 南门；2. 东门"),
        ("points", {"options": "东门\n西门", "points": "10"}, {"mark.1": "6", "mark.2": "4"}, "1:6,2:4", "东门 6；西门 4"),
        ("budget", {"options": PROJECTS, "limit": "100000"}, {"choice": ["1", "3"]}, "1,3", "路灯改造；凉亭"),
    ],
)
async def test_a_paper_of_every_method_is_cast_and_counted_again(world, matter, browser_of, method, more, paper, kept, shown):
    secretary, resident = await browser_of(world.secretary), await browser_of(world.resident)
    drawn = await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "先做什么", "method": method} | more)
    ballot = await Ballot.get()
    assert drawn.url.path == f"/ballots/{ballot.id}"
    await soon(secretary, ballot)
    page = await resident.get(f"/ballots/{ballot.id}")
    assert soup(page).select("form[action$=confirmation]")
    assert soup(page).select_one(".govuk-back-link")["href"] == f"/matters/{matter.id}"
    wrong = await resident.post(f"/ballots/{ballot.id}/confirmation", data={"mark.1": "1", "mark.2": "1"} if method == "ranked" else {})
    assert wrong.status_code == 422
    check = await resident.post(f"/ballots/{ballot.id}/confirmation", data=paper)
    assert shown in check.text
    done = await resident.post(f"/ballots/{ballot.id}/votes", data={"choice": soup(check).select_one("input[name=choice]")["value"]})
    assert shown in done.text
    assert (await Vote.get()).choice == kept
    closed = await over(ballot)
    assert "result.json" not in (await resident.get(f"/ballots/{ballot.id}")).text
    await declare(closed, by=world.secretary)
    page = await resident.get(f"/ballots/{ballot.id}")
    assert [row.text for row in soup(page).select("table tbody tr td:last-child")]
    decided = soup(await resident.get(soup(page).select_one("a[href^='/resolutions/']")["href"])).select_one("main")
    assert decided.select_one(f"a[href='/ballots/{ballot.id}']")
    assert [one.text for one in decided.select(".facts dt, .govuk-summary-list__key") if "当选" in one.text]
    assert [word for word in ("分", "次", "票") if word in decided.select_one(".bars").text] == [{"points": "分", "ranked": "票"}.get(method, "次")]
    file = (await resident.get(f"/ballots/{ballot.id}/result.json")).json()
    assert faults(file) == list(script().faults(file)) == []
    file["result"]["rows"]["1"] += 1
    assert faults(file)
    assert list(script().faults(file))


@pytest.mark.parametrize(
    "wrong",
    [{"method": "shouting"}, {"method": "points", "options": "东门\n西门", "points": "101"},
     {"method": "budget", "options": "路灯\n健身区 5", "limit": "9"}, {"method": "budget", "options": PROJECTS},
     {"method": "ranked", "options": "东门"}, {"options": "东门\n东门"},
     {"method": "several_of_several", "options": "东门\n西门", "seats": "2"}, {"method": "yes_no_abstain", "options": "东门\n西门"}],
)  # fmt: skip
async def test_what_cannot_be_voted_is_not_drawn_up_and_stays_typed(world, matter, browser_of, wrong):
    secretary = await browser_of(world.secretary)
    page = await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "先做什么"} | wrong)
    assert page.status_code == 422
    assert soup(page).select_one(".govuk-error-summary")
    folded = soup(page).select_one("details:has(#method)")
    assert folded.has_attr("open") == bool(folded.select(".govuk-error-message"))
    assert soup(page).select_one(".govuk-back-link")["href"] == f"/matters/{matter.id}"
    assert "先做什么" in soup(page).select_one("#question").text
    assert not await Ballot.exists()


async def test_a_secret_vote_from_its_custodians_to_its_result(world, matter, browser_of, hearing):
    secretary = await browser_of(world.secretary)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗", "secrecy": "sealed", "electorate": "persons"})
    ballot = await Ballot.get()
    named = {"chair": world.secretary.id, "scrutineer": world.grid_worker.id, "street": world.street_secretary.id}
    assert (await secretary.post(f"/ballots/{ballot.id}/custodians", data=named | {"street": world.grid_worker.id})).status_code == 422
    await secretary.post(f"/ballots/{ballot.id}/custodians", data=named)
    codes = []
    for person in (world.secretary, world.grid_worker, world.street_secretary):
        browser = await browser_of(person)
        page = await browser.post(f"/ballots/{ballot.id}/code")
        codes.append(soup(page).select_one(".receipt__code").text)
        assert codes[-1] not in (await browser.get(f"/ballots/{ballot.id}/code")).text
    assert (await (await browser_of(world.resident)).post(f"/ballots/{ballot.id}/code")).status_code == 404
    await soon(secretary, ballot)
    sizes = set()
    for person, choice in ((world.resident, "yes"), (world.neighbour, "no"), (world.across, "abstain")):
        browser = await browser_of(person)
        check = await browser.post(f"/ballots/{ballot.id}/confirmation", data={"choice": choice})
        sizes.add(len(check.content) - len(person.name.encode()))
        page = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": choice})
        assert "封存" in page.text
        assert not soup(page).select(".bar--yes, .bar--no")
    assert len(sizes) == 1
    await over(ballot)
    assert (await secretary.post(f"/ballots/{ballot.id}/declaration")).status_code == 409
    assert (await secretary.post(f"/ballots/{ballot.id}/unsealing", data={"first": codes[0], "second": "2" * 25})).status_code == 422
    await secretary.post(f"/ballots/{ballot.id}/unsealing", data={"first": codes[0], "second": codes[2].lower()})
    page = await secretary.post(f"/ballots/{ballot.id}/declaration")
    assert "只公布结果" in page.text
    street = [str(one.phrase) for one in await Notice.filter(person_id=world.street_secretary.id).order_by("id")]
    assert [("请生成您的码" in one, "任意两位一起开启" in one) for one in street] == [(True, False), (False, True)]
    assert not soup(page).select(".bar--yes")
    assert (await secretary.get(f"/ballots/{ballot.id}/result.json")).json()["ballots"] == []
    assert await Custodian.filter(ballot_id=ballot.id).count() == 3


async def test_a_secret_paper_is_not_taken_over_a_readable_connection(world, matter, browser_of, monkeypatch):
    from council.routes import guard, pages

    secretary = await browser_of(world.secretary)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗", "secrecy": "sealed"})
    monkeypatch.setattr(guard, "insecure", lambda request: True)
    monkeypatch.setattr(pages.Site, "demo", False)
    path = f"/ballots/{(await Ballot.get()).id}/confirmation"
    assert (await (await browser_of(world.resident)).post(path, data={"choice": "yes"})).status_code == 403


@pytest.fixture
async def register(world):
    async with writing():
        owners = [Owner("王秀兰", ("3号楼402",), 885_000), Owner("李建国", ("3号楼502",), 885_000)]
        return await enter_owners(owners, world.community, "登记簿摘录", by=world.secretary)


async def test_an_owner_types_the_code_of_a_slip_and_votes_without_an_account(world, register, browser_of):
    clerk, visitor = await browser_of(world.clerk), await browser_of()
    line = await RegisterLine.get(name="王秀兰")
    assert "王秀兰" in (await clerk.get(f"/registers/{register.id}/lines/{line.id}")).text
    slips = await clerk.post(f"/registers/{register.id}/slips", data={"lines": str(line.id)})
    code = soup(slips).select_one(".slip .code").text
    ballot = await draw_outside(world.community, "续聘物业公司", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    page = await visitor.get(f"/ballots/{ballot.id}")
    link = soup(page).select_one("a[href*='/code?next=']")["href"]
    assert (await visitor.get(link)).status_code == 200
    bad = await visitor.post(f"/registers/{register.id}/code", data={"code": "2222-2222-22", "next": "//evil.example"})
    assert bad.status_code == 422
    page = await visitor.post(f"/registers/{register.id}/code", data={"code": code, "next": f"/ballots/{ballot.id}"})
    assert page.url.path == f"/ballots/{ballot.id}"
    await visitor.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    assert (await Vote.get()).voter == f"line:{line.id}"
    assert (await (await browser_of(world.resident)).get(f"/registers/{register.id}/lines/{line.id}")).status_code == 404


async def test_the_file_of_an_owners_vote_pairs_no_choice_with_an_area_and_is_counted_again(world, browser_of):
    owners = [Owner(name, (f"{n}号楼101",), 812_345 + 7 * n) for n, name in enumerate(("王秀兰", "李建国", "长风置业"))]
    async with writing():
        register = await enter_owners(owners, world.community, "登记簿摘录", by=world.secretary)
    ballot = await draw_outside(world.community, "是否续聘", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    line = await RegisterLine.get(name="王秀兰")
    await identities.confirm(line, world.resident, by=world.clerk)
    resident = await browser_of(world.resident)
    await resident.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    for choice, other in zip(("yes", "no"), await RegisterLine.exclude(id=line.id).order_by("id"), strict=True):
        await ballotbox.enter_paper(ballot, f"line:{other.id}", choice, by=world.clerk)
    resolution = await declare(await over(ballot), by=world.secretary)
    await (await browser_of(world.secretary)).post(f"/resolutions/{resolution.id}/postings", data={"contact": "社区居委会", "days": "15"})
    for page in (f"/resolutions/{resolution.id}", "/postings/1", f"/ballots/{ballot.id}"):
        assert "确认后才算数" in (await resident.get(page)).text, "votes by phone are indicative, wherever they are told"
    answer = await resident.get(f"/ballots/{ballot.id}/result.json")
    file = answer.json()
    assert not [owner for owner in owners[:2] if str(owner.area_cm2) in answer.text]
    assert file["asked"]["yes"] == {"persons": 2, "area_cm2": 812_345 * 2 + 7}
    assert misfits(file) == list(script().faults(file)) == []
    own = re.findall("[0-9a-f]{50,}", soup(await resident.get(f"/ballots/{ballot.id}")).select_one("#ballot").text)
    receipt = (await Vote.get(voter=f"line:{line.id}")).receipt
    mine = next(one for one in file["ballots"] if one[0] == receipt)
    assert [int(mine[2], 16)] == [commitments.commit(812_345, int(key, 16)) for key in own]
    for change in (moved_area, changed_seal, changed_paper):
        assert misfits(change(json.loads(answer.text))), change.__name__
        assert list(script().faults(change(json.loads(answer.text)))), change.__name__


def moved_area(file):
    file["asked"]["yes"]["area_cm2"] += 100
    file["asked"]["no"]["area_cm2"] -= 100
    return file


def changed_seal(file):
    file["ballots"][0][2] = f"{int(file['ballots'][0][2], 16) * 4 % commitments.P:x}"
    return file


def changed_paper(file):
    file["ballots"][0][1] = "abstain"
    return file


async def test_at_the_desk_an_officer_confirms_who_an_owner_is(world, register, browser_of):
    clerk, line = await browser_of(world.clerk), await RegisterLine.get(name="王秀兰")
    page = await clerk.get(f"/registers/{register.id}/lines/{line.id}?q=王")
    assert soup(page).select(f"input[name=person][value='{world.resident.id}']")
    await clerk.post(f"/registers/{register.id}/lines/{line.id}/holders", data={"person": str(world.resident.id)})
    assert (await Holder.get()).how == "desk"
    for data in ({}, {"person": str(world.outsider.id)}):
        assert (await clerk.post(f"/registers/{register.id}/lines/{line.id}/holders", data=data)).status_code == 422


async def test_the_list_is_shown_and_an_objection_answered_before_it_opens(world, matter, browser_of, hearing):
    secretary, resident, outsider = await browser_of(world.secretary), await browser_of(world.resident), await browser_of(world.outsider)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗"})
    ballot = await Ballot.get()
    assert "3号楼402" in (await resident.get(f"/ballots/{ballot.id}/voters")).text
    for stranger in (outsider, await browser_of()):
        assert "/voters" not in (await stranger.get(f"/ballots/{ballot.id}")).text
        assert (await stranger.get(f"/ballots/{ballot.id}/voters")).status_code == 404
        assert (await stranger.post(f"/ballots/{ballot.id}/voters/objections", data={"text": "漏了3号楼602"})).status_code == 403
    await resident.post(f"/ballots/{ballot.id}/voters/objections", data={"text": "漏了3号楼602，请拨打13812345678"})
    neighbour = (await (await browser_of(world.neighbour)).get(f"/ballots/{ballot.id}/voters")).text
    assert ("漏了3号楼602" in neighbour, "13812345678" in neighbour) == (True, False)
    assert "13812345678" in (await secretary.get(f"/ballots/{ballot.id}/voters")).text, "whoever answers may ring back"
    until = clock.local(clock.now() + timedelta(days=3))
    refused = await secretary.post(f"/ballots/{ballot.id}/opening", data={"until": f"{until:%Y-%m-%dT%H:%M}"})
    assert refused.status_code == 409
    waiting = await secretary.get(f"/ballots/{ballot.id}")
    assert "1条异议待答复" in waiting.text
    assert not soup(waiting).select("form[action$=opening]"), "what would be refused is not offered"
    await secretary.post(f"/ballots/{ballot.id}/voters/objections/1/answer", data={"answer": "已补入名册"})
    assert "已补入名册" in (await resident.get(f"/ballots/{ballot.id}/voters")).text
    await soon(secretary, ballot)
    assert (await Ballot.get()).stage == "open"
    told = {notice.person_id: str(notice.phrase) for notice in await Notice.all()}
    assert told == {
        world.secretary.id: "有人对“同意吗”的投票人名单提出异议。答复以后才能开始表决。", world.resident.id: "您对“同意吗”投票人名单的异议已有答复。",
    }  # fmt: skip


async def test_from_door_to_door_with_witness_photo_and_second_reader(world, matter, browser_of):
    secretary, worker, clerk = await browser_of(world.secretary), await browser_of(world.grid_worker), await browser_of(world.clerk)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗"})
    ballot = await Ballot.get()
    await Ballot.filter(id=ballot.id).update(path=world.grid.path, place_id=world.grid.id)
    await soon(secretary, ballot)
    assert "402" in (await worker.get(f"/ballots/{ballot.id}/doors")).text
    data = {"voter": f"household:{world.resident.household_id}", "choice": "no", "witness": "赵大爷"}
    await worker.post(f"/ballots/{ballot.id}/papers", data=data, files={"photo": ("p.jpg", photo(), "image/jpeg")})
    vote = await Vote.get()
    assert "402" not in soup(await worker.get(f"/ballots/{ballot.id}/doors")).select_one("main").text
    page = await clerk.get(f"/ballots/{ballot.id}/checks")
    picture = soup(page).select_one("img.photo")["src"]
    assert (await clerk.get(picture)).headers["content-type"] == "image/webp"
    assert (await (await browser_of(world.resident)).get(picture)).status_code == 404
    assert not soup(page).select("input[checked]")
    assert (await clerk.post(f"/ballots/{ballot.id}/checks/{vote.id}", data={"choice": "yes"})).status_code == 409
    listed = soup(await worker.get(f"/ballots/{ballot.id}/papers")).select("#voter option")
    again = [one["value"] for one in listed if "重新录入" in one.text]
    assert not [one for one in soup(await clerk.get(f"/ballots/{ballot.id}/papers")).select("#voter option") if "重新录入" in one.text]
    assert (await clerk.post(f"/ballots/{ballot.id}/papers", data={"voter": again[0], "choice": "no"})).status_code == 404
    assert (await worker.post(f"/ballots/{ballot.id}/papers", data=data | {"choice": "yes"})).status_code == 409
    assert "已录入" in (await worker.post(f"/ballots/{ballot.id}/papers", data={"voter": again[0], "choice": "yes"})).text
    assert (await Vote.get()).choice == "yes"
    await over(ballot)
    page = await secretary.get(f"/ballots/{ballot.id}")
    assert "1张上门收取的纸票" in page.text
    assert not soup(page).select("form[action$=declaration]"), "what would be refused is not offered"
    assert soup(page).select("a[href$=cancellation]"), "two who never agree on a paper can still call it off"
    await clerk.post(f"/ballots/{ballot.id}/checks/{vote.id}", data={"choice": "yes"})
    assert soup(await secretary.get(f"/ballots/{ballot.id}")).select("form[action$=declaration]")
    assert (await Vote.get()).checked_by_id == world.clerk.id


async def test_a_household_names_its_voice_and_both_see_a_conflict(world, matter, browser_of):
    await world.neighbour.update_from_dict({"household_id": world.resident.household_id}).save()
    secretary, resident, neighbour = await browser_of(world.secretary), await browser_of(world.resident), await browser_of(world.neighbour)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗"})
    ballot = await Ballot.get()
    await soon(secretary, ballot)
    await resident.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    await neighbour.post(f"/ballots/{ballot.id}/votes", data={"choice": "no"})
    for browser in (resident, neighbour):
        assert "互相商量" in (await browser.get(f"/ballots/{ballot.id}")).text
    await resident.post(f"/ballots/{ballot.id}/voice", data={"person": str(world.neighbour.id)})
    assert "李建国" in (await resident.get(f"/ballots/{ballot.id}/voice")).text
    assert (await resident.post(f"/ballots/{ballot.id}/changes", data={"choice": "no", "after": "0"})).status_code == 403


async def test_a_written_authority_is_entered_used_and_taken_back(world, register, browser_of):
    ballot = await draw_outside(world.community, "续聘物业公司", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    secretary, across = await browser_of(world.secretary), await browser_of(world.across)
    key = f"line:{(await RegisterLine.get(name='李建国')).id}"
    assert "陈思远" in (await secretary.get(f"/ballots/{ballot.id}/proxies?q=陈")).text
    both = soup(await secretary.get(f"/ballots/{ballot.id}/proxies?q=李建国 陈")).select("select option")
    assert {"李建国", "陈思远"} <= {name for one in both for name in ("李建国", "陈思远") if name in one.text}
    assert "没有找到" in (await secretary.get(f"/ballots/{ballot.id}/proxies?q=没有这人")).text
    doors = soup(await secretary.get(f"/ballots/{ballot.id}/doors"))
    assert [one.text.split() for one in doors.select(".floor h2")] == [["3号楼", "4楼"], ["3号楼", "5楼"]]
    data = {"voter": key, "holder": str(world.across.id), "written_on": clock.today().isoformat()}
    await secretary.post(f"/ballots/{ballot.id}/proxies", data=data, files={"photo": ("p.jpg", photo(), "image/jpeg")})
    page = await across.get(f"/ballots/{ballot.id}")
    number = soup(page).select_one("select[name=proxy] option")["value"]
    assert "李建国" in soup(page).select_one("select[name=proxy] option").text
    check = await across.post(f"/ballots/{ballot.id}/confirmation", data={"choice": "yes", "proxy": number})
    assert soup(check).select_one("input[name=proxy]")["value"] == number
    assert "李建国投票" in soup(check).select_one(".whom").text
    await across.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes", "proxy": number})
    assert (await Vote.get()).voter == key
    after = await across.get(f"/ballots/{ballot.id}")
    assert not soup(after).select("select[name=proxy]")
    assert "李建国的票已经投了" in after.text
    await secretary.post(f"/ballots/{ballot.id}/proxies/{number}/withdrawal")
    assert (await across.post(f"/ballots/{ballot.id}/votes", data={"choice": "no", "proxy": number})).status_code == 404


async def test_an_open_page_looks_again_a_moment_after_the_closing_time(world, matter, browser_of):
    secretary, resident = await browser_of(world.secretary), await browser_of(world.resident)
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗"})
    ballot = await Ballot.get()
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(seconds=5))
    section = soup(await resident.get(f"/ballots/{ballot.id}")).select_one("section.ballot")
    delay = int(section["hx-trigger"].removeprefix("load delay:").removesuffix("ms"))
    assert 4000 < delay < 6500  # at most a second and a half after the closing
    await over(ballot)
    part = await resident.get(f"/ballots/{ballot.id}", headers={"hx-request": "true"})
    assert "hx-trigger" not in part.text
    assert json.dumps("表决已结束", ensure_ascii=False).strip('"') in part.text or "已截止" in part.text or "已关闭" in part.text


async def test_the_desk_shows_votes_that_run_outside_meetings_and_codes_to_make(world, register, browser_of):
    ballot = await draw_outside(world.community, "续聘物业公司", by=world.secretary, register=register, owners_item=4, way=Way(holding="each"))
    for person, seen in ((world.secretary, True), (world.grid_worker, False), (world.beside_secretary, False)):
        assert ("续聘物业公司" in (await (await browser_of(person)).get("/desk")).text) is seen
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    assert "0" in soup(await (await browser_of(world.secretary)).get("/desk")).select_one(f"a[href='/ballots/{ballot.id}']").find_parent("li").text


async def test_a_list_of_party_members_is_imported_and_votes_by_the_codes_of_its_slips(world, matter, browser_of):
    secretary, visitor = await browser_of(world.secretary), await browser_of()
    sheet = "姓名,名单\n王秀兰,党员\n李建国,党员\n李建国,党员".encode("gb18030")
    send = {"data": {"place": str(world.community.id)}, "files": {"file": ("党员.csv", sheet, "text/csv")}}
    await secretary.post("/registers/import", **send)
    page = await secretary.get("/registers/drafts/1")
    assert page.status_code == 422
    assert "投票人名单" in page.text
    send["files"]["file"] = ("党员.csv", sheet.replace(b"\n" + "李建国,党员".encode("gb18030"), b"", 1), "text/csv")
    shown = await secretary.post("/registers/import", **send)
    assert shown.status_code == 200
    await secretary.post(f"{shown.url.path}/confirmation")
    register = await Register.get(kind="party_members")
    form = soup(await secretary.get(f"/matters/{matter.id}")).select_one(f"a[href='/matters/{matter.id}/ballots/new']")["href"]
    assert not soup(await visitor.get(f"/matters/{matter.id}")).select("a[href*=ballots]")
    assert str(register.id) in {one["value"] for one in soup(await secretary.get(form)).select("#electorate option")}
    await secretary.post(f"/matters/{matter.id}/ballots", data=LAWFUL | {"question": "同意吗", "electorate": str(register.id)})
    ballot = await Ballot.get()
    assert (ballot.electorate, ballot.rule_id) == ("party_members", "ADVICE_PARTY")
    assert soup(await visitor.get(f"/matters/{matter.id}")).select(f"a[href='/ballots/{ballot.id}']"), "everybody finds the vote from its matter"
    await soon(secretary, ballot)
    line = await RegisterLine.get(register_id=register.id, name="李建国")
    slips = await secretary.post(f"/registers/{register.id}/slips", data={"lines": str(line.id)})
    await visitor.post(f"/registers/{register.id}/code", data={"code": soup(slips).select_one(".slip .code").text})
    await visitor.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    assert (await Vote.get()).voter == f"line:{line.id}"


async def test_owners_without_a_register_are_offered_the_register_and_no_form(world, browser_of):
    from tests.room import room

    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot(owners_item=8)
    await hall.vote(ballot, yes=3)
    resolution = await hall.finish(ballot)
    page = soup(await (await browser_of(world.secretary)).get(f"/resolutions/{resolution.id}/ballots/new")).select_one("main")
    assert page.select("a[href='/registers']")
    assert not page.select("form")
