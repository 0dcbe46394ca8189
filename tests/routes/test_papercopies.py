"""Signed on paper: one officer scans, another confirms; what the check then says."""

from __future__ import annotations

from datetime import timedelta

from council import clock
from council.partnership import files, verification
from council.partnership.agreements import Agreement
from council.partnership.papercopies import PaperCopy
from council.partnership.signatures import head
from council.workshop.pades import Kind
from tests.client import soup
from tests.five import sign_all

SCAN = b"%PDF-1.4\n% a scan\n%%EOF\n"


async def sent(browser, agreement, data=SCAN, day=None):
    form = {"signed_on": (day or clock.today()).isoformat()}
    return await browser.post(f"/agreements/{agreement.id}/paper", data=form, files={"scan": ("scan.pdf", data, "application/pdf")})


async def test_one_officer_scans_and_another_confirms(agreement, made, browser_of, world):
    clerk, deputy = await browser_of(world.clerk), await browser_of(world.deputy)
    page = await sent(clerk, agreement)
    assert "等待确认" in page.text
    assert (await clerk.post(f"/agreements/{agreement.id}/paper/confirmation")).status_code == 403
    assert (await Agreement.get(id=agreement.id)).stage == "signing", "control: entered is not signed"
    assert (await deputy.get(f"/agreements/{agreement.id}/paper/scan.pdf")).content == SCAN
    waits = "等您核对的纸质协议扫描件"
    assert (waits in (await deputy.get("/desk")).text, waits in (await clerk.get("/desk")).text) == (True, False)
    page = await deputy.post(f"/agreements/{agreement.id}/paper/confirmation")
    done = await Agreement.get(id=agreement.id)
    assert (done.stage, done.level, done.effective_on) == ("effective", "paper", clock.today())
    assert "沈涛" in page.text
    signed = soup(page).select(".signatory__state")
    assert signed
    assert not any(":" in each.text for each in signed), "of a name on paper the day is known, not the hour"
    data = await files.read((await head(done)).file)
    assert (await verification.check_file(data)).kind is Kind.ON_PAPER
    assert (await verification.check_file(data + b"x")).kind is not Kind.ON_PAPER
    assert await verification.faults() == []
    stranger = await browser_of()
    page = await stranger.get(f"/verify/{agreement.public_code}")
    assert "纸质原件" in soup(page).select_one("main").text
    assert (await stranger.get(f"/agreements/{agreement.id}/paper/scan.pdf")).status_code == 404, "hands and seals are for the parties"


async def test_what_is_no_scan_or_not_theirs_is_refused(agreement, made, browser_of, world):
    clerk = await browser_of(world.clerk)
    for data, day in ((b"<html>", None), (SCAN, clock.today() + timedelta(days=1)), (SCAN, clock.today() - timedelta(days=9))):
        assert (await sent(clerk, agreement, data, day)).status_code == 422
    assert (await sent(await browser_of(made.signers[1]), agreement)).status_code == 403
    for outsider in (world.resident, world.beside_secretary):
        assert (await sent(await browser_of(outsider), agreement)).status_code == 404
    assert not await PaperCopy.exists()
    await sent(clerk, agreement)
    assert (await sent(clerk, agreement)).status_code == 409
    deputy = await browser_of(world.deputy)
    await deputy.post(f"/agreements/{agreement.id}/paper/withdrawal")
    assert (await deputy.post(f"/agreements/{agreement.id}/paper/confirmation")).status_code == 404
    assert (await sent(clerk, agreement)).status_code == 200


async def test_who_signed_with_a_key_before_stays_signed(agreement, made, browser_of, world):
    await sign_all(made, agreement, 1)
    await sent(await browser_of(world.clerk), agreement)
    await (await browser_of(world.deputy)).post(f"/agreements/{agreement.id}/paper/confirmation")
    first, *others = await agreement.signatories()
    assert first.serial
    assert {each.stage for each in others} == {"signed"}
    assert {each.serial for each in others} == {""}
