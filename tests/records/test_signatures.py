"""Signing: who is known how, whose key signs, in which order, what happens when it goes wrong, and what the file proves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood import journal
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Visitor
from council.neighbourhood.registry import end_office
from council.neighbourhood.sealed import sealer
from council.partnership import certificates, files, keys, signing, verification
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import IdentityCode, Revision, SigningKey, head, key_of
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.settings import settings
from council.workshop.pades import Kind
from tests.five import PIN, STROKES, equip, frozen, opened, place_of, sign_all
from tests.workshop import outside, tampering

TYPED = signing.Hand(typed="周敏")


async def test_five_sign_and_everybody_outside_agrees(made, agreement, tmp_path):
    await sign_all(made, agreement, 4)
    four = await Agreement.get(id=agreement.id)
    assert (four.stage, four.effective_on) == ("signing", None)
    person = made.signers[4]
    place = await place_of(agreement, person)
    await equip(place, made.world.deputy)
    await signing.sign(place, signing.Hand(drawn=STROKES), PIN, by=person)
    done = await Agreement.get(id=agreement.id)
    assert (done.stage, done.effective_on) == ("effective", clock.today())
    data = await files.read((await head(done)).file)
    root = certificates.root()
    counted = outside.pdfsig(tmp_path, data, root)
    assert counted == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}
    finding = await verification.check_file(data)
    assert (finding.kind, finding.agreement.id) == (Kind.VALID, done.id)
    assert [each.organisation for each in finding.verdict.signatures] == [each.name for each in made.organisations]


async def test_it_takes_effect_on_its_first_day_when_that_comes_later(made):
    later = clock.today() + timedelta(days=10)
    agreement = await opened(made, first_day=later)
    await sign_all(made, agreement)
    done = await Agreement.get(id=agreement.id)
    assert done.effective_on == later
    assert not done.in_force()


async def test_every_tampered_copy_is_called_altered(effective):
    data = await files.read((await head(effective)).file)
    for forge in (tampering.page_replaced, tampering.flipped_in_content, tampering.junk_appended, tampering.note_added):
        finding = await verification.check_file(forge(data))
        assert (finding.kind, finding.agreement.id) == (Kind.ALTERED, effective.id), forge.__name__
    cut = await verification.check_file(tampering.last_revision_cut(data))
    assert cut.kind is Kind.INCOMPLETE
    assert (await verification.check_file(b"not a pdf")).kind is Kind.UNREADABLE


async def test_without_the_pin_nothing_can_be_signed_though_database_settings_and_files_are_known(made, agreement):
    """Whoever holds the machine has the wrapped key, the server's secret, the issuing key and every file."""
    place = await place_of(agreement, made.signers[0])
    await equip(place, made.world.deputy)
    key = await key_of(place)
    wrapped = keys.b64decode(key.wrapped["key"])
    everything = [settings().secret, key.certificate.encode(), key.serial.encode(), *await all_files(), *await all_texts()]
    assert not any(contains_key(each) for each in everything)
    for guess in ("", "000000", key.serial, settings().secret.hex(), "周敏"):
        with pytest.raises(Exception) as refused:
            sealer().unwrap(wrapped, guess, key.owner)
        assert type(refused.value).__name__ == "WrongPin"
        with pytest.raises(Refusal):
            await signing.sign(place, TYPED, guess, by=made.signers[0])
        await SigningKey.filter(id=key.id).update(tries=0)
    assert await Revision.filter(agreement_id=agreement.id).count() == 1
    # The positive control: the same call with the PIN signs.
    await signing.sign(place, TYPED, PIN, by=made.signers[0])
    assert await Revision.filter(agreement_id=agreement.id).count() == 2


def contains_key(data: bytes) -> bool:
    """Would these bytes be a private key in the clear?"""
    return b"BEGIN PRIVATE KEY" in data or b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b" in data


