"""Agreements: three lists, drafting, review, freezing, new versions, who may see them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from council import clock
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Office, standing
from council.neighbourhood.people import Visitor
from council.neighbourhood.registry import add_person, end_office, grant
from council.partnership import drafting, files, finding, freezing, signing, texts
from council.partnership.agreements import Agreement, Signatory
from council.partnership.needs import Need, Wish, add_need, needs
from council.partnership.projects import Plan, Project, add_project
from council.partnership.resources import Offer, add_resource, resources
from council.partnership.signatures import Revision, head
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from tests import five as cast
from tests.five import frozen, place_of, reviewed, sign_all


async def test_a_need_is_matched_by_a_project_and_met_when_it_is_finished(made, world):
    need = await Need.get(title="每月一次义诊和用药指导")
    assert need.stage == "matched"
    project = await Project.get(need_id=need.id).select_related("lead")
    await project.move("running", by=made.signers[2])
    with pytest.raises(Refusal):
        await project.move("finished", by=made.signers[2])
    await project.move("finished", by=made.signers[2], proof="义诊12场，签到表存社区")
    assert (await Need.get(id=need.id)).stage == "met"


async def test_a_stopped_project_opens_its_need_again(made, world):
    project = await Project.get(title="幸福餐桌")
    await project.move("stopped", by=world.clerk)
    assert (await Need.get(id=project.need_id)).stage == "open"


async def test_a_partner_offers_only_what_is_its_own(made, world):
    with pytest.raises(Forbidden):
        await add_resource(world.community, made.organisations[2], Offer("会议室", "venue"), by=world.hotel_secretary)
    await add_resource(world.community, world.hotel_branch, Offer("会议室", "venue"), by=world.hotel_secretary)
    with pytest.raises(Forbidden):
        await add_resource(world.community, world.hotel_branch, Offer("会议室", "venue"), by=world.resident)


async def test_what_is_withdrawn_or_over_is_no_longer_on_the_lists(made, world):
    yesterday = clock.today() - timedelta(days=1)
    await add_resource(world.community, world.hotel_branch, Offer("旧礼堂", "venue", last_day=yesterday), by=world.clerk)
    before = await resources(world.community.path)
    assert "旧礼堂" not in [each.title for each in before]
    await before[0].withdraw(by=world.clerk)
    assert len(await resources(world.community.path)) == len(before) - 1
    need = await add_need(world.grid, Wish("装一盏路灯"), by=world.grid_worker)
    await need.withdraw(by=world.grid_worker)
    assert need.id not in [each.id for each in await needs(world.community.path)]
    with pytest.raises(Conflict):
        await need.withdraw(by=world.grid_worker)


async def test_a_project_ends_after_it_begins(made, world):
    today = clock.today()
    with pytest.raises(Refusal):
        await add_project(world.community, world.committee, Plan("x", first_day=today, last_day=today - timedelta(days=1)), by=world.clerk)


async def test_a_draft_names_its_five_signatories_with_their_units(made, world):
    agreement = await drafting.draft(world.community, made.draft(), by=world.clerk)
    rows = await agreement.signatories()
    assert [row.organisation.name for row in rows] == [each.name for each in made.organisations]
    assert [row.signer.name for row in rows] == ["周敏", "韩雪", "苏玉珂", "陈龑", "贾文澜"]
    assert [row.unit_name for row in rows][:2] == ["", "和平宾馆"]
    assert agreement.copies == 6
    paper = await texts.draft_paper(agreement, cast.ORIGIN)
    assert [each.side for each in paper.signatories] == ["甲方", "乙方一", "乙方二", "乙方三", "乙方四"]
    assert len(paper.annexes[0].rows) == 2
    assert len(paper.annexes[1].rows) == 3
    assert len(paper.annexes[2].rows) == 2
    text = "".join(p for clause in paper.clauses for p in clause.paragraphs)
    assert "〔" not in text
    assert "一式六份" in text


async def test_numbers_are_unique_and_count_by_year(made, world):
    first = await drafting.draft(world.community, made.draft(), by=world.clerk)
    second = await drafting.draft(world.community, made.draft(), by=world.clerk)
    year = clock.today().year
    assert (first.number, second.number) == (f"共建〔{year}〕第001号", f"共建〔{year}〕第002号")


async def test_a_character_no_typeface_has_is_refused_and_named(made, world):
    with pytest.raises(Refusal) as refused:
        await drafting.draft(world.community, made.draft(title="共建\U000e0101协议\uf8ff"), by=world.clerk)
    assert "\uf8ff" in str(refused.value)


async def test_one_organisation_alone_agrees_with_nobody(made, world):
    with pytest.raises(Refusal):
        await drafting.draft(world.community, made.draft(partners=()), by=world.clerk)


async def test_an_organisation_without_a_secretary_cannot_be_a_signatory(made, world):
    office = await Office.get(person_id=made.signers[3].id)
    await end_office(office, clock.today() - timedelta(days=1), by=world.operator)
    with pytest.raises(Refusal) as refused:
        await drafting.draft(world.community, made.draft(), by=world.clerk)
    assert "老年大学" in str(refused.value)


async def test_a_project_led_by_an_outsider_to_the_agreement_is_refused(made, world):
    with pytest.raises(Refusal):
        await drafting.draft(world.community, made.draft(partners=made.partners[2:]), by=world.clerk)


async def test_only_staff_of_the_place_draft(made, world):
    for person in (world.hotel_secretary, world.resident, world.beside_secretary, world.grid_worker):
        with pytest.raises(Forbidden):
            await drafting.draft(world.community, made.draft(), by=person)


async def test_the_term_follows_its_fields_and_a_revised_text_goes_back_to_the_draft(made, world):
    agreement = await reviewed(made)
    wording = drafting.Wording(
        agreement.title, agreement.preamble, agreement.first_day, agreement.last_day + timedelta(days=1), 7,
        [(each["heading"], each["body"]) for each in agreement.clauses] + [("其他", "一年一议。"), ("", "")],
    )  # fmt: skip
    await drafting.revise(agreement, wording, by=world.clerk)
    fresh = await Agreement.get(id=agreement.id)
    paper = await texts.draft_paper(fresh, cast.ORIGIN)
    assert fresh.stage == "draft"
    assert len(fresh.clauses) == 14
    assert f"{fresh.last_day.year}年{fresh.last_day.month}月{fresh.last_day.day}日" in paper.clauses[1].paragraphs[0]
    assert "一式七份" in paper.clauses[12].paragraphs[0]


async def test_who_signs_and_who_is_rung_are_separate(made, world):
    agreement = await drafting.draft(world.community, made.draft(), by=world.clerk)
    place = await place_of_draft(agreement, 1)
    able = (await drafting.signers([place.organisation_id]))[place.organisation_id]
    await drafting.represent(place, able[0], "白露", "13800001111", by=world.clerk)
    again = await Signatory.get(id=place.id)
    assert (again.liaison, again.phone) == ("白露", "13800001111")
    assert "13800001111" not in again.phone_sealed
    foreign = (await drafting.signers([made.organisations[2].id]))[made.organisations[2].id][0]
    with pytest.raises(Refusal):
        await drafting.represent(place, foreign, "", "", by=world.clerk)


async def place_of_draft(agreement, order):
    return await Signatory.get(agreement_id=agreement.id, order=order)


async def test_freezing_keeps_the_file_under_its_digest(made):
    agreement = await frozen(made)
    revision = await head(agreement)
    data = await files.read(revision.file)
    assert sha256(data).hexdigest() == agreement.digest == revision.digest
    assert data.startswith(b"%PDF")
    assert agreement.pages >= 4
    entry = await Entry.get(act="agreement.frozen", subject_id=agreement.id)
    assert entry.numbers["sha256"] == agreement.digest


async def test_a_frozen_text_does_not_follow_the_lists(made, world):
    agreement = await frozen(made)
    before = (await texts.paper_of(agreement, cast.ORIGIN)).digest
    await (await Project.get(title="幸福餐桌")).move("running", by=world.clerk)
    paper = await texts.paper_of(await Agreement.get(id=agreement.id), cast.ORIGIN)
    assert paper.digest == before == texts.digest(paper)


async def test_only_a_reviewed_text_is_frozen_and_a_frozen_one_is_not_revised(made, world):
    agreement = await drafting.draft(world.community, made.draft(), by=world.clerk)
    with pytest.raises(Conflict):
        await freezing.freeze(agreement, by=world.clerk, origin=cast.ORIGIN)
    agreement = await frozen(made)
    with pytest.raises(Conflict):
        await drafting.revise(agreement, drafting.Wording("x", "y", agreement.first_day, agreement.last_day, 6, [("a", "b")]), by=world.clerk)


async def test_any_change_after_freezing_is_a_new_version_and_voids_every_signature(made, agreement, world):
    await sign_all(made, agreement, 3)
    old = (await head(agreement)).digest
    assert await freezing.signed_so_far(agreement) == 3
    assert await freezing.reopen(agreement, "增加一个项目", by=world.clerk) == 3
    again = await Agreement.get(id=agreement.id)
    assert (again.stage, again.version, again.digest) == ("draft", 2, "")
    assert {row.stage for row in await again.signatories()} == {"invited"}
    assert await head(again) is None
    assert await Revision.filter(agreement_id=agreement.id, version=1).count() == 4
    await again.review(by=world.clerk)
    await freezing.freeze(again, by=world.clerk, origin=cast.ORIGIN)
    again = await Agreement.get(id=agreement.id)
    assert again.digest != old
    await freezing.send(again, by=world.clerk)
    for person in made.signers:
        place = await place_of(again, person)
        if person in made.signers[3:]:
            await cast.equip(place, world.deputy)
        await signing.sign(place, signing.Hand(typed=person.name), cast.PIN, by=person)
    assert (await Agreement.get(id=agreement.id)).stage == "effective"


async def test_drafts_are_seen_by_staff_and_signatories_only(made, world):
    agreement = await reviewed(made)
    for person in (world.clerk, world.hotel_secretary, world.street_secretary):
        assert await finding.seen(agreement.id, person)
        assert agreement.id in [each.id for each in await finding.agreements(person, await standing(person))]
    for outsider in (world.resident, world.beside_secretary, world.manager, Visitor(), None):
        with pytest.raises(NotFound):
            await finding.seen(agreement.id, outsider)
        assert not await finding.agreements(outsider, await standing(outsider))


async def test_the_list_finds_by_title_number_and_organisation(made, world):
    agreement = await drafting.draft(world.community, made.draft(), by=world.clerk)
    held = await standing(world.clerk)
    for q in ("党建联盟", "001", "康和", "和平宾馆"):
        assert [each.id for each in await finding.agreements(world.clerk, held, q=q)] == [agreement.id]
    assert not await finding.agreements(world.clerk, held, q="没有这个")


async def test_a_signatory_asks_for_a_change_and_is_answered(made, world):
    agreement = await reviewed(made)
    mine = await finding.own_signatory(agreement, world.hotel_secretary)
    asked = await agreement.ask_change(mine, "厨房周末不开", by=world.hotel_secretary, clause=3)
    await agreement.answer(asked, "已改为工作日", by=world.clerk)
    [row] = await finding.requests(agreement)
    assert (row.answer, row.signatory.organisation.name) == ("已改为工作日", "和平宾馆党支部")
    with pytest.raises(Forbidden):
        await agreement.ask_change(mine, "x", by=world.resident)


async def test_an_agreement_is_given_up_before_and_terminated_after_it_took_effect(made, world):
    agreement = await reviewed(made)
    with pytest.raises(Conflict):
        await agreement.terminate("x", by=world.secretary)
    await agreement.cancel("各方改期再议", by=world.secretary)
    with pytest.raises(Conflict):
        await agreement.cancel("x", by=world.secretary)


async def test_whoever_left_office_cannot_be_printed_as_representative(made, world):
    agreement = await reviewed(made)
    office = await Office.get(person_id=made.signers[2].id)
    await end_office(office, clock.today() - timedelta(days=1), by=world.operator)
    new = await add_person("方宁", world.community, by=world.operator)
    await grant(new, "secretary", by=world.operator, organisation=made.organisations[2], place=world.community)
    with pytest.raises(Refusal) as refused:
        await freezing.freeze(agreement, by=world.clerk, origin=cast.ORIGIN)
    assert "苏玉珂" in str(refused.value)
