"""Four deliberations, two publicities: one gate after another, each with its body, quorum, day and paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from council import clock
from council.proceedings import chains, gates
from council.proceedings.chains import Chain, Step
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.chains import GATES, Figures, check_days, check_figures, gate
from tests.client import soup
from tests.records.cast import drafted
from tests.room import room

TODAY = clock.today()


@pytest.mark.parametrize(
    ("code", "figures", "field"),
    [
        ("examination", Figures(30, 20, 16), None),  # two thirds present, more than half of all
        ("examination", Figures(30, 20, 15), "yes"),
        ("examination", Figures(30, 19, 19), "present"),
        ("resolution", Figures(23, 16, 9), None),
        ("resolution", Figures(23, 15, 15), "present"),
        ("resolution", Figures(23, 16, 8), "yes"),
        ("discussion", Figures(9, 6, 4), None),
        ("discussion", Figures(9, 10, 4), "present"),
        ("discussion", Figures(0, 0, 0), "present"),
        ("proposal", Figures(), None),
    ],
)
def test_each_body_has_its_own_quorum_and_majority(code, figures, field):
    if field is None:
        check_figures(gate(code), "RC_REPS", figures)
        return
    with pytest.raises(Refusal) as refused:
        check_figures(gate(code), "RC_REPS", figures)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("code", "day", "until", "before", "field"),
    [
        ("discussion", 0, None, -1, None), ("discussion", -2, None, -1, "day"), ("discussion", 1, None, -1, "day"),
        ("resolution_public", -9, -2, -9, None), ("resolution_public", -9, -3, -9, "until"), ("outcome_public", 0, None, -9, "until"),
    ],
)  # fmt: skip
def test_gates_follow_in_time_and_what_hangs_hangs_seven_days(code, day, until, before, field):
    def at(n: int | None) -> date | None:
        return None if n is None else TODAY + timedelta(days=n)

    if field is None:
        check_days(gate(code), at(day), at(until), at(before), TODAY)
        return
    with pytest.raises(Refusal) as refused:
        check_days(gate(code), at(day), at(until), at(before), TODAY)
    assert refused.value.field == field


async def through(chain: Chain, world, number: int) -> list[Step]:
    done = []
    for n, one in enumerate(GATES[:number]):
        day = TODAY - timedelta(days=20 - n)
        done.append(await chains.passed(
            chain, one.code, by=world.secretary, body=str(one.body), day=day, until=day + timedelta(days=7) if one.public else None,
            document=f"长社〔2026〕{n}号", figures=Figures(30, 25, 20),
        ))  # fmt: skip
    return done


async def test_all_six_gates_are_passed_one_after_another_and_no_other_way(world):
    chain = await chains.begin("公共收益使用办法", world.community, "RC_REPS", by=world.secretary)
    with pytest.raises(Conflict):
        await chains.passed(chain, "resolution", by=world.secretary, body="居民代表会议", day=TODAY, document="x号", figures=Figures(23, 20, 20))
    await through(chain, world, 6)
    assert [one.code for one in await chain.steps()] == [one.code for one in GATES]
    with pytest.raises(Conflict):
        await through(chain, world, 1)
    for stranger in (world.resident, world.beside_secretary, world.grid_secretary):
        with pytest.raises(Forbidden):
            await chains.begin("停车", world.community, "RC_REPS", by=stranger)


async def closed(world, kind: str, title: str) -> Meeting:
    meeting = await drafted(world, kind, title=title)
    await Meeting.filter(id=meeting.id).update(stage="closed", notice_at=clock.now())
    return await Meeting.get(id=meeting.id)


async def test_a_meeting_of_a_gate_is_held_of_the_right_kind_and_follows_the_one_before(world):
    chain = await chains.begin("公共收益使用办法", world.community, "RC_REPS", by=world.secretary)
    await through(chain, world, 1)
    open_one = await drafted(world, "two_committees_meeting")
    wrong, two = await closed(world, "community_review_council", "评议"), await closed(world, "two_committees_meeting", "两委商议")
    members = await closed(world, "party_members_meeting", "党员大会")
    said = {"by": world.secretary, "body": "两委", "day": TODAY, "document": "记录1号", "figures": Figures(9, 9, 9)}
    for meeting in (open_one, wrong):
        with pytest.raises(Refusal):
            await chains.passed(chain, "discussion", meeting=meeting, **said)
    await chains.passed(chain, "discussion", meeting=two, **said)
    await chains.passed(chain, "examination", meeting=members, **said)
    assert [one.title for one in await chains.line(await Meeting.get(id=two.id), world.secretary)] == ["两委商议", "党员大会"]


async def test_the_line_of_meetings_hides_closed_ones_and_survives_a_circle(world):
    first, second = await closed(world, "community_review_council", "第一次"), await closed(world, "community_review_council", "第二次")
    private = await closed(world, "grid_neighbourhood_meeting", "402漏水")
    await Meeting.filter(id=second.id).update(follows_id=first.id)
    await Meeting.filter(id=private.id).update(follows_id=second.id)
    shown = [one.title for one in await chains.line(await Meeting.get(id=second.id), world.outsider)]
    assert "402漏水" not in shown
    assert shown == ["第一次", "第二次"]
    await Meeting.filter(id=first.id).update(follows_id=second.id)
    assert {one.id for one in await chains.line(await Meeting.get(id=first.id), world.secretary)} >= {first.id, second.id}
    with pytest.raises(Refusal):
        await chains.follow(await drafted(world), private, by=world.secretary)


async def test_the_pages_show_the_way_and_take_the_next_step_only(world, browser_of):
    browser, visitor = await browser_of(world.secretary), await browser_of()
    page = await browser.post("/chains", data={"title": "公共收益使用办法", "place": str(world.community.id), "rule": "RC_REPS"})
    at = page.url.path
    assert [li.get("aria-current") for li in soup(page).select(".gates__one")] == ["step"] + [None] * 5
    assert not soup(await visitor.get(at)).select('form[action$="/steps"]')
    data = {"code": "proposal", "body": "长风社区党委", "day": TODAY.isoformat(), "document": "提议书"}
    assert (await visitor.post(f"{at}/steps", data=data)).url.path == "/sign-in"
    assert (await browser.post(f"{at}/steps", data=data | {"day": "2050-01-01"})).status_code == 422
    assert (await browser.post(f"{at}/steps", data=data | {"code": "resolution"})).status_code in (409, 422)
    page = soup(await browser.post(f"{at}/steps", data=data))
    assert len(page.select(".gates__one--done")) == 1
    assert page.select_one(f'a[href="/meetings/new?kind=two_committees_meeting&place={world.community.id}"]')
    assert not soup(await visitor.get(at)).select('a[href^="/meetings/new"]')
    assert "公共收益使用办法" in (await visitor.get("/chains")).text


async def test_a_gate_takes_its_figures_from_its_meeting_and_its_vote(world, browser_of):
    chain = await chains.begin("公共收益使用办法", world.community, "RC_REPS", by=world.secretary)
    await through(chain, world, 3)
    wrong = await room(world, listed=3, present=3, kind="residents_meeting", rule_id="RC_MEETING_HH", path=world.community.path)
    hall = await room(world, listed=23, present=16, kind="representatives_meeting", rule_id="RC_REPS")
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=12, no=3, abstain=1)
    await hall.finish(ballot)
    for one in (wrong, hall):
        await Meeting.filter(id=one.meeting.id).update(stage="closed", closed_at=clock.now())
    [held] = await gates.held_for(chain, gate("resolution"))
    assert (held.ballot.id, held.figures) == (ballot.id, Figures(23, 16, 12))
    browser, at = await browser_of(world.secretary), f"/chains/{chain.id}"
    radios = soup(await browser.get(at)).select("input[name=meeting]")
    assert [one["value"] for one in radios] == [held.key, ""]
    assert "checked" in radios[0].attrs
    data = {"code": "resolution", "body": "居民代表会议", "document": "决议1号", "meeting": held.key, "entitled": "99", "present": "99", "yes": "99"}
    assert (await browser.post(f"{at}/steps", data=data | {"meeting": f"{wrong.meeting.id}"})).status_code == 422
    page = await browser.post(f"{at}/steps", data=data)
    step = await Step.get(code="resolution")
    assert (step.entitled, step.present, step.yes, step.ballot_id, step.day) == (23, 16, 12, ballot.id, clock.today())
    assert soup(page).select_one(f'a[href="/ballots/{ballot.id}"]')


async def test_without_a_vote_the_roll_counts_and_those_in_favour_are_typed(world, browser_of):
    chain = await chains.begin("公共收益使用办法", world.community, "RC_REPS", by=world.secretary)
    await through(chain, world, 1)
    hall = await room(world, listed=9, present=7, observers=2, kind="two_committees_meeting")
    await Meeting.filter(id=hall.meeting.id).update(stage="closed")
    browser, at = await browser_of(world.secretary), f"/chains/{chain.id}"
    data = {"code": "discussion", "body": "两委", "document": "记录1号", "meeting": str(hall.meeting.id)}
    assert (await browser.post(f"{at}/steps", data=data | {"yes": "3"})).status_code == 422
    await browser.post(f"{at}/steps", data=data | {"yes": "6"})
    step = await Step.get(code="discussion")
    assert (step.entitled, step.present, step.yes, step.meeting_id, step.ballot_id) == (9, 7, 6, hall.meeting.id, None)
    nothing = {"code": "examination", "body": "党员大会", "document": "记录2号", "entitled": "30", "present": "25", "yes": "20"}
    refused = await browser.post(f"{at}/steps", data=nothing)
    assert refused.status_code == 422
    assert soup(refused).select_one("#day-error")


async def test_a_meeting_that_follows_another_is_called_from_its_page(world, browser_of):
    first = await closed(world, "community_review_council", "第一次")
    browser = await browser_of(world.secretary)
    link = soup(await browser.get(f"/meetings/{first.id}")).select_one('a[href*="follows="]')["href"]
    assert soup(await browser.get(link)).select_one('input[name="follows"]')["value"] == str(first.id)
    start = clock.local(clock.now() + timedelta(days=9)).date().isoformat()
    form = {"kind": "community_review_council", "place": str(world.community.id), "title": "第二次", "day": start, "hour": "19:00"}
    page = await browser.post("/meetings", data=form | {"follows": str(first.id)})
    assert (await Meeting.get(title="第二次")).follows_id == first.id
    assert "第一次" in (await browser.get(page.url.path + "/line")).text