async def all_files() -> list[bytes]:
    folder = settings().media / "agreements"
    return [path.read_bytes() for path in folder.rglob("*.pdf")]


async def all_texts() -> list[bytes]:
    rows = await SigningKey.all().values() + await IdentityCode.all().values() + await Entry.all().values()
    return [repr(row).encode() for row in rows]


async def test_a_key_made_for_one_organisation_does_not_open_as_another(made, agreement):
    place = await place_of(agreement, made.signers[0])
    await equip(place, made.world.deputy)
    key = await key_of(place)
    await SigningKey.filter(id=key.id).update(organisation_id=made.organisations[1].id)
    moved = await SigningKey.get(id=key.id)
    with pytest.raises(Refusal):
        await keys.open_key(moved, PIN)


async def test_five_wrong_pins_lock_the_key_and_a_new_code_gives_a_new_one(made, agreement):
    place = await place_of(agreement, made.signers[0])
    await equip(place, made.world.deputy)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Refusal) as refused:
            await signing.sign(place, TYPED, "999990", by=made.signers[0])
        assert str(left) in str(refused.value)
    with pytest.raises(Forbidden):
        await signing.sign(place, TYPED, PIN, by=made.signers[0])
    locked = await key_of(place)
    assert locked.locked
    await equip(place, made.world.deputy, "739104")
    fresh = await key_of(place)
    assert fresh.serial != locked.serial
    assert (await SigningKey.get(id=locked.id)).revoked_why == "replaced"
    await signing.sign(place, TYPED, "739104", by=made.signers[0])


async def test_a_right_pin_forgets_the_wrong_ones(made, agreement):
    place = await place_of(agreement, made.signers[0])
    await equip(place, made.world.deputy)
    with pytest.raises(Refusal):
        await keys.open_key(await key_of(place), "999990")
    await keys.open_key(await key_of(place), PIN)
    assert (await key_of(place)).tries == 0


@pytest.mark.parametrize("pin", ["12345", "123456", "000000", "654321"])
async def test_a_pin_anybody_would_try_first_is_refused(made, agreement, pin):
    place = await place_of(agreement, made.signers[0])
    code = await keys.make_code(place, "known", by=made.world.deputy)
    with pytest.raises(Refusal):
        await keys.make_key(place, code, pin, pin, by=made.signers[0])
    assert await keys.open_code(place)


async def test_whoever_drafted_or_edited_cannot_make_the_identity_code(made, agreement, world):
    place = await place_of(agreement, made.signers[1])
    with pytest.raises(Forbidden) as refused:
        await keys.make_code(place, "known", by=world.clerk)
    assert "起草" in str(refused.value) or "drafted" in str(refused.value)
    with pytest.raises(Forbidden):
        await keys.make_code(await place_of(agreement, world.secretary), "known", by=world.secretary)
    for stranger in (world.resident, world.hotel_secretary, world.beside_secretary):
        with pytest.raises(Forbidden):
            await keys.make_code(place, "known", by=stranger)
    await keys.make_code(place, "known", by=world.deputy)


async def test_a_code_works_once_for_one_place_and_for_five_tries(made, agreement, world):
    place, other = await place_of(agreement, made.signers[0]), await place_of(agreement, made.signers[1])
    code = await keys.make_code(place, "document", by=world.deputy)
    await keys.make_code(other, "document", by=world.deputy)
    with pytest.raises(Refusal):
        await keys.make_key(other, code, PIN, PIN, by=made.signers[1])
    with pytest.raises(Forbidden):
        await keys.make_key(place, code, PIN, PIN, by=made.signers[1])
    await keys.make_key(place, code, PIN, PIN, by=made.signers[0])
    with pytest.raises(Refusal):
        await keys.make_key(place, code, PIN, PIN, by=made.signers[0])
    for _ in range(5):
        with pytest.raises(Refusal):
            await keys.make_key(other, "22222222", PIN, PIN, by=made.signers[1])
    assert await keys.open_code(other) is None


