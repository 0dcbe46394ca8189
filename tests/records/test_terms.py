"""Reminders, the day for signing, handing the signing over, and who is told; with the clock moved."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from council import clock
from council.neighbourhood import journal
from council.neighbourhood.journal import Entry
from council.neighbourhood.people import Visitor
from council.neighbourhood.registry import add_person, grant
from council.partnership import certificates, delegation, files, freezing, keys, leaving, signing, terms, verification
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import head, key_of
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.secretariat import partners
from council.secretariat.inbox import Notice
from tests.five import ORIGIN, PIN, equip, opened, place_of, sign_all


@pytest.fixture
async def agreement(made):
    return await opened(made, sign_by=clock.today() + timedelta(days=10))


@pytest.fixture
def telling():
    journal.listen(partners.hear)
    yield
    journal.silence(partners.hear)


@pytest.fixture
async def days_later(database, monkeypatch):
    await certificates.register()  # founded today, not on a day to come
    began = clock.now()

    def move(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(days=days))

    return move


async def deputy_of(made, n, name="白露"):
    person = await add_person(name, made.world.community, by=made.world.operator)
    organisation = made.organisations[n]
    return await grant(person, "deputy_secretary", by=made.world.operator, organisation=organisation, place=made.world.community)


async def told(part: str) -> set[int]:
    return {row.person_id for row in await Notice.filter(message__contains=part)}


@pytest.mark.parametrize(
    ("asked", "today", "reminded", "due"),
    [(1, 3, 0, 0), (1, 4, 0, 1), (1, 4, 1, 0), (1, 7, 1, 0), (1, 8, 1, 2), (1, 8, 0, 2), (1, 20, 2, 0)],
)
def test_reminders_come_on_the_third_and_the_seventh_day(asked, today, reminded, due):
    when = datetime(2026, 11, asked, 23, 50, tzinfo=clock.ZONE)
    assert terms.due_reminder(when, reminded, when.date().replace(day=today)) == due


async def test_only_whoever_is_asked_and_has_not_signed_is_reminded_and_once_each_time(made, agreement, telling, days_later):
    for day in (1, 2, 3, 3, 4, 7, 8, 9):
        days_later(day)
        await terms.keep()
    assert await told("still waits") == {made.signers[0].id}
    assert await Entry.filter(act="agreement.reminded").count() == 2


async def test_partners_are_reminded_from_the_day_their_turn_came(made, agreement, telling, days_later):
    days_later(4)
    await sign_all(made, agreement, 2)
    await terms.keep()
    assert await told("still waits") == set()
    days_later(7)
    assert await terms.keep() == 3
    assert await told("still waits") == {each.id for each in made.signers[2:]}
    assert await terms.keep() == 0


async def test_after_the_day_for_signing_it_lapses_everybody_is_told_and_a_new_version_begins(made, agreement, telling, days_later, world):
    await sign_all(made, agreement, 4)
    days_later(10)
    await terms.keep()
    assert (await Agreement.get(id=agreement.id)).stage == "signing", "control: on the day itself one may sign"
    days_later(11)
    await asyncio.gather(terms.keep(), terms.keep())
    lapsed = await Agreement.get(id=agreement.id)
    assert (lapsed.stage, lapsed.effective_on) == ("lapsed", None)
    assert await Entry.filter(act="agreement.lapsed").count() == 1
    assert await told("has passed and it is not in force") == {each.id for each in made.signers} | {world.clerk.id}
    with pytest.raises((Conflict, Forbidden)):
        await signing.sign(await place_of(lapsed, made.signers[4]), signing.Hand(typed="贾文澜"), PIN, by=made.signers[4])
    assert await freezing.reopen(lapsed, "重新定日期", by=world.clerk) == 4
    fresh = await Agreement.get(id=agreement.id)
    await fresh.review(by=world.clerk)
    with pytest.raises(Refusal):
        await freezing.freeze(fresh, by=world.clerk, origin=ORIGIN)
    assert not await Signatory.filter(agreement_id=agreement.id, asked_at__isnull=False).exists()


async def test_the_last_day_ends_it_and_never_moves(made, telling, days_later):
    agreement = await opened(made, last_day=clock.today() + timedelta(days=5))
    await sign_all(made, agreement)
    days_later(5)
    await terms.keep()
    assert (await Agreement.get(id=agreement.id)).stage == "effective"
    days_later(6)
    await terms.keep()
    over = await Agreement.get(id=agreement.id)
    assert (over.stage, over.last_day) == ("ended", agreement.last_day)
    assert made.signers[3].id in await told("The last day of")


async def test_a_deputy_signs_with_an_own_key_and_the_paper_names_both(made, agreement, telling, world):
    await sign_all(made, agreement, 1)
    office = await deputy_of(made, 1)
    first = await place_of(agreement, made.signers[1])
    await equip(first, world.deputy)
    token = await signing.make_link(first, by=world.clerk)
    await delegation.delegate(first, office.id, "出差", by=made.signers[1])
    assert world.clerk.id in await told("from now on")
    assert office.person_id in await told("from now on")
    with pytest.raises(NotFound):
        await signing.by_link(token)
    with pytest.raises(NotFound):
        await signing.own_place(first.id, made.signers[1])
    other = await office.person
    place = await place_of(agreement, other)
    assert await key_of(place) is None
    await equip(place, world.deputy)
    shown = await signing.mark(place, None, clock.now(), int((await key_of(place)).serial))
    assert (shown.secretary, shown.instead_of) == ("白露", made.signers[1].name)
    await signing.sign(place, signing.Hand(typed="白露"), PIN, by=other)
    finding = await verification.check_file(await files.read((await head(agreement)).file))
    assert [each.secretary for each in finding.verdict.signatures] == [made.signers[0].name, "白露"]


async def test_only_the_signatory_hands_over_and_only_to_somebody_in_office_there(made, agreement, world):
    mine, elsewhere = await deputy_of(made, 1), await deputy_of(made, 2, "齐海")
    place = await place_of(agreement, made.signers[1])
    for office, reason, by in ((elsewhere.id, "出差", made.signers[1]), (mine.id, " ", made.signers[1]), (mine.id, "出差", made.signers[2]),
                               (mine.id, "出差", world.clerk), (mine.id, "出差", Visitor())):  # fmt: skip
        with pytest.raises((Refusal, Forbidden)):
            await delegation.delegate(place, office, reason, by=by)
    await sign_all(made, agreement, 2)
    with pytest.raises(Conflict):
        await delegation.delegate(place, mine.id, "出差", by=made.signers[1])


async def test_link_and_code_come_from_two_officers(made, agreement, world):
    place = await place_of(agreement, made.signers[1])
    await signing.make_link(place, by=world.deputy)
    with pytest.raises(Forbidden):
        await keys.make_code(place, "known", by=world.deputy)
    other = await place_of(agreement, made.signers[2])
    await keys.make_code(other, "known", by=world.deputy)
    with pytest.raises(Forbidden):
        await signing.make_link(other, by=world.deputy)
    await signing.make_link(other, by=world.clerk)
    third = await place_of(agreement, made.signers[3])
    await keys.make_code(third, "known", by=world.deputy)


async def test_whoever_made_the_way_to_sign_in_does_not_vouch_within_a_month(made, agreement, world, days_later):
    from council.neighbourhood.credentials import issue

    await issue(made.signers[1], world.deputy)
    with pytest.raises(Forbidden):
        await keys.make_code(await place_of(agreement, made.signers[1]), "known", by=world.deputy)
    days_later(31)
    await keys.make_code(await place_of(agreement, made.signers[1]), "known", by=world.deputy)


async def test_every_party_hears_of_a_new_key_and_who_vouched(made, agreement, telling, world):
    await equip(await place_of(agreement, made.signers[1]), world.deputy)
    [notice, *_] = await Notice.filter(message__contains="has made a signing key")
    assert world.deputy.name in str(notice.phrase)
    assert await told("has made a signing key") == {each.id for each in made.signers} | {world.clerk.id}


async def test_the_way_to_the_phone_lasts_minutes_and_a_link_ends_with_the_day_for_signing(made, agreement, world, days_later):
    place = await place_of(agreement, made.signers[0])
    with pytest.raises(Forbidden):
        await signing.move_to_phone(place, by=made.signers[1])
    token = await signing.move_to_phone(place, by=made.signers[0])
    assert (await signing.by_link(token)).id == place.id
    days_later(1)
    with pytest.raises(NotFound):
        await signing.by_link(token)
    token = await signing.make_link(place, by=world.clerk)
    days_later(10)
    assert (await signing.by_link(token)).id == place.id
    days_later(11)
    with pytest.raises(NotFound):
        await signing.by_link(token)


async def test_a_party_leaves_with_thirty_days_notice_and_the_others_go_on(made, effective, telling, days_later):
    place = await place_of(effective, made.signers[1])
    for by, reason in ((made.signers[2], "搬迁"), (made.world.clerk, "搬迁"), (made.signers[1], " ")):
        with pytest.raises((Forbidden, Refusal)):
            await leaving.give_notice(place, reason, by=by)
    given = await leaving.give_notice(place, "单位搬迁", by=made.signers[1])
    assert given.leaves_on == clock.today() + timedelta(days=30)
    assert made.signers[4].id in await told("after %(day)s")
    with pytest.raises(Conflict):
        await leaving.give_notice(place, "再次", by=made.signers[1])
    await leaving.take_back(place, by=made.signers[1])
    await leaving.give_notice(place, "还是要搬", by=made.signers[1])
    days_later(30)
    await terms.keep()
    assert (await Signatory.get(id=place.id)).stage == "signed", "control: the thirtieth day still counts"
    days_later(31)
    await terms.keep()
    assert (await Signatory.get(id=place.id)).stage == "left"
    assert (await Agreement.get(id=effective.id)).stage == "effective"
    finding = await verification.check_file(await files.read((await head(effective)).file))
    assert finding.verdict.valid, "what was signed stays signed"
    with pytest.raises(Conflict):
        await leaving.take_back(place, by=made.signers[1])


async def test_without_the_committee_there_is_no_agreement(made, effective, days_later):
    await leaving.give_notice(await place_of(effective, made.signers[0]), "机构撤并", by=made.signers[0])
    days_later(31)
    await terms.keep()
    assert (await Agreement.get(id=effective.id)).stage == "terminated"
