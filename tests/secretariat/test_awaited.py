"""The desk says what agreements and venues wait for, each to whoever can do it."""

from __future__ import annotations

from datetime import timedelta

from council import clock
from council.neighbourhood import journal
from council.partnership import editions, keys, venues
from council.partnership.agreements import Signatory
from council.partnership.resources import Resource
from council.secretariat import partners
from council.secretariat.inbox import Notice
from tests.client import soup
from tests.five import equip, opened, place_of, reviewed


async def desk(browser):
    """{heading: addresses of its rows} and everything the desk says."""
    main = soup(await browser.get("/desk")).select_one("main")
    found = {each.select_one("h2").contents[0].strip(): [row["href"] for row in each.select(".row__title")] for each in main.select("section")}
    return found, main.text


async def test_a_text_to_read_waits_until_one_agrees(made, browser_of, world):
    agreement = await reviewed(made)
    partner = await browser_of(world.hotel_secretary)
    wanted = {"请您看协议文本：是否妥当？": [f"/agreements/{agreement.id}/text"]}
    assert wanted.items() <= (await desk(partner))[0].items()
    signatory = (await agreement.signatories())[1]
    await agreement.ask_change(signatory, "期限改成两年", by=world.hotel_secretary)
    clerk = await browser_of(world.clerk)
    assert (await desk(clerk))[0]["等您答复的修改意见"] == [f"/agreements/{agreement.id}"]
    await editions.agree(signatory, agreement.edition, by=world.hotel_secretary)
    assert "请您看协议文本：是否妥当？" not in (await desk(partner))[0]


async def test_a_signature_waits_on_its_turn_and_several_are_signed_one_after_the_other(made, browser_of, world):
    agreement = await opened(made)
    secretary, partner = await browser_of(world.secretary), await browser_of(world.hotel_secretary)
    mine = await place_of(agreement, world.secretary)
    assert (await desk(secretary))[0]["等您签署"] == [f"/signatures/{mine.id}"]
    assert "等您签署" not in (await desk(partner))[0], "the community certifies first"
    await opened(made, title="餐桌共建协议")
    found, said = await desk(secretary)
    assert found["等您签署"] == ["/sitting"]
    assert "2份协议等您签署" in said


async def test_who_did_not_draft_hears_whose_code_is_missing(made, browser_of, world):
    agreement = await opened(made)
    deputy, clerk = await browser_of(world.deputy), await browser_of(world.clerk)
    found, said = await desk(deputy)
    assert found["还没有身份码的签署人"] == [f"/agreements/{agreement.id}"]
    assert made.signers[2].name in said
    await opened(made, title="餐桌共建协议")
    assert (await desk(deputy))[0] == found, "one code is enough for all agreements of an organisation"
    assert "还没有身份码的签署人" not in (await desk(clerk))[0], "who drafted may not check who signs"
    await equip(await place_of(agreement, made.signers[1]), world.deputy)
    for person in (made.signers[0], *made.signers[2:]):
        place = await Signatory.get(agreement_id=agreement.id, signer_id=person.id).select_related("agreement")
        await keys.make_code(place, "known", by=world.deputy)
    assert "还没有身份码的签署人" not in (await desk(deputy))[0]


async def test_a_request_for_a_venue_waits_for_whoever_lends_it(made, browser_of, world):
    hall = await Resource.get(kind="venue")
    asked = venues.Asked(clock.today() + timedelta(days=3), 9 * 60, 11 * 60, "合唱队排练", 20)
    booking = await venues.ask(hall, asked, by=world.resident)
    lender = await browser_of(made.signers[4])
    assert (await desk(lender))[0]["等您答复的场地申请"] == [f"/bookings/{booking.id}"]
    await booking.confirm(by=made.signers[4])
    assert "等您答复的场地申请" not in (await desk(lender))[0]
    assert "等您答复的场地申请" not in (await desk(await browser_of(world.hotel_secretary)))[0]


async def test_whoever_drafted_hears_what_parties_say_of_the_text_and_when_all_agree(made, world):
    journal.listen(partners.hear)
    agreement = await reviewed(made)

    async def told():
        return [row.message for row in await Notice.filter(person_id=world.clerk.id).order_by("id")]

    await editions.comment(agreement, 0, "写得清楚", by=world.clerk)
    assert await told() == [], "not of their own words"
    await editions.comment(agreement, 3, "建议写明每季一次", by=world.hotel_secretary)
    assert await told() == ["%(name)s comments on the text of “%(title)s”."]
    for place in await agreement.signatories():
        assert len(await told()) == 1, "not before all have agreed"
        await editions.agree(place, agreement.edition, by=place.signer)
    assert (await told())[1:] == ["All agree with the text of “%(title)s”. It can be fixed now."]
    journal.silence(partners.hear)
