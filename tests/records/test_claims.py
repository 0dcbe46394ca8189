"""The board: what fits a need, who takes it on; progress of a project with what shows it."""

from __future__ import annotations

import asyncio

import pytest

from council.partnership import advances, claims
from council.partnership.claims import Claim, board, claim, take_back
from council.partnership.needs import Need, Wish, add_need
from council.partnership.projects import Plan, Project, add_project
from council.partnership.resources import Offer, add_resource
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.fitting import fitting


@pytest.fixture
async def choir(world):
    """A need for a room, and the hotel's hall."""
    need = await add_need(world.grid, Wish("合唱队排练场地", "第一网格", "退休居民", "soon", "周三下午", "venue"), by=world.grid_worker)
    hall = await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue", "60人", "周三下午"), by=world.hotel_secretary)
    return need, hall


def test_the_kind_that_was_asked_for_comes_before_words_in_common():
    found = fitting("手机课堂 需要讲师", "skills", {1: ("手机维修", "equipment"), 2: ("书法", "skills"), 3: ("桌椅", "equipment")})
    assert [(fit.key, fit.same_kind, fit.common) for fit in found] == [(2, True, ()), (1, False, ("手机",))]


def test_words_that_every_need_holds_fit_nothing_together():
    assert fitting("居民每月一次服务", "", {1: ("社区居民服务，每月一次", "people")}) == []


async def test_the_board_shows_a_need_beside_what_fits(choir, world):
    need, hall = choir
    await add_resource(world.community, world.hotel_branch, Offer("送餐车", "equipment"), by=world.hotel_secretary)
    await add_resource(world.beside, world.hotel_branch, Offer("新华礼堂", "venue"), by=world.street_secretary)
    [line] = await board("/")
    assert line.need.id == need.id
    assert [each.id for each, _fit in line.fits] == [hall.id]
    assert not line.claims


async def test_a_claim_is_made_once_and_taken_back(choir, world):
    need, hall = choir
    made = await claim(need, world.hotel_branch, by=world.hotel_secretary, resource=hall)
    with pytest.raises(Conflict):
        await claim(need, world.hotel_branch, by=world.hotel_secretary)
    [line] = await board("/")
    assert [each.organisation.name for each in line.claims] == ["和平宾馆党支部"]
    with pytest.raises(Forbidden):
        await take_back(made, by=world.beside_secretary)
    await take_back(made, by=world.hotel_secretary)
    with pytest.raises(Conflict):
        await take_back(made, by=world.hotel_secretary)
    assert not (await board("/"))[0].claims


async def test_two_who_press_at_once_make_one_claim(choir, world):
    need, hall = choir
    tries = [claim(need, world.hotel_branch, by=world.hotel_secretary, resource=hall) for _ in range(2)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Claim) for one in done) == 1
    assert sum(isinstance(one, Conflict) for one in done) == 1


async def test_nobody_claims_for_another_or_with_what_is_another_s(choir, made, world):
    need, hall = choir
    for person in (world.resident, world.beside_secretary):
        with pytest.raises(Forbidden):
            await claim(need, world.hotel_branch, by=person)
    with pytest.raises(Forbidden):
        await claim(need, made.organisations[2], by=world.hotel_secretary)
    with pytest.raises(Forbidden):
        await claim(need, made.organisations[2], by=world.clerk, resource=hall)


async def test_a_project_ends_the_claims_of_its_need(choir, world):
    need, hall = choir
    await claim(need, world.hotel_branch, by=world.hotel_secretary, resource=hall)
    await add_project(world.community, world.hotel_branch, Plan("合唱角"), by=world.clerk, need=need, resource=hall)
    assert not await Claim.exists(ended_at=None)
    assert not await board("/")
    with pytest.raises(Conflict):
        await claim(await Need.get(id=need.id), world.hotel_branch, by=world.hotel_secretary)


async def test_progress_is_reported_with_what_shows_it_while_the_project_runs(choir, world):
    need, hall = choir
    project = await add_project(world.community, world.hotel_branch, Plan("合唱角"), by=world.clerk, need=need, resource=hall)
    with pytest.raises(Conflict):
        await advances.report(project, "排练一次", "签到表", 10, by=world.hotel_secretary)
    await project.move("running", by=world.hotel_secretary)
    with pytest.raises(Refusal):
        await advances.report(project, "排练一次", "  ", 10, by=world.hotel_secretary)
    with pytest.raises(Refusal):
        await advances.report(project, "排练一次", "签到表", 101, by=world.hotel_secretary)
    with pytest.raises(Forbidden):
        await advances.report(project, "排练一次", "签到表", 10, by=world.resident)
    for percent in (10, 40):
        await advances.report(project, "排练", "签到表在社区", percent, by=world.hotel_secretary)
    assert await advances.latest([project]) == {project.id: 40}
    assert [row.percent for row in await advances.advances(await Project.get(id=project.id))] == [40, 10]


async def test_a_claim_that_ended_is_found_no_longer(choir, world):
    from council.refusals import NotFound

    made = await claim(choir[0], world.hotel_branch, by=world.hotel_secretary)
    await take_back(made, by=world.clerk)
    with pytest.raises(NotFound):
        await claims.found(made.id)


async def heard(act: str) -> dict[str, list[str]]:
    """What the newest act of this kind tells: name of a person -> sentences."""
    from council.neighbourhood.journal import Entry
    from council.secretariat import matching
    from council.secretariat.inbox import Notice

    before = [row.id for row in await Notice.all()]
    await matching.hear((await Entry.filter(act=act).order_by("-id").limit(1))[0])
    found: dict[str, list[str]] = {}
    for row in await Notice.exclude(id__in=before).select_related("person").order_by("id"):
        found.setdefault(row.person.name, []).append(str(row.phrase))
    return found


async def test_both_sides_and_the_community_hear_of_a_claim_and_of_the_project_made_of_it(choir, made, world):
    need, hall = choir
    officers = {"周敏", "沈涛", "蒋文"}
    await claim(need, world.hotel_branch, by=world.hotel_secretary, resource=hall)
    told = await heard("need.claimed")
    assert set(told) == {"郑凯", *officers}, "whoever put the need on the list and the staff, not whoever pressed"
    assert told["郑凯"] == ["和平宾馆党支部认领了“合唱队排练场地”，社区可以立项了。"]
    taken = await claim(need, made.organisations[2], by=made.signers[2])
    await take_back(taken, by=world.clerk)
    assert set(await heard("need.claim_taken_back")) == {"郑凯", "苏玉珂", "周敏", "沈涛"}
    await add_project(world.community, made.organisations[3], Plan("合唱角"), by=world.clerk, need=need, resource=hall)
    told = await heard("project.added")
    assert set(told) == {"郑凯", "韩雪", "陈龑", "周敏", "沈涛"}, "who leads and whose claim was answered hear it too, a claim taken back does not"
    project = await Project.get(title="合唱角")
    await project.move("stopped", by=made.signers[3])
    assert (await heard("project.moved"))["蒋文"] == ["项目“合唱角”现在的状态：已停止。"]


async def test_whoever_took_on_a_need_hears_that_it_was_withdrawn(choir, world):
    need, hall = choir
    await claim(need, world.hotel_branch, by=world.clerk, resource=hall)
    await need.withdraw(by=world.grid_worker)
    assert set(await heard("need.withdrawn")) == {"韩雪"}
