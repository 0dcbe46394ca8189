"""Anybody checks a document: by number, by code, by the file; in plain words."""

from __future__ import annotations

import pytest

from council.neighbourhood.registry import add_person, grant
from council.partnership import files
from council.partnership.signatures import head
from council.routes import limits
from council.workshop import pdf
from tests.client import soup
from tests.five import frozen, sign_all
from tests.workshop import outside, tampering


@pytest.fixture(autouse=True)
def unlimited():
    limits.forget()


@pytest.fixture
async def done(effective):
    return effective


def verdict(answer):
    return soup(answer).select_one(".verdict").text


async def brought(browser, data, name="协议.pdf"):
    return await browser.post("/verify", files={"file": (name, data, "application/pdf")})


async def test_number_and_code_lead_to_the_verdict(done, browser_of):
    visitor = await browser_of()
    for typed in (done.number, done.public_code.lower(), f"{done.public_code[:4]}-{done.public_code[4:8]} {done.public_code[8:]}"):
        page = await visitor.post("/verify", data={"code": typed})
        assert page.url.path == f"/verify/{done.public_code}"
        assert "有效，内容未改动" in verdict(page)
    text = soup(page).text
    assert all(name in text for name in ("长风社区党委", "和平宾馆党支部", "康和医院党支部", "韩*"))
    assert "韩雪" not in text, "a number alone tells no names of people"


async def signed_for(browser, agreement):
    """The file behind the button on the checking page."""
    button = soup(await browser.get(f"/verify/{agreement.public_code}")).select_one("a.govuk-button[href$='.pdf']")
    return await browser.get(button["href"])


async def test_the_signed_file_is_for_parties_and_archive_and_the_public_copy_for_everybody(done, made, world, browser_of, tmp_path):
    kept = await files.read((await head(done)).file)
    colleague = await add_person("文书", world.community, by=world.operator)
    await grant(colleague, "deputy_secretary", by=world.operator, organisation=made.organisations[2], place=world.community)
    for insider in (world.clerk, world.street_secretary, made.signers[4], colleague):
        answer = await signed_for(await browser_of(insider), done)
        assert answer.content == kept, insider.name
        assert answer.headers["content-disposition"].startswith("attachment")
    for outsider in (world.beside_secretary, None):
        browser = await browser_of(outsider)
        answer = await signed_for(browser, done)
        assert answer.url.path == f"/agreements/{done.id}/public.pdf"
        assert answer.content != kept
    assert (await browser.get(f"/agreements/{done.id}/agreement.pdf", follow_redirects=False)).headers["location"].endswith("/public.pdf")
    said = outside.words(tmp_path, answer.content)
    pages = [(await browser.get(f"/agreements/{done.id}{part}")).text for part in ("", "/text")]
    for text in (said, *pages):
        assert not [each.name for each in made.signers if each.name in text]
    assert b"BEGIN CERTIFICATE" in (await browser.get("/verify/root.pem")).content
    assert b"X509 CRL" in (await browser.get("/verify/revoked.pem")).content


async def test_a_brought_file_is_judged_and_forgotten(done, browser_of):
    visitor = await browser_of()
    data = await files.read((await head(done)).file)
    assert "有效，内容未改动" in verdict(await brought(visitor, data))
    for forge in (tampering.page_replaced, tampering.flipped_in_content, tampering.junk_appended):
        assert "内容被改动" in verdict(await brought(visitor, forge(data))), forge.__name__
    assert "还缺签名" in verdict(await brought(visitor, tampering.last_revision_cut(data)))
    assert "无法读取" in verdict(await brought(visitor, b"%PDF-1.7 nothing"))
    bare = verdict(await brought(visitor, await a_strangers_file()))
    assert "文件里没有签名" in bare
    assert "编号" in bare, "whoever brings a public copy is told how it can be checked"


async def a_strangers_file():
    return (await pdf.render("<html><body><p>另一份协议</p></body></html>")).pdf


async def test_while_signatures_are_missing_the_page_says_whose(made, agreement, browser_of):
    await sign_all(made, agreement, 3)
    visitor = await browser_of()
    page = await visitor.get(f"/verify/{agreement.public_code}")
    assert "还缺签名" in verdict(page)
    assert "老年大学长风分校临时党支部" in verdict(page)
    assert not soup(page).select("a[href$='.pdf']")
    assert (await visitor.post("/verify", data={"code": agreement.number})).status_code == 422


async def test_what_is_not_being_signed_yet_has_no_page(made, browser_of):
    agreement = await frozen(made)
    visitor = await browser_of()
    assert (await visitor.get(f"/verify/{agreement.public_code}")).status_code == 404
    assert (await visitor.get("/verify/AAAABBBBCCCC")).status_code == 404
    assert (await visitor.get("/verify/0")).status_code == 404


async def test_empty_wrong_and_too_large_questions_are_refused(done, browser_of):
    visitor = await browser_of()
    assert (await visitor.post("/verify", data={"code": ""})).status_code == 422
    assert (await visitor.post("/verify", data={"code": "共建〔1999〕第001号"})).status_code == 422
    assert (await brought(visitor, b"%PDF" + b"0" * 5_200_000)).status_code == 413
    assert (await brought(visitor, b"%PDF" + b"0" * 7_000_000)).status_code == 413
    assert (await visitor.put("/verify")).status_code == 405


async def test_a_changed_archive_is_called_altered_on_the_public_page(done, browser_of):
    from council.settings import settings

    path = settings().media / "agreements" / (await head(done)).file
    kept = path.read_bytes()
    path.write_bytes(tampering.page_replaced(kept))
    page = await (await browser_of()).get(f"/verify/{done.public_code}")
    path.write_bytes(kept)
    assert "内容被改动" in verdict(page)
