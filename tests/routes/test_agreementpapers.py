"""The papers beside an agreement: audit page, public copy, notice board, sealed slips; and what is said of one signed partly by hand."""

from __future__ import annotations

import re

import pytest

from council import clock
from council.neighbourhood.journal import Entry
from council.partnership import certificates, papercopies, publiccopies, signing
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import IdentityCode, head
from council.secretariat import partners
from council.secretariat.inbox import Notice
from council.secretariat.postings import Posting
from tests.client import soup
from tests.five import PIN, equip, opened, place_of
from tests.workshop import outside

SCAN = b"%PDF-1.7\n" + bytes(2000)


@pytest.fixture
async def two(made):
    """An agreement of two, open for signing, that the community's secretary has signed."""
    agreement = await opened(made, partners=made.partners[:1], projects=made.projects[:1])
    await signs(made, agreement, 0)
    return agreement


async def signs(made, agreement, n):
    person = made.signers[n]
    place = await place_of(agreement, person)
    await equip(place, made.world.deputy)
    await signing.sign(place, signing.Hand(typed=person.name), PIN, by=person)


async def test_audit_page_public_copy_and_notice_board(two, made, browser_of, world, tmp_path):
    resident, clerk = await browser_of(world.resident), await browser_of(world.clerk)
    assert (await resident.get(f"/agreements/{two.id}/public.pdf")).status_code == 404, "not before it has taken effect"
    await signs(made, two, 1)

    made_file = await clerk.get(f"/agreements/{two.id}/audit.pdf")
    assert made_file.headers["content-type"] == "application/pdf"
    said = outside.words(tmp_path, made_file.content)
    newest = await head(two)
    assert newest is not None
    for wanted in ("签署审计页", two.number, world.deputy.name, "和平宾馆党支部", newest.digest[:24]):
        assert re.sub(r"\s", "", wanted) in re.sub(r"\s", "", said)
    assert (await resident.get(f"/agreements/{two.id}/audit.pdf")).status_code == 404, "not for outsiders"
    own_root = certificates.root()
    assert own_root is not None
    assert outside.pdfsig(tmp_path, made_file.content, own_root) == {"signatures": 1, "valid": 1, "trusted": 1, "pades": 1, "whole": 1}
    checked = await resident.post("/verify", files={"file": ("audit.pdf", made_file.content, "application/pdf")})
    assert f"审计页由平台于{clock.today().year}年" in checked.text, "a moment as people write it"
    assert soup(checked).select_one(".verdict--done")
    changed = made_file.content.replace(b"/Title", b"/Titel", 1)
    assert soup(await resident.post("/verify", files={"file": ("audit.pdf", changed, "application/pdf")})).select_one(".verdict--stop")

    copy = await resident.get(f"/agreements/{two.id}/public.pdf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publiccopies.pdf, "render", None)
        assert (await resident.get(f"/agreements/{two.id}/public.pdf")).content == copy.content, "printed once for everybody"
    said = re.sub(r"\s", "", outside.words(tmp_path, copy.content))
    assert "公开件" in said
    assert "不能当作文件上传核验" in said, "it carries no signature that could be checked"
    assert "和平宾馆党支部" in said
    for person in made.signers[:2]:
        assert person.name not in said
    root = certificates.root()
    assert root is not None
    assert outside.pdfsig(tmp_path, copy.content, root)["signatures"] == 0

    [done] = await Entry.filter(act="agreement.in_effect")
    await partners.hear(done)
    told = {row.person_id: str(row.phrase) for row in await Notice.filter(subject_id=two.id)}
    assert "贴上公示栏" in told[world.clerk.id], "whoever drafted is asked to hang it up"
    assert "可以下载" in told[made.signers[1].id]
    page = await clerk.post(f"/agreements/{two.id}/posting", data={"contact": "社区办公室 0351-4000000"})
    assert page.url.path.startswith("/postings/")
    text = soup(page).text
    assert two.number in text
    body = (await Posting.get()).body
    assert not [person.name for person in made.signers[:2] if person.name in body]
    again = await clerk.post(f"/agreements/{two.id}/posting", data={"contact": "社区办公室 0351-4000000"})
    assert again.status_code == 409
    assert (await resident.post(f"/agreements/{two.id}/posting", data={"contact": "社区办公室"})).status_code == 404


async def test_partly_by_hand_is_said_so_and_the_keys_are_checked_all_the_same(two, made, browser_of, world):
    visitor = await browser_of()
    path = f"/verify/{two.public_code}"
    assert "缺少签署方" in (await visitor.get(path)).text
    await papercopies.enter(two, SCAN, clock.today(), by=world.clerk)
    await papercopies.confirm(two, by=world.deputy)
    page = soup(await visitor.get(path))
    verdict = page.select_one(".verdict").text
    assert "缺少签署方" not in verdict, "what was found before the paper came is not remembered"
    assert "纸" in verdict
    [row] = page.select(".signatory")
    assert world.committee.name in row.text
    agreement = await Agreement.get(id=two.id)
    assert (agreement.stage, agreement.level) == ("effective", "paper")
    paper = agreement.frozen["level"]
    assert "纸" in paper, "the file never claims a key for somebody who signs by hand"


async def test_a_sealed_slip_holds_the_code_and_no_page_does(two, made, browser_of, world, tmp_path):
    signatory = await Signatory.get(agreement_id=two.id, order=1)
    deputy = await browser_of(world.deputy)
    answer = await deputy.post(f"/signatories/{signatory.id}/identity", data={"how": "letter", "slip": "yes"})
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    said = outside.words(tmp_path, answer.content)
    code = re.search(r"\b([2-9A-Z]{4}-[2-9A-Z]{4})\b", said)[1]
    place = await place_of(two, made.signers[1])
    browser = await browser_of(made.signers[1])
    page = await browser.post(f"/signatures/{place.id}/key", data={"code": code, "pin": PIN, "again": PIN})
    assert page.url.path.endswith("/hand")
    for path in (f"/agreements/{two.id}", f"/agreements/{two.id}/audit", f"/signatories/{signatory.id}/identity"):
        assert code not in (await deputy.get(path)).text
    clerk = await browser_of(world.clerk)
    refused = await clerk.post(f"/signatories/{signatory.id}/identity", data={"how": "known", "slip": "yes"})
    assert refused.status_code == 403
    assert await IdentityCode.filter(signatory_id=signatory.id).count() == 1, "who drafted makes none"