async def test_a_code_ends_after_three_days(made, agreement, world):
    place = await place_of(agreement, made.signers[0])
    code = await keys.make_code(place, "known", by=world.deputy)
    async with journal.writing():
        await IdentityCode.filter(signatory_id=place.id).update(ends_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Refusal):
        await keys.make_key(place, code, PIN, PIN, by=made.signers[0])


async def test_the_journal_says_who_checked_the_identity_how_and_when(made, agreement, world):
    place = await place_of(agreement, made.signers[0])
    await equip(place, world.deputy)
    key = await key_of(place)
    assert (key.identified_by_id, key.identified_how) == (world.deputy.id, "known")
    entry = await Entry.get(act="agreement.identified")
    assert (entry.by_id, entry.numbers["how"], entry.numbers["signatory"]) == (world.deputy.id, "known", place.id)


async def test_partners_wait_for_the_committee_and_then_sign_in_any_order(made, agreement, world):
    late = await place_of(agreement, made.signers[3])
    await equip(late, world.deputy)
    with pytest.raises(Conflict):
        await signing.sign(late, signing.Hand(typed="陈龑"), PIN, by=made.signers[3])
    first = await place_of(agreement, made.signers[0])
    await equip(first, world.deputy)
    await signing.sign(first, TYPED, PIN, by=made.signers[0])
    await signing.sign(late, signing.Hand(typed="陈龑"), PIN, by=made.signers[3])
    with pytest.raises(Conflict):
        await signing.sign(late, signing.Hand(typed="陈龑"), PIN, by=made.signers[3])


async def test_two_who_sign_at_the_same_moment_both_get_in(made, agreement, world):
    await sign_all(made, agreement, 1)
    places = [await place_of(agreement, person) for person in made.signers[1:3]]
    for place in places:
        await equip(place, world.deputy)
    hands = [signing.Hand(typed=place.signer.name) for place in places]
    await asyncio.gather(*(signing.sign(p, h, PIN, by=p.signer) for p, h in zip(places, hands, strict=True)))
    chain = await Revision.filter(agreement_id=agreement.id).order_by("n")
    assert [row.n for row in chain] == [0, 1, 2, 3]
    assert [row.previous for row in chain[1:]] == [row.digest for row in chain[:-1]]


async def test_only_the_signatory_signs(made, agreement, world):
    place = await place_of(agreement, made.signers[0])
    await equip(place, world.deputy)
    for other in (world.clerk, world.hotel_secretary, world.resident, Visitor()):
        with pytest.raises((Forbidden, NotFound)):
            await signing.sign(place, TYPED, PIN, by=other)
        with pytest.raises(NotFound):
            await signing.own_place(place.id, other)


async def test_a_typed_name_must_be_the_one_in_the_text(made, agreement, world):
    place = await place_of(agreement, made.signers[0])
    await equip(place, world.deputy)
    for hand in (signing.Hand(typed="周民"), signing.Hand(), signing.Hand(drawn="[[[1,1],[1,1]]]"), signing.Hand(drawn="<svg>")):
        with pytest.raises(Refusal):
            await signing.sign(place, hand, PIN, by=made.signers[0])


async def test_a_link_opens_the_text_and_alone_signs_nothing(made, agreement, world):
    place = await place_of(agreement, made.signers[0])
    first = await signing.make_link(place, by=world.clerk)
    token = await signing.make_link(place, by=world.clerk)
    assert len(token) == 43
    assert token not in repr(await Signatory.get(id=place.id).values())
    with pytest.raises(NotFound):
        await signing.by_link(first)
    assert (await signing.by_link(token)).id == place.id
    bearer = Visitor(frozenset({("Signatory", place.id)}))
    with pytest.raises(Refusal):
        await signing.sign(place, TYPED, PIN, by=bearer)
    with pytest.raises(Refusal):
        await keys.make_key(place, "22222222", PIN, PIN, by=bearer)
    await equip(place, world.deputy)
    with pytest.raises(Refusal):
        await signing.sign(place, TYPED, "999990", by=bearer)
    await signing.sign(place, TYPED, PIN, by=bearer)
    entry = await Entry.get(act="agreement.signed")
    assert entry.by_id == made.signers[0].id


