"""Roads of an agreement from end to end: declined and signed anew, thirty parties, the day at midnight in the district."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from council import clock
from council.partnership import drafting, files, freezing, signing, terms, verification
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import Revision, SigningKey, head
from council.refusals import Refusal
from council.rules import calendar
from council.workshop.pades import Kind
from tests.five import ORIGIN, PIN, equip, more_partners, opened, place_of, reviewed
from tests.workshop import outside


async def signs(made, agreement, n):
    person = made.signers[n]
    place = await place_of(agreement, person)
    if not await SigningKey.exists(person_id=person.id):
        await equip(place, made.world.deputy)
    return await signing.sign(place, signing.Hand(typed=person.name), PIN, by=person)


async def test_one_declines_the_text_is_changed_and_all_sign_anew(made, world):
    agreement = await opened(made, partners=made.partners[:1], projects=[])
    await signs(made, agreement, 0)
    old = await head(agreement)
    assert (await Agreement.get(id=agreement.id)).effective_on is None, "one of two: in force for nobody"
    hotel = made.signers[1]
    await signing.decline(await place_of(agreement, hotel), "送餐次数写多了", by=hotel)
    agreement = await Agreement.get(id=agreement.id)
    assert agreement.stage == "declined"

    assert await freezing.reopen(agreement, "按宾馆意见改写", by=world.clerk) == 1, "the signature is void"
    agreement = await Agreement.get(id=agreement.id)
    articles = [("送餐", "每周三次。")]
    given = drafting.Wording(agreement.title, "为方便居民用餐，达成如下协议。", agreement.first_day, agreement.last_day, 3, articles)
    await drafting.revise(agreement, given, by=world.clerk)
    await agreement.review(by=world.clerk)
    await freezing.freeze(agreement, by=world.clerk, origin=ORIGIN)
    agreement = await Agreement.get(id=agreement.id)
    await freezing.send(agreement, by=world.clerk)
    assert agreement.version == 2
    assert agreement.digest != old.digest
    assert not await Signatory.exists(agreement_id=agreement.id, stage="signed")

    for n in range(2):
        await signs(made, agreement, n)
    agreement = await Agreement.get(id=agreement.id).select_related("place")
    assert (agreement.stage, agreement.effective_on) == ("effective", clock.today())
    assert await SigningKey.all().count() == 2, "nobody's identity was checked twice"
    assert await Revision.filter(agreement_id=agreement.id).count() == 2 + 3, "the files of both versions are kept"
    newest = await head(agreement)
    assert (await verification.judge(agreement, newest)).valid
    void = await verification.check_file(await files.read(old.file))
    assert void.kind is not Kind.VALID, "the file of the void version is no agreement in force"


async def test_thirty_parties_have_a_place_on_one_paper(made, world, tmp_path):
    """That thirty signatures on one file verify is tested where files are signed (tests/workshop/test_pades.py)."""
    partners = await more_partners(world, 25)
    numbers = [*made.partners, *(organisation.id for organisation, _person in partners)]
    agreement = await opened(made, partners=numbers, projects=[])
    assert len(await agreement.signatories()) == 30
    await signs(made, agreement, 0)
    last = partners[-1][1]
    place = await place_of(agreement, last)
    await equip(place, world.deputy)
    await signing.sign(place, signing.Hand(typed=last.name), PIN, by=last)
    agreement = await Agreement.get(id=agreement.id).select_related("place")
    assert agreement.effective_on is None
    newest = await head(agreement)
    verdict = await verification.judge(agreement, newest)
    assert (verdict.kind, len(verdict.sentences)) == (Kind.INCOMPLETE, 28), "each of those missing is named"
    said = re.sub(r"\s", "", outside.words(tmp_path, await files.read(newest.file)))
    assert "乙方二十九" in said
    assert "由30方全部签署" in said
    with pytest.raises(Refusal):
        await reviewed(made, partners=[*numbers, (await more_partners(world, 1, "又"))[0][0].id], projects=[])


@pytest.mark.parametrize(("last", "since"), [
    (datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC), date(2026, 5, 31)), (datetime(2026, 5, 31, 16, 0, 0, tzinfo=UTC), date(2026, 6, 1)),
    (datetime(2026, 5, 20, 12, 0, tzinfo=UTC), date(2026, 5, 25)),
])  # fmt: skip
async def test_the_day_of_the_last_signature_is_the_day_in_the_district(made, last, since):
    agreement = await reviewed(made, first_day=date(2026, 5, 25), last_day=date(2027, 5, 24))
    await Agreement.filter(id=agreement.id).update(stage="signing")
    await Signatory.filter(agreement_id=agreement.id).update(stage="signed", signed_at=last - timedelta(days=3))
    await Signatory.filter(agreement_id=agreement.id, order=2).update(signed_at=last)
    agreement = await Agreement.get(id=agreement.id)
    async with signing.writing():
        await signing.complete(agreement, made.signers[2])
    assert (await Agreement.get(id=agreement.id)).effective_on == since


async def test_it_ends_at_midnight_in_the_district_not_in_greenwich(made, monkeypatch):
    agreement = await reviewed(made, first_day=date(2026, 6, 1), last_day=date(2027, 5, 31))
    await Agreement.filter(id=agreement.id).update(stage="effective", effective_on=date(2026, 6, 1))
    agreement = await Agreement.get(id=agreement.id)
    moments = {
        datetime(2026, 5, 31, 15, 59, tzinfo=UTC): False, datetime(2026, 5, 31, 16, 0, tzinfo=UTC): True,
        datetime(2027, 5, 31, 15, 59, tzinfo=UTC): True, datetime(2027, 5, 31, 16, 0, tzinfo=UTC): False,
    }  # fmt: skip
    for moment, in_force in moments.items():
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert agreement.in_force() is in_force, moment
        await terms.keep()
        ended = (await Agreement.get(id=agreement.id)).stage == "ended"
        assert ended is (moment == max(moments)), moment


async def test_a_term_of_one_year_names_its_last_day_and_each_party_and_the_street_get_a_copy(made):
    span = calendar.term(datetime(2022, 6, 1, 9, 0, tzinfo=clock.ZONE), 1)
    assert (span.first_day, span.last_day) == (date(2022, 6, 1), date(2023, 5, 31))
    agreement = await reviewed(made)
    assert agreement.copies == 6, "five parties and the archive of the street"
