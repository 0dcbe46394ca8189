"""The pages on which a room proposes, votes and reads results: what each person sees, may do, and is told when they may not."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.credentials import Session
from council.neighbourhood.people import Visitor
from council.neighbourhood.registers import Register, RegisterLine
from council.proceedings import ballotbox, paperlist
from council.proceedings.ballots import Ballot, Entitlement, PaperCount, Vote
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.questions import draw_outside
from council.proceedings.resolutions import Resolution
from council.proceedings.roll import Seat
from council.routes.sessions import digest
from tests.client import soup
from tests.room import PARKING, room

LAWFUL = {"owners_item": "8", "lawful": "yes"}


@pytest.fixture
async def hall(world):
    return await room(world, listed=5, present=5, observers=1)


@pytest.fixture
async def seated(browser_of):
    """A browser that carries the key of a seat, as after the door."""

    async def make(visitor: Visitor):
        browser, token, now = await browser_of(), secrets.token_urlsafe(16), clock.now()
        await Session.create(
            digest=digest(token), carries=[list(c) for c in visitor.carries], made_at=now, seen_at=now, ends_at=now + timedelta(days=1)
        )
        browser.cookies.set("__Host-session", token)
        return browser

    return make


async def test_from_a_proposal_to_a_declared_result_without_script(hall, seated, browser_of):
    mover, seconder, chair = await seated(hall.members[0]), await seated(hall.members[1]), await browser_of(hall.chair)
    page = await mover.post(f"/items/{hall.item.id}/proposals", data={"text": PARKING, "reason": "晚上没有车位", "cost": "1.2万元"})
    assert PARKING in page.text
    proposal = await Proposal.get()
    await seconder.post(f"/proposals/{proposal.id}/seconds")
    form = await chair.get(f"/proposals/{proposal.id}/ballots/new")
    assert PARKING in form.text
    page = await chair.post(f"/proposals/{proposal.id}/ballots", data=LAWFUL)
    ballot = await Ballot.get()
    assert page.url.path == f"/ballots/{ballot.id}"
    await chair.post(f"/ballots/{ballot.id}/opening", data={"minutes": "5"})
    assert "投票人：代表1" in (await mover.get(f"/ballots/{ballot.id}")).text, "whoever votes for themselves votes for nobody else"
    for member, choice in zip(hall.members, ["yes", "yes", "yes", "no", "abstain"], strict=True):
        browser = await seated(member)
        check = await browser.post(f"/ballots/{ballot.id}/confirmation", data={"choice": choice})
        assert check.status_code == 200
        done = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": choice})
        assert done.status_code == 200
    vote = await Vote.filter(ballot_id=ballot.id).order_by("id").first()
    assert vote.receipt[:4] in (await mover.get(f"/ballots/{ballot.id}")).text
    await chair.post(f"/ballots/{ballot.id}/closing")
    page = await chair.post(f"/ballots/{ballot.id}/declaration")
    assert "3/5" in page.text
    assert soup(page).select("table td")
    resolution = await Resolution.get()
    assert resolution.needs_owners
    assert "278" in (await mover.get(f"/resolutions/{resolution.id}")).text


async def test_while_it_is_open_everyone_the_chair_included_sees_turnout_only(hall, seated, browser_of):
    ballot = await hall.ballot()
    for member in hall.members[:2]:
        await ballotbox.cast(ballot, "yes", by=member)
    for browser in (await browser_of(hall.chair), await seated(hall.members[2]), await seated(hall.observers[0])):
        for path in (f"/ballots/{ballot.id}", f"/meetings/{hall.meeting.id}/ballot"):
            page = await browser.get(path)
            assert "2" in soup(page).select_one(".bars__line strong").text
            assert not soup(page).select("table, .arithmetic, .bar--yes")
            assert not [receipt for receipt in await Vote.all().values_list("receipt", flat=True) if receipt[:4] in page.text]


async def test_a_second_vote_says_that_one_has_voted_and_the_button_offers_a_change(hall, seated):
    ballot = await hall.ballot()
    browser = await seated(hall.members[0])
    await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    page = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "no"})
    assert "您已投票" in page.text
    assert (await Vote.get()).choice == "yes"
    assert "修改我的一票" in soup(page).select_one(f"form[action='/ballots/{ballot.id}/confirmation'] button").text
    check = await browser.post(f"/ballots/{ballot.id}/confirmation", data={"choice": "no", "after": "0"})
    assert soup(check).select_one(f"form[action='/ballots/{ballot.id}/changes']")
    await browser.post(f"/ballots/{ballot.id}/changes", data={"choice": "no", "after": "0"})
    assert (await Vote.get()).choice == "no"
    stale = await browser.post(f"/ballots/{ballot.id}/changes", data={"choice": "yes", "after": "0"})
    assert stale.status_code == 409


async def test_while_the_quorum_is_lost_the_page_says_so_and_offers_no_paper(hall, seated, browser_of):
    ballot = await hall.ballot()
    browser = await seated(hall.members[0])
    assert soup(await browser.get(f"/ballots/{ballot.id}")).select("form[action$=confirmation]")
    await Seat.filter(invitation__label__in=["代表4", "代表5"]).update(left_at=clock.now())
    page = await browser.get(f"/ballots/{ballot.id}")
    assert "现在到会 3 人，至少要 4 人" in page.text
    assert not soup(page).select("form[action$=confirmation]")
    refused = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    assert (refused.status_code, await Vote.exists()) == (409, False)
    assert "现在到会 3 人" in refused.text
    assert "暂停收票" in (await (await browser_of(hall.chair)).get(f"/ballots/{ballot.id}")).text


async def test_those_without_a_vote_are_told_why(hall, seated, browser_of):
    ballot = await hall.ballot()
    for browser, word in ((await seated(hall.observers[0]), "列席"), (await browser_of(), "席位")):
        page = await browser.get(f"/meetings/{hall.meeting.id}/ballot")
        assert not soup(page).select("input[name=choice]")
        assert word in soup(page).select_one(".notice").text
        refused = await browser.post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
        assert refused.status_code == 403
    assert not await Vote.exists()


@pytest.mark.parametrize("wrong", [{}, {"choice": ""}, {"choice": "7"}, {"choice": "yes' OR 1"}, {"choice": "\x00"}])
async def test_a_choice_that_is_not_offered_is_422_and_nothing_is_kept(hall, seated, wrong):
    ballot = await hall.ballot()
    browser = await seated(hall.members[0])
    assert (await browser.post(f"/ballots/{ballot.id}/votes", data=wrong)).status_code == 422
    assert not await Vote.exists()


async def test_what_a_client_claims_about_time_weight_or_channel_is_ignored(hall, seated):
    ballot = await hall.ballot()
    browser = await seated(hall.members[0])
    claims = {"choice": "yes", "cast_at": "2000-01-01", "weight": "9", "channel": "paper", "voter": "invitation:2"}
    await browser.post(f"/ballots/{ballot.id}/votes", data=claims)
    vote = await Vote.get()
    assert (vote.channel, vote.cast_at.year > 2020, vote.voter != "invitation:2" or hall.members[0]) == ("web", True, True)


async def test_after_the_closing_nothing_more_is_taken(hall, seated):
    ballot = await hall.ballot()
    await close_ballot(ballot, by=hall.chair)
    browser = await seated(hall.members[0])
    for path in ("confirmation", "votes", "changes"):
        assert (await browser.post(f"/ballots/{ballot.id}/{path}", data={"choice": "yes"})).status_code == 409
    assert not await Vote.exists()


POSTS = ("opening", "closing", "declaration", "cancellation", "rounds")


@pytest.mark.parametrize("act", POSTS)
async def test_only_the_chair_conducts_and_only_by_post(hall, seated, browser_of, act):
    ballot = await hall.ballot()
    for browser in (await seated(hall.members[0]), await browser_of(hall.world.clerk), await browser_of()):
        answer = await browser.post(f"/ballots/{ballot.id}/{act}", data={"reason": "x"})
        assert answer.status_code in (403, 409)
    assert (await Ballot.get(id=ballot.id)).stage == "open"
    chair = await browser_of(hall.chair)
    if act != "cancellation":
        assert (await chair.get(f"/ballots/{ballot.id}/{act}")).status_code == 405


async def test_the_wrong_stage_is_a_conflict(hall, browser_of):
    ballot = await hall.ballot()
    chair = await browser_of(hall.chair)
    assert (await chair.post(f"/ballots/{ballot.id}/declaration")).status_code == 409
    assert (await chair.post(f"/ballots/{ballot.id}/rounds")).status_code == 409
    await chair.post(f"/ballots/{ballot.id}/closing")
    assert (await chair.post(f"/ballots/{ballot.id}/closing")).status_code == 409


async def test_a_private_meeting_and_its_votes_do_not_exist_for_outsiders(hall, browser_of):
    ballot = await hall.ballot()
    proposal = await Proposal.first()
    await Meeting.filter(id=hall.meeting.id).update(private=True)
    for person in (None, hall.world.outsider, hall.world.resident, hall.world.beside_secretary):
        browser = await browser_of(person)
        paths = ("/meetings/1/ballot", "/meetings/1/proposals", f"/ballots/{ballot.id}", f"/proposals/{proposal.id}", "/items/1/proposals/new")
        for path in paths:
            assert (await browser.get(path)).status_code == 404, path
        for path in (f"/ballots/{ballot.id}/votes", f"/proposals/{proposal.id}/seconds", "/items/1/proposals", f"/ballots/{ballot.id}/closing"):
            assert (await browser.post(path, data={"choice": "yes", "text": "四个字的"})).status_code == 404, path
    assert not await Vote.exists()


async def test_no_quorum_is_told_with_numbers_on_the_same_page(world, browser_of):
    hall = await room(world, listed=23, present=15)
    proposal = await hall.proposal()
    chair = await browser_of(hall.chair)
    await chair.post(f"/proposals/{proposal.id}/ballots", data=LAWFUL)
    ballot = await Ballot.get()
    page = await chair.post(f"/ballots/{ballot.id}/opening", data={})
    assert page.status_code == 409
    assert "16" in soup(page).select_one(".govuk-error-summary").text


async def test_drawing_up_asks_for_the_legal_check(hall, browser_of):
    proposal = await hall.proposal()
    chair = await browser_of(hall.chair)
    page = await chair.post(f"/proposals/{proposal.id}/ballots", data={"owners_item": "8"})
    assert page.status_code == 422
    assert soup(page).select_one("input[name=owners_item][value='8']").has_attr("checked")
    assert not await Ballot.exists()


async def test_several_options_and_a_cancellation_with_its_reason(hall, browser_of, seated):
    chair = await browser_of(hall.chair)
    data = {"question": "地面铺什么", "options": "塑胶\n青石砖", "owners_item": "0", "lawful": "yes"}
    await chair.post(f"/items/{hall.item.id}/ballots", data=data)
    ballot = await Ballot.get()
    await chair.post(f"/ballots/{ballot.id}/opening", data={})
    page = await (await seated(hall.members[0])).get(f"/ballots/{ballot.id}")
    assert [i["value"] for i in soup(page).select("input[name=choice]")] == ["1", "2", "abstain"]
    assert (await chair.post(f"/ballots/{ballot.id}/cancellation", data={"reason": ""})).status_code == 422
    page = await chair.post(f"/ballots/{ballot.id}/cancellation", data={"reason": "漏了一个方案"})
    assert "漏了一个方案" in page.text
    await chair.post(f"/ballots/{ballot.id}/rounds")
    assert (await Ballot.filter(round=2).count()) == 1


async def test_an_amendment_shows_what_it_changes(hall, seated):
    proposal = await hall.proposal()
    browser = await seated(hall.members[2])
    assert PARKING in (await browser.get(f"/proposals/{proposal.id}/amendments/new")).text
    page = await browser.post(f"/proposals/{proposal.id}/amendments", data={"text": PARKING.replace("24个", "20个")})
    assert "24" in soup(page).select_one("del").text
    assert "20" in soup(page).select_one("ins").text
    same = await browser.post(f"/proposals/{proposal.id}/amendments", data={"text": PARKING})
    assert same.status_code == 422
    page = await browser.get(f"/proposals/{proposal.id}")
    assert len(soup(page).select("article")) == 2


async def test_the_recorder_enters_papers_and_a_conflict_is_shown(hall, browser_of, seated):
    ballot = await hall.ballot()
    clerk = await browser_of(hall.world.clerk)
    voters = await Entitlement.filter(ballot_id=ballot.id).order_by("id").values_list("voter", flat=True)
    page = await clerk.post(f"/ballots/{ballot.id}/papers", data={"voter": voters[0], "choice": "no"})
    assert (await Vote.get()).channel == "paper"
    assert (await Vote.get()).receipt in page.text
    again = await clerk.post(f"/ballots/{ballot.id}/papers", data={"voter": voters[0], "choice": "yes"})
    assert again.status_code == 409
    own = await (await seated(hall.members[0])).post(f"/ballots/{ballot.id}/votes", data={"choice": "yes"})
    assert "您已投票" in own.text
    assert (await (await seated(hall.members[1])).get(f"/ballots/{ballot.id}/papers")).status_code == 404


async def test_a_part_is_given_alone_where_it_is_asked_for_alone(hall, seated):
    await hall.ballot()
    browser = await seated(hall.members[0])
    for path in ("ballot", "proposals"):
        part = await browser.get(f"/meetings/{hall.meeting.id}/{path}", headers={"hx-request": "true"})
        assert part.status_code == 200
        assert "<html" not in part.text
    assert "<html" in (await browser.get(f"/meetings/{hall.meeting.id}/ballot")).text


async def test_an_empty_room_says_so(world, browser_of):
    hall = await room(world, listed=2, present=2)
    browser = await browser_of(hall.chair)
    for path in ("ballot", "proposals"):
        assert soup(await browser.get(f"/meetings/{hall.meeting.id}/{path}")).select_one(".empty")


COUNT = {
    "participating.persons": "281", "participating.area_cm2": "16,850.00", "yes.persons": "211", "yes.area_cm2": "12640.00",
    "no.persons": "50", "no.area_cm2": "3000", "abstain.persons": "18", "abstain.area_cm2": "1100.00", "spoiled.persons": "2",
    "spoiled.area_cm2": "110",
}  # fmt: skip


async def test_two_people_count_the_owners_papers_apart(world, browser_of):
    register = await Register.create(kind="owners", place=world.community, source="摘录", made_at=clock.now())
    await RegisterLine.bulk_create([RegisterLine(register_id=register.id, address=str(n), area_cm2=600_000) for n in range(420)], batch_size=100)
    ballot = await draw_outside(world.community, PARKING, by=world.secretary, register=register, owners_item=8)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=15))
    secretary, clerk = await browser_of(world.secretary), await browser_of(world.clerk)
    wrong = await secretary.post(f"/ballots/{ballot.id}/counts", data=COUNT | {"yes.area_cm2": "25,200.01"})
    assert wrong.status_code == 422
    assert soup(wrong).select_one("#yes\\.area_cm2")["value"] == "25,200.01"
    assert soup(wrong).select_one(".govuk-error-summary a[href='#yes.area_cm2'], .govuk-error-summary a[href='#spoiled.area_cm2']")
    garbage = await secretary.post(f"/ballots/{ballot.id}/counts", data=COUNT | {"yes.area_cm2": "NaN", "no.persons": "-1"})
    assert garbage.status_code == 422
    assert not await PaperCount.exists()
    await secretary.post(f"/ballots/{ballot.id}/counts", data=COUNT)
    assert "211" not in (await clerk.get(f"/ballots/{ballot.id}/counts")).text
    page = await clerk.post(f"/ballots/{ballot.id}/counts", data=COUNT | {"yes.persons": "210", "no.persons": "51"})
    assert {"211", "210"} <= {cell.get_text("|").split("|")[0] for cell in soup(page).select("td")}
    page = await clerk.post(f"/ballots/{ballot.id}/counts", data=COUNT)
    assert "12,640.00" in page.text
    assert (await Resolution.get()).legal_effect == "OWNERS_DECISION"
    assert (await (await browser_of(world.resident)).get(f"/ballots/{ballot.id}/counts")).status_code == 404


async def test_whose_paper_it_is_is_found_by_first_letters_and_whoever_has_voted_is_no_longer_there(world, browser_of):
    hall = await room(world, listed=9, present=9)
    await Invitation.filter(meeting_id=hall.meeting.id, label="代表3").update(label="曾国芳")
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=1)
    clerk, at = await browser_of(world.clerk), f"/ballots/{ballot.id}/papers"

    async def offered(q: str = "") -> list[str]:
        return [one.text.strip() for one in soup(await clerk.get(f"{at}?q={q}")).select("#voter option")][1:]

    assert len(await offered()) == 8
    assert "代表1" not in await offered()
    assert await offered("zgf") == await offered("曾") == ["曾国芳"]
    assert await offered("xyz") == []
    voter = soup(await clerk.get(f"{at}?q=zgf")).select("#voter option")[1]["value"]
    assert (await clerk.post(at, data={"voter": voter, "choice": "no"})).status_code == 200
    assert await offered("zgf") == []
    assert (await Ballot.get(id=ballot.id)).cast == 2


async def test_a_household_is_found_by_whoever_lives_there(world):
    ballot = await draw_outside(world.grid, "楼道里可以放自行车吗？", by=world.secretary)
    await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=3))
    found = [one.label for one in await paperlist.waiting(await Ballot.get(id=ballot.id), "wxl")]
    assert found == ["3号楼402"]


async def test_everybody_finds_every_vote_they_may_know_of_and_why_one_was_called_off(world, browser_of):
    """A household's vote outside a meeting is found on the front page; a vote in a closed meeting or on a private matter is found nowhere."""
    anybody, secretary = await browser_of(), await browser_of(world.secretary)
    assert "还没有表决" in (await anybody.get("/ballots")).text
    questions = ("装不装充电桩", "换不换门禁，联系13800001234", "种什么树", "秘密的事")
    made = [await draw_outside(world.grid, question, by=world.secretary) for question in questions]
    for ballot in (made[0], made[1]):
        await open_ballot(ballot, by=world.secretary, closes_at=clock.now() + timedelta(days=2))
    await secretary.post(f"/ballots/{made[1].id}/cancellation", data={"reason": "有一栋楼没有通知到"})
    private = await room(world, listed=3, present=3)
    hidden = await private.ballot(text="只有我们几个人知道")
    await Meeting.filter(id=private.meeting.id).update(private=True, notice_at=None)
    await Matter.filter(id=private.item.matter_id).update(public=False)
    await Ballot.filter(id=made[3].id).update(matter_id=private.item.matter_id)
    page = soup(await anybody.get("/ballots"))
    found = [link["href"] for link in page.select("#rows a[href^='/ballots/']")]
    assert found == [f"/ballots/{one.id}" for one in (made[2], made[1], made[0])]
    assert hidden.id not in {one.id for one in made}
    assert "有一栋楼没有通知到" in page.text
    assert "13800001234" not in page.text
    for state, ballot in (("open", made[0]), ("cancelled", made[1]), ("coming", made[2])):
        shown = soup(await anybody.get(f"/ballots?state={state}")).select("#rows a[href^='/ballots/']")
        assert [link["href"] for link in shown] == [f"/ballots/{ballot.id}"]
    assert soup(await anybody.get("/")).select_one(f"a[href='/ballots/{made[0].id}']")
    for link in found:
        assert (await anybody.get(link)).status_code == 200
    for ballot in (hidden, made[3]):
        assert (await anybody.get(f"/ballots/{ballot.id}")).status_code == 404
    assert (await anybody.get("/ballots?before=999999999999&state=x")).status_code == 200