async def test_declining_needs_a_reason_and_stops_the_signing(made, agreement, world):
    await sign_all(made, agreement, 2)
    person = made.signers[2]
    place = await place_of(agreement, person)
    with pytest.raises(Refusal):
        await signing.decline(place, "  ", by=person)
    await signing.decline(place, "医师排班有变，请改为双月", by=person)
    fresh = await Agreement.get(id=agreement.id)
    assert fresh.stage == "declined"
    with pytest.raises((Conflict, Forbidden)):
        await signing.sign(await place_of(fresh, made.signers[3]), signing.Hand(typed="陈龑"), PIN, by=made.signers[3])


async def test_reading_is_recorded_once(made, agreement):
    place = await place_of(agreement, made.signers[1])
    await signing.have_read(place, by=made.signers[1])
    await signing.have_read(await place_of(agreement, made.signers[1]), by=made.signers[1])
    assert await Entry.filter(act="agreement.read").count() == 1


async def test_after_the_day_for_signing_nobody_signs(made, agreement, world):
    await Agreement.filter(id=agreement.id).update(sign_by=clock.today() - timedelta(days=1))
    place = await place_of(agreement, made.signers[0])
    await equip(place, world.deputy)
    with pytest.raises(Conflict):
        await signing.sign(place, TYPED, PIN, by=made.signers[0])


async def test_nothing_is_signed_before_the_signing_is_open(made, world):
    agreement = await frozen(made)
    place = await place_of(agreement, made.signers[0])
    await equip(place, world.deputy)
    with pytest.raises(Conflict):
        await signing.sign(place, TYPED, PIN, by=made.signers[0])


async def test_leaving_office_is_a_dated_revocation_and_old_signatures_stay_good(made, effective, world):
    journal.listen(keys.leave_office)
    person = made.signers[2]
    office = await Office.get(person_id=person.id)
    await end_office(office, clock.today(), by=world.operator)
    key = await SigningKey.get(person_id=person.id)
    assert clock.local(key.revoked_on).date() == clock.today() + timedelta(days=1)
    data = await files.read((await head(effective)).file)
    assert (await verification.check_file(data)).kind is Kind.VALID


async def test_who_left_office_no_longer_signs(made, agreement, world):
    await sign_all(made, agreement, 2)
    person = made.signers[2]
    place = await place_of(agreement, person)
    await equip(place, world.deputy)
    await end_office(await Office.get(person_id=person.id), clock.today() - timedelta(days=1), by=world.operator)
    with pytest.raises(Forbidden):
        await signing.sign(place, signing.Hand(typed=person.name), PIN, by=person)


async def test_the_archive_is_sound_until_somebody_changes_a_file(effective):
    assert await verification.faults() == []
    revision = await head(effective)
    path = settings().media / "agreements" / revision.file
    kept = path.read_bytes()
    path.write_bytes(tampering.page_replaced(kept))
    [(name, fault)] = await verification.faults()
    assert effective.number in name
    assert "sha256" in fault
    path.write_bytes(kept)


async def test_the_number_and_the_code_lead_to_the_agreement(made, agreement, world):
    assert [each.id for each in await verification.look_up(agreement.public_code)] == [agreement.id]
    assert await verification.look_up(agreement.number) == []
    await sign_all(made, agreement)
    year = clock.today().year
    for typed in (agreement.number, f"共建[{year}]第1号", f"{year}-001"):
        assert [each.id for each in await verification.look_up(typed)] == [agreement.id]
    with pytest.raises(Refusal):
        await verification.look_up("???")


def test_the_register_belongs_to_its_owner_alone():
    folder = settings().authority
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
