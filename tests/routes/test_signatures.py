"""Signing through the pages, as a browser without script does; and what they refuse."""

from __future__ import annotations

from council import clock
from council.neighbourhood.registry import add_person, grant
from council.partnership import files, keys, signing, verification
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import Revision, head
from council.secretariat import partners
from tests.client import soup
from tests.five import PIN, STROKES, place_of, sign_all
from tests.routes.steps import jpeg


async def place(agreement, order):
    return await Signatory.get(agreement_id=agreement.id, order=order).select_related("organisation", "signer", "agreement")


async def keyed(browser, signatory, deputy, pin=PIN):
    code = await keys.make_code(signatory, "known", by=deputy)
    return await browser.post(f"/signatures/{signatory.id}/key", data={"code": code.lower(), "pin": pin, "again": pin})


async def signs(browser, agreement, signatory, pin=PIN, **more):
    data = {"signatory": str(signatory.id), "intent": "yes", "typed": signatory.signer.name, "pin": pin} | more
    return await browser.post(f"/agreements/{agreement.id}/signatures", data=data)


async def test_read_key_name_preview_pin_receipt(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    page = soup(await browser.get(f"/signatures/{signatory.id}"))
    assert "共建原则" in page.text
    assert "PDF" in page.text
    page = await browser.post(f"/signatures/{signatory.id}/reading")
    assert page.url.path.endswith("/key")
    page = await keyed(browser, signatory, world.deputy)
    assert page.url.path.endswith("/hand")
    page = await browser.post(f"/signatures/{signatory.id}/preview", data={"intent": "yes", "drawn": STROKES})
    assert soup(page).select_one(".mark__hand path")["d"].startswith("M")
    hidden = {field["name"]: field["value"] for field in soup(page).select("form[action$=signatures] input[type=hidden]")}
    page = await browser.post(f"/agreements/{agreement.id}/signatures", data=hidden | {"pin": PIN})
    assert page.url.path == f"/signatures/{signatory.id}/receipt"
    assert (await place(agreement, 0)).stage == "signed"
    assert (await signs(browser, agreement, signatory)).status_code == 409


async def test_without_the_tick_or_the_name_there_is_no_preview(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    await keyed(browser, signatory, world.deputy)
    page = await browser.post(f"/signatures/{signatory.id}/preview", data={"drawn": STROKES})
    assert page.status_code == 422
    assert soup(page).select_one("input[name=drawn]")["value"] == STROKES
    assert (await browser.post(f"/signatures/{signatory.id}/preview", data={"intent": "yes"})).status_code == 422
    assert (await browser.post(f"/signatures/{signatory.id}/preview", data={"intent": "yes", "typed": "别人"})).status_code == 422


async def test_a_wrong_pin_shows_the_preview_again_with_the_tries_left(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    await keyed(browser, signatory, world.deputy)
    page = await signs(browser, agreement, signatory, pin="999990")
    assert page.status_code == 403
    assert "4" in soup(page).select_one("#pin-error").text
    assert soup(page).select_one(".mark")
    assert "999990" not in page.text
    assert await Revision.filter(agreement_id=agreement.id).count() == 1


async def test_a_link_alone_shows_the_text_and_signs_nothing(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    token = await signing.make_link(signatory, by=world.clerk)
    stranger = await browser_of()
    page = await stranger.get(f"/signing/{token}")
    assert "共建原则" in page.text
    assert (await place(agreement, 0)).stage == "invited"
    assert (await stranger.get(f"/signatures/{signatory.id}")).status_code == 404
    assert (await stranger.get(f"/signing/{token[:-1]}x")).status_code == 404
    assert (await stranger.post(f"/signing/{token}")).url.path == f"/signatures/{signatory.id}"
    assert (await stranger.post(f"/signatures/{signatory.id}/reading")).url.path.endswith("/key")
    assert (await signs(stranger, agreement, signatory)).status_code == 409
    data = {"code": "22222222", "pin": PIN, "again": PIN}
    assert (await stranger.post(f"/signatures/{signatory.id}/key", data=data)).status_code == 409
    assert (await place(agreement, 0)).stage == "read"
    await keyed(stranger, signatory, world.deputy)
    assert (await signs(stranger, agreement, signatory)).url.path.endswith("/receipt")


async def test_a_link_does_not_open_for_somebody_else_signed_in(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    token = await signing.make_link(signatory, by=world.clerk)
    other = await browser_of(world.hotel_secretary)
    assert (await other.post(f"/signing/{token}")).status_code == 403


async def test_only_staff_make_links_and_they_are_shown_once(agreement, made, browser_of, world):
    signatory = await place(agreement, 1)
    assert (await (await browser_of(world.hotel_secretary)).post(f"/signatories/{signatory.id}/link")).status_code == 404
    clerk = await browser_of(world.clerk)
    page = await clerk.post(f"/signatories/{signatory.id}/link")
    address = soup(page).select_one(".slip__address").text
    assert address.startswith("https://council.test/signing/")
    assert (await clerk.get(f"/signatories/{signatory.id}/link")).status_code == 405


async def test_over_an_open_network_without_encryption_nothing_is_signed(agreement, made, browser_of, world, monkeypatch):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    await keyed(browser, signatory, world.deputy)
    from council.routes import guard
    from council.routes.pages import Site

    monkeypatch.setattr(guard, "insecure", lambda request: True)
    assert (await signs(browser, agreement, signatory)).status_code == 403
    monkeypatch.setattr(Site, "demo", True)
    assert (await signs(browser, agreement, signatory)).url.path.endswith("/receipt")


async def test_partners_wait_for_the_committee(agreement, made, browser_of, world):
    signatory = await place(agreement, 1)
    browser = await browser_of(made.signers[1])
    assert (await browser.get(f"/signatures/{signatory.id}/hand")).status_code == 409
    await sign_all(made, agreement, 1)
    assert (await browser.get(f"/signatures/{signatory.id}/hand")).status_code == 200


async def test_declining_tells_everybody(agreement, made, browser_of, world):
    from council.neighbourhood import journal
    from council.secretariat.inbox import Notice

    journal.listen(partners.hear)
    await sign_all(made, agreement, 2)
    signatory = await place(agreement, 2)
    browser = await browser_of(made.signers[2])
    assert (await browser.post(f"/signatures/{signatory.id}/refusal", data={"reason": ""})).status_code == 422
    page = await browser.post(f"/signatures/{signatory.id}/refusal", data={"reason": "医师排班有变"})
    assert "医师排班有变" in page.text
    assert (await Agreement.get(id=agreement.id)).stage == "declined"
    told = {row.person_id for row in await Notice.filter(message__contains="does not sign")}
    assert told == {each.id for each in made.signers} | {world.clerk.id}
    journal.silence(partners.hear)


async def test_somebody_elses_place_is_not_signed_by_changing_the_number(agreement, made, browser_of, world):
    first, second = await place(agreement, 0), await place(agreement, 1)
    browser = await browser_of(made.signers[1])
    assert (await signs(browser, agreement, first)).status_code == 404
    assert (await browser.post("/agreements/999/signatures", data={"signatory": str(second.id), "intent": "yes", "pin": PIN})).status_code == 404
    assert (await browser.delete(f"/signatures/{second.id}")).status_code == 405


async def test_the_signing_is_handed_over_on_its_page(agreement, made, browser_of, world):
    signatory = await place(agreement, 1)
    browser = await browser_of(made.signers[1])
    page = await browser.get(f"/signatures/{signatory.id}/delegation")
    assert soup(page).select_one("form[action$=delegation]") is None
    assert "登记您的副书记" in page.text
    person = await add_person("白露", world.community, by=world.operator)
    office = await grant(person, "deputy_secretary", by=world.operator, organisation=made.organisations[1], place=world.community)
    assert "白露" in (await browser.get(f"/signatures/{signatory.id}/delegation")).text
    assert (await browser.post(f"/signatures/{signatory.id}/delegation", data={"office": str(office.id), "reason": ""})).status_code == 422
    other = await browser_of(made.signers[2])
    assert (await other.post(f"/signatures/{signatory.id}/delegation", data={"office": str(office.id), "reason": "出差"})).status_code == 404
    page = await browser.post(f"/signatures/{signatory.id}/delegation", data={"office": str(office.id), "reason": "出差"})
    assert "白露" in soup(page).select(".signatory")[1].text
    assert (await browser.get(f"/signatures/{signatory.id}")).status_code == 404


async def test_from_the_laptop_to_the_phone(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    assert soup(await browser.get(f"/signatures/{signatory.id}")).select_one("form[action$=phone]")
    page = await browser.post(f"/signatures/{signatory.id}/phone")
    assert soup(page).select_one("svg[role=img], .qr, img")
    assert (await (await browser_of(made.signers[1])).post(f"/signatures/{signatory.id}/phone")).status_code == 404
    assert (await browser.get(f"/signatures/{signatory.id}/phone")).url.path == f"/signatures/{signatory.id}"


async def test_a_lapsed_agreement_says_what_can_be_done(agreement, made, browser_of, world):
    await Agreement.filter(id=agreement.id).update(stage="lapsed", sign_by=clock.today())
    page = soup(await (await browser_of(world.clerk)).get(f"/agreements/{agreement.id}"))
    assert "签署期限已过" in page.text
    assert page.select_one("a[href$=reopening]")
    page = soup(await (await browser_of(made.signers[2])).get(f"/agreements/{agreement.id}"))
    assert "届时会通知您" in page.text
    assert page.select_one("a[href$=reopening]") is None


async def test_a_picture_of_the_seal_is_shown_and_labelled_as_a_picture(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    await keyed(browser, signatory, world.deputy)
    send = {"picture": ("seal.png", jpeg((90, 90)), "image/jpeg")}
    page = await browser.post(f"/signatures/{signatory.id}/seal", files=send)
    assert soup(page).select_one("img[src^='data:image/']")["alt"] == "印章图片，不是电子印章"
    wrong = await browser.post(f"/signatures/{signatory.id}/seal", files={"picture": ("seal.png", b"<svg onload=x>", "image/png")})
    assert [form["action"] for form in soup(wrong).select("details[open] form:has(.govuk-error-message)")] == [f"/signatures/{signatory.id}/seal"]
    forms = [form["action"].rpartition("/")[2] for form in soup(wrong).select("main form[enctype], main form[action$=preview]")]
    assert forms == ["handwriting", "seal", "preview"], "what draws the page anew comes before the name is written"
    assert wrong.status_code == 422
    other = await browser_of(made.signers[1])
    assert (await other.post(f"/signatures/{signatory.id}/seal", files=send)).status_code == 404
    page = await browser.post(f"/signatures/{signatory.id}/preview", data={"intent": "yes", "drawn": STROKES})
    assert "不是电子印章" in soup(page).select_one(".mark").text
    assert (await signs(browser, agreement, signatory)).url.path.endswith("/receipt")
    assert (await browser.post(f"/signatures/{signatory.id}/seal", files=send)).status_code == 409
    finding = await verification.check_file(await files.read((await head(await Agreement.get(id=agreement.id))).file))
    assert finding.verdict.signatures[0].intact


async def test_a_picture_of_the_handwriting_stands_in_place_of_the_typed_name(agreement, made, browser_of, world):
    signatory = await place(agreement, 0)
    browser = await browser_of(made.signers[0])
    await keyed(browser, signatory, world.deputy)
    files_ = {"picture": ("名.jpg", jpeg(), "image/jpeg")}
    page = await browser.post(f"/signatures/{signatory.id}/handwriting", files=files_)
    assert soup(page).select_one("details img[src^='data:image/']")
    typed = {"intent": "yes", "typed": signatory.signer.name}
    assert soup(await browser.post(f"/signatures/{signatory.id}/preview", data=typed)).select_one(".mark__hand img[src^='data:image/']")
    assert (await signs(browser, agreement, signatory)).url.path.endswith("/receipt")
    assert (await browser.post(f"/signatures/{signatory.id}/handwriting", files=files_)).status_code == 409, "not after signing"


async def test_a_party_gives_notice_on_the_page_and_takes_it_back(effective, made, browser_of, world):
    browser = await browser_of(made.signers[1])
    assert (await browser.post(f"/agreements/{effective.id}/leaving", data={"reason": ""})).status_code == 422
    page = soup(await browser.post(f"/agreements/{effective.id}/leaving", data={"reason": "单位搬迁"}))
    assert "单位搬迁" in page.select(".signatory")[1].text
    assert page.select_one("form[action$='leaving/withdrawal']")
    assert (await (await browser_of(world.clerk)).post(f"/agreements/{effective.id}/leaving", data={"reason": "不归他"})).status_code == 403
    page = soup(await browser.post(f"/agreements/{effective.id}/leaving/withdrawal"))
    assert "单位搬迁" not in page.select(".signatory")[1].text
    assert "单位搬迁" not in (await (await browser_of()).get(f"/agreements/{effective.id}")).text


async def test_before_ones_turn_the_page_says_who_signs_first(made, agreement, browser_of, world):
    mine = await place_of(agreement, world.hotel_secretary)
    partner = await browser_of(world.hotel_secretary)
    for path in (f"/agreements/{agreement.id}", f"/signatures/{mine.id}"):
        page = soup(await partner.get(path)).select_one("main")
        assert "长风社区党委先签" in page.text.replace(" ", "")
        assert not page.select(f"a[href='/signatures/{mine.id}'], form[action$=reading]"), "what would be refused is not offered"
    await sign_all(made, agreement, 1)
    assert soup(await partner.get(f"/agreements/{agreement.id}")).select(f"main a[href='/signatures/{mine.id}']")
    assert soup(await partner.get(f"/signatures/{mine.id}")).select("form[action$=reading]")
