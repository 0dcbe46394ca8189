"""Who gets which file while an agreement is being signed."""

from __future__ import annotations

import re

import pytest

from council import clock
from council.partnership import files
from council.partnership.agreements import Agreement
from council.partnership.signatures import head
from tests.client import soup
from tests.five import sign_all
from tests.workshop import outside

pytestmark = pytest.mark.usefixtures("workers_go_home")


async def test_what_is_handed_round_while_it_is_signed_says_that_it_does_not_hold(agreement, made, browser_of, world, tmp_path):
    await sign_all(made, agreement, 1)
    clerk, partner = await browser_of(world.clerk), await browser_of(world.hotel_secretary)
    page = soup(await partner.get(f"/agreements/{agreement.id}"))
    copy = await partner.get(page.find("a", string=re.compile("未生效"))["href"])
    sheets = outside.words(tmp_path, copy.content).split("\f")[:-1]
    assert all(set("尚未生效") <= set(sheet) for sheet in sheets), "on every page"
    assert b"/ByteRange" not in copy.content, "nobody's signature is in it"
    whole = await partner.get(page.find("a", string=re.compile("用于签署的原文件"))["href"])
    assert whole.content == await files.read((await head(agreement)).file)
    for outsider in (await browser_of(), await browser_of(world.beside_secretary)):
        assert (await outsider.get(f"/agreements/{agreement.id}/draft.pdf")).status_code == 404
    await Agreement.filter(id=agreement.id).update(stage="effective", effective_on=clock.today())
    assert (await clerk.get(f"/agreements/{agreement.id}/draft.pdf")).status_code == 404, "what holds is handed round as it is"
