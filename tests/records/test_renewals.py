"""What becomes of an agreement in effect: renewed, supplemented, evaluated, counted. Signing itself is tested elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.partnership import appraisals, drafting, freezing, renewals, statistics, supplements, terms
from council.partnership.agreements import Agreement, Signatory
from council.partnership.appraisals import Given
from council.partnership.drafting import Wording
from council.refusals import Conflict, Forbidden, Refusal
from tests.five import ORIGIN, place_of

GOOD = Given(5, 4, 3, "按时送餐")


async def in_effect(agreement: Agreement) -> Agreement:
    """As it stands after the last signature."""
    async with writing():
        await Signatory.filter(agreement_id=agreement.id).update(stage="signed", signed_at=clock.now())
        await Agreement.filter(id=agreement.id).update(stage="effective", effective_on=agreement.first_day)
    return await Agreement.get(id=agreement.id).select_related("place")


@pytest.fixture
async def running(made, world):
    """In effect since a year ago less ten days; ten days are left."""
    today = clock.today()
    given = made.draft(first_day=today - timedelta(days=355), last_day=today + timedelta(days=10))
    return await in_effect(await drafting.draft(world.community, given, by=world.clerk))


async def test_parties_say_whether_they_go_on_and_the_next_agreement_is_between_those_who_do(running, made, world):
    for person, wish in ((made.signers[0], "yes"), (made.signers[1], "yes"), (made.signers[4], "no")):
        await renewals.answer(await place_of(running, person), wish, by=person)
    with pytest.raises(Forbidden):
        await renewals.answer(await place_of(running, made.signers[2]), "yes", by=made.signers[1])
    after = await renewals.renew(running, by=world.clerk)
    assert after.number != running.number
    assert (after.first_day, after.last_day - after.first_day) == (running.last_day + timedelta(days=1), running.last_day - running.first_day)
    assert [row.name for row in await after.signatories()] == [each.name for each in made.organisations[:4]]
    with pytest.raises(Conflict):
        await renewals.renew(running, by=world.clerk)
    with pytest.raises(Forbidden):
        await renewals.renew(running, by=made.signers[1])


async def test_without_the_committee_nothing_goes_on(running, made, world):
    await renewals.answer(await place_of(running, made.signers[0]), "no", by=made.signers[0])
    with pytest.raises(Refusal):
        await renewals.renew(running, by=world.clerk)


async def test_the_window_opens_thirty_days_before_the_last_day_and_asks_once(running, made, world):
    await Agreement.filter(id=running.id).update(last_day=clock.today() + timedelta(days=31))
    early = await Agreement.get(id=running.id)
    assert not renewals.window_open(early)
    assert await renewals.keep() == 0
    with pytest.raises(Conflict):
        await renewals.answer(await place_of(early, made.signers[1]), "yes", by=made.signers[1])
    with pytest.raises(Conflict):
        await renewals.renew(early, by=world.clerk)
    await Agreement.filter(id=running.id).update(last_day=clock.today() + timedelta(days=30))
    assert (await renewals.keep(), await renewals.keep()) == (1, 0)


@pytest.mark.parametrize(("signed", "stage"), [(True, "renewed"), (False, "ended")])
async def test_the_first_runs_to_its_last_day_and_is_renewed_only_if_the_next_was_signed(running, world, signed, stage):
    after, last = await renewals.renew(running, by=world.clerk), running.last_day
    if signed:
        await in_effect(after)
    await terms.keep()
    assert (await Agreement.get(id=running.id)).stage == "effective"
    async with writing():
        await Agreement.filter(id=running.id).update(last_day=clock.today() - timedelta(days=1))
    await terms.keep()
    assert (await Agreement.get(id=running.id)).stage == stage
    assert last == running.last_day


async def test_a_supplement_has_the_same_parties_and_the_same_last_day(running, world):
    more = await supplements.supplement(running, "关于暑期托管的补充协议", by=world.clerk)
    assert more.number == f"{running.number}补1"
    assert (more.kind, more.previous_id, more.last_day) == ("supplement", running.id, running.last_day)
    assert [row.organisation_id for row in await more.signatories()] == [row.organisation_id for row in await running.signatories()]
    assert running.number in more.preamble
    given = Wording(more.title, more.preamble, more.first_day, more.last_day + timedelta(days=1), 2, [("补充内容", "每天下午。")])
    with pytest.raises(Refusal):
        await drafting.revise(more, given, by=world.clerk)
    with pytest.raises(Conflict):
        await supplements.supplement(more, "补充的补充", by=world.clerk)
    assert (await Agreement.get(id=running.id)).last_day == running.last_day


async def test_a_supplement_is_not_fixed_once_the_parties_have_changed(running, world):
    more = await supplements.supplement(running, "补充协议", by=world.clerk)
    await more.review(by=world.clerk)
    with pytest.raises(Refusal):
        await freezing.freeze(more, by=world.clerk, origin=ORIGIN)
    await Agreement.filter(id=more.id).update(clauses=[{"heading": "补充内容", "body": "七、八月每个工作日下午。"}])
    more = await Agreement.get(id=more.id)
    await Signatory.filter(agreement_id=running.id, order=4).update(stage="left")
    with pytest.raises(Conflict):
        await freezing.freeze(more, by=world.clerk, origin=ORIGIN)


async def test_what_was_added_ends_with_the_agreement(running, world):
    one = await in_effect(await supplements.supplement(running, "补充协议甲", by=world.clerk))
    two = await supplements.supplement(running, "补充协议乙", by=world.clerk)
    await running.terminate("单位搬迁", by=world.secretary)
    assert [(await Agreement.get(id=each.id)).stage for each in (one, two)] == ["terminated", "cancelled"]


async def test_each_side_reads_what_was_said_of_it_after_it_has_spoken(running, made, world):
    committee, hotel = [await place_of(running, person) for person in made.signers[:2]]
    year = appraisals.open_year(running)
    await appraisals.appraise(committee, hotel.id, GOOD, by=made.signers[0])
    assert not await appraisals.readable(running, hotel, None)
    assert not await appraisals.readable(running, None, world.street_secretary)
    await appraisals.appraise(hotel, committee.id, Given(4, 4, 4), by=made.signers[1])
    assert [row.about_id for row in await appraisals.readable(running, hotel, None)] == [hotel.id, committee.id]
    assert not await appraisals.readable(running, await place_of(running, made.signers[2]), None)
    assert len(await appraisals.readable(running, None, world.street_secretary)) == 2
    assert not await appraisals.readable(running, None, None)
    assert [each.order for each in await appraisals.owed(running, committee, year)] == [2, 3, 4]


async def test_an_evaluation_is_given_once_and_partners_do_not_speak_of_each_other(running, made, world):
    committee, hotel, clinic = [await place_of(running, person) for person in made.signers[:3]]
    await appraisals.appraise(hotel, committee.id, GOOD, by=made.signers[1])
    for about in (committee.id, clinic.id, hotel.id):
        with pytest.raises(Conflict):
            await appraisals.appraise(hotel, about, GOOD, by=made.signers[1])
    with pytest.raises(Refusal):
        await appraisals.appraise(committee, hotel.id, Given(6, 1, 1), by=made.signers[0])
    with pytest.raises(Forbidden):
        await appraisals.appraise(committee, hotel.id, GOOD, by=made.signers[1])
    with pytest.raises(Forbidden):
        await appraisals.appraise(committee, hotel.id, GOOD, by=world.clerk)


async def test_scores_stand_in_the_unit_s_record_in_tenths(running, made, world):
    committee, hotel = [await place_of(running, person) for person in made.signers[:2]]
    await appraisals.appraise(committee, hotel.id, GOOD, by=made.signers[0])
    assert not await statistics.record_of(world.hotel)
    await appraisals.appraise(hotel, committee.id, Given(2, 2, 2), by=made.signers[1])
    [year] = await statistics.record_of(world.hotel)
    assert (year.voices, year.kept, year.together, year.useful, statistics.words(year.tenths)) == (1, 50, 40, 30, "4.0")
    seen = {row.name: row.score for row in await statistics.by_unit([world.street.path])}
    assert seen["和平宾馆党支部"] == "4.0"
    assert {row.score for row in await statistics.by_unit()} == {"—"}


async def test_figures_count_agreements_needs_and_projects_where_they_lie(running, made, world):
    kinds = {row.name: row.figures for row in await statistics.by_category()}
    assert kinds["服务互助"]["agreements"] == 1 or kinds["Mutual service"]["agreements"] == 1
    places = {row.name: row.figures for row in await statistics.by_street()}
    for name in (world.street.name, world.community.name):
        assert (places[name]["agreements"], places[name]["offers"]) == (1, 3)
    assert not places[world.beside.name]
    units = {row.name: row.figures for row in await statistics.by_unit()}
    assert (units["和平宾馆党支部"]["agreements"], units["和平宾馆党支部"]["offers"]) == (1, 1)


def test_averages_are_rounded_to_the_nearest_tenth_without_floats():
    assert [statistics.rounded(10 * total, n) for total, n in ((13, 3), (14, 3), (9, 2), (5, 1), (17, 4))] == [43, 47, 45, 50, 43]
