"""The same act sent thirty times at the same moment: it happens once."""

from __future__ import annotations

import asyncio

import pytest

from council.neighbourhood.journal import writing
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.invitations import Invitation, link_digest
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.photos import MOST, Photo
from council.proceedings.proposals import Second
from council.proceedings.roll import Seat
from council.proceedings.speakers import Speaker
from council.proceedings.tasks import Task
from council.routes import limits
from tests.client import soup
from tests.room import room, seat
from tests.routes.steps import COVER, PARKING, confirmed, jpeg, reported

TIMES = 30


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def many(browser, path: str, **more) -> set[int]:
    """Sent so often at once; the kinds of answers, none of them a fault."""
    answers = await asyncio.gather(*[browser.post(path, follow_redirects=False, **more) for _ in range(TIMES)])
    codes = {answer.status_code for answer in answers}
    assert codes <= {200, 303, 403, 409, 422, 429}, codes
    return codes


async def sitting(browser_of, meeting: Meeting, person) -> object:
    await seat(meeting, person.name, person_id=person.id)
    async with writing():
        await Seat.filter(invitation__person_id=person.id).update(person_id=person.id)
    return await browser_of(person)


async def test_one_report(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    page = await browser.post("/matters/new/photos", data={})
    await many(browser, "/matters", data={"nonce": soup(page).select_one("[name=nonce]")["value"]})
    assert await Matter.all().count() == 1


async def test_three_photos_and_no_more(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    sent = [browser.post("/matters/new/photos", files={"photo": ("a.jpg", jpeg(), "image/jpeg")}, follow_redirects=False) for _ in range(8)]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} <= {303, 422}
    assert await Photo.all().count() <= MOST


async def test_one_vote_one_second_one_hand(browser_of, world):
    made = await room(world)
    browser = await sitting(browser_of, made.meeting, world.resident)
    proposal = await made.proposal()
    await many(browser, f"/proposals/{proposal.id}/seconds")
    await many(browser, f"/items/{made.item.id}/speakers")
    assert await Second.filter(proposal_id=proposal.id).count() <= 2
    assert await Speaker.all().count() == 1


async def test_one_vote(browser_of, world):
    made = await room(world)
    browser = await sitting(browser_of, made.meeting, world.resident)
    ballot = await made.ballot()
    choices = ("yes", "no", "abstain")
    answers = await asyncio.gather(
        *[browser.post(f"/ballots/{ballot.id}/votes", data={"choice": choices[n % 3]}, follow_redirects=False) for n in range(TIMES)]
    )
    assert {answer.status_code for answer in answers} == {303}
    assert await Vote.filter(ballot_id=ballot.id).count() == 1
    assert (await Ballot.get(id=ballot.id)).cast == 1


async def test_one_seat_behind_one_link_and_one_answer(browser_of, world):
    made = await room(world, listed=3, present=2)
    async with writing():
        await Invitation.filter(meeting_id=made.meeting.id, label="代表3").update(link_digest=link_digest("a-link"))
    browsers = [await browser_of() for _ in range(TIMES)]
    answers = await asyncio.gather(*[b.post("/i/a-link/seat", data={"where": "room"}, follow_redirects=False) for b in browsers])
    assert {answer.status_code for answer in answers} <= {303, 409}
    invitation = await Invitation.get(meeting_id=made.meeting.id, label="代表3")
    assert await Seat.filter(invitation_id=invitation.id, left_at=None).count() == 1


async def test_one_task(browser_of, world):
    secretary = await browser_of(world.secretary)
    matter = await Matter.with_code(await reported(await browser_of(), world, COVER))
    await confirmed(secretary, matter.id, "OFFICIAL")
    form = {"kind": "carry_out", "words": "换一个井盖", "deadline": "2099-01-01", "responsible": f"person:{world.clerk.id}"}
    await many(secretary, f"/matters/{matter.id}/tasks", data=form)
    assert await Task.all().count() == 1


async def test_the_number_on_the_wall_alone_is_no_vote_and_no_quorum(browser_of, world):
    made = await room(world)
    async with writing():
        await Meeting.filter(id=made.meeting.id).update(wall_code="482913")
    browsers = [await browser_of() for _ in range(20)]
    for browser in browsers:
        assert (await browser.post("/r/482913/seats", data={"name": "代表1"})).status_code == 200
    proposal = await made.proposal()
    ballot = await made.ballot(text="另一个办法，先试三个月")
    for browser in browsers:
        for path, data in (
            (f"/ballots/{ballot.id}/votes", {"choice": "yes"}), (f"/ballots/{ballot.id}/changes", {"choice": "yes", "after": "0"}),
            (f"/proposals/{proposal.id}/seconds", {}), (f"/items/{made.item.id}/proposals", {"text": "我也提一个办法"}),
            (f"/ballots/{ballot.id}/papers", {"voter": "invitation:1", "choice": "yes"}), (f"/meetings/{made.meeting.id}/seats", {}),
        ):  # fmt: skip
            assert (await browser.post(path, data=data, follow_redirects=False)).status_code in (303, 403, 404), path
    assert (await Ballot.get(id=ballot.id)).cast == 0
    assert await Vote.all().count() == 0
    from council.proceedings.roll import quorum

    assert (await quorum(await Meeting.get(id=made.meeting.id))).present == 16
