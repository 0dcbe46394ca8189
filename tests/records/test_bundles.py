"""Many agreements from one sheet: all or none, each mistake with the way to mend it, every step for all of them; and signing them in a row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from council import clock
from council.neighbourhood.journal import listen, silence
from council.partnership import bundles, signing, sittings
from council.partnership.agreements import Agreement, Signatory
from council.partnership.bundles import Bundle, BundleItem
from council.partnership.bundlesheets import TABLE
from council.partnership.editions import Edition
from council.partnership.signatures import IdentityCode
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.secretariat import bundling, jobs, partners
from council.secretariat.inbox import Notice
from council.workshop import sheets
from tests.five import ORIGIN, PIN, STROKES, equip, place_of

HEAD = ",".join(column.title for column in TABLE.columns)


def row(partners: str, **more: str) -> str:
    today = clock.today()
    values = {
        "partners": partners, "title": "", "category": "服务互助", "contents": "服务互助、场所共用", "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=364)).isoformat(), "sign_by": "", "skeleton": "",
    } | more  # fmt: skip
    return ",".join(f'"{values[column.key]}"' for column in TABLE.columns)


def rows_of(*lines: str) -> list[dict[str, Any]]:
    """The rows as the route reads them from a file."""
    found = sheets.read("\n".join([HEAD, *lines]).encode(), [TABLE])
    assert not found.faults
    return found.rows[TABLE.key]


async def entered(made, *lines: str) -> Bundle:
    bundle = await bundles.read(made.world.community, rows_of(*lines), "共建.csv", by=made.world.clerk)
    await bundles.enter(bundle, by=made.world.clerk)
    return await Bundle.get(id=bundle.id)


async def stepped(bundle: Bundle, *steps: str, by: Any) -> None:
    for step in steps:
        await bundling.start(bundle, step, ORIGIN, by=by)
        while await jobs.run_one():
            pass


async def test_every_row_becomes_a_draft_with_its_signatories(made, world):
    care = row("康和医院党支部，老年大学长风分校临时党支部", title="康养共建协议", contents="")
    bundle = await entered(made, row("和平宾馆党支部"), care, row("槐香小区业主委员会党支部"))
    drafts = [item.agreement for item in await bundles.items(bundle, 0, 10)]
    assert [len(await each.signatories()) for each in drafts] == [2, 3, 2]
    assert [each.title for each in drafts][1] == "康养共建协议"
    assert len({each.number for each in drafts}) == len({each.public_code for each in drafts}) == 3
    assert {(await each.signatories())[0].organisation_id for each in drafts} == {world.committee.id}
    assert await Edition.filter(agreement_id__in=[each.id for each in drafts], n=1).count() == 3
    assert {each.edition for each in await Agreement.all()} == {1}
    assert (await bundle.counts()) == {"draft": 3}
    with pytest.raises(Conflict):
        await bundles.enter(bundle, by=world.clerk)


async def test_every_mistake_names_its_row_and_how_to_mend_it_and_nothing_is_entered(made, world):
    rows = rows_of(
        row("和平宾馆党支部"), row("和平宾馆支部"), row("长风社区党委"), row("康和医院党支部、康和医院党支部"),
        row("和平宾馆党支部", last_day="2020-01-01"), row("和平宾馆党支部"), row("康和医院党支部", contents="打球"),
        row("槐香小区业主委员会党支部", skeleton="养老"), row("某某党支部"),
    )  # fmt: skip
    bundle = await bundles.read(world.community, rows, "错.csv", by=world.clerk)
    faults = (await bundles.planned(bundle)).faults
    assert [fault.row for fault in faults] == [3, 4, 5, 6, 6, 7, 8, 9, 10]
    said = {fault.row: str(fault.phrase) for fault in faults}
    assert "和平宾馆党支部" in said[3], "the name that was meant is offered"
    assert "2" in said[7], "it says of which row it is the same"
    with pytest.raises(Refusal):
        await bundles.enter(bundle, by=world.clerk)
    assert not await Agreement.exists()
    assert (await Bundle.get(id=bundle.id)).entered_at is None


async def test_one_row_that_fails_while_entering_leaves_no_row_behind(made, world, monkeypatch):
    bundle = await bundles.read(world.community, rows_of(row("和平宾馆党支部"), row("康和医院党支部")), "共建.csv", by=world.clerk)
    real, seen = bundles.drafting.parties, []

    def breaks(*given: Any) -> Any:
        seen.append(1)
        if len(seen) == 2:
            raise Refusal("broken")
        return real(*given)

    monkeypatch.setattr(bundles.drafting, "parties", breaks)
    with pytest.raises(Refusal):
        await bundles.enter(bundle, by=world.clerk)
    assert len(seen) == 2, "control: the first row had been made"
    assert not await Agreement.exists()
    assert not await BundleItem.exists()
    monkeypatch.undo()
    assert await bundles.enter(bundle, by=world.clerk) == 2


async def test_only_staff_of_the_place_send_a_sheet(made, world):
    with pytest.raises(Forbidden):
        await bundles.read(world.community, rows_of(row("和平宾馆党支部")), "共建.csv", by=world.hotel_secretary)


async def test_the_steps_are_taken_for_all_and_one_that_cannot_says_why(made, world):
    bundle = await entered(made, row("和平宾馆党支部"), row("康和医院党支部"))
    await stepped(bundle, "review", by=world.clerk)
    assert (await bundle.counts()) == {"review": 2}
    asking = (await bundles.items(bundle, 0, 3))[1].agreement
    clinic = await signing_place(asking, made.signers[2])
    request = await asking.ask_change(clinic, "请写明义诊次数", by=made.signers[2])
    await stepped(bundle, "freezing", by=world.clerk)
    assert (await bundle.counts()) == {"frozen": 1, "review": 1}
    [left] = await bundles.left_out(bundle)
    assert left.agreement_id == asking.id
    assert left.fault
    await asking.answer(request, "已写明", by=world.clerk)
    await stepped(bundle, "freezing", by=world.clerk)
    assert (await bundle.counts()) == {"frozen": 2}
    assert not await bundles.left_out(bundle)
    with pytest.raises(NotFound):
        await bundles.begin(bundle, "signing", by=world.clerk)


async def signing_place(agreement: Agreement, person: Any) -> Signatory:
    [mine] = [each for each in await agreement.signatories() if each.signer_id == person.id]
    return mine


async def signs_next(by) -> int:
    """Sign what comes next in the row; the number of the agreement."""
    sitting = await sittings.running(by)
    ahead = (await sittings.next_ones(by, sitting.later, limit=1))[0]
    await sittings.sign(sitting, ahead, (await Agreement.get(id=ahead.agreement_id)).digest, PIN, by=by)
    return ahead.agreement_id


async def test_one_identity_check_and_one_written_name_sign_all_and_a_break_loses_nothing(made, world, monkeypatch):
    bundle = await entered(made, row("和平宾馆党支部"), row("康和医院党支部"), row("槐香小区业主委员会党支部"))
    await stepped(bundle, "review", "freezing", "sending", by=world.clerk)
    one, two, three = [item.agreement for item in await bundles.items(bundle, 0, 10)]
    secretary, hotel = made.signers[0], made.signers[1]
    assert (await sittings.missing_key(secretary)).agreement_id == one.id
    place = await place_of(one, secretary)
    await equip(place, world.deputy)
    assert await sittings.missing_key(secretary) is None, "one check for all three"

    with pytest.raises(Refusal):
        await sittings.begin(signing.Hand(typed="别人"), by=secretary)
    with pytest.raises(Conflict):
        await sittings.begin(signing.Hand(typed=hotel.name), by=hotel)
    sitting = await sittings.begin(signing.Hand(drawn=STROKES), by=secretary)
    with pytest.raises(Refusal, match="改动"):
        await sittings.sign(sitting, place, (await Agreement.get(id=two.id)).digest, PIN, by=secretary)
    with pytest.raises(NotFound):
        await sittings.turn(place.id, by=hotel)
    await sittings.put_aside(sitting, place)
    assert await signs_next(secretary) == two.id
    assert await sittings.progress(secretary, await sittings.running(secretary)) == sittings.Progress(1, 3, 1)

    tomorrow = clock.now() + timedelta(hours=20)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    rested = await sittings.running(secretary)
    assert rested.hand is None, "the name has to be written anew the next day"
    with pytest.raises(Conflict):
        await signs_next(secretary)
    await sittings.tidy(clock.now())
    assert (await sittings.Sitting.get(id=rested.id)).hand_sealed == ""
    await sittings.begin(signing.Hand(typed=secretary.name), by=secretary)
    assert [await signs_next(secretary), await signs_next(secretary)] == [three.id, one.id], "what was put aside comes last"

    sitting = await sittings.running(secretary)
    assert await sittings.progress(secretary, sitting) == sittings.Progress(3, 3, 0)
    assert await IdentityCode.all().count() == 1
    assert await sittings.waiting(hotel) == 1, "control: now it is the partners' turn, each in its own"
    await sittings.end(sitting, by=secretary)
    assert (await sittings.Sitting.get(id=sitting.id)).hand_sealed == ""


async def test_who_signs_many_is_told_once_not_once_for_each(made, world):
    listen(partners.hear)
    try:
        bundle = await entered(made, row("和平宾馆党支部"), row("康和医院党支部"))
        await stepped(bundle, "review", "freezing", "sending", by=world.clerk)
    finally:
        silence(partners.hear)
    told = await Notice.filter(person_id=made.signers[0].id).order_by("id")
    assert len([one for one in told if one.link == "/sitting"]) == 1
    assert len(told) <= 4
    assert await Notice.filter(person_id=made.signers[1].id).count() == 1, "a partner of one agreement is told of that one"
