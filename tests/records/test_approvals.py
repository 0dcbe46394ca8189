"""The minutes are sealed when chair, recorder and two representatives stand by the same wording."""

from __future__ import annotations

import pytest

from council import clock
from council.proceedings.invitations import Invitation
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden
from council.secretariat import approvals
from council.secretariat.minutes import Minutes
from tests.client import soup
from tests.routes.test_evidence import minuted


async def there(minutes, person, representative: bool = True) -> None:
    one = await Invitation.create(meeting_id=minutes.meeting_id, person=person, label=person.name, representative=representative)
    await Seat.create(meeting_id=minutes.meeting_id, invitation_id=one.id, person=person, how="list", arrived_at=clock.now())


async def test_four_approvals_of_one_wording_seal_it(world):
    minutes = await minuted(world)
    for person in (world.resident, world.neighbour):
        await there(minutes, person)
    await there(minutes, world.across, representative=False)
    assert await approvals.stand_by(minutes, 1, by=world.resident) == ""
    await minutes.correct({"points": "代表1：支持。"}, 1, by=world.clerk)
    assert await approvals.given(await Minutes.get(id=minutes.id)) == []
    with pytest.raises(Conflict):
        await approvals.stand_by(minutes, 1, by=world.neighbour)
    for person in (world.across, world.outsider):
        with pytest.raises(Forbidden):
            await approvals.stand_by(minutes, 2, by=person)
    for person in (world.resident, world.neighbour, world.clerk):
        assert await approvals.stand_by(minutes, 2, by=person) == ""
    with pytest.raises(Conflict):
        await approvals.stand_by(minutes, 2, by=world.resident)
    seal = await approvals.stand_by(minutes, 2, by=world.secretary)
    kept = await Minutes.get(id=minutes.id)
    assert kept.stage == "approved"
    assert seal == approvals.digest(kept, await approvals.given(kept))
    kept.written = {**kept.written, "points": "代表1：反对。"}
    assert seal != approvals.digest(kept, await approvals.given(kept))


async def test_the_page_says_whose_approval_is_missing(world, browser_of):
    minutes = await minuted(world)
    await there(minutes, world.resident)
    browser = await browser_of(world.resident)
    page = await browser.post(f"/minutes/{minutes.id}/approvals", data={"version": "1"})
    assert page.status_code == 200, page.text[:300]
    words = soup(page).select_one("#approvals").parent.get_text(" ", strip=True)
    assert "王秀兰" in words
    assert "记录人 1" in words
