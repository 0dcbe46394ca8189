"""Being invited: the reasons stand beside the names, and an answer takes one tap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council.neighbourhood.people import Person
from council.neighbourhood.registry import grant
from council.proceedings import agenda, slips
from council.proceedings.invitations import Invitation
from tests.client import soup
from tests.records.cast import called, drafted


async def test_only_those_with_a_reason_are_ticked_and_the_reason_is_read(world, browser_of):
    meeting = await drafted(world, title="小区停车秩序")
    await agenda.add(meeting, "停车收费", by=world.secretary)
    page = await (await browser_of(world.secretary)).get(f"/meetings/{meeting.id}/invitations")
    boxes = {box["value"].partition("|")[2]: box for box in soup(page).select('input[name="guest"]')}
    manager, hotel = boxes[f"person:{world.manager.id}"], boxes[f"person:{world.hotel_secretary.id}"]
    assert manager.has_attr("checked")
    assert not hotel.has_attr("checked")
    hints = [hint.get_text(strip=True) for hint in soup(page).select(".govuk-checkboxes__hint")]
    assert "议题与其有关：停车" in hints
    assert len(hints) == len(boxes)


async def test_all_groups_are_ticked_together_and_every_name_belongs_to_its_own_box(world, browser_of):
    meeting = await drafted(world, title="小区停车秩序")
    browser, at = await browser_of(world.secretary), f"/meetings/{meeting.id}/invitations"
    form = soup(await browser.get(at)).select_one("form.panel")
    boxes = {box["id"]: box["value"] for box in form.select('input[name="guest"]')}
    assert len(boxes) == len(form.select('input[name="guest"]')) == len({label["for"] for label in form.select("label")})
    assert len({value.partition("|")[0] for value in boxes.values()}) > 1
    answer = await browser.post(at, data={"guest": list(boxes.values())})
    assert f"已邀请：{len(boxes)}" in answer.text
    kept = await Invitation.filter(meeting_id=meeting.id)
    assert {one.group for one in kept} == {value.partition("|")[0] for value in boxes.values()}


@pytest.mark.parametrize(("rule", "more"), [("RC_MEETING_HH", "每户邀请一人"), ("RC_MEETING_ADULT", "邀请全体成年居民")])
async def test_a_residents_meeting_calls_the_whole_register_by_one_press(world, browser_of, rule, more):
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    meeting = await drafted(world, kind="residents_meeting", rule_id=rule)
    browser, at = await browser_of(world.secretary), f"/meetings/{meeting.id}/invitations"
    assert more in (await browser.get(at)).text
    page = await browser.post(f"{at}/register")
    kept = await Invitation.filter(meeting_id=meeting.id)
    adults = await Person.filter(place__path__startswith=world.community.path, adult=True, last_day=None)
    homes = {one.household_id for one in adults if one.household_id}
    assert len(kept) == (len(homes) if rule.endswith("_HH") else len(adults)) > 1
    assert {one.group for one in kept} == {"household_representative"}
    assert f"已邀请：{len(kept)}" in page.text
    assert more not in page.text, "nobody is left to invite"
    assert (await (await browser_of(world.resident)).post(f"{at}/register")).status_code == 403
    council = await drafted(world, title="评议会")
    assert "按登记册邀请" not in (await browser.get(f"/meetings/{council.id}/invitations")).text


async def test_nobody_is_invited_as_something_that_was_not_chosen(world, browser_of):
    meeting = await drafted(world, title="小区停车秩序")
    browser, at = await browser_of(world.secretary), f"/meetings/{meeting.id}/invitations"
    page = await browser.get(f"{at}?q={world.resident.name}")
    assert soup(page).select_one("#group option[selected]")["value"] == ""
    answer = await browser.post(at, data={"guest": f"person:{world.resident.id}", "group": ""})
    assert (answer.status_code, await Invitation.filter(meeting_id=meeting.id).count()) == (422, 0)
    assert "请选择以什么身份邀请" in answer.text


async def test_one_tap_behind_the_link_answers_and_can_be_changed(world, browser_of):
    held = await called(world)
    token = next(s.token for s in await slips.issue(held.meeting, by=world.secretary) if s.invitation.id == held.invited["resident"].id)
    held.meeting.starts_at += timedelta(days=3)  # before the doors open
    await held.meeting.save(update_fields=["starts_at"])
    browser = await browser_of()
    page = await browser.get(f"/i/{token}")
    assert {b["value"] for b in soup(page).select('form[action$="/reply"] button[name="answer"]')} == {"yes", "no"}
    for answer, said in (("yes", "您已答复：我参加"), ("no", "您已答复：我不能来")):
        assert said in (await browser.post(f"/i/{token}/reply", data={"answer": answer})).text
    assert (await browser.post(f"/i/{token}/reply", data={"answer": "substitute"})).status_code == 422
    await browser.post(f"/i/{token}/reply", data={"answer": "substitute", "substitute": "王小明"})
    kept = await Invitation.get(id=held.invited["resident"].id)
    assert (kept.reply, kept.substitute) == ("substitute", "王小明")


async def test_whoever_has_an_account_answers_on_the_page_and_only_for_themselves(world, browser_of):
    held = await called(world)
    browser, at = await browser_of(world.resident), f"/meetings/{held.meeting.id}"
    mine = held.invited["resident"].id
    assert soup(await browser.get(at)).select_one(f'form[action="/invitations/{mine}/reply"]')
    page = await browser.post(f"/invitations/{mine}/reply", data={"answer": "yes"})
    assert "您已答复：我参加" in page.text
    other = await browser.post(f"/invitations/{held.invited['neighbour'].id}/reply", data={"answer": "no"})
    assert other.status_code == 403
    assert (await Invitation.get(id=held.invited["neighbour"].id)).reply == ""
