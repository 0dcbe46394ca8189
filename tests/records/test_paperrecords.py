"""A meeting held on paper: entered by one, confirmed by another, under the same rules, and nobody counts twice across paper and web."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import Entry
from council.proceedings import ballotbox, paperoutcomes, paperrecords, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.paperrecords import Account, PaperRecord, Topic
from council.proceedings.resolutions import Resolution
from council.proceedings.roll import Seat, quorum, tick
from council.refusals import Conflict, Forbidden, Refusal
from council.secretariat import summons
from council.secretariat.inbox import Notice
from council.secretariat.minutes import Minutes, public_text
from tests.client import soup
from tests.room import room, seat
from tests.routes.steps import jpeg

SCAN = b"%PDF-1.7 signed pages"
QUESTION = "在3号楼北侧空地划20个车位。"


async def cut_off(world, seated: int = 2, **more):
    """Called for two hours ago with nine listed: seven members, two who sit in. Some had come by phone before the line went."""
    began = clock.now() - timedelta(hours=2)
    made = await room(world, listed=7, present=seated, observers=1, stage="open", starts_at=began, opened_at=began, **more)
    await Invitation.create(meeting_id=made.meeting.id, label="监督员", capacity="SUPERVISOR")
    return made


async def account(made, **counts) -> Account:
    now, invited = clock.now(), [one.id for one in await Invitation.all_of(made.meeting)]
    topic = Topic(made.item.id, "通过，由物业月底前划线。", QUESTION, 8, {"yes": 5, "no": 1, "abstain": 1, "spoiled": 0} | counts)
    return Account(now - timedelta(hours=2), now - timedelta(minutes=5), tuple(invited), (topic,))


async def test_roll_counts_and_decision_come_in_only_with_the_second_person(world):
    made = await cut_off(world)
    await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.clerk)
    assert (await Meeting.get(id=made.meeting.id)).stage == "open"
    assert not await Ballot.exists()
    with pytest.raises(Forbidden):
        await paperoutcomes.confirm(made.meeting, by=world.clerk)
    for person in (world.resident, world.grid_worker, world.beside_secretary):
        with pytest.raises(Forbidden):
            await paperoutcomes.confirm(made.meeting, by=person)
    await paperoutcomes.confirm(made.meeting, by=world.deputy)
    meeting, ballot, resolution = await Meeting.get(id=made.meeting.id), await Ballot.get(), await Resolution.get()
    assert (meeting.stage, ballot.stage, ballot.present, ballot.counts["yes"]) == ("closed", "declared", 7, 5)
    assert (ballot.decision["needed"], ballot.decision["carried"], resolution.needs_owners) == (4, True, True)
    assert (await AgendaItem.get(id=made.item.id)).outcome.startswith("通过")
    assert (await Matter.get(id=made.item.matter_id)).stage == "deliberated"
    acts = [one.act async for one in Entry.filter(meeting_id=meeting.id)]
    assert "meeting.paper_entered" in acts
    assert "meeting.paper_confirmed" in acts


async def test_whoever_came_by_phone_and_signed_the_paper_has_one_seat(world):
    made = await cut_off(world, seated=3)
    kept = await account(made)
    await paperrecords.enter(made.meeting, replace(kept, present=kept.present + kept.present), [SCAN], by=world.clerk)
    await paperoutcomes.confirm(made.meeting, by=world.secretary)
    seats = [one async for one in Seat.filter(meeting_id=made.meeting.id)]
    assert len(seats) == len({one.invitation_id for one in seats}) == 9
    assert sorted(one.how for one in seats) == ["list"] * 4 + ["paper"] * 5
    minutes = await Minutes.draw(await Meeting.get(id=made.meeting.id), by=world.clerk)
    facts = minutes.facts
    assert (len(facts["present"]), len(facts["observers"]), len(facts["supervisors"]), facts["absent"]) == (7, 1, 1, [])
    assert (facts["paper"]["entered_by"], facts["paper"]["confirmed_by"], len(facts["paper"]["scans"])) == ("蒋文", "周敏", 1)
    assert facts["topics"][0]["votes"][0]["rows"][0][1] == 5
    assert "会后补录" in public_text(facts)


async def test_more_papers_than_members_are_refused_though_observers_signed_too(world):
    made = await cut_off(world)
    with pytest.raises(Refusal) as refused:
        await paperrecords.enter(made.meeting, await account(made, yes=6), [SCAN], by=world.clerk)
    assert refused.value.field == f"yes_{made.item.id}"
    await paperrecords.enter(made.meeting, await account(made, yes=5), [SCAN], by=world.clerk)


async def test_too_few_on_the_roll_decide_nothing_on_paper_either(world):
    made = await cut_off(world)
    full = await account(made, yes=2, no=0, abstain=0)
    observers = [one.id for one in await Invitation.filter(meeting_id=made.meeting.id).exclude(capacity="MEMBER")]
    few = replace(full, present=full.present[:4] + tuple(observers))
    with pytest.raises(Conflict):
        await paperrecords.enter(made.meeting, few, [SCAN], by=world.clerk)
    talked = replace(few, topics=(Topic(made.item.id, "人数不够，下次再议。"),))
    await paperrecords.enter(made.meeting, talked, [SCAN], by=world.clerk)
    await paperoutcomes.confirm(made.meeting, by=world.deputy)
    assert not await Ballot.exists()


FAULTS = ("no scan", "two pdfs", "ends before", "future", "before the notice", "stranger", "nobody", "no question", "unnotified")


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_cannot_be_is_refused_in_words(world, fault):
    made = await cut_off(world)
    kept, scans, hour = await account(made), [SCAN], timedelta(hours=1)
    if fault == "unnotified":
        await AgendaItem.filter(id=made.item.id).update(notified=False)
    changed = {
        "ends before": {"closed_at": kept.opened_at - hour}, "future": {"closed_at": clock.now() + hour},
        "before the notice": {"opened_at": clock.now() - timedelta(days=30)}, "stranger": {"present": (*kept.present, 9999)},
        "nobody": {"present": ()},
        "no question": {"topics": (replace(kept.topics[0], question=""),)},
    }.get(fault, {})  # fmt: skip
    scans = {"no scan": [], "two pdfs": [SCAN, SCAN]}.get(fault, scans)
    with pytest.raises(Refusal):
        await paperrecords.enter(made.meeting, replace(kept, **changed), scans, by=world.clerk)
    assert not await PaperRecord.exists()


async def test_whoever_can_be_the_second_person_is_told_and_nobody_else(world):
    made = await cut_off(world)
    await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.clerk)
    await summons.hear(await Entry.get(act="meeting.paper_entered"))
    told = await Notice.filter(link=f"/meetings/{made.meeting.id}/paper")
    assert {one.person_id for one in told} == {world.secretary.id, world.deputy.id}
    assert made.meeting.title in str(told[0].phrase)


async def test_two_who_enter_or_confirm_at_once_leave_one(world):
    made = await cut_off(world)
    kept = await account(made)
    entering = [paperrecords.enter(made.meeting, kept, [SCAN], by=one) for one in (world.clerk, world.deputy)]
    tried = await asyncio.gather(*entering, return_exceptions=True)
    assert sorted(type(one).__name__ for one in tried) == ["Conflict", "PaperRecord"]
    entered = (await PaperRecord.get()).entered_by_id
    others = [one for one in (world.secretary, world.clerk, world.deputy) if one.id != entered]
    tried = await asyncio.gather(*(paperoutcomes.confirm(made.meeting, by=one) for one in others), return_exceptions=True)
    assert len([one for one in tried if one is None]) == 1
    assert await Ballot.all().count() == 1


async def test_set_aside_it_can_be_entered_anew(world):
    made = await cut_off(world)
    record = await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.clerk)
    with pytest.raises(Conflict):
        await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.deputy)
    await paperrecords.drop(record, made.meeting, by=world.deputy)
    await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.deputy)
    await paperoutcomes.confirm(made.meeting, by=world.clerk)


async def test_a_supervisor_and_an_observer_speak_but_never_vote_nor_count(world):
    made = await room(world, listed=3, present=2)
    before = await quorum(made.meeting)
    guests = [await seat(made.meeting, "监督员", capacity="SUPERVISOR"), await seat(made.meeting, "列席居民", capacity="OBSERVER")]
    assert await quorum(made.meeting) == before
    for one in await Invitation.filter(meeting_id=made.meeting.id, capacity="MEMBER"):
        if not await Seat.exists(invitation_id=one.id):
            await tick(one, made.meeting, by=world.clerk)
    ballot = await made.ballot()
    for guest in guests:
        [(_kind, number)] = guest.carries
        assert await speakers.ask(made.item, await Seat.get(id=number), by=guest)
        with pytest.raises(Refusal):
            await ballotbox.cast(ballot, "yes", by=guest)
    assert ballot.entitled == 3


async def test_a_roll_of_thousands_comes_in_by_one_form(world, browser_of):
    """2,303 names: whom to invite, who signed the paper, who answered the roll; a form without a roll stays small."""
    made = await cut_off(world)
    await Invitation.bulk_create([Invitation(meeting_id=made.meeting.id, label=f"居民{n}") for n in range(2294)])
    clerk, at = await browser_of(world.clerk), f"/meetings/{made.meeting.id}"
    present = [str(one) for one in await Invitation.filter(meeting_id=made.meeting.id).values_list("id", flat=True)]
    began, ended = clock.local(clock.now() - timedelta(hours=2)), clock.local(clock.now() - timedelta(minutes=2))
    data = {"day": began.date().isoformat(), "opened": f"{began:%H:%M}", "closed": f"{ended:%H:%M}", "present": present}
    page = await clerk.post(f"{at}/paper", data=data, files=[("scan", ("b.pdf", SCAN, "application/pdf"))])
    assert (page.status_code, len((await PaperRecord.get()).present)) == (200, 2303)
    chair = await browser_of(world.secretary)
    too_many = await chair.post(f"/items/{made.item.id}/conclusion", data={"words": ["议完"] * 500})
    assert too_many.status_code == 400
    await Meeting.filter(id=made.meeting.id).update(stage="drafted")
    guests = [f"person:{n + 10_000}" for n in range(2303)]
    refused = await chair.post(f"{at}/invitations", data={"group": "resident_representative", "guest": guests})
    assert "请至少选一个" in refused.text


async def test_from_the_form_to_the_marked_minutes_in_the_browser(world, browser_of):
    made = await cut_off(world)
    clerk, deputy, outsider = await browser_of(world.clerk), await browser_of(world.deputy), await browser_of(world.outsider)
    at, n = f"/meetings/{made.meeting.id}", made.item.id
    assert "纸质会议补录" in (await clerk.get(at)).text
    page = soup(await clerk.get(f"{at}/paper"))
    assert len(page.select("input[name=present]")) == 9
    assert len(page.select("input[name=present][checked]")) == 3
    today = clock.local(clock.now() - timedelta(hours=3))
    ended = clock.local(clock.now() - timedelta(minutes=2))
    data = {
        "day": today.date().isoformat(), "opened": f"{today:%H:%M}", "closed": f"{ended:%H:%M}", f"question_{n}": QUESTION, f"yes_{n}": "5",
        f"no_{n}": "2", f"outcome_{n}": "通过。", "present": [one["value"] for one in page.select("input[name=present]")],
    }  # fmt: skip
    wrong = await clerk.post(f"{at}/paper", data=data | {f"yes_{n}": "9"}, files={"scan": ("scan.pdf", SCAN, "application/pdf")})
    assert (wrong.status_code, soup(wrong).select_one(f"#question_{n}").text.strip()) == (422, QUESTION)
    page = await clerk.post(f"{at}/paper", data=data, files=[("scan", ("a.jpg", jpeg(), "image/jpeg")), ("scan", ("b.pdf", SCAN, "application/pdf"))])
    assert "等待第二人核对" in page.text
    assert not soup(page).select("form[action$='/confirmation']")
    assert (await clerk.post(f"{at}/paper/confirmation")).status_code == 403
    page = await deputy.get(f"{at}/paper")
    assert soup(page).select("form[action$='/confirmation']")
    assert (await deputy.get(soup(page).select_one("img.photo")["src"])).status_code == 200
    assert (await deputy.get(f"{at}/paper/scan.pdf")).content == SCAN
    for way in ("paper", "paper/scan.pdf", "paper/photos/1"):
        assert (await outsider.get(f"{at}/{way}")).status_code in (403, 404)
    assert (await deputy.post(f"{at}/paper/confirmation")).url.path == at
    page = await clerk.post(f"{at}/minutes")
    assert "会后补录" in page.text
    assert "沈涛" in page.text
    assert (await clerk.get(f"/ballots/{(await Ballot.get()).id}")).status_code == 200
