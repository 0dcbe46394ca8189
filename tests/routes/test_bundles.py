"""Many agreements at once through the pages: the sheet, the steps, signing one after the other."""

from __future__ import annotations

import re

from council.partnership import keys
from council.partnership.agreements import Agreement, Signatory
from council.partnership.bundles import Bundle
from council.secretariat import jobs
from tests.client import soup
from tests.five import PIN
from tests.records.test_bundles import HEAD, row


async def send(browser, world, *lines):
    file = ("共建.csv", "\n".join([HEAD, *lines]).encode("gb18030"), "text/csv")
    return await browser.post("/bundles", data={"place": str(world.community.id)}, files={"file": file})


async def steps(browser, bundle, *names):
    for name in names:
        await browser.post(f"/bundles/{bundle.id}/steps/{name}")
        while await jobs.run_one():
            pass


async def test_from_the_sheet_to_the_last_signature_of_the_row(made, browser_of, world):
    clerk = await browser_of(world.clerk)
    page = soup(await clerk.get("/bundles"))
    assert page.select_one("input[type=file]")
    assert (await clerk.get("/bundles/template.xlsx")).content[:2] == b"PK"
    page = await send(clerk, world, row("和平宾馆党支部"), row("康和医院党支部"))
    assert "2" in soup(page).select_one(".lead").text
    assert not await Agreement.exists(), "nothing is entered before the yes"
    bundle = await Bundle.get()
    page = soup(await clerk.post(f"/bundles/{bundle.id}/confirmation"))
    assert len(page.select(".rows .row__title")) == 2
    await steps(clerk, bundle, "review", "freezing", "sending")
    part = await clerk.get(f"/bundles/{bundle.id}", headers={"hx-request": "true"})
    assert len(soup(part).select(".rows .row__title")) == 2, "what is drawn anew shows the agreements as they now are"
    page = soup(await clerk.post(f"/bundles/{bundle.id}/slips", data={}))
    assert page.select_one("details[open] .govuk-error-message")
    assert "等待签署" in (await clerk.get(f"/bundles/{bundle.id}")).text or await Agreement.filter(stage="signing").count() == 2

    secretary = await browser_of(made.signers[0])
    page = soup(await secretary.get("/sitting"))
    first = page.select_one("a[href$='/key']")["href"]
    place = await Signatory.get(id=int(re.search(r"\d+", first)[0])).select_related("agreement", "signer")
    code = await keys.make_code(place, "known", by=world.deputy)
    page = await secretary.post(first, data={"code": code, "pin": PIN, "again": PIN})
    assert page.url.path == "/sitting", "with several waiting the key leads to all of them"
    page = await secretary.post("/sitting", data={"typed": made.signers[0].name})
    for n in (1, 2):
        shown = soup(page)
        assert shown.select_one(".queue strong").text == f"{n}/2"
        assert "共建原则" in shown.select_one(".paper").text
        digest = shown.select_one("input[name=digest]")["value"]
        wrong = await secretary.post(page.url.path, data={"digest": digest, "pin": "999990"})
        assert wrong.status_code == 403
        assert soup(wrong).select_one("#pin-error")
        page = await secretary.post(page.url.path, data={"digest": digest, "pin": PIN})
    assert page.url.path == "/sitting"
    assert "2" in soup(page).select_one(".receipt__title").text
    assert await Signatory.filter(order=0, stage="signed").count() == 2
    assert (await secretary.post("/sitting/end")).url.path == "/sitting"


async def test_mistakes_are_listed_by_row_and_nothing_is_made(made, browser_of, world):
    clerk = await browser_of(world.clerk)
    page = await send(clerk, world, row("和平宾馆党支部", first_day="昨天"))
    assert page.status_code == 422
    assert "2" in soup(page).select_one(".rows .row__fact").text
    page = await send(clerk, world, row("和平宾支部"))
    assert page.status_code == 422
    assert not soup(page).select("form[action$=confirmation]")
    assert not await Agreement.exists()
    page = await clerk.post("/bundles", data={"place": str(world.community.id)}, files={"file": ("x.pdf", b"%PDF-1.7", "application/pdf")})
    assert page.status_code == 422


async def test_others_find_neither_sheets_nor_sittings_of_somebody_else(made, browser_of, world):
    clerk = await browser_of(world.clerk)
    await send(clerk, world, row("和平宾馆党支部"))
    bundle = await Bundle.get()
    for other in (world.hotel_secretary, world.resident):
        browser = await browser_of(other)
        assert (await browser.get("/bundles")).status_code == 404
        assert (await browser.get(f"/bundles/{bundle.id}")).status_code == 404
        assert (await browser.post(f"/bundles/{bundle.id}/confirmation")).status_code == 404
    assert (await (await browser_of(world.deputy)).get(f"/bundles/{bundle.id}")).status_code == 404, "what is not entered is its sender's"
    assert (await clerk.post(f"/bundles/{bundle.id}/withdrawal")).url.path == "/bundles"
    assert (await clerk.get(f"/bundles/{bundle.id}")).status_code == 404
    resident = await browser_of(world.resident)
    assert (await resident.get("/sitting")).status_code == 200
    assert (await resident.get("/sitting/1")).status_code == 404
    assert (await resident.post("/sitting", data={"typed": world.resident.name})).status_code == 409
